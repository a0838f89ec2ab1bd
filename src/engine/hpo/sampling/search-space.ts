// Search spaces that the built-in samplers understand: that of nevergrad, which iDDS offers as a predefined method, and that of
// hpogrid containers. Every parameter becomes one or more coordinates from 0 to 1.
//   nevergrad  {"lr": {"type": "Log", "params": {"lower": 1e-4, "upper": 1}}, "n": {"type": "Choice", "params": {"choices": [1, 4]}}}
//   hpogrid    {"lr": {"method": "loguniform", "dimension": {"low": 1e-4, "high": 1}}}
import { isPlainObject } from '../../../prun/phpo-files.ts';
import { isList, type PlainObject, type PlainValue } from '../../../prun/plain-value.ts';
import {
  arrayOf,
  choice,
  fixed,
  integers,
  normal,
  reals,
  type Parameter,
  type RangeOptions,
} from './parameters.ts';

export type Space = readonly Parameter[];

export type SpaceResult =
  { readonly ok: true; readonly space: Space } | { readonly ok: false; readonly fault: string };

/** Reads a space of either dialect; both may be mixed. */
export function readSpace(space: PlainValue): SpaceResult {
  if (space === null) return { ok: false, fault: 'there is no search space (`--searchSpaceFile`)' };
  if (!isPlainObject(space)) return { ok: false, fault: 'the search space is not a map of parameters' };
  const parameters: Parameter[] = [];
  for (const [name, given] of Object.entries(space)) {
    const read = isPlainObject(given)
      ? readParameter(name, given)
      : 'is not an object with `type` or `method`';
    if (typeof read === 'string') return { ok: false, fault: `parameter \`${name}\` ${read}` };
    parameters.push(read);
  }
  return parameters.length === 0
    ? { ok: false, fault: 'the search space has no parameters' }
    : { ok: true, space: parameters };
}

function readParameter(name: string, given: PlainObject): Parameter | string {
  if (typeof given['method'] === 'string') return readHpogrid(name, given['method'], given['dimension']);
  if (typeof given['type'] === 'string') return readNevergrad(name, given['type'], given);
  return 'has neither `type` nor `method`';
}

function readNevergrad(name: string, type: string, given: PlainObject): Parameter | string {
  const params = isPlainObject(given['params']) ? given['params'] : {};
  switch (type) {
    case 'Choice':
    case 'TransitionChoice': {
      const choices = params['choices'] ?? given['choices'];
      return isNotEmpty(choices) ? choice(name, choices, type === 'TransitionChoice') : 'has no `choices`';
    }
    case 'Scalar':
    case 'Log': {
      const bounds = boundsOf(given['bounds'], params);
      return range(name, bounds, { isLog: type === 'Log' });
    }
    case 'Array': {
      const shape = shapeOf(params);
      if (shape === undefined) return 'has neither `shape` nor `init`';
      const element = range(name, boundsOf(given['bounds'], params), { isLog: false });
      return typeof element === 'string' ? element : arrayOf(element, shape);
    }
    default:
      return `has the type \`${type}\`; known are Choice, TransitionChoice, Scalar, Log and Array`;
  }
}

function readHpogrid(name: string, method: string, given: PlainValue | undefined): Parameter | string {
  const dimension = isPlainObject(given) ? given : {};
  const step = numberAt(dimension, 'q');
  const bounds = [numberAt(dimension, 'low'), numberAt(dimension, 'high')] as const;
  switch (method) {
    case 'categorical': {
      const { categories } = dimension;
      return isNotEmpty(categories) ? choice(name, categories, false) : 'has no `categories`';
    }
    case 'fixed':
      return 'value' in dimension ? fixed(name, dimension['value'] ?? null) : 'has no `value`';
    case 'uniform':
      return range(name, bounds, { isLog: false });
    case 'quniform':
      return range(name, bounds, { isLog: false, step });
    case 'loguniform':
      return range(name, bounds, { isLog: true });
    case 'qloguniform':
      return range(name, bounds, { isLog: true, step });
    case 'uniformint':
    case 'loguniformint': {
      const fault = boundsFault(bounds, method === 'loguniformint');
      const [low = 0, high = 0] = bounds;
      return fault ?? integers(name, Math.ceil(low), Math.floor(high), method === 'loguniformint');
    }
    case 'normal':
    case 'qnormal':
    case 'lognormal': {
      const mean = numberAt(dimension, 'mu');
      const sigma = numberAt(dimension, 'sigma');
      if (mean === undefined || sigma === undefined || sigma <= 0) return 'needs `mu` and a positive `sigma`';
      return normal(name, mean, sigma, {
        isLog: method === 'lognormal',
        step: method === 'qnormal' ? step : undefined,
      });
    }
    default:
      return `has the method \`${method}\`, which no built-in sampler knows`;
  }
}

type Bounds = readonly [low: number | undefined, high: number | undefined];

function range(name: string, bounds: Bounds, options: RangeOptions): Parameter | string {
  const [low, high] = bounds;
  const fault = boundsFault(bounds, options.isLog);
  if (fault !== undefined || low === undefined || high === undefined) return fault ?? '';
  return reals(name, low, high, options);
}

function boundsFault([low, high]: Bounds, isLog: boolean): string | undefined {
  if (low === undefined || high === undefined) return 'needs a lower and an upper bound';
  if (low > high) return `has the lower bound ${low} above the upper bound ${high}`;
  return isLog && low <= 0 ? `is logarithmic, so its lower bound ${low} must be positive` : undefined;
}

function boundsOf(bounds: PlainValue | undefined, params: PlainObject): Bounds {
  if (bounds !== undefined && isList(bounds)) {
    return [bounds[0], bounds[1]].map((value) =>
      typeof value === 'number' ? value : undefined,
    ) as unknown as Bounds;
  }
  return [numberAt(params, 'lower'), numberAt(params, 'upper')];
}

/** Of an array: given, or that of its first value. */
function shapeOf(params: PlainObject): readonly number[] | undefined {
  const { shape, init } = params;
  if (shape !== undefined && isList(shape)) {
    const sizes = shape.filter((size): size is number => typeof size === 'number');
    return sizes.length > 0 &&
      sizes.length === shape.length &&
      sizes.every((size) => size > 0 && size <= 1000)
      ? sizes
      : undefined;
  }
  const sizes: number[] = [];
  for (let value = init; value !== undefined && isList(value); value = value[0]) sizes.push(value.length);
  return sizes.length > 0 ? sizes : undefined;
}

function numberAt(object: PlainObject, key: string): number | undefined {
  const value = object[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function isNotEmpty(value: PlainValue | undefined): value is readonly PlainValue[] {
  return value !== undefined && isList(value) && value.length > 0;
}
