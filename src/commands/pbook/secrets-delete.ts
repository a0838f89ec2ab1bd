// `pbook secrets delete`: forgets secrets here, at PanDA, or at REANA.
import { UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { counted } from '../../base/text.ts';
import { keepKnownPlace, readKnownPlaces } from '../../secrets/place-record.ts';
import { isOwnName, type SecretName, type SecretStore } from '../../secrets/port.ts';
import { requireKept } from '../../secrets/open.ts';
import type { Host } from '../host.ts';
import { findPlace, placeKinds, placeTitles, type SecretPlace } from '../credentials/secret-places.ts';
import { placeKey } from '../credentials/secret-survey.ts';
import { secretsOf } from '../credentials/secrets.ts';
import { loadSettings } from '../servers/settings.ts';
import { textOption } from '../check/workflow-files.ts';

type Options = Readonly<Record<string, unknown>>;

/** What will be forgotten in one place. */
interface Plan {
  readonly where: string;
  readonly secrets: readonly SecretName[];
  readonly run: () => Promise<void>;
}

export async function deleteSecrets(
  names: readonly string[],
  options: Options,
  host: Host,
): Promise<ExitCode> {
  const all = options['all'] === true;
  if (names.length === 0 && !all) throw new UsageError('give the names of secrets, or `--all`');
  if (names.length > 0 && all) throw new UsageError('give names or `--all`, not both');
  const settings = await loadSettings({ server: textOption(options, 'server') }, host);
  const secrets = await secretsOf(settings, host);
  const from = textOption(options, 'from') ?? 'kept';
  const wanted = <Named extends SecretName>(there: readonly Named[]): readonly Named[] =>
    there.filter(({ name }) => !isOwnName(name) && (all || names.includes(name)));

  const plans: Plan[] = [];
  if (from === 'kept' || (from === 'all' && secrets.kept !== undefined)) {
    const store = requireKept(secrets);
    plans.push(planFor(store, wanted(await store.list())));
  }
  for (const kind of placeKinds.filter((place) => from === 'all' || from === place)) {
    const found = await findPlace(kind, { settings, secrets, host }, { start: true, signal: host.signal });
    if (found.state === 'absent') throw found.error;
    const { place } = found;
    plans.push(planForPlace(place, wanted(await place.list()), settings.locations.dataDirectory, host));
  }
  const found = new Set(plans.flatMap((plan) => plan.secrets.map(({ name }) => name)));
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0) {
    throw new UsageError(`there is no secret ${missing.map((name) => `\`${name}\``).join(', ')}`, {
      hint: 'nothing was deleted; `pbook secrets list` shows where which are',
    });
  }
  if (found.size === 0) {
    host.terminal.say('there are no secrets to delete');
    return ExitCode.done;
  }
  await agree(plans, options, host);
  for (const plan of plans) {
    if (plan.secrets.length === 0) continue;
    await plan.run();
    host.terminal.say(`deleted from ${plan.where}: ${plan.secrets.map(({ name }) => name).join(', ')}`);
  }
  return ExitCode.done;
}

function planFor(store: SecretStore, secrets: readonly SecretName[]): Plan {
  return {
    where: `the ${store.kind}`,
    secrets,
    run: async () => {
      await store.delete(secrets.map(({ name }) => name));
    },
  };
}

function planForPlace(
  place: SecretPlace,
  secrets: readonly SecretName[],
  dataDirectory: string,
  host: Host,
): Plan {
  return {
    where: `${placeTitles[place.kind]} (${place.server})`,
    secrets,
    run: async () => {
      await place.remove(secrets);
      const left = await place.list();
      const sent =
        (await readKnownPlaces(dataDirectory)).get(placeKey(place))?.sent ?? new Map<string, string>();
      await keepKnownPlace(dataDirectory, placeKey(place), { seenMs: host.clock.nowMs(), names: left, sent });
    },
  };
}

async function agree(plans: readonly Plan[], options: Options, host: Host): Promise<void> {
  if (options['yes'] === true) return;
  const words = plans
    .filter(({ secrets }) => secrets.length > 0)
    .map(({ where, secrets }) => `${counted(secrets.length, 'secret')} from ${where}`);
  if (!host.terminal.canAsk) {
    throw new UsageError(`deleting ${words.join(' and ')} needs a yes, and nobody can be asked here`, {
      hint: 'add `--yes`',
    });
  }
  if (await host.terminal.confirm(`delete ${words.join(' and ')}?`)) return;
  throw new UsageError('nothing was deleted');
}
