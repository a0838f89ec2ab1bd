// Which tasks a command of pbook means: those that were named, those of a request, or all that are at work.
import { UsageError } from '../../base/errors.ts';
import { taskId, type TaskId } from '../../base/names.ts';
import { findTaskRecords, findTasks } from '../../panda/tasks.ts';
import { connect, type Connection } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import { tasksOf } from '../work/request-state.ts';
import { loadSettings } from '../servers/settings.ts';
import { meantTargets, targetName, type Target } from '../work/targets.ts';
import { textOption } from '../check/workflow-files.ts';
import type { Call } from './command.ts';

/** JEDI's coarse statuses of tasks that are at work, and of those that have ended. */
export const activeStatuses: readonly string[] = ['running', 'submitting', 'registered', 'ready'];
export const endedStatuses: readonly string[] = ['finished', 'failed', 'done', 'broken', 'aborted'];

export interface MeantTasks {
  readonly connection: Connection;
  readonly tasks: readonly TaskId[];
  /** Of what was named and is not there: one sentence each. */
  readonly missing: readonly string[];
}

/** A task with an end to it, or not: what commands choose by. */
type Choose = (status: string) => boolean;

/** The tasks that ids mean; a request stands for those of its tasks that the command is for.
 *  @throws UsageError when the ledger has them on several servers */
export async function meantTasks(
  ids: readonly number[],
  choose: Choose,
  { host, options }: Call,
): Promise<MeantTasks> {
  const { targets, connection } = await meantTargets(ids.map(String), options, host);
  const tasks: TaskId[] = [];
  const missing: string[] = [];
  for (const target of targets) {
    if (target.kind === 'task') {
      tasks.push(target.id);
      continue;
    }
    const found = await tasksOfRequest(connection, target, host);
    const chosen = found.filter(({ status }) => choose(status)).map(({ id }) => taskId(id));
    tasks.push(...chosen);
    if (found.length === 0) missing.push(`the server knows no tasks of ${targetName(target)}`);
    else if (chosen.length === 0) missing.push(`no task of ${targetName(target)} is in a state for this`);
  }
  return { connection, tasks: [...new Set(tasks)], missing };
}

async function tasksOfRequest(
  connection: Connection,
  target: Exclude<Target, { kind: 'task' }>,
  host: Host,
): Promise<readonly { readonly id: number; readonly status: string }[]> {
  if (target.kind === 'native') return tasksOf(connection, target, host);
  const found = await findTasks(connection.server, { filters: { reqID: String(target.id) } }, host.signal);
  return found.map((task) => ({ id: task.taskId, status: task.status }));
}

/** All tasks of the user that are at work. */
export async function activeTasks(call: Call): Promise<MeantTasks> {
  const connection = await connectionOf(call);
  const tasks = new Set<TaskId>();
  for (const superStatus of activeStatuses) {
    const found = await findTaskRecords(connection.server, { filters: { superStatus } }, call.host.signal);
    for (const task of found) tasks.add(task.taskId);
  }
  return { connection, tasks: [...tasks], missing: [] };
}

export async function connectionOf({ host, options }: Call): Promise<Connection> {
  return connect(await loadSettings({ server: textOption(options, 'server') }, host), host);
}

/** @throws UsageError for the first of what was named and is not there, when there is nothing else */
export function requireSome({ tasks, missing }: MeantTasks): void {
  const [first] = missing;
  if (tasks.length === 0 && first !== undefined)
    throw new UsageError(missing.join('; '), { hint: '`show()` lists your tasks' });
}
