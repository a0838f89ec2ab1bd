// Running a failed request again: failed jobs anew, finished ones kept, and whatever worked on incomplete input from its start.
import { isFinalJob } from '../records.ts';
import type { PandaStore } from '../store/panda-store.ts';
import { conditionParents } from './gates.ts';
import type { RequestRuntime, TaskRuntime } from './runtime.ts';

/** Puts every task that must move again back, in the store; the runtime is loaded anew afterwards.
 *  @param only the task that is retried, and whatever depends on it; `undefined`: all that did not end well */
export function resetForRetry(runtime: RequestRuntime, store: PandaStore, only?: TaskRuntime): void {
  const changed = new Set<TaskRuntime>();
  for (const task of runtime.tasks) {
    const parents = parentsOf(runtime, task);
    if (parents.some((parent) => changed.has(parent))) {
      startOver(task, store);
      changed.add(task);
    } else if (only === undefined ? task.status !== 'done' : task === only) {
      runFailedJobs(task, store);
      changed.add(task);
    }
  }
}

/** Its parents will make other files than before, so nothing that it made from them counts. */
function startOver(task: TaskRuntime, store: PandaStore): void {
  store.deleteFiles(task.id);
  store.deleteJobs(task.id);
  store.setAllJobsDefined(task.id, false);
  store.setDatasetsClosed(task.id, false);
  store.setTaskControl(task.id, undefined);
  store.setTask(task.id, 'registered');
}

/** The tasks that get data or a condition from a task, at any distance. */
export function dependents(runtime: RequestRuntime, task: TaskRuntime): readonly TaskRuntime[] {
  const found = new Set<TaskRuntime>([task]);
  for (const other of runtime.tasks) {
    if (parentsOf(runtime, other).some((parent) => found.has(parent))) found.add(other);
  }
  found.delete(task);
  return [...found];
}

function runFailedJobs(task: TaskRuntime, store: PandaStore): void {
  for (const job of task.jobs) {
    if (job.status === 'finished' || !isFinalJob(job.status)) continue;
    store.setJob(job.id, {
      status: 'defined',
      startedMs: undefined,
      endedMs: undefined,
      exitStatus: undefined,
      error: undefined,
    });
  }
  // What runs again may leave more to be merged.
  if (task.spec.merge !== undefined) store.setAllJobsDefined(task.id, false);
  store.setTaskControl(task.id, undefined);
  // With no jobs yet it has to wait for its parents again; with jobs its inputs were there already.
  store.setDatasetsClosed(task.id, false);
  if (task.jobs.length === 0) {
    store.setAllJobsDefined(task.id, false);
    store.setTask(task.id, 'registered');
  } else {
    store.setTask(task.id, 'ready');
  }
}

function parentsOf(runtime: RequestRuntime, task: TaskRuntime): readonly TaskRuntime[] {
  const { spec } = task;
  const fromData = [...spec.primary, ...spec.secondary.flatMap((stream) => stream.datasets)].map((name) =>
    runtime.producers.get(name),
  );
  const ids = spec.gates.flatMap((gate) => [
    ...gate.links.map((link) => link.parent),
    ...conditionParents(gate.condition),
  ]);
  const fromGates = ids.flatMap((id) => runtime.leaves.get(id) ?? []);
  return [...fromData, ...fromGates].filter((parent) => parent !== undefined);
}
