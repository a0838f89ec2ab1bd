// What the engine knows, in the shapes of the extension's answers.
import type { RequestId, TaskId } from '../../base/names.ts';
import { shownStatus } from '../../engine/records.ts';
import { weatherWords } from '../../engine/weather/weather.ts';
import { isUnmerged } from '../../engine/panda/jobs/merge-jobs.ts';
import type { NumberedEvent } from '../../engine/events.ts';
import type {
  DatasetRecord,
  FileRecord,
  PayloadPlace,
  RequestRecord,
  RunRecord,
  TaskRecord,
} from '../../engine/records.ts';
import type {
  DatasetAnswer,
  EventAnswer,
  FileAnswer,
  RequestDocument,
  RequestSummary,
  RunAnswer,
  TaskAnswer,
} from '../../panda/embedded-answers.ts';
import type { SearchSummary } from '../../engine/hpo/summary.ts';
import type { SearchAnswer, SearchProgress } from '../../panda/search-answer.ts';
import type { ServerParts } from '../parts.ts';

/** A request in short. */
export const requestView = (request: RequestRecord): RequestSummary => ({
  id: request.id,
  name: request.name,
  status: request.status,
  created_ms: request.createdMs,
  ended_ms: request.endedMs ?? null,
  error: request.error ?? null,
  ...(request.options?.weather === undefined ? {} : { weather: [...weatherWords(request.options.weather)] }),
});

const taskView = (task: TaskRecord, search: SearchSummary | undefined): TaskAnswer => ({
  id: task.id,
  step_id: task.stepId,
  step: task.stepName,
  ...(task.iteration === '' ? {} : { iteration: task.iteration }),
  type: task.type,
  name: task.name,
  status: shownStatus(task),
  skipped: task.skipped,
  jobs: {
    total: task.nJobs ?? null,
    running: task.nJobsRunning,
    finished: task.nJobsFinished,
    ...((task.nJobsReused ?? 0) === 0 ? {} : { reused: task.nJobsReused }),
    failed: task.nJobsFailed,
  },
  started_ms: task.startedMs ?? null,
  ended_ms: task.endedMs ?? null,
  error: task.error ?? null,
  ...(task.place === undefined ? {} : { container: containerView(task.place) }),
  ...(search === undefined ? {} : { search: searchProgress(search) }),
});

const containerView = ({ image, engine, why }: PayloadPlace) => ({
  image,
  engine: engine ?? null,
  why: why ?? null,
});

/** Everything about one request. `last_event` is read first, so that following from there misses nothing. */
export function requestDetails(
  request: RequestRecord,
  lastEvent: number,
  parts: ServerParts,
): RequestDocument {
  const { engine } = parts;
  const tasks = engine.tasks(request.id);
  const outputs = outputTasks(request, tasks);
  return {
    request: requestView(request),
    tasks: tasks.map((task) => taskView(task, task.type === 'phpo' ? engine.search(task.id) : undefined)),
    datasets: engine.datasets(request.id).map((dataset) => datasetView(dataset, outputs)),
    runs: runViews(request.id, parts),
    last_event: lastEvent,
  };
}

function datasetView(dataset: DatasetRecord, outputs: ReadonlySet<TaskId>): DatasetAnswer {
  return {
    name: dataset.name,
    task_id: dataset.taskId ?? null,
    closed: dataset.closed,
    files: dataset.nFiles,
    size_bytes: dataset.sizeBytes,
    is_output: dataset.taskId !== undefined && outputs.has(dataset.taskId) && !isUnmerged(dataset.name),
  };
}

/** The plan names leaf steps, and tasks are of leaf steps only. What a loop hands out is what its last iteration made. */
function outputTasks(request: RequestRecord, tasks: readonly TaskRecord[]): ReadonlySet<TaskId> {
  const steps = new Set<number>(request.plan.outputSteps);
  // Tasks come in the order of their iterations, so the last of a step is that of its last iteration.
  const latest = new Map(
    tasks.filter((task) => steps.has(task.stepId)).map((task) => [task.stepId, task.id]),
  );
  return new Set(latest.values());
}

function runViews(requestId: RequestId, { engine, reana }: ServerParts): RunAnswer[] {
  const tasks = new Set(engine.tasks(requestId).map((task) => task.id));
  return (reana?.runs() ?? []).flatMap((run) => {
    const task = run.jobId === undefined ? undefined : engine.job(run.jobId)?.taskId;
    return task !== undefined && tasks.has(task) ? [runView(run, task)] : [];
  });
}

const runView = (run: RunRecord, task: TaskId): RunAnswer => ({
  id: run.id,
  name: run.name,
  run_number: run.runNumber,
  status: run.status,
  steps_total: run.stepsTotal,
  steps_finished: run.stepsFinished,
  current_step: run.currentStep ?? null,
  job_id: run.jobId ?? null,
  task_id: task,
});

/** A curve in a line of the terminal needs no more. */
const mostCurvePoints = 40;

function searchProgress(search: SearchSummary): SearchProgress {
  const { points, best } = search;
  const losses = points.flatMap(({ status, loss }) =>
    status === 'evaluated' && loss !== null ? [loss] : [],
  );
  let least = Infinity;
  const lowest = losses.map((loss) => (least = Math.min(least, loss)));
  const step = Math.max(1, lowest.length / mostCurvePoints);
  const chosen = Array.from({ length: Math.min(lowest.length, mostCurvePoints) }, (_, index) =>
    lowest.at(Math.ceil((index + 1) * step) - 1),
  );
  return {
    max_points: search.max_points,
    evaluated: losses.length,
    best: best?.loss === null || best === null ? null : { id: best.id, loss: best.loss },
    curve: chosen.filter((loss) => loss !== undefined),
    is_local_approximation: search.steering.is_local_approximation,
  };
}

/** The summary of a search is made for reading already; only its lists are not to be changed. */
export const searchView = (search: SearchSummary): SearchAnswer => ({
  ...search,
  segments: search.segments === null ? null : [...search.segments],
  best_of_segments: search.best_of_segments === null ? null : [...search.best_of_segments],
  points: [...search.points],
});

/** A file as lists of datasets show it. */
export const fileView = (file: FileRecord): FileAnswer => ({
  name: file.name,
  size_bytes: file.sizeBytes,
  sha256: file.sha256 ?? null,
});

/** An event as one flat object: `seq`, `at_ms`, `type`, and the fields of its type. */
export function eventView({ seq, atMs, event }: NumberedEvent): EventAnswer {
  const head = { seq, at_ms: atMs, type: event.type };
  switch (event.type) {
    case 'request':
      return { ...head, request_id: event.requestId, status: event.status };
    case 'task':
      return { ...head, request_id: event.requestId, task_id: event.taskId, status: event.status };
    case 'job':
      return {
        ...head,
        request_id: event.requestId,
        task_id: event.taskId,
        job_id: event.jobId,
        status: event.status,
      };
    case 'run':
      return {
        ...head,
        run_id: event.runId,
        status: event.status,
        steps_finished: event.stepsFinished,
        steps_total: event.stepsTotal,
      };
  }
}
