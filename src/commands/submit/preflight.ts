// A last look before a submission: the credentials it needs, when each ends, and which step would be left without.
import { AuthError, PchainError, UsageError } from '../../base/errors.ts';
import { endsMs, groupsWithRole } from '../../identity/credential.ts';
import type { Credential } from '../../identity/credential.ts';
import { hasStepOfType, loopsOf, outlived, secretNeeds } from '../../identity/horizon.ts';
import type { Need, Outlived, Reach } from '../../identity/horizon.ts';
import { secretEndMs } from '../../identity/secret-end.ts';
import { isOwnName } from '../../secrets/port.ts';
import { checkOutDS } from '../../prun/names.ts';
import type { Settings } from '../../settings/settings.ts';
import { until } from '../../terminal/moments.ts';
import { renderTable } from '../../terminal/table.ts';
import type { Plan } from '../../workflow/plan.ts';
import { pandaCredentialNow, reanaCredentialNow } from '../credentials/credentials.ts';
import type { Host } from '../host.ts';
import { secretsOf } from '../credentials/secrets.ts';

export interface PreflightOptions {
  /** The command stays until the workflow ends. */
  readonly waits: boolean;
  /** Go on although something ends too early. */
  readonly force: boolean;
  /** How long the workflow may take, as the user says; `undefined`: nobody knows. */
  readonly lastingMs: number | undefined;
  /** The datasets are those of a group. */
  readonly official: boolean;
}

export interface Outlook {
  /** To be called before something new is sent; what runs already is not stopped by looking at it.
   *  @throws AuthError when a loop would outlive what it needs */
  requireLasting(): void;
}

/** Shows what the workflow needs and how long that lasts.
 *  @throws AuthError when the user is not known to PanDA */
export async function preflight(
  plan: Plan,
  settings: Settings,
  host: Host,
  options: PreflightOptions,
): Promise<Outlook> {
  const panda = await pandaCredentialNow(settings, host);
  if (panda.problem !== undefined && !panda.isUnreachable) {
    throw new AuthError(panda.problem.message, { hint: panda.problem.hint });
  }
  requireOwnName(plan.outDS, panda, options.official, host);
  const reaches = [...pandaReach(panda, plan, options), ...(await secretReaches(plan, settings, host))];
  const nowMs = host.clock.nowMs();
  show(reaches, nowMs, host);
  return {
    requireLasting() {
      const broken = outlived(reaches, nowMs, options.lastingMs);
      if (broken.length > 0 && !options.force) throw refusal(broken, nowMs, options.lastingMs);
      for (const each of broken) host.terminal.warn(sentence(each, nowMs, options.lastingMs));
    },
  };
}

/** Names that the server would refuse after everything was sent: those of somebody else, or of a group without the role.
 *  @throws UsageError saying what names are the user's */
function requireOwnName(outDS: string, panda: Credential, official: boolean, host: Host): void {
  if (panda.kind === 'none' || panda.problem !== undefined) return;
  const role = host.env['PANDA_PRODUCTION_ROLE'] ?? 'production';
  const productionGroups = official ? groupsWithRole(panda, role) : undefined;
  const faults = checkOutDS(outDS, { nickname: panda.nickname, official, productionGroups });
  if (faults.length === 0) return;
  throw new UsageError(`\`--outDS ${outDS}\`: ${faults.join('; ')}`, {
    hint:
      productionGroups === undefined
        ? undefined
        : productionGroups.length === 0
          ? 'ask in IAM or VOMS for the production role of your group, and sign in again'
          : `your groups are ${productionGroups.join(', ')}`,
  });
}

/** A loop on the grid goes on without its owner's token. It does not without his certificate, with which its
 *  tasks are looked after; and whoever waits needs either. */
function pandaReach(panda: Credential, plan: Plan, { waits }: PreflightOptions): readonly Reach[] {
  if (panda.kind === 'none') return [];
  const lasts = waits || panda.kind === 'grid-certificate';
  return [
    {
      name: panda.kind === 'grid-certificate' ? 'grid certificate' : 'PanDA sign-in',
      from: panda.from ?? '',
      endsMs: endsMs(panda),
      neededBy: waits ? ['submission', 'following'] : ['submission'],
      loops: lasts ? loopsOf(plan) : [],
    },
  ];
}

