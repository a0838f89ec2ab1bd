// Values while a workflow runs: plain JSON, in which files and directories are objects with a `class`, and floats may be objects.
import type { Value } from '../../workflow/model.ts';

export type Values = Readonly<Record<string, Value>>;

/** A File or a Directory. `location` of what is on disk is an absolute path without a scheme; without it a file has
 *  `contents` and a directory a `listing`. `path` is set inside of jobs only: where the job finds it. */
export interface Item extends Values {
  readonly class: 'File' | 'Directory';
}

export const isRecord = (value: Value | undefined): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isWholeFloat(value);

/** No member of a value is called like this one. */
const floatKey = '\u0000float';

/** A whole number that was written with a point: `500.0` stays `500.0` in commands and in names of files. JavaScript cannot tell
 *  it from `500`, and what steps give is stored as JSON. */
export interface WholeFloat {
  readonly [floatKey]: number;
}

export const wholeFloat = (value: number): WholeFloat => ({ [floatKey]: value });

export const isWholeFloat = (value: Value | undefined): value is Value & WholeFloat =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, floatKey);

export const numberOf = (float: WholeFloat): number => float[floatKey];

/** The value as JavaScript knows it. */
export function withoutFloats(value: Value): Value {
  if (isWholeFloat(value)) return numberOf(value);
  if (isList(value)) return value.map(withoutFloats);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutFloats(member)]));
}

export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);

export const isItem = (value: Value | undefined): value is Item =>
  isRecord(value) && (value['class'] === 'File' || value['class'] === 'Directory');

export const textIn = (value: Values, name: string): string | undefined => {
  const member = value[name];
  return typeof member === 'string' ? member : undefined;
};

export const recordIn = (value: Values, name: string): Values => {
  const member = value[name];
  return isRecord(member) ? member : {};
};

/** The members of a list; the value alone; nothing for `null`. */
export function listOf(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value : [value];
}

/** Files and directories of a list. */
export const itemsOf = (value: Value | undefined): readonly Item[] => listOf(value).filter(isItem);

/** A text as it is, anything else as JSON: for names that a document may have written as numbers. */
export const asText = (value: Value | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null);

/** Replaces every File and Directory in a value; what is inside of them is left to `change`. */
export function mapItems(value: Value, change: (item: Item) => Value): Value {
  if (isItem(value)) return change(value);
  if (isList(value)) return value.map((member) => mapItems(member, change));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapItems(member, change)]));
}

/** Last part of a path. */
export const baseName = (path: string): string => path.replace(/\/+$/, '').replace(/^.*\//, '');

/** `nameroot` and `nameext` of a base name: `.bashrc` has no extension. */
export function splitName(name: string): { readonly root: string; readonly extension: string } {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? { root: name, extension: '' } : { root: name.slice(0, dot), extension: name.slice(dot) };
}

/** The item with everything that follows from its base name. */
export function named(item: Item, name: string): Item {
  if (item.class === 'Directory') return { ...item, basename: name };
  const { root, extension } = splitName(name);
  return { ...item, basename: name, nameroot: root, nameext: extension };
}

export const nameOf = (item: Item): string =>
  textIn(item, 'basename') ?? baseName(textIn(item, 'location') ?? textIn(item, 'path') ?? '');
