// The sampler that learns: a Gaussian process over the losses so far, and new points where the improvement to be expected is
// largest. Source of the method: Jones, Schonlau, Welch (1998); Rasmussen, Williams (2006), algorithm 2.1.
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { PlainObject } from '../../../prun/plain-value.ts';
import { lossOfFailure } from '../evaluation-result.ts';
import { normalShare } from './parameters.ts';
import { pointAt, type KnownPoint, type SamplerQuestion } from './question.ts';
import type { Space } from './search-space.ts';

/** The model of more points than this would take seconds; the best and the latest of them tell enough. */
const mostPoints = 200;
const randomCandidates = 400;
const nearCandidates = 200;

/** @param next random numbers from 0 to 1 */
export function proposeByModel(question: SamplerQuestion, next: () => number): readonly PlainObject[] {
  const { space, known, wanted } = question;
  const points: PlainObject[] = [];
  const seen = known.flatMap((point) => asSeen(space, point));
  const told = chosenForModel(seen.filter((point) => point.loss !== undefined));
  const pending = seen.filter((point) => point.loss === undefined);
  const model = fit(space, told);
  while (points.length < wanted) {
    const candidates = candidatesAround(space, told, next);
    const chosen =
      (model === undefined ? undefined : bestOf(candidates, space, model, pending)) ?? candidates[0] ?? [];
    points.push(pointAt(space, chosen));
    pending.push({ coordinates: chosen, features: featuresOf(space, chosen), loss: undefined });
  }
  return points;
}

interface SeenPoint {
  readonly coordinates: readonly number[];
  readonly features: readonly number[];
  readonly loss: number | undefined;
}

/** Points that the space cannot have made tell nothing. */
function asSeen(space: Space, { values, loss }: KnownPoint): SeenPoint[] {
  const coordinates = space.map((parameter) => parameter.coordinatesOf(values[parameter.name] ?? null));
  if (coordinates.some((own) => own === undefined)) return [];
  const flat = coordinates.flatMap((own) => own ?? []);
  return [{ coordinates: flat, features: featuresOf(space, flat), loss: loss ?? undefined }];
}

/** What the model sees of coordinates: names become a corner each, one unit apart. */
function featuresOf(space: Space, coordinates: readonly number[]): readonly number[] {
  let at = 0;
  return space.flatMap((parameter) => {
    const own = coordinates.slice(at, at + parameter.levels.length);
    at += parameter.levels.length;
    const [levels = 1] = parameter.levels;
    if (!parameter.isNominal) return own;
    const chosen = Math.min(levels - 1, Math.floor((own[0] ?? 0) * levels));
    return Array.from({ length: levels }, (_, index) => (index === chosen ? Math.SQRT1_2 : 0));
  });
}

/** What is not known yet is believed to be as the model says, so that the next point is chosen elsewhere. */
function bestOf(
  candidates: readonly (readonly number[])[],
  space: Space,
  model: Model,
  pending: readonly SeenPoint[],
): readonly number[] | undefined {
  const believed = believe(model, pending);
  const gains = expectedImprovement(
    believed,
    candidates.map((candidate) => featuresOf(space, candidate)),
  );
  return candidates[gains.indexOf(Math.max(...gains))];
}

function chosenForModel(known: readonly SeenPoint[]): readonly SeenPoint[] {
  if (known.length <= mostPoints) return known;
  const best = [...known].sort((a, b) => (a.loss ?? 0) - (b.loss ?? 0)).slice(0, mostPoints / 2);
  const latest = known.slice(-mostPoints / 2).filter((point) => !best.includes(point));
  return [...best, ...latest];
}

/** Anywhere, and near the best ones: the first finds other valleys, the second the bottom of this one. */
function candidatesAround(
  space: Space,
  known: readonly SeenPoint[],
  next: () => number,
): readonly (readonly number[])[] {
  const isNominal = space.flatMap((parameter) => parameter.levels.map(() => parameter.isNominal));
  const best = [...known].sort((a, b) => (a.loss ?? 0) - (b.loss ?? 0)).slice(0, 3);
  const anywhere = Array.from({ length: randomCandidates }, () => isNominal.map(next));
  const near = Array.from({ length: best.length === 0 ? 0 : nearCandidates }, (_, index) => {
    const from = best[index % best.length]?.coordinates ?? [];
    const width = 10 ** -(0.5 + 2.5 * next());
    return isNominal.map((isName, at) => {
      // Among names there is no near: most stay, some become any other.
      if (isName) return next() < 0.3 ? next() : (from[at] ?? 0.5);
      const moved = (from[at] ?? 0.5) + width * (next() + next() + next() - 1.5);
      return Math.min(1, Math.max(0, moved));
    });
  });
  return [...anywhere, ...near];
}

/** A fitted process; losses in units of their own spread. */
interface Model {
  readonly points: readonly (readonly number[])[];
  readonly losses: readonly number[];
  readonly length: number;
  readonly noise: number;
  /** How far two names are from each other. */
  readonly apart: number;
  /** Which features stand for names. */
  readonly isName: readonly boolean[];
  readonly best: number;
}

