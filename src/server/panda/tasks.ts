// Commands on single tasks. The embedded engine stops and retries whole requests, so a command on a task is taken
// where it means the same, and refused in PanDA's words where it does not.
import { taskId } from '../../base/names.ts';
import { isFinalTask, type TaskRecord } from '../../engine/records.ts';
import type { ServerParts } from '../parts.ts';
import { anything, integer, required, truth } from './arguments.ts';
import { method, type Method } from './method.ts';
import { failed, succeeded, type Outcome } from './outcome.ts';
import { taskDetails } from './task-details.ts';

/** PanDA's code for "not in this status". */
const wrongStatus = 4;

export const taskMethods: Readonly<Record<string, Method>> = {
  get_tasks_detailed_info_since: taskDetails,
  kill: method('POST', { task_id: required(integer), broadcast: truth }, ({ task_id }, parts) =>
    withTask(task_id, parts, (task) => kill(task, parts)),
  ),
  retry: method(
    'POST',
    { task_id: required(integer), new_parameters: anything },
    ({ task_id, new_parameters }, parts) =>
      withTask(task_id, parts, (task) => retry(task, new_parameters, parts)),
  ),
};

function withTask(
  id: number,
  { engine, userName }: ServerParts,
  run: (task: TaskRecord) => Outcome,
): Outcome {
  const task = engine.task(taskId(id));
  const owner = task === undefined ? undefined : engine.request(task.requestId)?.userName;
  // PanDA does not tell an unknown task from somebody else's.
  if (task === undefined || owner !== userName) return failed('not the task owner or no production role');
  return run(task);
}

function kill(task: TaskRecord, { engine }: ServerParts): Outcome {
  if (isFinalTask(task.status)) return failed(rejected('kill', task), wrongStatus);
  const others = engine
    .tasks(task.requestId)
    .filter((other) => other.id !== task.id && !isFinalTask(other.status));
  if (others.length > 0) {
    return failed(
      `Command rejected: task ${task.id} belongs to request ${task.requestId}, which is stopped as a whole with kill_workflow`,
      wrongStatus,
    );
  }
  engine.kill(task.requestId);
  return succeeded(0, registered('kill', task));
}

/** As PanDA: always a success, with the code in the data. */
function retry(task: TaskRecord, newParameters: unknown, { engine }: ServerParts): Outcome {
  if (newParameters !== undefined) {
    return succeeded(
      wrongStatus,
      'Command rejected: the embedded server does not retry with other parameters',
    );
  }
  if (task.status === 'done' || task.status === 'aborted')
    return succeeded(wrongStatus, rejected('retry', task));
  if (!engine.retry(task.requestId)) return succeeded(wrongStatus, rejected('retry', task));
  return succeeded(
    0,
    isFinalTask(task.status)
      ? registered('retry', task)
      : 'retry has been triggered for failed jobs while the task is still running',
  );
}

function registered(command: string, task: TaskRecord): string {
  return `command=${command} is registered for task ID ${task.id}. will be executed in a few minutes`;
}

function rejected(command: string, task: TaskRecord): string {
  return `Command rejected: the ${command} command is not accepted if the task is in ${task.status} status `;
}
