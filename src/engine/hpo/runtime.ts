// A search while it is being worked on: its points with their jobs, and what the steering was asked.
import type { JobId, TaskId } from '../../base/names.ts';
import type { HpoSpec } from '../../prun/hpo-spec.ts';
import type { PandaStore, StoredRequest } from '../store/panda-store.ts';
import type { FileRecord, JobStatus } from '../records.ts';
import { summaryDataset } from './datasets.ts';
import { lossOfFailure } from './evaluation-result.ts';
import type { SearchOptions } from './search-options.ts';
import type { SearchPoint, SearchRules, SearchState } from './search.ts';
import type { StoredAsk } from './search-store.ts';
import type { NewPoint, ToldPoint } from './steering-files.ts';

/** What a search needs to know of a job of the engine. */
export interface PointJob {
  readonly id: JobId;
  readonly status: JobStatus;
  /** Tries that failed. */
  readonly failures: number;
}

export interface PointRuntime extends NewPoint {
  readonly id: number;
  readonly generation: number;
  job: PointJob | undefined;
  evaluationJob: number | undefined;
  /** Of the last evaluation that ended well. */
  loss: number | undefined;
}

export interface SearchRuntime {
  readonly spec: HpoSpec;
  readonly options: SearchOptions;
  readonly rules: SearchRules;
  readonly points: PointRuntime[];
  /** In the order in which they were asked. */
  readonly asks: StoredAsk[];
  /** Points by the number of their job. */
  readonly byJob: Map<JobId, PointRuntime>;
  /** `hpo.json`, once the search has ended. */
  summary: FileRecord | undefined;
}

/** Reads a search from the store; the jobs of the task are loaded already. */
export function loadSearch(
  task: {
    readonly id: TaskId;
    readonly name: string;
    readonly jobs: readonly PointJob[];
    readonly datasetIds: ReadonlyMap<string, number>;
  },
  spec: HpoSpec,
  request: StoredRequest,
  store: PandaStore,
): SearchRuntime {
  const options = request.search?.options ?? {};
  const summaryId = task.datasetIds.get(summaryDataset(task.name));
  const jobs = new Map(task.jobs.map((job) => [job.id, job]));
  const points = store.searches.points(task.id).map((point): PointRuntime => {
    const job = point.job === undefined ? undefined : jobs.get(point.job);
    return { ...point, job, evaluationJob: job === undefined ? undefined : point.evaluationJob };
  });
  return {
    spec,
    options,
    rules: rulesOf(spec, options),
    points,
    asks: [...store.searches.asks(task.id)],
    summary: summaryId === undefined ? undefined : store.datasets.files(summaryId)[0],
    byJob: new Map(
      points.flatMap((point) => (point.job === undefined ? [] : [[point.job.id, point] as const])),
    ),
  };
}

function rulesOf(spec: HpoSpec, { scale }: SearchOptions): SearchRules {
  const { maxPoints, pointsPerIteration, minUnevaluated, parallel, maxJobs, pointsPerJob } = spec;
  return {
    maxPoints: Math.min(maxPoints, (scale ?? Infinity) * (spec.segments?.length ?? 1)),
    pointsPerIteration,
    minUnevaluated,
    parallel,
    maxJobs,
    pointsPerJob,
  };
}

/** What the rules look at. */
export function searchState(search: SearchRuntime): SearchState {
  const last = search.asks.at(-1);
  return {
    points: search.points.map((point): SearchPoint => {
      const { id, segment, evaluationJob, job } = point;
      return { id, segment, state: stateOf(point), evaluationJob, failures: job?.failures ?? 0 };
    }),
    asking: last?.status === 'running',
    steeringEnded: last !== undefined && (last.status === 'failed' || last.given === 0),
  };
}

/** The status of a point is that of its job. */
export function stateOf({ job, loss }: Pick<PointRuntime, 'job' | 'loss'>): SearchPoint['state'] {
  switch (job?.status) {
    case undefined:
      // A point without a job may have been evaluated elsewhere.
      return loss === undefined ? 'waiting' : 'evaluated';
    case 'finished':
      return 'evaluated';
    case 'failed':
    case 'cancelled':
      return 'failed';
    default:
      return 'evaluating';
  }
}

/** A point as the steering sees it: one whose evaluation failed for good has a loss that nobody wants. */
export function toldPoint(point: PointRuntime): ToldPoint {
  const { segment, values } = point;
  return { segment, values, loss: lossOf(point) ?? null };
}

/** `undefined`: not known yet, or given up by the user. */
export function lossOf(point: PointRuntime): number | undefined {
  if (point.job?.status === 'failed') return lossOfFailure;
  return stateOf(point) === 'evaluated' ? point.loss : undefined;
}