async function secretReaches(plan: Plan, settings: Settings, host: Host): Promise<readonly Reach[]> {
  const needs = secretNeeds(plan);
  if (needs.length === 0) return [];
  const isOffloaded = hasStepOfType(plan, 'reana') && settings.reanaServerUrl.value !== undefined;
  const reana = isOffloaded ? await reanaCredentialNow(settings, host, undefined) : undefined;
  const reaches: Reach[] = [];
  const reach = (name: string, from: string, end: number | undefined, by: readonly Need[]): void => {
    reaches.push({
      name,
      from,
      endsMs: end,
      neededBy: [...new Set(by.map(({ step }) => step))],
      loops: [...new Set(by.flatMap(({ loops }) => loops))],
    });
  };
  if (reana !== undefined) {
    const by = needs.filter(({ secret }) => secret === 'REANA_ACCESS_TOKEN');
    if (by.length > 0) reach('REANA token', reana.from ?? 'not on this machine', endsMs(reana), by);
  }
  for (const { name, from, end } of await endingSecrets(needs, settings, host)) {
    const by = needs.filter(({ secret }) => secret === undefined || secret === name);
    if (by.length > 0 && name !== 'REANA_ACCESS_TOKEN') reach(`secret ${name}`, from, end, by);
  }
  return reaches;
}

interface EndingSecret {
  readonly name: string;
  readonly from: string;
  readonly end: number;
}

/** The secrets of the user that are needed and end by themselves. */
async function endingSecrets(
  needs: readonly Need[],
  settings: Settings,
  host: Host,
): Promise<readonly EndingSecret[]> {
  const isNeeded = (name: string): boolean =>
    needs.some(({ secret }) => secret === undefined || secret === name);
  try {
    const secrets = await secretsOf(settings, host);
    const found: EndingSecret[] = [];
    for (const { name, kind, from } of await secrets.list()) {
      if (isOwnName(name) || !isNeeded(name)) continue;
      const value = await secrets.get(name);
      const end = value === undefined ? undefined : secretEndMs(value, kind);
      if (end !== undefined) found.push({ name, from: `the ${from}`, end });
    }
    return found;
  } catch (thrown) {
    // What PanDA keeps is what counts; the copies here only tell how long it lasts.
    if (!(thrown instanceof PchainError)) throw thrown;
    host.terminal.warn(`how long your secrets last is not known: ${thrown.message}`);
    return [];
  }
}

function show(reaches: readonly Reach[], nowMs: number, host: Host): void {
  if (reaches.length === 0) return;
  const rows = reaches.map((reach) => [
    reach.name,
    reach.from,
    until(reach.endsMs, nowMs),
    { shown: reach.neededBy.join(', ') },
  ]);
  const table = renderTable(
    [
      { title: 'credential', kind: 'name' },
      { title: 'from', kind: 'name' },
      { title: 'ends', kind: 'text' },
      { title: 'needed by', kind: 'text' },
    ],
    rows,
    host.terminal.stderr,
    'talk',
  );
  host.terminal.say(table);
}

function refusal(broken: readonly Outlived[], nowMs: number, lastingMs: number | undefined): AuthError {
  const how =
    lastingMs === undefined
      ? ['`--lasting HOURS` says how long the workflow takes (a loop is taken to last a week)']
      : [];
  return new AuthError(broken.map((each) => sentence(each, nowMs, lastingMs)).join('\n'), {
    hint: ['renew it before you submit', ...how, '`--force` submits it all the same'].join('\n'),
  });
}

function sentence(
  { reach, endsMs: end, loop }: Outlived,
  nowMs: number,
  lastingMs: number | undefined,
): string {
  const what = loop === undefined ? 'the workflow' : `the loop \`${loop}\``;
  const may = lastingMs === undefined ? 'may outlive' : 'outlives';
  const place = reach.from === '' ? '' : ` (${reach.from})`;
  return `${what} ${may} the ${reach.name}${place}: it breaks ${until(end, nowMs)}`;
}
