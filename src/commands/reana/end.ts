// `pchain reana stop` and `delete`: ends a run, or throws it away with its files.
import { PchainError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { isFinalStatus } from '../../reana/protocol/answers.ts';
import type { RunState } from '../../reana/protocol/answers.ts';
import type { ReanaClient } from '../../reana/protocol/client.ts';
import { baseName } from '../../reana/protocol/workspaces.ts';
import type { Host } from '../host.ts';
import { meantRun, printJson, reanaClient } from './connection.ts';
import type { Options } from './connection.ts';

/** REANA stops no such run, but deletes it. */
const beforeStart: ReadonlySet<string> = new Set(['created', 'queued']);

export async function runStop(options: Options, host: Host): Promise<ExitCode> {
  const run = meantRun(options, host);
  const client = await reanaClient(host);
  const state = await client.status(run);
  if (isFinalStatus(state.status)) {
    throw new PchainError(ExitCode.findings, `run \`${state.name}\` is not running, it is ${state.status}`);
  }
  // Of a status that is not known here the server knows what can be done.
  if (beforeStart.has(state.status)) {
    throw new PchainError(
      ExitCode.findings,
      `run \`${state.name}\` is ${state.status}, so there is nothing to stop`,
      {
        hint: `\`pchain reana delete -w ${state.name}\` takes it away before it runs`,
      },
    );
  }
  await client.stop(state.id);
  if (options['json'] === true) printJson({ id: state.id, name: state.name, status: 'stopped' }, host);
  else host.terminal.say(`stopped ${state.name}; its files are kept`);
  return ExitCode.done;
}

export async function runDelete(options: Options, host: Host): Promise<ExitCode> {
  const run = meantRun(options, host);
  const client = await reanaClient(host);
  const state = await client.status(run);
  const isAllRuns = options['allRuns'] === true;
  if (state.status === 'running') {
    throw new UsageError(`run \`${state.name}\` is running, and REANA deletes no such run`, {
      hint: `stop it first: \`pchain reana stop -w ${state.name}\``,
    });
  }
  if (!isAllRuns && options['withRestarts'] !== true) await refuseShared(client, state);
  await client.delete(state.id, isAllRuns);
  if (options['json'] === true)
    printJson({ id: state.id, name: state.name, status: 'deleted', all_runs: isAllRuns }, host);
  else host.terminal.say(isAllRuns ? `deleted all runs of ${run}` : `deleted ${state.name} and its files`);
  return ExitCode.done;
}

/** A run and its restarts work in one and the same workspace, which goes with any of them.
 *  @throws UsageError when there are others */
async function refuseShared(client: ReanaClient, state: RunState): Promise<void> {
  const series = state.name.split('.').slice(0, 2).join('.');
  const runs = await client.list({ name: baseName(state.name), limit: 1000 });
  const others = runs.filter((run) => run.id !== state.id && `${run.name}.`.startsWith(`${series}.`));
  if (others.length === 0) return;
  throw new UsageError(
    `run \`${state.name}\` shares its files with ${others.map((run) => `\`${run.name}\``).join(', ')}`,
    { hint: '`--with-restarts` deletes the files for all of them' },
  );
}
