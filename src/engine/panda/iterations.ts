// The iterations of a request's loops as they are told: with what, what was decided, what came of it.
import type { RequestId } from '../../base/names.ts';
import type { IterationRecord } from '../records.ts';
import type { PandaStore, StoredJob, StoredTask } from '../store/panda-store.ts';
import { layoutOf } from './loops/layout.ts';
import { comparePaths, pathFromText } from './loops/path.ts';

/** Loops in the order of their steps, each from its first iteration on. */
export function iterationsOf(store: PandaStore, request: RequestId): readonly IterationRecord[] {
  const stored = store.iterations.of(request);
  const plan = stored.length === 0 ? undefined : store.request(request)?.plan;
  if (plan === undefined) return [];
  const { loops } = layoutOf(plan);
  const tasks = store.tasks(request);
  return stored
    .map((row) => {
      const site = loops.get(row.stepId);
      const iteration = row.path === '' ? String(row.number) : `${row.path}.${row.number}`;
      const deciding = site?.junctions.at(-1);
      const junction = tasks.find((task) => task.stepId === deciding && task.iteration === iteration);
      return {
        stepId: row.stepId,
        loop: site?.step.name ?? '',
        iteration,
        parameters: row.parameters,
        outcome: row.outcome,
        junction: junction?.stepName,
        results: lastDecision(store, junction)?.results,
        note: junction?.error,
      };
    })
    .sort(
      (a, b) => a.stepId - b.stepId || comparePaths(pathFromText(a.iteration), pathFromText(b.iteration)),
    );
}

/** The job whose results decided. */
export function lastDecision(store: PandaStore, junction: StoredTask | undefined): StoredJob | undefined {
  return junction === undefined
    ? undefined
    : store.jobs(junction.id).findLast((job) => job.kind === 'run' && job.status === 'finished');
}
