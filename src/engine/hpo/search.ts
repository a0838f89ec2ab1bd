// A search over points, decided. Pure: what is known of the points goes in, what is to be done next comes out; the engine
// stores each step before it does it, so that after a crash the same question has the same answer.

/*
 *              ask                     evaluate                 the payload ended
 *  (steering) ─────▶ point: waiting ──────────────▶ evaluating ──────────────────▶ evaluated   with its loss
 *      ▲                                                │    ▲                      failed      after three tries; the steering
 *      │                                                └────┘                                  sees a loss of 1e5
 *      │                                             failed, tried again
 *      └── again when not more than `minUnevaluated` points wait or run and fewer than `maxPoints` were made
 *
 *  It is over when `maxPoints` were made, when the steering answers `[]` or has failed three times, or when `maxJobs`
 *  evaluation jobs have been used up.
 */

export interface SearchRules {
  readonly maxPoints: number;
  readonly pointsPerIteration: number;
  readonly minUnevaluated: number;
  readonly parallel: number;
  readonly maxJobs: number;
  /** `undefined`: no limit. */
  readonly pointsPerJob: number | undefined;
}

export type PointState = 'waiting' | 'evaluating' | 'evaluated' | 'failed';

export interface SearchPoint {
  /** From 0, in the order in which they were made. */
  readonly id: number;
  /** `undefined`: the search is not segmented. */
  readonly segment: number | undefined;
  readonly state: PointState;
  /** PanDA's job that evaluates or evaluated it, from 1: a job takes one point after the other. `undefined`: it waits. */
  readonly evaluationJob: number | undefined;
  /** Tries that failed. */
  readonly failures: number;
}

export interface SearchState {
  /** In the order of their ids. */
  readonly points: readonly SearchPoint[];
  /** The steering works. */
  readonly asking: boolean;
  /** The steering makes no more points: it answered `[]`, or failed for good. */
  readonly steeringEnded: boolean;
}

export type SearchMove =
  | { readonly kind: 'ask'; readonly wanted: number }
  | { readonly kind: 'evaluate'; readonly point: number; readonly evaluationJob: number }
  /** Nothing will follow any more. */
  | { readonly kind: 'end'; readonly unevaluated: number };

/** All that is to be done now; nothing while it has to wait. */
export function nextMoves(rules: SearchRules, state: SearchState): readonly SearchMove[] {
  const evaluations = evaluationsToStart(rules, state);
  const running = state.points.filter((point) => point.state === 'evaluating').length + evaluations.length;
  const unevaluated = state.points.filter(isUnevaluated).length;
  const nothingFollows = unevaluated > 0 || !canAsk(rules, state) || isUsedUp(rules, state);
  if (!state.asking && running === 0 && nothingFollows) return [{ kind: 'end', unevaluated }];
  const wanted =
    !state.asking && canAsk(rules, state) && unevaluated <= rules.minUnevaluated && !isUsedUp(rules, state)
      ? newPoints(rules, state.points.length)
      : 0;
  return wanted > 0 ? [...evaluations, { kind: 'ask', wanted }] : evaluations;
}

/** How many points the steering is asked for. Source: panda-docs, `phpo`: what waits counts. */
function newPoints(rules: SearchRules, made: number): number {
  return Math.min(rules.pointsPerIteration - rules.minUnevaluated, rules.maxPoints - made);
}

function canAsk(rules: SearchRules, state: SearchState): boolean {
  return !state.steeringEnded && state.points.length < rules.maxPoints;
}

const isUnevaluated = ({ state }: SearchPoint): boolean => state === 'waiting' || state === 'evaluating';

/** A job of PanDA, as far as its points tell. */
interface EvaluationJob {
  readonly number: number;
  readonly segment: number | undefined;
  points: number;
  isBusy: boolean;
  /** A point that failed ends its job. */
  hasFailed: boolean;
}

function jobsOf(points: readonly SearchPoint[]): EvaluationJob[] {
  const jobs = new Map<number, EvaluationJob>();
  for (const { evaluationJob: number, segment, state } of points) {
    if (number === undefined) continue;
    const job = jobs.get(number) ?? { number, segment, points: 0, isBusy: false, hasFailed: false };
    jobs.set(number, job);
    job.points++;
    if (state === 'evaluating') job.isBusy = true;
    if (state === 'failed') job.hasFailed = true;
  }
  return [...jobs.values()].sort((a, b) => a.number - b.number);
}

const canGoOn = (rules: SearchRules, job: EvaluationJob): boolean =>
  !job.isBusy && !job.hasFailed && job.points < (rules.pointsPerJob ?? Infinity);

/** Waiting points, first come first served, each to a job that has time for it or to another one. */
function evaluationsToStart(rules: SearchRules, state: SearchState): SearchMove[] {
  const jobs = jobsOf(state.points);
  let free = rules.parallel - jobs.filter((job) => job.isBusy).length;
  const moves: SearchMove[] = [];
  for (const point of state.points) {
    if (free <= 0) break;
    if (point.state !== 'waiting') continue;
    let job = jobs.find((one) => one.segment === point.segment && canGoOn(rules, one));
    if (job === undefined) {
      if (jobs.length + jobsOfRetries(state.points) >= rules.maxJobs) continue;
      job = {
        number: (jobs.at(-1)?.number ?? 0) + 1,
        segment: point.segment,
        points: 0,
        isBusy: false,
        hasFailed: false,
      };
      jobs.push(job);
    }
    job.points++;
    job.isBusy = true;
    free--;
    moves.push({ kind: 'evaluate', point: point.id, evaluationJob: job.number });
  }
  return moves;
}

/** True when no job is left that could evaluate what the steering would make. */
function isUsedUp(rules: SearchRules, state: SearchState): boolean {
  const jobs = jobsOf(state.points);
  const used = jobs.length + jobsOfRetries(state.points);
  return used >= rules.maxJobs && !jobs.some((job) => job.isBusy || canGoOn(rules, job));
}

/** Another try of a point is another job of PanDA, which is not counted by its number. */
function jobsOfRetries(points: readonly SearchPoint[]): number {
  const others = (point: SearchPoint): number => (point.state === 'failed' ? 1 : 0);
  return points.reduce((sum, point) => sum + Math.max(0, point.failures - others(point)), 0);
}
