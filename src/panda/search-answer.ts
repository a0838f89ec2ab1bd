// GET /tasks/:id/search of the embedded server: the points of a phpo task and how far it is. The same shape is in its `hpo.json`.
import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const value = v.unknown();

const pointAnswerShape = v.object({
  /** From 0, in the order in which they were made. */
  id: count,
  /** Which answer of the steering it came with, from 1. */
  generation: count,
  /** Name of its segment; null: the search is not segmented. */
  segment: v.nullable(v.string()),
  /** What its evaluation finds in `input.json`. */
  point: v.record(v.string(), value),
  status: v.picklist(['waiting', 'evaluating', 'evaluated', 'failed']),
  /** null: not known; 100000: its evaluation failed for good. */
  loss: v.nullable(v.number()),
  job_id: v.nullable(count),
  /** The job of PanDA's kind, which takes one point after the other; from 1. */
  evaluation_job: v.nullable(count),
});

/** 404 when there is no such task, or it is none of phpo. */
export const searchAnswerShape = v.object({
  max_points: count,
  steering: v.object({
    /** What makes the points, in words. */
    by: v.string(),
    /** True: something of this program stands in for the steering. */
    is_local_approximation: v.boolean(),
    /** How often it was asked. */
    generations: count,
    asking: v.boolean(),
    /** What was wrong the last time it was asked. */
    error: v.nullable(v.string()),
  }),
  evaluation_jobs: count,
  /** Names in their order; null: the search is not segmented. */
  segments: v.nullable(v.array(v.string())),
  /** The point with the lowest loss; null: none is known. */
  best: v.nullable(pointAnswerShape),
  best_of_segments: v.nullable(v.array(v.nullable(pointAnswerShape))),
  points: v.array(pointAnswerShape),
});

/** A search in short, in the list of tasks. */
export const searchProgressShape = v.object({
  max_points: count,
  evaluated: count,
  best: v.nullable(v.object({ id: count, loss: v.number() })),
  /** The lowest loss so far, after every point that was evaluated; of many only some. */
  curve: v.array(v.number()),
  is_local_approximation: v.boolean(),
});

export type SearchProgress = v.InferOutput<typeof searchProgressShape>;
export type PointAnswer = v.InferOutput<typeof pointAnswerShape>;
export type SearchAnswer = v.InferOutput<typeof searchAnswerShape>;
