// What became of steps and of a whole request.
import type { ParentState } from './gates.ts';
import { standing } from './loops/standing.ts';
import type { RequestRuntime, TaskRuntime } from './runtime.ts';

/** What became of a step, whole sub-workflows included, as a task sees it: within its own iteration of the loops that both
 *  are in, and after the last iteration of others. */
export function parentState(runtime: RequestRuntime, task: TaskRuntime, stepId: number): ParentState {
  const { tasks, complete } = standing(runtime, task.spec, stepId);
  if (!complete) return 'pending';
  const states = tasks.map(taskState);
  if (states.length === 1 && states[0] !== undefined) return states[0];
  if (states.some((state) => state === 'pending' || state === 'started')) {
    return states.every((state) => state === 'pending') ? 'pending' : 'started';
  }
  if (states.every((state) => state === 'skipped')) return 'skipped';
  return states.includes('failed') ? 'failed' : 'processed';
}

function taskState(task: TaskRuntime): ParentState {
  switch (task.status) {
    case 'registered':
    case 'ready':
      return 'pending';
    case 'running':
      return 'started';
    case 'done':
    case 'finished':
      return 'processed';
    case 'failed':
      return 'failed';
    case 'aborted':
      return task.skipped ? 'skipped' : 'failed';
  }
}

/** How a request ends: `Finished` when every needed task is done, `Failed` when no output was made at all. */
export function endOfRequest(runtime: RequestRuntime): 'Finished' | 'SubFinished' | 'Failed' | 'Cancelled' {
  if (runtime.killing) return 'Cancelled';
  const needed = runtime.tasks.filter((task) => !task.skipped);
  if (needed.every((task) => task.status === 'done')) return 'Finished';
  const outputs = runtime.request.plan.outputSteps.flatMap(
    (stepId) => standing(runtime, outside, stepId).tasks,
  );
  const anyOutput = outputs.some((task) => task.status === 'done' || task.status === 'finished');
  return anyOutput ? 'SubFinished' : 'Failed';
}

/** What is seen from outside of all loops. */
const outside = { loops: [], path: [] };
