// Running a failed request again: failed jobs anew, finished ones kept, and whatever worked on incomplete input from its start.
import { isFinalJob } from '../records.ts';
import type { PandaStore } from '../store/panda-store.ts';
import { conditionParents } from './gates.ts';
import { byProgress, instanceKey, pathText } from './loops/path.ts';
import { producerOf, standing } from './loops/standing.ts';
import type { LoopRuntime, RequestRuntime, TaskRuntime } from './runtime.ts';

/** Puts every task that must move again back, in the store; the runtime is loaded anew afterwards.
 *  @param only the task that is retried, and whatever depends on it; `undefined`: all that did not end well */
export function resetForRetry(runtime: RequestRuntime, store: PandaStore, only?: TaskRuntime): void {
  const changed = new Set<TaskRuntime>();
  const dropped = new Set<TaskRuntime>();
  for (const task of runtime.tasks) {
    const parents = parentsOf(runtime, task);
    if (isAfterChange(runtime, task, changed, dropped)) {
      // Another decision may come before it, so it may never be made again.
      store.deleteTask(task.id);
      dropped.add(task);
      changed.add(task);
    } else if (parents.some((parent) => changed.has(parent))) {
      startOver(task, store);
      changed.add(task);
    } else if (only === undefined ? task.status !== 'done' && !wasNotNeeded(runtime, task) : task === only) {
      runFailedJobs(task, store);
      changed.add(task);
    }
  }
  goBack(runtime, store, changed, dropped);
}

/** True for a task of an iteration that began with the decision of a junction which is now taken anew. */
function isAfterChange(
  runtime: RequestRuntime,
  task: TaskRuntime,
  changed: ReadonlySet<TaskRuntime>,
  dropped: ReadonlySet<TaskRuntime>,
): boolean {
  return decisionsBefore(runtime, task).some((junction) => changed.has(junction) || dropped.has(junction));
}

/** A step that an earlier iteration did not need stays unneeded: what its condition asks about has not changed. */
function wasNotNeeded(runtime: RequestRuntime, task: TaskRuntime): boolean {
  return task.skipped && task.spec.loops.length > 0 && loopsAround(runtime, task).some(({ isOld }) => isOld);
}

/** Loops go on from the iteration that is the last now. */
function goBack(
  runtime: RequestRuntime,
  store: PandaStore,
  changed: ReadonlySet<TaskRuntime>,
  dropped: ReadonlySet<TaskRuntime>,
): void {
  const request = runtime.request.id;
  const left = new Map<string, number>();
  for (const loop of runtime.loops.values()) left.set(keyOf(loop), 0);
  for (const task of runtime.tasks) {
    if (dropped.has(task)) continue;
    for (const { loop, number } of loopsAround(runtime, task))
      left.set(keyOf(loop), Math.max(left.get(keyOf(loop)) ?? 0, number));
  }
  for (const loop of runtime.loops.values()) {
    const last = left.get(keyOf(loop)) ?? 0;
    const row = { stepId: loop.site.step.id, path: pathText(loop.path) };
    for (let number = loop.number; number > last; number--) store.iterations.drop(request, row, number);
  }
  reopenLoops(
    runtime,
    store,
    [...changed].filter((task) => !dropped.has(task)),
    left,
  );
}

/** Lets the loops around tasks that work again decide anew after them. */
export function reopenLoops(
  runtime: RequestRuntime,
  store: PandaStore,
  tasks: readonly TaskRuntime[],
  last?: ReadonlyMap<string, number>,
): void {
  for (const task of tasks) {
    for (const { loop, number } of loopsAround(runtime, task)) {
      if (number !== (last?.get(keyOf(loop)) ?? loop.number)) continue;
      const row = { stepId: loop.site.step.id, path: pathText(loop.path) };
      store.iterations.setOutcome(runtime.request.id, row, number, undefined);
      loop.ended = false;
      loop.isLast = false;
    }
  }
}

/** The loops around a task, outermost first, with the iteration of each. */
function loopsAround(
  runtime: RequestRuntime,
  task: TaskRuntime,
): readonly { readonly loop: LoopRuntime; readonly number: number; readonly isOld: boolean }[] {
  return task.spec.loops.flatMap((loopId, level) => {
    const loop = runtime.loops.get(instanceKey(loopId, task.spec.path.slice(0, level)));
    const number = task.spec.path[level] ?? 1;
    return loop === undefined ? [] : [{ loop, number, isOld: number < loop.number }];
  });
}

const keyOf = (loop: LoopRuntime): string => instanceKey(loop.site.step.id, loop.path);

/** The junctions whose results the iterations around a task began with. */
function decisionsBefore(runtime: RequestRuntime, task: TaskRuntime): readonly TaskRuntime[] {
  return task.spec.loops.flatMap((loopId, level) => {
    const number = task.spec.path[level] ?? 1;
    if (number === 1) return [];
    const before = [...task.spec.path.slice(0, level), number - 1];
    return (runtime.layout.loops.get(loopId)?.junctions ?? []).flatMap(
      (junction) => runtime.instances.get(instanceKey(junction, before)) ?? [],
    );
  });
}

/** Its parents will make other files than before, so nothing that it made from them counts. */
function startOver(task: TaskRuntime, store: PandaStore): void {
  store.datasets.deleteFilesOfTask(task.id);
  store.searches.deleteSearch(task.id);
  store.deleteJobs(task.id);
  store.setAllJobsDefined(task.id, false);
  store.datasets.setClosed(task.id, false);
  store.setTaskControl(task.id, undefined);
  store.setTask(task.id, 'registered');
}

/** The tasks that get data or a condition from a task, at any distance. */
export function dependents(runtime: RequestRuntime, task: TaskRuntime): readonly TaskRuntime[] {
  const found = new Set<TaskRuntime>([task]);
  for (const other of [...runtime.tasks].sort((a, b) => byProgress(a.spec, b.spec))) {
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
      failures: 0,
    });
  }
  // What runs again may leave more to be merged.
  if (task.spec.merge !== undefined) store.setAllJobsDefined(task.id, false);
  store.setTaskControl(task.id, undefined);
  // With no jobs yet it has to wait for its parents again; with jobs its inputs were there already.
  store.datasets.setClosed(task.id, false);
  if (task.search !== undefined) {
    // It asks again where it stopped.
    store.searches.deleteFailedAsks(task.id);
    store.setAllJobsDefined(task.id, false);
  }
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
    producerOf(runtime, spec, name),
  );
  const ids = spec.gates.flatMap((gate) => [
    ...gate.links.map((link) => link.parent),
    ...conditionParents(gate.condition),
  ]);
  const fromGates = ids.flatMap((id) => standing(runtime, spec, id).tasks);
  return [...fromData, ...fromGates, ...decisionsBefore(runtime, task)].filter(
    (parent) => parent !== undefined && parent !== 'open',
  );
}
