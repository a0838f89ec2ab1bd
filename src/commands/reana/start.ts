// `pchain reana start` and `restart`: the run begins, or runs once more in the same workspace; with `--follow` to its end.
import { AuthError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import type { RunState } from '../../reana/answers.ts';
import type { ReanaClient, StartOptions } from '../../reana/client.ts';
import { followRun } from '../../reana/follow.ts';
import { loadFor } from '../../reana/load-specification.ts';
import { typedParameters } from '../../reana/parameters.ts';
import { loadingOf } from '../../reana/prepare.ts';
import { RunFailed } from '../../reana/run-failed.ts';
import type { Host } from '../host.ts';
import { textOption } from '../workflow-files.ts';
import { meantRun, pairs, printJson, reanaClient } from './connection.ts';
import type { Options } from './connection.ts';
import { runRecord } from './records.ts';
import { preparedSpecification } from './specification.ts';

export async function runStart(options: Options, host: Host): Promise<ExitCode> {
  const run = meantRun(options, host);
  const client = await reanaClient(host);
  const isStarted = await client.start(run, await startOptions(client, run, options));
  if (!isStarted) {
    throw new AuthError(`run \`${run}\` was started before`, {
      hint: `see \`pchain reana status -w ${run}\`; \`pchain reana restart\` runs it once more`,
    });
  }
  return afterStart(client, run, options, host);
}

export async function runRestart(options: Options, host: Host): Promise<ExitCode> {
  const run = meantRun(options, host);
  const file = textOption(options, 'specification');
  // Parameters belong to the run here, not to the new specification.
  const prepared =
    file === undefined ? undefined : await preparedSpecification(file, { set: options['set'] }, host);
  if (file !== undefined && prepared === undefined) return ExitCode.findings;
  const client = await reanaClient(host);
  const given = await startOptions(client, run, options);
  if (prepared === undefined)
    return afterStart(client, (await client.restart(run, given)).name, options, host);
  const loaded = await loadFor(client, loadingOf(prepared, {}));
  const replacement = loaded.protocol === 'bundle' ? { text: prepared.text } : { document: loaded.document };
  const restarted = await client.restart(run, given, replacement);
  return afterStart(client, restarted.name, options, host);
}

/** The server knows the types of the parameters, so it is asked when there are any. */
async function startOptions(client: ReanaClient, run: string, options: Options): Promise<StartOptions> {
  const typed = pairs('parameter', options);
  const parameters = typed.size === 0 ? {} : typedParameters(typed, await client.parameters(run), run);
  return { parameters, options: Object.fromEntries(pairs('option', options)) };
}

async function afterStart(client: ReanaClient, run: string, options: Options, host: Host): Promise<ExitCode> {
  const state = options['follow'] === true ? await followed(client, run, host) : await client.status(run);
  if (options['json'] === true) printJson(runRecord(state), host);
  else if (options['follow'] !== true) host.terminal.out(`${state.name} ${state.status}`);
  return ExitCode.done;
}

/** @throws RunFailed */
export async function followed(client: ReanaClient, run: string, host: Host): Promise<RunState> {
  const state = await followRun(
    client,
    run,
    host.clock,
    {
      onState: (now) => host.terminal.say(stateLine(now)),
      onSilence: (_sinceMs, reason) =>
        host.terminal.warn(`REANA does not answer (${reason}); the run goes on, and so does the waiting`),
    },
    host.signal,
  );
  if (state.status === 'finished') return state;
  const logs = state.status === 'deleted' ? undefined : await client.logs(state.id).catch(() => undefined);
  throw new RunFailed(state, logs, undefined);
}

/** `fit.1 is running, step fit (1 of 3 jobs finished)`. */
export function stateLine(state: RunState): string {
  const step = state.currentStep === undefined ? '' : `, step ${state.currentStep}`;
  const jobs = state.jobsTotal === 0 ? '' : ` (${state.jobsFinished} of ${state.jobsTotal} jobs finished)`;
  return `${state.name} is ${state.status}${step}${jobs}`;
}
