// Parameter references: the part of `$(...)` that needs no JavaScript, such as `$(inputs.reads[0]['size'])`.
// Source: CWL v1.2, section "Parameter references".
import { expressionParts } from './scan.ts';

export interface ParameterReference {
  /** `inputs`, `self`, `runtime`, or whatever stands there. */
  readonly root: string;
  readonly path: readonly PathSegment[];
  /** Where the root stands, in the text. */
  readonly start: number;
  /** Behind the last segment. */
  readonly end: number;
}

export interface PathSegment {
  /** A number for an index. */
  readonly name: string | number;
  readonly start: number;
  readonly end: number;
}

/** All parts of a text that are parameter references; those that are JavaScript are passed over. */
export function parameterReferences(text: string): readonly ParameterReference[] {
  return expressionParts(text).flatMap((part) => {
    if (part.kind === 'body' || part.unclosed !== undefined) return [];
    const read = readReference(text, part.start + 2, part.end - 1);
    return read.reference ?? [];
  });
}

export interface ReadReference {
  /** `undefined` when the text is no parameter reference. */
  readonly reference: ParameterReference | undefined;
  /** How far the text is one: the end, or the first character that does not belong. */
  readonly readTo: number;
}

// Letters, digits and underlines of any script, as Python's `\w`.
const symbol = /[\p{L}\p{N}_]+/uy;
const segment = /\.([\p{L}\p{N}_]+)|\['((?:[^'\\]|\\[^])+)'\]|\["((?:[^"\\]|\\[^])+)"\]|\[([0-9]+)\]/uy;

/** Reads `text.slice(start, end)`: what stands between the brackets of `$(...)`. */
export function readReference(text: string, start: number, end: number): ReadReference {
  const whole = text.slice(0, end);
  symbol.lastIndex = start;
  const root = symbol.exec(whole)?.[0];
  if (root === undefined) return { reference: undefined, readTo: start };
  const path: PathSegment[] = [];
  let at = start + root.length;
  while (at < end) {
    segment.lastIndex = at;
    const match = segment.exec(whole);
    if (match === null) return { reference: undefined, readTo: at };
    path.push(segmentOf(match, at));
    at += match[0].length;
  }
  return { reference: { root, path, start, end }, readTo: end };
}

function segmentOf([all, name, single, double, index]: RegExpExecArray, at: number): PathSegment {
  const end = at + all.length;
  if (name !== undefined) return { name, start: at + 1, end };
  if (index !== undefined) return { name: Number(index), start: at + 1, end: end - 1 };
  const quoted = single ?? double ?? '';
  return { name: quoted.replace(/\\([^])/g, '$1'), start: at + 1, end: end - 1 };
}
