// `pchain reana start` and `restart`: the run begins, or runs once more in the same workspace; with `--follow` to its end.
import { PchainError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import type { RunState } from '../../reana/protocol/answers.ts';
import { ReanaClient } from '../../reana/protocol/client.ts';
import type { StartOptions } from '../../reana/protocol/client.ts';
import { followRun } from '../../reana/follow.ts';
import { loadFor } from '../../reana/load-specification.ts';
import { typedParameters } from '../../reana/parameters.ts';
import { loadingOf } from '../../reana/offload/prepare.ts';
import { RunFailed } from '../../reana/offload/run-failed.ts';
import type { Host } from '../host.ts';
import { textOption } from '../check/workflow-files.ts';
import { meantRun, pairs, printJson, reanaConnection } from './connection.ts';
import type { Options } from './connection.ts';
import { runRecord } from './records.ts';
import { SilenceVoice } from './silence-voice.ts';
import { preparedSpecification } from './specification.ts';

export async function runStart(options: Options, host: Host): Promise<ExitCode> {
  const run = meantRun(options, host);
  const { client, revive } = await connected(host);
  const isStarted = await client.start(run, await startOptions(client, run, options));
  if (!isStarted) {
    throw new PchainError(ExitCode.findings, `run \`${run}\` was started before`, {
      hint: `see \`pchain reana status -w ${run}\`; \`pchain reana restart\` runs it once more`,
    });
  }
  return afterStart({ client, revive }, run, options, host);
}

export async function runRestart(options: Options, host: Host): Promise<ExitCode> {
  const run = meantRun(options, host);
  const file = textOption(options, 'specification');
  // Parameters belong to the run here, not to the new specification.
  const prepared =
    file === undefined ? undefined : await preparedSpecification(file, { set: options['set'] }, host);
  if (file !== undefined && prepared === undefined) return ExitCode.findings;
  const { client, revive } = await connected(host);
  const given = await startOptions(client, run, options);
  if (prepared === undefined)
    return afterStart({ client, revive }, (await client.restart(run, given)).name, options, host);
  const loaded = await loadFor(client, loadingOf(prepared, {}));
  const replacement = loaded.protocol === 'bundle' ? { text: prepared.text } : { document: loaded.document };
  const restarted = await client.restart(run, given, replacement);
  return afterStart({ client, revive }, restarted.name, options, host);
}

interface Connected {
  readonly client: ReanaClient;
  readonly revive: (() => Promise<void>) | undefined;
}

async function connected(host: Host): Promise<Connected> {
  const { setup, revive } = await reanaConnection(host);
  return { client: new ReanaClient(setup, host.signal), revive };
}

/** The server knows the types of the parameters, so it is asked when there are any. */
async function startOptions(client: ReanaClient, run: string, options: Options): Promise<StartOptions> {
  const typed = pairs('parameter', options);
  const parameters = typed.size === 0 ? {} : typedParameters(typed, await client.parameters(run), run);
  return { parameters, options: Object.fromEntries(pairs('option', options)) };
}

async function afterStart(
  connection: Connected,
  run: string,
  options: Options,
  host: Host,
): Promise<ExitCode> {
  const state =
    options['follow'] === true
      ? await followed(connection, run, options, host)
      : await connection.client.status(run);
  if (options['json'] === true) printJson(runRecord(state), host);
  else if (options['follow'] !== true) host.terminal.out(`${state.name} ${state.status}`);
  return ExitCode.done;
}

/** @throws RunFailed */
async function followed(
  { client, revive }: Connected,
  run: string,
  options: Options,
  host: Host,
): Promise<RunState> {
  const silence = new SilenceVoice(host);
  const state = await followRun(
    client,
    run,
    host.clock,
    {
      onState: (now) => host.terminal.say(stateLine(now)),
      onSilence: (_sinceMs, reason) => silence.tell(reason),
      onAnswer: () => silence.end(),
      revive,
    },
    host.signal,
  );
  if (state.status === 'finished') return state;
  if (options['json'] === true) printJson(runRecord(state), host);
  const logs = state.status === 'deleted' ? undefined : await client.logs(state.id).catch(() => undefined);
  // Runs that were stopped cannot be restarted.
  const next =
    state.status === 'failed'
      ? `\`pchain reana restart -w ${state.name}\` runs it once more`
      : '`pchain reana create` makes a new run';
  throw new RunFailed(state, logs, undefined, next);
}

const verbs = new Map([
  ['failed', 'has'],
  ['stopped', 'was'],
  ['deleted', 'was'],
]);

/** `fit.1 is running, step fit (1 of 3 jobs finished)`. */
export function stateLine(state: RunState): string {
  const step = state.currentStep === undefined ? '' : `, step ${state.currentStep}`;
  const jobs = state.jobsTotal === 0 ? '' : ` (${state.jobsFinished} of ${state.jobsTotal} jobs finished)`;
  const verb = verbs.get(state.status) ?? 'is';
  return `${state.name} ${verb} ${state.status}${step}${jobs}`;
}
