// Submits a workflow once: the ledger knows what an earlier call of the same command began, and a lost answer is looked up.
import { resolve } from 'node:path';
import { AuthError, LocalError, RemoteError, messageOf } from '../../base/errors.ts';
import { requestId } from '../../base/names.ts';
import type { RequestId } from '../../base/names.ts';
import type { SearchOptions } from '../../engine/hpo/search-options.ts';
import { withoutEffectIn } from '../../engine/panda/option-effects.ts';
import type { Weather } from '../../engine/weather/weather.ts';
import { languageEntry } from '../../languages/languages.ts';
import { openLedger } from '../../ledger/ledger.ts';
import { submissionKey } from '../../ledger/submission-key.ts';
import { putWorkflowRequest, submitNativeWorkflow } from '../../panda/submit.ts';
import type { EmbeddedExtras } from '../../panda/submit.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Plan } from '../../workflow/plan.ts';
import type { Host } from '../host.ts';
import { filesIn } from '../check/workflow-files.ts';
import type { WorkflowFlags } from '../check/workflow-files.ts';
import type { Connection } from '../servers/connection.ts';
import { jobEnvironment } from '../servers/job-environment.ts';
import { isLost } from '../work/persistence.ts';
import { requireImages } from './container-preflight.ts';
import { continued, lookUp } from './earlier-submission.ts';
import { fileStamps } from './local-datasets.ts';
import { finalDatasetNames, taskNames } from './plan-names.ts';
import type { Outlook } from './preflight.ts';
import { requestData } from './request-data.ts';
import { requireDatasets } from './required-datasets.ts';
import { warnOfReusedName } from './reused-name.ts';
import { inputFile, insideSandbox, specFile } from './sandbox-paths.ts';
import type { Sandboxes } from './sandboxes.ts';
import { decide } from './submission.ts';

/** What is submitted, and how. */
export interface ToSubmit {
  readonly flags: WorkflowFlags;
  readonly options: Readonly<Record<string, unknown>>;
  readonly settings: Settings;
  readonly plan: Plan;
  readonly sandboxes: Sandboxes;
  /** Input datasets that are files on this machine. */
  readonly datasets: Readonly<Record<string, readonly string[]>>;
  readonly weather: Weather | undefined;
  /** How searches run on this machine; `undefined`: nothing was said. */
  readonly search: SearchOptions | undefined;
  readonly outlook: Outlook | undefined;
}

/** The number of the request: of a new one, or of the one that this same command began before.
 *  @throws AuthError, LocalError or RemoteError when it is refused; what else is thrown says nothing about whether it arrived */
