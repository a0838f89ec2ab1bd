// Searches to be drawn.
import type { PointAnswer, SearchAnswer } from '../../src/panda/search-answer.ts';

export function search(losses: readonly (number | null)[], change: Partial<SearchAnswer> = {}): SearchAnswer {
  const points = losses.map((loss, id): PointAnswer => ({
    id,
    generation: 1 + Math.floor(id / 2),
    segment: null,
    point: { x: id / 3, kind: 'b' },
    status: loss === null ? 'evaluating' : loss === 1e5 ? 'failed' : 'evaluated',
    loss,
    job_id: 6_000_000_001 + id,
    evaluation_job: 1,
  }));
  const known = points.filter((point) => point.status === 'evaluated');
  const best = known.reduce<PointAnswer | null>(
    (least, point) => (least === null || (point.loss ?? 0) < (least.loss ?? 0) ? point : least),
    null,
  );
  return {
    max_points: 20,
    steering: {
      by: 'the steering in `a/b:1`, run by podman',
      is_local_approximation: false,
      generations: 5,
      asking: false,
      error: null,
    },
    evaluation_jobs: 1,
    segments: null,
    best,
    best_of_segments: null,
    points,
    ...change,
  };
}

/** Two segments that take turns. */
export function segmented(losses: readonly number[]): SearchAnswer {
  const plain = search(losses);
  const points = plain.points.map((point) => ({ ...point, segment: point.id % 2 === 0 ? 'low' : 'high' }));
  const bestOf = (name: string): PointAnswer | null =>
    points
      .filter((point) => point.segment === name)
      .reduce<PointAnswer | null>(
        (least, point) => (least === null || (point.loss ?? 0) < (least.loss ?? 0) ? point : least),
        null,
      );
  return {
    ...plain,
    segments: ['low', 'high'],
    points,
    best_of_segments: [bestOf('low'), bestOf('high')],
  };
}
