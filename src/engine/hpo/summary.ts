// What a search has come to: the best point and all of them, as `hpo.json` keeps it and the server shows it.
import type { PlainObject } from '../../prun/plain-value.ts';
import { lossOf, stateOf, type PointRuntime, type SearchRuntime } from './runtime.ts';
import type { SearchPoint } from './search.ts';

export interface SearchSummary {
  readonly max_points: number;
  readonly steering: {
    /** In words. */
    readonly by: string;
    /** True: something of this program makes the points in place of the steering. */
    readonly is_local_approximation: boolean;
    readonly generations: number;
    readonly asking: boolean;
    readonly error: string | null;
  };
  /** Of PanDA's kind: each takes one point after the other. */
  readonly evaluation_jobs: number;
  readonly segments: readonly string[] | null;
  /** The lowest loss of all; `null`: none is known. */
  readonly best: PointSummary | null;
  /** The lowest loss of each segment, in their order; `null`: the search is not segmented. */
  readonly best_of_segments: readonly (PointSummary | null)[] | null;
  readonly points: readonly PointSummary[];
}

export interface PointSummary {
  readonly id: number;
  readonly generation: number;
  /** Name of its segment. */
  readonly segment: string | null;
  readonly point: PlainObject;
  readonly status: SearchPoint['state'];
  /** 100000 for a point whose evaluation failed for good. */
  readonly loss: number | null;
  readonly job_id: number | null;
  readonly evaluation_job: number | null;
}

export function summaryOf(search: SearchRuntime): SearchSummary {
  const points = search.points.map((point) => pointSummary(search, point));
  const last = search.asks.at(-1);
  const { segments } = search.spec;
  return {
    max_points: search.rules.maxPoints,
    steering: {
      by: last?.by ?? notAskedYet,
      is_local_approximation: search.asks.some((ask) => ask.isLocal),
      generations: search.asks.length,
      asking: last?.status === 'running',
      error: last?.error ?? null,
    },
    evaluation_jobs: new Set(search.points.flatMap(({ evaluationJob }) => evaluationJob ?? [])).size,
    segments: segments?.map(({ name }) => name) ?? null,
    best: bestOf(points),
    best_of_segments:
      segments?.map(({ name }) => bestOf(points.filter((point) => point.segment === name))) ?? null,
    points,
  };
}

/** What makes the points, before it is known. */
export const notAskedYet = 'not asked yet';

function pointSummary(search: SearchRuntime, point: PointRuntime): PointSummary {
  const { id, generation, segment, values, job, evaluationJob } = point;
  return {
    id,
    generation,
    segment: segment === undefined ? null : (search.spec.segments?.[segment]?.name ?? null),
    point: values,
    status: stateOf(point),
    loss: lossOf(point) ?? null,
    job_id: job?.id ?? null,
    evaluation_job: evaluationJob ?? null,
  };
}

/** Points that failed are no candidates, whatever loss they were given. */
function bestOf(points: readonly PointSummary[]): PointSummary | null {
  const known = points.filter((point) => point.status === 'evaluated' && point.loss !== null);
  return known.reduce<PointSummary | null>(
    (best, point) => (best === null || (point.loss ?? 0) < (best.loss ?? 0) ? point : best),
    null,
  );
}

/** The text of `hpo.json`.
 *  @param task its name */
export function summaryText(task: string, summary: SearchSummary): string {
  return `${JSON.stringify({ task, ...summary }, null, 2)}\n`;
}