export async function submitOnce(given: ToSubmit, connection: Connection, host: Host): Promise<RequestId> {
  const { flags, options, settings, plan, sandboxes, datasets } = given;
  const { terminal, clock, signal } = host;
  const language = languageEntry(flags.language);
  if (connection.name === 'local') await requireDatasets(connection, plan, datasets, host);
  if (connection.isEmbedded) tellWithoutEffect(plan, host);
  if (connection.isEmbedded) await requireImages(plan, settings, host);
  const ledger = openLedger(settings.locations.dataDirectory);
  const key = submissionKey({
    server: connection.name,
    outDS: plan.outDS,
    files: {},
    inputs: {
      datasets: fileStamps(datasets),
      search: given.search,
      ...(given.weather === undefined ? {} : { weather: given.weather }),
      [language.option]: flags.file,
      yaml: flags.yaml ?? null,
    },
    sandbox: [sandboxes.workflow, sandboxes.job, sandboxes.sources]
      .map((one) => one?.sha256 ?? '')
      .join(' ')
      .trim(),
  });
  const choice = await decide(ledger, key, options['fresh'] === true);
  const earlier = await continued(connection, choice, settings, host);
  if (earlier !== undefined) return earlier;
  given.outlook?.requireLasting();
  if (flags.language === 'wfd') await warnOfReusedName(plan.outDS, connection, settings, host);

  const server = connection.name;
  const files = filesIn(flags).map((file) => resolve(host.workingDirectory, file));
  await ledger.append({
    kind: 'intent',
    key: choice.key,
    atMs: clock.nowMs(),
    server,
    outDS: plan.outDS,
    files,
    outputs: [...finalDatasetNames(plan)],
    ...(language.request === 'yaml' ? { isNative: true, expected: [...taskNames(plan)] } : {}),
  });
  terminal.say(`submitting ${plan.outDS} to ${connection.isEmbedded ? 'this machine' : connection.name}`);
  let id: RequestId | undefined;
  try {
    id = await send(given, connection, choice.key, host);
  } catch (thrown) {
    if (isLost(thrown) && !signal.aborted)
      id = await lookUp(await connection.again(), choice.key, settings, host);
    if (id === undefined) {
      // Whether a lost submission arrived is not known, so its intent stays open: the next call finds out.
      const refused =
        thrown instanceof AuthError || thrown instanceof LocalError || thrown instanceof Refused;
      if (refused && !signal.aborted) {
        await ledger.append({
          kind: 'failed',
          key: choice.key,
          atMs: clock.nowMs(),
          error: messageOf(thrown),
        });
      }
      throw thrown;
    }
    terminal.say('the answer was lost, but the submission had arrived');
  }
  await ledger.append({ kind: 'submitted', key: choice.key, atMs: clock.nowMs(), requestId: id });
  terminal.say(`submitted as request ${id}`);
  return id;
}

function tellWithoutEffect(plan: Plan, host: Host): void {
  const { terminal } = host;
  const options = withoutEffectIn(plan);
  if (options.length === 0) return;
  const flags = options.map(({ flag }) => `\`${flag}\``).join(', ');
  terminal.say(`without effect on this machine: ${flags} (-v says why)`);
  for (const { flag, why } of options) terminal.detail(`  \`${flag}\`: ${why}`);
}

async function send(given: ToSubmit, connection: Connection, key: string, host: Host): Promise<RequestId> {
  const { flags, options, sandboxes } = given;
  const { server } = connection;
  const { signal } = host;
  const content = {
    flags,
    options,
    specFile: specFile(flags, host),
    inputFile: inputFile(flags, host),
    sandboxes,
    key,
    extras: connection.isEmbedded ? forThisMachine(given, key, host) : undefined,
  };
  const data = await requestData(connection, content, host);
  // Native workflows have an entrance of their own, which says nothing but their number.
  if (flags.language === 'wfd') return requestId(await submitNativeWorkflow(server, data, signal));
  const answer = await putWorkflowRequest(server, { mode: 'submit', data }, signal);
  host.terminal.detail(answer.log.trimEnd());
  if (!answer.ok || answer.requestId === undefined) {
    throw new Refused(`the server did not take the workflow: ${lastLine(answer.log)}`, {
      hint: 'add -v to see all that it said',
    });
  }
  return answer.requestId;
}

/** What PanDA has no words for. */
function forThisMachine(given: ToSubmit, key: string, host: Host): EmbeddedExtras {
  const { flags, options, settings, datasets, search, weather } = given;
  const { value: max } = settings.maxIterations;
  const environment = jobEnvironment(host.env);
  const { mode, engine } = settings.containers.value;
  const containers = engine ?? mode;
  return {
    key,
    datasets,
    environment,
    containers,
    documents: filesIn(flags).map((file) => insideSandbox(file, host)),
    ...(options['fresh'] === true ? { reuse: false } : {}),
    ...(max === undefined ? {} : { max_iterations: max }),
    ...(search === undefined ? {} : { search }),
    ...(weather === undefined ? {} : { weather }),
  };
}

/** The server read the workflow and said no. */
class Refused extends RemoteError {}

function lastLine(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '' && !/ : (start|is_OK)/.test(line));
  return lines.at(-1)?.replace(/^\S+ \S+ : /, '') ?? 'it gave no reason';
}
