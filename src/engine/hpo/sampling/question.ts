// What a built-in sampler is asked, and how its coordinates become a point.
import type { PlainObject } from '../../../prun/plain-value.ts';
import type { Space } from './search-space.ts';

export interface KnownPoint {
  readonly values: PlainObject;
  /** `null`: not known yet. */
  readonly loss: number | null;
}

export interface SamplerQuestion {
  readonly space: Space;
  /** All points so far, in the order in which they were made. */
  readonly known: readonly KnownPoint[];
  readonly wanted: number;
  /** How many points there will be at most: a grid is made to measure. */
  readonly maxPoints: number;
  readonly seed: number;
}

/** The point with these coordinates, those of all parameters one after the other. */
export function pointAt(space: Space, coordinates: readonly number[]): PlainObject {
  let at = 0;
  return Object.fromEntries(
    space.map((parameter) => {
      const own = coordinates.slice(at, at + parameter.levels.length);
      at += parameter.levels.length;
      return [parameter.name, parameter.valueAt(own)];
    }),
  );
}
