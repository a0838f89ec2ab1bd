// A request from the store into memory, with everything that `decide` asks for.
import { taskId } from '../../base/names.ts';
import { settleFiles } from '../../prun/splitting.ts';
import { loadSearch } from '../hpo/runtime.ts';
import { completeSpec, textReader } from '../hpo/task-spec.ts';
import type { DatasetRecord } from '../records.ts';
import { isFinalJob } from '../records.ts';
import type { PandaStore, StoredRequest, StoredTask } from '../store/panda-store.ts';
import { GrowingRuntime } from './growing-runtime.ts';
import { layoutOf } from './loops/layout.ts';
import { pathText } from './loops/path.ts';
import { begun, unfold } from './loops/unfold.ts';
import type { LoopRuntime, JobRuntime, RequestRuntime, TaskRuntime } from './runtime.ts';
import type { TaskSpec } from './task.ts';

export function loadRuntime(request: StoredRequest, store: PandaStore): RequestRuntime {
  const layout = layoutOf(request.plan);
  const iterations = store.iterations.of(request.id);
  const unfolded = unfold(layout, (site, path, first) => {
    const own = iterations.filter((row) => row.stepId === site.step.id && row.path === pathText(path));
    return own.length === 0 ? begun(site, path, first) : own;
  });
  const records = new Map(
    store.tasks(request.id).map((record) => [`${record.stepId}@${record.iteration}`, record]),
  );
  const datasets = new Map<number, DatasetRecord[]>();
  for (const dataset of store.datasets.ofRequest(request.id)) {
    if (dataset.taskId === undefined) continue;
    const own = datasets.get(dataset.taskId);
    if (own === undefined) datasets.set(dataset.taskId, [dataset]);
    else own.push(dataset);
  }
  const tasks = unfolded.tasks.flatMap((spec) => {
    const record = records.get(`${spec.stepId}@${pathText(spec.path)}`);
    return record === undefined
      ? []
      : [loadTask(record, spec, datasets.get(record.id) ?? [], request, store)];
  });
  const loops = unfolded.loops.map(({ site, path, iterations: own }): LoopRuntime => {
    const last = own.at(-1);
    const row = iterations.find(
      (one) =>
        one.stepId === site.step.id && one.path === pathText(path) && one.number === (last?.number ?? 1),
    );
    return {
      site,
      path,
      number: last?.number ?? 1,
      parameters: last?.parameters ?? {},
      ended: row?.outcome === 'end',
      isLast: row?.isLast === true,
      tasks: [],
      inner: [],
    };
  });
  return new GrowingRuntime(request, layout, tasks, loops);
}

function loadTask(
  record: StoredTask,
  planned: TaskSpec,
  own: readonly DatasetRecord[],
  request: StoredRequest,
  store: PandaStore,
): TaskRuntime {
  const { spec: complete, search } = completeSpec(planned, textReader(request.search?.texts ?? {}));
  const spec = {
    ...complete,
    splitting: settleFiles({ ...complete.splitting, ...record.splitting }),
    accepts: withoutUsed(record, complete, store),
  };
  const task: TaskRuntime = {
    id: record.id,
    requestId: record.requestId,
    spec,
    status: record.status,
    skipped: record.skipped,
    control: record.control,
    error: record.error,
    place: record.place,
    limits: { ...spec.limits, ...record.limits },
    jobs: [],
    allJobsDefined: record.nJobs !== undefined,
    openJobs: 0,
    arrivals: new Map(),
    datasetIds: new Map(
      own.map((dataset) => [dataset.name, store.datasets.find(dataset.name, record.requestId) ?? 0]),
    ),
  };
  for (const stored of store.jobs(record.id)) {
    const job: JobRuntime = {
      id: stored.id,
      kind: stored.kind,
      serial: stored.serial,
      inputs: stored.inputs,
      task,
      status: stored.status,
      attempt: stored.attempt,
      failures: stored.failures,
      directory: stored.directory,
      files: stored.status === 'finished' ? store.datasets.filesOfJob(stored.id) : [],
      results: stored.status === 'finished' ? stored.results : undefined,
    };
    task.jobs.push(job);
    if (!isFinalJob(job.status)) task.openJobs++;
  }
  if (search !== undefined) task.search = loadSearch({ ...task, name: spec.name }, search, request, store);
  return task;
}

/** Leaves out what other tasks have used (`--skipFilesUsedBy`), but never what a job of this very task has: the files that were handed
 *  out must stay where they are in the row. */
function withoutUsed(record: StoredTask, planned: TaskSpec, store: PandaStore): TaskSpec['accepts'] {
  if (planned.skipFilesUsedBy.length === 0) return planned.accepts;
  const used = new Set(
    planned.skipFilesUsedBy.flatMap((id) =>
      store
        .jobs(taskId(id))
        .filter((job) => job.status !== 'failed' && job.status !== 'cancelled')
        .flatMap((job) => (job.inputs['IN'] ?? []).map((file) => file.name)),
    ),
  );
  for (const job of store.jobs(record.id)) for (const file of job.inputs['IN'] ?? []) used.delete(file.name);
  return (name) => planned.accepts(name) && !used.has(name);
}
