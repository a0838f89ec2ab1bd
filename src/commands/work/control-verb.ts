// Commands to work that was submitted: kill, finish, pause, resume. A request is commanded as a whole where its server can, and
// task by task where it cannot.
import { UnsupportedError } from '../../base/errors.ts';
import type { ExitCode } from '../../base/exit-code.ts';
import { taskId } from '../../base/names.ts';
import { counted } from '../../base/text.ts';
import { commandTask, isFinalTaskStatus, type CommandOutcome, type TaskCommand } from '../../panda/tasks.ts';
import { commandWorkflow, type WorkflowCommand } from '../../panda/workflow-commands.ts';
import type { Connection } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import { tasksOf } from './request-state.ts';
import { meantTargets, targetName, type Target } from './targets.ts';
import { refusal, refusalsOf, tellAll, toldEach } from './tell.ts';

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
  const addressees = targets.map((target) => ({
    name: targetName(target),
    tell: () => control(connection, target, verb, host),
  }));
  return tellAll(addressees, host);
}

async function control(
  connection: Connection,
  target: Target,
  verb: ControlVerb,
  host: Host,
): Promise<CommandOutcome> {
  if (target.kind === 'task') return commandTask(connection.server, target.id, verb, host.signal);
  const whole = workflowCommands[verb];
  if (target.kind === 'native' || whole === undefined) return controlTasks(connection, target, verb, host);
  return controlRequest(connection, target, whole, verb, host);
}

/** Tells a request as a whole; its tasks one by one where the server's iDDS does not have the command. */
export async function controlRequest(
  connection: Connection,
  target: Extract<Target, { kind: 'request' }>,
  command: WorkflowCommand,
  verb: ControlVerb,
  host: Host,
): Promise<CommandOutcome> {
  const outcome = await commandWorkflow(connection.server, target.id, command, host.signal);
  if (outcome !== undefined) return outcome;
  if (verb === 'kill') throw new UnsupportedError('this server cannot end a request');
  host.terminal.detail(`iDDS has no command for this; telling the tasks one by one`);
  return controlTasks(connection, target, verb, host);
}

/** Tells every task that has not ended. What was not submitted yet cannot be told. */
async function controlTasks(
  connection: Connection,
  target: Target,
  verb: TaskCommand,
  host: Host,
): Promise<CommandOutcome> {
  const tasks = (await tasksOf(connection, target, host)).filter(({ status }) => !isFinalTaskStatus(status));
  if (tasks.length === 0) return { done: false, message: 'has no task that could be told: all have ended' };
  const addressees = tasks.map(({ id }) => ({
    name: `task ${id}`,
    tell: () => commandTask(connection.server, taskId(id), verb, host.signal),
  }));
  const told = await toldEach(addressees);
  const refused = refusalsOf(addressees, told);
  if (refused.length > 0) return refusal(refused, told);
  return { done: true, message: `${verb.replace('-', ', ')}: told to ${counted(tasks.length, 'task')}` };
}
