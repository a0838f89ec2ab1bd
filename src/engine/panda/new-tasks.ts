// Tasks that come into being: at the submission of a request, and with every iteration of a loop. Called inside of a
// transaction.
import type { RequestId } from '../../base/names.ts';
import { loadSearch } from '../hpo/runtime.ts';
import { completeSpec, textReader } from '../hpo/task-spec.ts';
import type { PandaStore } from '../store/panda-store.ts';
import { pathText } from './loops/path.ts';
import type { Unfolded } from './loops/unfold.ts';
import { unmergedOutputs } from './jobs/merge-jobs.ts';
import type { LoopRuntime, TaskRuntime } from './runtime.ts';
import type { TaskSpec } from './task.ts';

/** Stores tasks with their datasets, and the first iterations of the loops among them.
 *  @param nowMs when they come into being, in milliseconds since 1970 */
export function addTasks(
  store: PandaStore,
  request: RequestId,
  { tasks, loops }: Unfolded,
  nowMs: number,
): { readonly tasks: readonly TaskRuntime[]; readonly inner: readonly LoopRuntime[] } {
  const inner = loops.map(({ site, path, iterations: [first] }): LoopRuntime => {
    const parameters = first?.parameters ?? {};
    store.iterations.add(request, { stepId: site.step.id, path: pathText(path) }, 1, parameters);
    return { site, path, number: 1, parameters, ended: false, isLast: false, tasks: [], inner: [] };
  });
  return { tasks: tasks.map((spec) => addTask(store, request, spec, nowMs)), inner };
}

function addTask(store: PandaStore, requestId: RequestId, planned: TaskSpec, createdMs: number): TaskRuntime {
  const request = planned.searchCommand === undefined ? undefined : store.request(requestId);
  const { spec, search } = completeSpec(planned, textReader(request?.search?.texts ?? {}));
  const { stepId, stepName, type, name, path } = spec;
  const id = store.addTask({
    ...{ requestId, stepId, stepName, type, name, createdMs },
    iteration: pathText(path),
  });
  const datasetIds = new Map(
    [...spec.outputs, ...unmergedOutputs(spec)].map(({ dataset }) => [
      dataset,
      store.datasets.add(dataset, requestId, id, false),
    ]),
  );
  return {
    id,
    requestId,
    spec,
    search:
      search === undefined || request === undefined
        ? undefined
        : loadSearch({ id, name, jobs: [], datasetIds }, search, request, store),
    status: 'registered',
    skipped: false,
    control: undefined,
    error: undefined,
    place: undefined,
    limits: spec.limits,
    jobs: [],
    allJobsDefined: false,
    openJobs: 0,
    arrivals: new Map(),
    datasetIds,
  };
}
