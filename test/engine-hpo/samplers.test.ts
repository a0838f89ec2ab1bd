// The built-in samplers, and the search spaces they read.
import { describe, expect, it } from 'vitest';
import type { KnownPoint } from '../../src/engine/hpo/sampling/question.ts';
import { samplePoints } from '../../src/engine/hpo/sampling/samplers.ts';
import type { SamplerName } from '../../src/engine/hpo/search-options.ts';
import { readSpace, type Space } from '../../src/engine/hpo/sampling/search-space.ts';
import type { PlainObject, PlainValue } from '../../src/prun/plain-value.ts';

const spaceOf = (space: PlainValue): Space => {
  const read = readSpace(space);
  if (!read.ok) throw new Error(read.fault);
  return read.space;
};

/** Asks for two points at a time, as phpo does. */
function run(
  sampler: SamplerName,
  space: Space,
  count: number,
  seed: number,
  loss: (values: PlainObject) => number,
): KnownPoint[] {
  const known: KnownPoint[] = [];
  while (known.length < count) {
    const points = samplePoints(sampler, { space, known, wanted: 2, maxPoints: count, seed });
    if (points.length === 0) break;
    known.push(...points.map((values) => ({ values, loss: loss(values) })));
  }
  return known;
}
const best = (known: readonly KnownPoint[]): number =>
  Math.min(...known.map((point) => point.loss ?? Infinity));

const nevergrad = {
  layers: { type: 'Choice', params: { choices: [1, 4, 8] } },
  steps: { type: 'TransitionChoice', params: { choices: ['few', 'some', 'many'] } },
  rate: { type: 'Log', params: { lower: 1e-4, upper: 1 } },
  drop: { type: 'Scalar', bounds: [0, 0.5] },
  weights: { type: 'Array', params: { shape: [2, 2] }, bounds: [-1, 1] },
};
const hpogrid = {
  layers: { method: 'uniformint', dimension: { low: 1, high: 4 } },
  rate: { method: 'loguniform', dimension: { low: 1e-4, high: 1 } },
  width: { method: 'quniform', dimension: { low: 0, high: 1, q: 0.1 } },
  kind: { method: 'categorical', dimension: { categories: ['adam', 'sgd'], grid_search: 0 } },
  shift: { method: 'normal', dimension: { mu: 5, sigma: 2 } },
  same: { method: 'fixed', dimension: { value: [1, 2] } },
};

describe('search spaces', () => {
  it.each([
    ['nevergrad', nevergrad],
    ['hpogrid', hpogrid],
  ])('of %s give values of the right kind, within their bounds, there and back', (_name, written) => {
    const space = spaceOf(written);
    for (const { values } of run('random', space, 60, 1, () => 0)) {
      expect(Object.keys(values)).toEqual(Object.keys(written));
      for (const parameter of space) {
        const value = values[parameter.name] ?? null;
        const again = parameter.coordinatesOf(value);
        expect(again).toBeDefined();
        const back = parameter.valueAt(again ?? []);
        if (typeof value === 'number') expect(back).toBeCloseTo(value, 3);
        else if (parameter.name !== 'weights') expect(back).toEqual(value);
      }
    }
  });

  it('spread logarithmic parameters over their powers, and hit all choices', () => {
    const points = run('random', spaceOf({ ...nevergrad, ...hpogrid }), 400, 2, () => 0).map(
      (one) => one.values,
    );
    const small = points.filter((values) => Number(values['rate']) < 1e-2).length;
    expect(small).toBeGreaterThan(140);
    expect(small).toBeLessThan(260);
    expect(new Set(points.map((values) => values['layers']))).toEqual(new Set([1, 2, 3, 4]));
    expect(new Set(points.map((values) => values['kind']))).toEqual(new Set(['adam', 'sgd']));
    expect(points.every((values) => Number.isInteger(Number(values['width']) * 10))).toBe(true);
  });

  it.each([
    [null, 'there is no search space (`--searchSpaceFile`)'],
    [[1], 'the search space is not a map of parameters'],
    [{}, 'the search space has no parameters'],
    [{ x: 3 }, 'parameter `x` is not an object with `type` or `method`'],
    [
      { x: { type: 'Gamma' } },
      'parameter `x` has the type `Gamma`; known are Choice, TransitionChoice, Scalar, Log and Array',
    ],
    [{ x: { type: 'Scalar' } }, 'parameter `x` needs a lower and an upper bound'],
    [
      { x: { type: 'Scalar', bounds: [3, 1] } },
      'parameter `x` has the lower bound 3 above the upper bound 1',
    ],
    [
      { x: { type: 'Log', bounds: [0, 1] } },
      'parameter `x` is logarithmic, so its lower bound 0 must be positive',
    ],
    [{ x: { type: 'Choice', params: {} } }, 'parameter `x` has no `choices`'],
    [
      { x: { method: 'beta', dimension: {} } },
      'parameter `x` has the method `beta`, which no built-in sampler knows',
    ],
  ])('that cannot be read are refused: %j', (space, fault) => {
    expect(readSpace(space)).toEqual({ ok: false, fault });
  });
});

