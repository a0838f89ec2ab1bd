// The built-in samplers: what makes the points where no steering can run. Each is a function of the space, of the points so far
// and of a seed alone, so that a run can be repeated, and goes on after a crash as if nothing had been.
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { PlainObject } from '../../../prun/plain-value.ts';
import { proposeByModel } from './gaussian-process.ts';
import type { SamplerName } from '../search-options.ts';
import { pointAt, type SamplerQuestion } from './question.ts';

/** Toys need no search space. Source: iDDS `toymc/hyperparameteropt_toymc.py`. */
const toy: PlainObject = { point_type: 'toy' };
const limit: PlainObject = { point_type: 'stat' };

/** New points; fewer than wanted, or none, when the sampler has no more. */
export function samplePoints(name: SamplerName, question: SamplerQuestion): readonly PlainObject[] {
  const indices = Array.from({ length: question.wanted }, (_, index) => question.known.length + index);
  switch (name) {
    case 'random':
      return indices.map((index) => pointAt(question.space, randomCoordinates(question, index)));
    case 'grid':
      return gridPoints(question, indices);
    case 'model':
      return modelPoints(question);
    case 'toys':
      return indices
        .filter((index) => index < question.maxPoints)
        .map((index) => (index === question.maxPoints - 1 ? limit : toy));
  }
}

/** Numbers from 0 to 1, the same again for the same seed and index. */
export function randomNumbers(seed: number, index: number): () => number {
  // The generator takes one 32-bit number; the odd factor keeps neighbours of both kinds apart.
  const generator = xoroshiro128plus((Math.imul(seed, 0x9e3779b1) ^ (index + 1)) | 0);
  // The first numbers of neighbouring seeds are alike.
  for (let skip = 0; skip < 8; skip++) uniformFloat64(generator);
  return () => uniformFloat64(generator);
}

function randomCoordinates({ space, seed }: SamplerQuestion, index: number): readonly number[] {
  const next = randomNumbers(seed, index);
  return space.flatMap((parameter) => parameter.levels.map(next));
}

/** All combinations of a few values each; in an order that is spread over the whole from the start, so that one that is cut
 *  off has seen something of everything. */
function gridPoints(question: SamplerQuestion, indices: readonly number[]): readonly PlainObject[] {
  const { space, maxPoints } = question;
  const levels = gridLevels(
    space.flatMap((parameter) => parameter.levels),
    maxPoints,
  );
  const total = levels.reduce((product, count) => product * count, 1);
  const stride = strideOf(total);
  return indices
    .filter((index) => index < total)
    .map((index) => {
      let rest = (index * stride) % total;
      const coordinates = levels.map((count) => {
        const at = rest % count;
        rest = Math.floor(rest / count);
        return count === 1 ? 0.5 : at / (count - 1);
      });
      return pointAt(space, coordinates);
    });
}

/** How many values each coordinate gets, so that there are about as many points as may be made: two each at least, as far as it has
 *  two, then one more in turn. */
function gridLevels(levels: readonly number[], maxPoints: number): readonly number[] {
  const chosen = levels.map((count) => Math.min(count, 2));
  let total = chosen.reduce((product, count) => product * count, 1);
  for (let grew = true; grew;) {
    grew = false;
    for (const [index, count] of chosen.entries()) {
      const finer = (total / count) * (count + 1);
      if (count >= (levels[index] ?? 1) || finer > maxPoints) continue;
      chosen[index] = count + 1;
      total = finer;
      grew = true;
    }
  }
  return chosen;
}

/** Close to the golden share of the whole, and without a common divisor with it. */
function strideOf(total: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  let stride = Math.max(1, Math.round(total * 0.618));
  while (divisor(total, stride) !== 1) stride++;
  return stride;
}

/** At first there is nothing to learn from: as many random points as the space has coordinates, and a few. */
function modelPoints(question: SamplerQuestion): readonly PlainObject[] {
  const { space, known, wanted } = question;
  const coordinates = space.reduce((sum, parameter) => sum + parameter.levels.length, 0);
  const firsts = Math.max(4, 2 * coordinates);
  const points: PlainObject[] = [];
  while (points.length < wanted && known.length + points.length < firsts) {
    points.push(pointAt(space, randomCoordinates(question, known.length + points.length)));
  }
  if (points.length === wanted) return points;
  const pending = points.map((values) => ({ values, loss: null }));
  const later = { ...question, known: [...known, ...pending], wanted: wanted - points.length };
  return [...points, ...proposeByModel(later, randomNumbers(question.seed, known.length))];
}
