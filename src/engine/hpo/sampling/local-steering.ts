// The built-in samplers in the place of a steering: which one, and the points of all segments.
import { isPlainObject } from '../../../prun/phpo-files.ts';
import type { HpoSpec } from '../../../prun/hpo-spec.ts';
import { isList, type PlainValue } from '../../../prun/plain-value.ts';
import type { Answer, NewPoint, ToldPoint } from '../steering-files.ts';
import type { SamplerName } from '../search-options.ts';
import { samplePoints } from './samplers.ts';
import { readSpace, type Space } from './search-space.ts';

export interface LocalQuestion {
  readonly spec: HpoSpec;
  readonly sampler: SamplerName;
  /** All points so far, in the order of their ids. */
  readonly points: readonly ToldPoint[];
  readonly wanted: number;
  /** Of all segments together. */
  readonly maxPoints: number;
  readonly seed: number;
}

/** New points, or in words why there cannot be any: trying again does not help. */
export function localAnswer(question: LocalQuestion): Answer {
  const { spec, sampler, points, wanted, maxPoints, seed } = question;
  const segments = spec.segments?.map(({ id }) => id) ?? [undefined];
  const spaces = segments.map((segment) => spaceOf(spec, sampler, segment));
  const fault = spaces.find((space) => typeof space === 'string');
  if (typeof fault === 'string') return { ok: false, fault };
  const told = [...points];
  const made: NewPoint[] = [];
  const done = new Set<number>();
  while (made.length < wanted && done.size < segments.length) {
    const index = nextSegment(segments, told, done);
    const segment = segments[index];
    const space = spaces[index];
    if (typeof space === 'string' || space === undefined) break;
    const known = told.filter((point) => point.segment === segment);
    const share = Math.floor(maxPoints / segments.length);
    // Without segments all at once: a model is not fitted again for every point.
    const count = segments.length === 1 ? wanted : 1;
    const values = samplePoints(sampler, {
      space,
      known,
      wanted: Math.min(count, share - known.length),
      maxPoints: share,
      seed: seed + index,
    });
    if (values.length < count) done.add(index);
    const fresh = values.map((one) => ({ segment, values: one }));
    made.push(...fresh);
    told.push(...fresh.map((one) => ({ ...one, loss: null })));
  }
  return { ok: true, points: made };
}

/** Segments take turns: the one with the fewest points is next. */
function nextSegment(
  segments: readonly (number | undefined)[],
  told: readonly ToldPoint[],
  done: ReadonlySet<number>,
): number {
  const counts = segments.map((segment, index) =>
    done.has(index) ? Infinity : told.filter((point) => point.segment === segment).length,
  );
  return counts.indexOf(Math.min(...counts));
}

/** The space of a segment in `[{"model_id": 0, "search_space": {…}}, …]`, or that of the whole search. */
function spaceOf(spec: HpoSpec, sampler: SamplerName, segment: number | undefined): Space | string {
  if (sampler === 'toys') return [];
  const read = readSpace(segment === undefined ? spec.space : ofModel(spec.space, segment));
  if (read.ok) return read.space;
  return `no built-in sampler can make points: ${read.fault}`;
}

function ofModel(space: PlainValue, segment: number): PlainValue {
  if (!isList(space)) return space;
  const own = space.find((item) => isPlainObject(item) && item['model_id'] === segment) ?? space[segment];
  return isPlainObject(own) ? (own['search_space'] ?? null) : null;
}
