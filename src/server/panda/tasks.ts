// Commands on single tasks, and what is asked about one.
import { taskId } from '../../base/names.ts';
import type { CommandResult, WorkCommand } from '../../engine/api.ts';
import { shownStatus, type TaskRecord } from '../../engine/records.ts';
import type { ServerParts } from '../parts.ts';
import { anything, integer, required, truth } from './arguments.ts';
import { method, type Method } from './method.ts';
import { failed, succeeded, type Outcome } from './outcome.ts';
import { isOwner } from './owner.ts';
import { readRetryChange } from './retry-change.ts';
import { taskDetails } from './task-details.ts';
import { taskQuestions } from './task-questions.ts';
import { submitTask } from './task-submission.ts';

/** PanDA's code for "not in this status". */
const wrongStatus = 4;
/** PanDA's code for "accepted with other parameters". */
const acceptedAnew = 3;

export const taskMethods: Readonly<Record<string, Method>> = {
  get_tasks_detailed_info_since: taskDetails,
  ...taskQuestions,
  submit: submitTask,
  kill: command('kill', { broadcast: truth }, () => 'kill'),
  finish: command('finish', { soft: truth, broadcast: truth }, ({ soft }) =>
    soft === true ? 'finish-soft' : 'finish',
  ),
  pause: command('pause', {}, () => 'pause'),
  resume: command('resume', {}, () => 'resume'),
  retry: method(
    'POST',
    {
      task_id: required(integer),
      new_parameters: anything,
      no_child_retry: truth,
      discard_events: truth,
      disable_staging_mode: truth,
      keep_gshare_priority: truth,
      ignore_hard_exhausted: truth,
    },
    ({ task_id, new_parameters }, parts) =>
      withOwnTask(task_id, parts, (task) => retry(task, new_parameters, parts)),
  ),
  reload_input: method(
    'POST',
    { task_id: required(integer), ignore_hard_exhausted: truth },
    ({ task_id }, parts) =>
      withOwnTask(task_id, parts, (task) => answerOf('incexec', task, parts.engine.reloadInput(task.id))),
  ),
};

type Extra = Readonly<Record<string, typeof truth>>;

function command(
  name: string,
  extra: Extra,
  workCommand: (values: Readonly<Record<string, unknown>>) => WorkCommand,
): Method {
  return method('POST', { task_id: required(integer), ...extra }, (values, parts) =>
    withOwnTask(values.task_id, parts, (task) =>
      answerOf(name, task, parts.engine.commandTask(task.id, workCommand(values))),
    ),
  );
}

/** Calls `run` with a task of the user. PanDA does not tell an unknown task from somebody else's. */
export function withOwnTask(id: number, parts: ServerParts, run: (task: TaskRecord) => Outcome): Outcome {
  const task = parts.engine.task(taskId(id));
  if (task === undefined || !isOwner(parts.engine.request(task.requestId), parts))
    return failed('not the task owner or no production role');
  return run(task);
}

function answerOf(name: string, task: TaskRecord, result: CommandResult): Outcome {
  return result.done
    ? succeeded(0, registered(name, task))
    : failed(refusal(name, task, result), wrongStatus);
}

/** As PanDA: always a success, with the code in the data. */
function retry(task: TaskRecord, newParameters: unknown, { engine }: ServerParts): Outcome {
  const read = readRetryChange(newParameters);
  if (!read.ok) return succeeded(wrongStatus, `Command rejected: ${read.message}`);
  const before = shownStatus(task);
  const result = engine.retryTask(task.id, { splitting: read.splitting, limits: read.limits });
  if (!result.done) return succeeded(wrongStatus, refusal('retry', task, result));
  if (read.names.length > 0) {
    const ignored =
      read.withoutEffect.length === 0
        ? ''
        : `; without effect on this machine: ${read.withoutEffect.join(', ')}`;
    return succeeded(
      acceptedAnew,
      `reactivation accepted. jediTaskID=${task.id} (currently in ${before} state) will be re-executed with old and/or new input${ignored}`,
    );
  }
  return succeeded(
    0,
    before === 'running' || before === 'ready'
      ? `retry has been triggered for failed jobs while the task is still ${before}`
      : registered('retry', task),
  );
}

function registered(name: string, task: TaskRecord): string {
  return `command=${name} is registered for task ID ${task.id}. will be executed in a few minutes`;
}

function refusal(name: string, task: TaskRecord, result: Exclude<CommandResult, { done: true }>): string {
  if (result.why === 'depends')
    return `Command rejected: step ${result.step} works already on what task ${task.id} has made; retry when it has ended`;
  const status = result.why === 'status' ? result.status : 'unknown';
  return `Command rejected: the ${name} command is not accepted if the task is in ${status} status `;
}
