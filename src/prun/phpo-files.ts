// The files that options of phpo name: the search space and the segments, as they travel to iDDS.
import type { ReadText } from '../base/read-text.ts';
import { readJson } from './loaded-options.ts';
import { textOf, type OptionValues } from './parse-args.ts';
import { isList, type PlainObject, type PlainValue } from './plain-value.ts';

export interface PhpoFiles {
  /** `opt_space`, which PanDA and iDDS do not look into; `undefined`: none is given. */
  readonly space: PlainValue | undefined;
  /** The segments with their numbers in `id`; `undefined`: the search is not segmented. */
  readonly segments: readonly PlainObject[] | undefined;
}

/** Reads them; what is wrong is added to `problems`.
 *  Source: panda-client 2.0.2 `PhpoScript.py`. */
export function readPhpoFiles(
  values: OptionValues,
  readText: ReadText | undefined,
  problems: string[],
): PhpoFiles {
  const space = fileOf(values, 'searchSpaceFile', readText, problems);
  const segments = segmentsOf(fileOf(values, 'segmentSpecFile', readText, problems), problems);
  return { space: space === undefined ? undefined : spacesOf(space, segments), segments };
}

function fileOf(
  values: OptionValues,
  dest: string,
  readText: ReadText | undefined,
  problems: string[],
): PlainValue | undefined {
  const path = textOf(values, dest);
  if (path === undefined) return undefined;
  const read = readJson(path, dest, readText);
  if ('value' in read) return read.value;
  problems.push(read.fault);
  return undefined;
}

function segmentsOf(value: PlainValue | undefined, problems: string[]): readonly PlainObject[] | undefined {
  if (value === undefined) return undefined;
  if (!isList(value) || !value.every(isPlainObject)) {
    problems.push('the file of `--segmentSpecFile` holds no list of segments');
    return undefined;
  }
  return value.map((segment, id) => ({ ...segment, id }));
}

/** One search space for all segments is copied to each. */
function spacesOf(space: PlainValue, segments: readonly PlainObject[] | undefined): PlainValue {
  if (segments === undefined || !isPlainObject(space)) return space;
  return segments.map((_, index) => ({ model_id: index, search_space: space }));
}

export function isPlainObject(value: PlainValue | undefined): value is PlainObject {
  return value !== undefined && typeof value === 'object' && value !== null && !isList(value);
}
