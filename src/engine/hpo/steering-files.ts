// The two JSON files between iDDS and a steering: `idds_input.json` with all points so far, and the new points it answers with.
// Source: iDDS `docs/source/usecases/hyperparameter_optimization.rst`; phpo fixes the names.
import { isPlainObject } from '../../prun/phpo-files.ts';
import { isList, type PlainObject, type PlainValue } from '../../prun/plain-value.ts';

export const steeringInput = 'idds_input.json';
export const steeringOutput = 'output.json';

/** A point of a search. */
export interface NewPoint {
  /** Which segment it belongs to: the `model_id` in front of the values. `undefined`: the search is not segmented. */
  readonly segment: number | undefined;
  readonly values: PlainObject;
}

export interface ToldPoint extends NewPoint {
  /** `null`: not known yet. */
  readonly loss: number | null;
}

/** `{"points": [[{"x": 1.2}, 0.31], [{"x": 0.4}, null]], "opt_space": …}` */
export function steeringInputText(points: readonly ToldPoint[], space: PlainValue): string {
  const told = points.map(({ segment, values, loss }) => [
    segment === undefined ? values : [segment, values],
    loss,
  ]);
  return JSON.stringify({ points: told, opt_space: space });
}

export type Answer =
  | { readonly ok: true; readonly points: readonly NewPoint[] }
  /** In words for the user: what is wrong with the answer. */
  | { readonly ok: false; readonly fault: string };

/** Reads `[{"x": 0.7}, {"x": 0.1}]`; an empty list ends the search.
 *  @param segments how many there are; `undefined`: the search is not segmented */
export function readAnswer(text: string, wanted: number, segments: number | undefined): Answer {
  const parsed = parsePythonJson(text);
  if ('fault' in parsed) return wrong(`\`${steeringOutput}\` ${parsed.fault}`);
  const { value } = parsed;
  if (!isList(value))
    return wrong(`\`${steeringOutput}\` holds ${kindOf(value)} instead of a list of points`);
  if (value.length > wanted) {
    return wrong(`\`${steeringOutput}\` holds ${value.length} points, and only ${wanted} were asked for`);
  }
  const points: NewPoint[] = [];
  for (const [index, item] of value.entries()) {
    const point = readPoint(item, segments);
    if (typeof point === 'string') return wrong(`point ${index + 1} of \`${steeringOutput}\` ${point}`);
    points.push(point);
  }
  return { ok: true, points };
}

export type ParsedJson = { readonly value: PlainValue } | { readonly fault: string };

/** Python writes `NaN` and `Infinity` into what it calls JSON; that is the most common fault, so it is named. */
export function parsePythonJson(text: string): ParsedJson {
  if (text.trim() === '') return { fault: 'is empty' };
  try {
    // JSON.parse gives nothing else than plain values.
    return { value: JSON.parse(text) as PlainValue };
  } catch {
    const outside = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
    const number = /-?\b(?:NaN|Infinity)\b/.exec(outside)?.[0];
    return { fault: number === undefined ? 'is not JSON' : `is not JSON: it holds \`${number}\`` };
  }
}

function readPoint(item: PlainValue, segments: number | undefined): NewPoint | string {
  if (segments === undefined) {
    return isPlainObject(item)
      ? { segment: undefined, values: item }
      : `is ${kindOf(item)} instead of an object like \`{"x": 0.7}\``;
  }
  const [segment, values] = isList(item) ? item : [];
  if (!isList(item) || item.length !== 2 || typeof segment !== 'number' || !isPlainObject(values)) {
    return `is ${kindOf(item)} instead of \`[model_id, {…}]\`, the form of a segmented search`;
  }
  return Number.isInteger(segment) && segment >= 0 && segment < segments
    ? { segment, values }
    : `belongs to model ${segment}; there are ${segments}, from 0`;
}

function kindOf(value: PlainValue): string {
  if (value === null) return '`null`';
  if (isList(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function wrong(fault: string): Answer {
  return { ok: false, fault };
}
