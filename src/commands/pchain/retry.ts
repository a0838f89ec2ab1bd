// `pchain retry [ID…]`: runs the failed jobs of requests and tasks again; finished ones are kept.
import { UnsupportedError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { taskId } from '../../base/names.ts';
import { counted } from '../../base/text.ts';
import { isRetriable, retryTask, type CommandOutcome } from '../../panda/tasks.ts';
import { commandWorkflow } from '../../panda/workflow-commands.ts';
import type { Connection } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import { tasksOf } from '../work/request-state.ts';
import { mergedChanges, retryChange, type Changes } from '../work/retry-changes.ts';
import { meantTargets, targetName, type Target } from '../work/targets.ts';
import { refusal, refusalsOf, tellAll, toldEach } from '../work/tell.ts';
import { listOption } from '../check/workflow-files.ts';

export async function runRetry(
  typed: readonly string[],
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<ExitCode> {
  const changes = mergedChanges(listOption(options, 'set').map(changeOf));
  const { targets, connection } = await meantTargets(typed, options, host);
  const addressees = targets.map((target) => ({
    name: targetName(target),
    tell: () => retry(connection, target, changes, host),
  }));
  const exitCode = await tellAll(addressees, host);
  if (exitCode === ExitCode.done && targets.length === 1)
    host.terminal.say(`\`pchain follow ${targets[0].id}\` shows how it goes`);
  return exitCode;
}

async function retry(
  connection: Connection,
  target: Target,
  changes: Changes,
  host: Host,
): Promise<CommandOutcome> {
  const { server } = connection;
  if (target.kind === 'task') return retryTask(server, target.id, changes, host.signal);
  if (target.kind === 'request' && Object.keys(changes).length === 0) {
    const outcome = await commandWorkflow(server, target.id, 'retry', host.signal);
    if (outcome === undefined) throw new UnsupportedError('this server cannot retry a request');
    return outcome;
  }
  return retryTasks(connection, target, changes, host);
}

/** Retries every task that ended without all of its work. */
async function retryTasks(
  connection: Connection,
  target: Target,
  changes: Changes,
  host: Host,
): Promise<CommandOutcome> {
  const tasks = (await tasksOf(connection, target, host)).filter(
    (task) => isRetriable(task.status) && !task.skipped,
  );
  if (tasks.length === 0) return { done: false, message: 'has no task to retry' };
  const addressees = tasks.map(({ id }) => ({
    name: `task ${id}`,
    tell: () => retryTask(connection.server, taskId(id), changes, host.signal),
  }));
  const told = await toldEach(addressees);
  const refused = refusalsOf(addressees, told);
  if (refused.length === tasks.length) return refusal(refused, told);
  for (const line of refused) host.terminal.warn(line);
  return { done: true, message: `${counted(tasks.length - refused.length, 'task')} will run again` };
}

/** Reads `--set name=value`.
 *  @throws UsageError for a name that a retry cannot change */
function changeOf(setting: string): Changes {
  const equals = setting.indexOf('=');
  const name = equals === -1 ? setting : setting.slice(0, equals);
  if (equals !== -1) return retryChange(name, setting.slice(equals + 1));
  throw new UsageError(`\`--set ${setting}\` has no value`, { hint: `write \`--set ${name}=VALUE\`` });
}
