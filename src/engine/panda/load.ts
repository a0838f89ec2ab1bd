// A request from the store into memory, with everything that `decide` asks for.
import { taskId } from '../../base/names.ts';
import { settleFiles } from '../../prun/splitting.ts';
import type { DatasetRecord } from '../records.ts';
import { isFinalJob } from '../records.ts';
import type { PandaStore, StoredRequest, StoredTask } from '../store/panda-store.ts';
import type { JobRuntime, RequestRuntime, TaskRuntime } from './runtime.ts';
import { stepsById, taskSpecs } from './task-spec.ts';
import type { TaskSpec } from './task-spec.ts';
import type { PlannedStep } from '../../workflow/plan.ts';

export function loadRuntime(request: StoredRequest, store: PandaStore): RequestRuntime {
  const specs = new Map(taskSpecs(request.plan).map((spec) => [spec.stepId, spec]));
  const datasets = store.datasets(request.id);
  const tasks = store.tasks(request.id).flatMap((record) => {
    const spec = specs.get(record.stepId);
    return spec === undefined ? [] : [loadTask(record, spec, datasets, store)];
  });
  return {
    request,
    tasks,
    leaves: leavesById(request, tasks),
    producers: new Map(
      tasks.flatMap((task) => task.spec.outputs.map((output) => [output.dataset, task] as const)),
    ),
    killing: request.status === 'Cancelling',
  };
}

function loadTask(
  record: StoredTask,
  planned: TaskSpec,
  datasets: readonly DatasetRecord[],
  store: PandaStore,
): TaskRuntime {
  const spec = {
    ...planned,
    splitting: settleFiles({ ...planned.splitting, ...record.splitting }),
    accepts: withoutUsed(record, planned, store),
  };
  const own = datasets.filter((dataset) => dataset.taskId === record.id);
  const task: TaskRuntime = {
    id: record.id,
    requestId: record.requestId,
    spec,
    status: record.status,
    skipped: record.skipped,
    control: record.control,
    error: record.error,
    jobs: [],
    allJobsDefined: record.nJobs !== undefined,
    openJobs: 0,
    arrivals: new Map(),
    datasetIds: new Map(
      own.map((dataset) => [dataset.name, store.datasetId(dataset.name, record.requestId) ?? 0]),
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
      failures: stored.status === 'failed' ? 1 : 0,
      directory: stored.directory,
      files: stored.status === 'finished' ? store.filesOfJob(stored.id) : [],
    };
    task.jobs.push(job);
    if (!isFinalJob(job.status)) task.openJobs++;
  }
  return task;
}

function leavesById(
  request: StoredRequest,
  tasks: readonly TaskRuntime[],
): ReadonlyMap<number, readonly TaskRuntime[]> {
  const byStep = new Map(tasks.map((task) => [task.spec.stepId, task]));
  const leavesOf = (step: PlannedStep): readonly TaskRuntime[] => {
    const task = byStep.get(step.id);
    return task === undefined ? step.steps.flatMap(leavesOf) : [task];
  };
  return new Map([...stepsById(request.plan)].map(([id, step]) => [id, leavesOf(step)]));
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
