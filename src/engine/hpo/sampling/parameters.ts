// Parameters of a search space as coordinates from 0 to 1, there and back.
import type { PlainValue } from '../../../prun/plain-value.ts';
import { isList } from '../../../prun/plain-value.ts';

export interface Parameter {
  readonly name: string;
  /** How many values each coordinate can take; `Infinity` for a continuous one. */
  readonly levels: readonly number[];
  /** Values of different names have no order: the model sees them as equally far from each other. */
  readonly isNominal: boolean;
  /** @param coordinates from 0 to 1 inclusive, as many as there are `levels` */
  readonly valueAt: (coordinates: readonly number[]) => PlainValue;
  /** The coordinates of a value; `undefined`: it is not one of this parameter. */
  readonly coordinatesOf: (value: PlainValue) => readonly number[] | undefined;
}

export interface RangeOptions {
  readonly isLog: boolean;
  /** Values are multiples of it. */
  readonly step?: number | undefined;
}

export function reals(name: string, low: number, high: number, { isLog, step }: RangeOptions): Parameter {
  const scale = scaleOf(low, high, isLog);
  const count = step === undefined || isLog ? Infinity : Math.floor((high - low) / step) + 1;
  return {
    name,
    levels: [low === high ? 1 : count],
    isNominal: false,
    valueAt: ([at = 0]) => clamp(stepped(scale.from(at), step), low, high),
    coordinatesOf: (value) => (typeof value === 'number' ? [clamp(scale.to(value), 0, 1)] : undefined),
  };
}

/** Whole numbers from `low` to `high`, both included. */
export function integers(name: string, low: number, high: number, isLog: boolean): Parameter {
  // Half a unit on both sides: the ends are as likely as the others.
  const scale = scaleOf(Math.max(low - 0.5, isLog ? low / 2 : -Infinity), high + 0.5, isLog);
  return {
    name,
    levels: [Math.max(1, high - low + 1)],
    isNominal: false,
    valueAt: ([at = 0]) => clamp(Math.round(scale.from(at)), low, high),
    coordinatesOf: (value) => (typeof value === 'number' ? [clamp(scale.to(value), 0, 1)] : undefined),
  };
}

export function choice(name: string, choices: readonly PlainValue[], isOrdered: boolean): Parameter {
  const texts = choices.map((one) => JSON.stringify(one));
  const count = choices.length;
  return {
    name,
    levels: [count],
    isNominal: !isOrdered,
    valueAt: ([at = 0]) => choices[Math.min(count - 1, Math.floor(at * count))] ?? null,
    coordinatesOf: (value) => {
      const index = texts.indexOf(JSON.stringify(value));
      return index === -1 ? undefined : [(index + 0.5) / count];
    },
  };
}

export function fixed(name: string, value: PlainValue): Parameter {
  return { name, levels: [], isNominal: false, valueAt: () => value, coordinatesOf: () => [] };
}

export function normal(name: string, mean: number, sigma: number, { isLog, step }: RangeOptions): Parameter {
  return {
    name,
    levels: [Infinity],
    isNominal: false,
    valueAt: ([at = 0.5]) => {
      const value = mean + sigma * normalQuantile(clamp(at, 1e-4, 1 - 1e-4));
      return stepped(isLog ? Math.exp(value) : value, step);
    },
    coordinatesOf: (value) => {
      if (typeof value !== 'number' || (isLog && value <= 0)) return undefined;
      return [normalShare(((isLog ? Math.log(value) : value) - mean) / sigma)];
    },
  };
}

/** A list of the same parameter, of any number of dimensions. */
export function arrayOf(element: Parameter, shape: readonly number[]): Parameter {
  const size = shape.reduce((product, side) => product * side, 1);
  return {
    name: element.name,
    levels: Array.from({ length: size }, () => element.levels).flat(),
    isNominal: false,
    valueAt: (coordinates) =>
      nested(
        coordinates.map((at) => element.valueAt([at])),
        shape,
      ),
    coordinatesOf: (value) => {
      const flat = flattened(value).map((item) => element.coordinatesOf(item)?.[0]);
      return flat.length === size && flat.every((at) => at !== undefined) ? flat : undefined;
    },
  };
}

function nested(flat: readonly PlainValue[], shape: readonly number[]): PlainValue {
  const [side = 0, ...rest] = shape;
  if (rest.length === 0) return flat;
  const width = flat.length / side;
  return Array.from({ length: side }, (_, row) => nested(flat.slice(row * width, (row + 1) * width), rest));
}

function flattened(value: PlainValue): readonly PlainValue[] {
  return isList(value) ? value.flatMap(flattened) : [value];
}

function scaleOf(
  low: number,
  high: number,
  isLog: boolean,
): { from: (at: number) => number; to: (value: number) => number } {
  const width = high - low;
  if (!isLog) {
    return { from: (at) => low + at * width, to: (value) => (width === 0 ? 0.5 : (value - low) / width) };
  }
  const ratio = Math.log(high / low);
  return {
    from: (at) => low * Math.exp(at * ratio),
    to: (value) => (ratio === 0 ? 0.5 : Math.log(Math.max(value, Number.MIN_VALUE) / low) / ratio),
  };
}

function stepped(value: number, step: number | undefined): number {
  // Through a text: 3 steps of 0.1 are 0.3, not 0.30000000000000004.
  return step === undefined ? value : Number((Math.round(value / step) * step).toPrecision(12));
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** The share of a standard normal distribution below `z`; to 7 digits. Source: Abramowitz and Stegun 7.1.26. */
export function normalShare(z: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(z)) / Math.SQRT2);
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (series * Math.exp((-z * z) / 2)) / 2;
  return z > 0 ? 1 - tail : tail;
}

/** The other way round, by halving: `normalShare` grows with `z`. */
function normalQuantile(share: number): number {
  let low = -8;
  let high = 8;
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
