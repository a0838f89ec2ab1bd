// kill, finish, pause, resume and reload_input of pbook: told to every task that is meant.
import { ExitCode } from '../../base/exit-code.ts';
import type { TaskId } from '../../base/names.ts';
import { reloadInput } from '../../panda/task-extras.ts';
import { commandTask, isFinalTaskStatus, type CommandOutcome, type TaskCommand } from '../../panda/tasks.ts';
import type { PandaServer } from '../../panda/connection.ts';
import { tellAll } from '../work/tell.ts';
import type { Call } from './command.ts';
import { activeTasks, meantTasks, requireSome, type MeantTasks } from './meant-tasks.ts';

export async function controlTasks(
  verb: TaskCommand,
  ids: readonly number[] | 'all',
  call: Call,
): Promise<ExitCode> {
  const { signal } = call.host;
  const meant =
    ids === 'all'
      ? await activeTasks(call)
      : await meantTasks(ids, (status) => !isFinalTaskStatus(status), call);
  return tellTasks(meant, (server, id) => commandTask(server, id, verb, signal), call);
}

export async function reloadInputs(id: number, call: Call): Promise<ExitCode> {
  const meant = await meantTasks([id], isFinalTaskStatus, call);
  return tellTasks(meant, (server, task) => reloadInput(server, task, call.host.signal), call);
}

/** Tells all tasks, and says what was named and is not there.
 *  @throws UsageError when nothing of it is there */
export async function tellTasks(
  meant: MeantTasks,
  tell: (server: PandaServer, id: TaskId) => Promise<CommandOutcome>,
  { host, onIds }: Call,
): Promise<ExitCode> {
  requireSome(meant);
  const { connection, tasks, missing } = meant;
  onIds(tasks);
  if (tasks.length === 0) {
    host.terminal.say('there is no task to be told');
    return ExitCode.done;
  }
  const addressees = tasks.map((id) => ({ name: `task ${id}`, tell: () => tell(connection.server, id) }));
  const exitCode = await tellAll(addressees, host);
  for (const line of missing) host.terminal.alert(line);
  return exitCode === ExitCode.done && missing.length > 0 ? ExitCode.usage : exitCode;
}
