// Commands to work that was submitted: kill, finish, pause, resume. A request is commanded as a whole where its server can, and
// task by task where it cannot.
import { UnsupportedError, UsageError } from '../base/errors.ts';
import { ExitCode } from '../base/exit-code.ts';
import { counted } from '../base/text.ts';
import { commandTask, isFinalTaskStatus, type CommandOutcome, type TaskCommand } from '../panda/tasks.ts';
import { commandWorkflow, type WorkflowCommand } from '../panda/workflow-commands.ts';
import type { Connection } from './connection.ts';
import type { Host } from './host.ts';
import { snapshotOf } from './request-state.ts';
import { meantTargets, targetName, type Target } from './targets.ts';

export type ControlVerb = 'kill' | 'finish' | 'finish-soft' | 'pause' | 'resume';

/** What a whole request is told. Finishing is told to its tasks: iDDS knows no such word. */
const workflowCommands: Readonly<Partial<Record<ControlVerb, WorkflowCommand>>> = {
  kill: 'abort',
  pause: 'suspend',
  resume: 'resume',
};

/** Gives a command to everything that was named.
 *  @returns `findings` when some of it was not in a state for the command */
export async function runControl(
  verb: ControlVerb,
  typed: readonly string[],
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<ExitCode> {
  const { targets, connection } = await meantTargets(typed, options, host);
  let allDone = true;
  for (const target of targets) {
    const { done, message } = await control(connection, target, verb, host);
    allDone &&= done;
    host.terminal.say(`${targetName(target)}: ${message}`);
  }
  return allDone ? ExitCode.done : ExitCode.findings;
}

async function control(
  connection: Connection,
  target: Target,
  verb: ControlVerb,
  host: Host,
): Promise<CommandOutcome> {
  const { server } = connection;
  if (target.kind === 'task') return commandTask(server, target.id, verb, host.signal);
  const whole = workflowCommands[verb];
  if (target.kind === 'request' && whole !== undefined) {
    const outcome = await commandWorkflow(server, target.id, whole, host.signal);
    if (outcome !== undefined) return outcome;
    if (verb === 'kill') throw new UnsupportedError('this server cannot end a request');
    host.terminal.detail(`iDDS has no command for this; telling the tasks one by one`);
  }
  return controlTasks(connection, target, verb, host);
}

/** Tells every task that has not ended. What was not submitted yet cannot be told. */
async function controlTasks(
  connection: Connection,
  target: Target,
  verb: TaskCommand,
  host: Host,
): Promise<CommandOutcome> {
  const tasks = await openTasks(connection, target, host);
  if (tasks.length === 0) return { done: false, message: 'has no task that could be told: all have ended' };
  const refused: string[] = [];
  for (const id of tasks) {
    const outcome = await commandTask(connection.server, id, verb, host.signal);
    if (!outcome.done) refused.push(`task ${id}: ${outcome.message}`);
  }
  if (refused.length > 0) return { done: false, message: refused.join('; ') };
  return { done: true, message: `${verb.replace('-', ', ')}: told to ${counted(tasks.length, 'task')}` };
}

async function openTasks(
  connection: Connection,
  target: Target,
  host: Host,
): Promise<readonly Parameters<typeof commandTask>[1][]> {
  const snapshot = await snapshotOf(connection, target, host.signal);
  if (snapshot === undefined)
    throw new UsageError(`the server knows no ${targetName(target)}`, { hint: 'see `pchain list`' });
  return snapshot.state.tasks
    .filter((task) => !isFinalTaskStatus(task.status))
    .map((task) => task.id as Parameters<typeof commandTask>[1]);
}