const lengths = [0.1, 0.2, 0.4, 0.8, 1.6];
const noises = [1e-6, 1e-3, 1e-1];
const distances = [0.3, 1];

/** The length and noise under which these losses are most likely. `undefined`: there is nothing to learn from. */
function fit(space: Space, known: readonly SeenPoint[]): Model | undefined {
  if (known.length < 2) return undefined;
  const losses = standardised(known.map((point) => point.loss ?? 0));
  const points = known.map((point) => point.features);
  const isName = space.flatMap(({ levels, isNominal }) =>
    isNominal ? Array.from({ length: levels[0] ?? 1 }, () => true) : levels.map(() => false),
  );
  const best = Math.min(...losses);
  let found: { model: Model; likelihood: number } | undefined;
  for (const apart of isName.includes(true) ? distances : [1]) {
    for (const length of lengths) {
      for (const noise of noises) {
        const model = { points, losses, length, noise, apart, isName, best };
        const likelihood = logLikelihood(model);
        if (found === undefined || likelihood > found.likelihood) found = { model, likelihood };
      }
    }
  }
  return found?.model;
}

/** In units of their spread. The good ones matter: what is far worse than the middle counts as just worse, and so do points that
 *  failed, whose loss of 1e5 would flatten everything else. */
function standardised(losses: readonly number[]): readonly number[] {
  const sorted = losses.filter((loss) => loss < lossOfFailure).sort((a, b) => a - b);
  const [best = 0] = sorted;
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const worst = Math.min(middle + (middle - best), sorted.at(-1) ?? 0);
  const capped = losses.map((loss) => Math.min(loss, worst));
  const mean = capped.reduce((sum, loss) => sum + loss, 0) / capped.length;
  const spread = Math.sqrt(capped.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / capped.length);
  return capped.map((loss) => (spread === 0 ? 0 : (loss - mean) / spread));
}

function logLikelihood(model: Model): number {
  const { losses } = model;
  const cholesky = decompose(model);
  if (!cholesky.isPositiveDefinite()) return -Infinity;
  const weights = cholesky.solve(Matrix.columnVector([...losses]));
  const lower = cholesky.lowerTriangularMatrix;
  let sum = 0;
  for (const [index, loss] of losses.entries()) {
    sum -= (loss * weights.get(index, 0)) / 2 + Math.log(lower.get(index, index));
  }
  return sum;
}

function decompose(model: Model): CholeskyDecomposition {
  const { points, noise } = model;
  const covariance = covariances(points, points, model);
  for (let index = 0; index < points.length; index++) {
    covariance.set(index, index, 1 + noise + 1e-9);
  }
  return new CholeskyDecomposition(covariance);
}

/** Matérn with ν = 5/2: smooth, but not as smooth as to swing between points. */
function covariances(
  left: readonly (readonly number[])[],
  right: readonly (readonly number[])[],
  { length, isName, apart }: Model,
): Matrix {
  const matrix = Matrix.zeros(left.length, right.length);
  for (const [row, a] of left.entries()) {
    for (const [column, b] of right.entries()) {
      let squared = 0;
      for (const [index, value] of a.entries()) {
        const difference = (value - (b[index] ?? 0)) * (isName[index] === true ? apart : 1);
        squared += difference * difference;
      }
      const distance = Math.sqrt(5 * squared) / length;
      matrix.set(row, column, (1 + distance + (distance * distance) / 3) * Math.exp(-distance));
    }
  }
  return matrix;
}

function believe(model: Model, pending: readonly SeenPoint[]): Model {
  const features = pending.map((point) => point.features);
  if (features.length === 0) return model;
  const { means } = predict(model, features);
  return { ...model, points: [...model.points, ...features], losses: [...model.losses, ...means] };
}

function expectedImprovement(model: Model, candidates: readonly (readonly number[])[]): readonly number[] {
  const { means, spreads } = predict(model, candidates);
  return means.map((mean, index) => {
    const spread = spreads[index] ?? 0;
    if (spread < 1e-9) return 0;
    const z = (model.best - mean) / spread;
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    return spread * (z * normalShare(z) + density);
  });
}

function predict(
  model: Model,
  candidates: readonly (readonly number[])[],
): { readonly means: readonly number[]; readonly spreads: readonly number[] } {
  const cholesky = decompose(model);
  const cross = covariances(model.points, candidates, model);
  const weights = cholesky.solve(Matrix.columnVector([...model.losses]));
  const solved = cholesky.solve(cross);
  const means: number[] = [];
  const spreads: number[] = [];
  for (let column = 0; column < candidates.length; column++) {
    let mean = 0;
    let explained = 0;
    for (let row = 0; row < model.points.length; row++) {
      mean += cross.get(row, column) * weights.get(row, 0);
      explained += cross.get(row, column) * solved.get(row, column);
    }
    means.push(mean);
    spreads.push(Math.sqrt(Math.max(0, 1 - explained)));
  }
  return { means, spreads };
}