describe('the samplers', () => {
  const space = spaceOf({
    x: { type: 'Scalar', bounds: [-5, 5] },
    y: { method: 'uniform', dimension: { low: -5, high: 5 } },
    k: { type: 'Choice', params: { choices: ['a', 'b', 'c'] } },
  });
  const bowl = (values: PlainObject): number =>
    (Number(values['x']) - 1) ** 2 + (Number(values['y']) + 2) ** 2 + (values['k'] === 'b' ? 0 : 3);

  it.each(['random', 'grid', 'model'] as const)('%s is a function of seed and points alone', (name) => {
    expect(run(name, space, 12, 5, bowl)).toEqual(run(name, space, 12, 5, bowl));
  });

  it('model finds in 30 points what random does not in 30', () => {
    const seeds = [1, 2, 3, 4, 5];
    const reached = (name: SamplerName) => seeds.map((seed) => best(run(name, space, 30, seed, bowl)));
    expect(Math.max(...reached('model'))).toBeLessThan(0.05);
    expect(Math.min(...reached('random'))).toBeGreaterThan(0.05);
  });

  it('model is not led astray by failures, by equal losses, or by points of others', () => {
    const failing = (values: PlainObject): number => (Number(values['x']) > 3 ? 1e5 : bowl(values));
    expect(best(run('model', space, 30, 1, failing))).toBeLessThan(0.1);
    expect(run('model', space, 14, 1, () => 7)).toHaveLength(14);
    const known = [{ values: { other: 1 }, loss: -100 }];
    expect(samplePoints('model', { space, known, wanted: 3, maxPoints: 9, seed: 1 })).toHaveLength(3);
  });

  it('model asks for different points at once', () => {
    const known = run('model', space, 16, 3, bowl);
    const points = samplePoints('model', { space, known, wanted: 6, maxPoints: 40, seed: 3 });
    expect(new Set(points.map((one) => JSON.stringify(one))).size).toBe(6);
  });

  it('grid covers all combinations and then has no more', () => {
    const small = spaceOf({
      n: { method: 'uniformint', dimension: { low: 1, high: 3 } },
      k: { type: 'Choice', params: { choices: ['a', 'b'] } },
    });
    const points = run('grid', small, 20, 1, () => 0).map(
      (one) => `${Number(one.values['n'])}${JSON.stringify(one.values['k'])}`,
    );
    expect([...points].sort()).toEqual(['1"a"', '1"b"', '2"a"', '2"b"', '3"a"', '3"b"']);
    const line = run('grid', spaceOf({ x: { type: 'Scalar', bounds: [0, 1] } }), 5, 1, () => 0);
    expect(line.map((one) => one.values['x']).sort()).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });
});
