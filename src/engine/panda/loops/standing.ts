// Which tasks stand for a step, or make a dataset, as seen from another task: in its own iteration of the loops that both are
// in, and in the last iteration of loops that only the other one is in.
import { iterationMark } from '../../../prun/names.ts';
import { makerOf } from '../../hpo/datasets.ts';
import type { RequestRuntime, TaskRuntime } from '../runtime.ts';
import { settled } from './iteration-text.ts';
import type { Place } from './iteration-text.ts';
import type { LeafSite } from './layout.ts';
import type { IterationPath } from './path.ts';
import { instanceKey } from './path.ts';

export interface Standing {
  readonly tasks: readonly TaskRuntime[];
  /** False while a loop goes on that only they are in: a later iteration may stand for the step. */
  readonly complete: boolean;
}

/** The tasks that stand for a step, whole sub-workflows included. */
export function standing(runtime: RequestRuntime, viewer: Place, stepId: number): Standing {
  let complete = true;
  const tasks: TaskRuntime[] = [];
  for (const id of runtime.layout.leavesBelow.get(stepId) ?? []) {
    const leaf = runtime.layout.leaves.get(id);
    if (leaf === undefined) continue;
    const seen = pathSeen(runtime, viewer, leaf);
    if (!seen.complete) complete = false;
    const task = runtime.instances.get(instanceKey(id, seen.path));
    if (task !== undefined) tasks.push(task);
  }
  return { tasks, complete };
}

/** The task that makes a dataset. `open`: a loop makes it that has not ended; `undefined`: no step of the request does. */
export function producerOf(
  runtime: RequestRuntime,
  viewer: Place,
  dataset: string,
): TaskRuntime | 'open' | undefined {
  const name = settledText(runtime, viewer, dataset);
  if (name.includes(iterationMark)) return 'open';
  return runtime.producers.get(name) ?? makerOf(runtime.searches, name);
}

/** A text of a task in which the datasets of loops before it have the names of their last iterations. */
export function settledText(runtime: RequestRuntime, viewer: Place, text: string): string {
  return settled(text, runtime.layout, (leaf) => {
    const seen = pathSeen(runtime, viewer, leaf);
    return seen.complete ? seen.path : undefined;
  });
}

function pathSeen(
  runtime: RequestRuntime,
  viewer: Place,
  leaf: LeafSite,
): { path: IterationPath; complete: boolean } {
  const path: number[] = [];
  let shared = true;
  let complete = true;
  for (const [level, loopId] of leaf.loops.entries()) {
    shared &&= viewer.loops[level] === loopId;
    const loop = shared ? undefined : runtime.loops.get(instanceKey(loopId, path));
    if (loop !== undefined && !loop.ended) complete = false;
    path.push(shared ? (viewer.path[level] ?? 1) : (loop?.number ?? 1));
  }
  return { path, complete };
}
