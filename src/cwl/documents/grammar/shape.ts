// The forms that values of a CWL document may have. Tables of these are what documents are checked against, and what the
// JSON Schemas in `schemas/cwl/` are made from.
import type { CwlVersion } from '../../fields.ts';

export type Shape =
  /** A text. With `expression`, `$(…)` and `${…}` in it are evaluated. */
  | { readonly is: 'text'; readonly expression: boolean }
  /** A text with `$(…)` or `${…}` in it; with `alone` it is one expression and nothing else. */
  | { readonly is: 'expression'; readonly alone: boolean }
  | { readonly is: 'number'; readonly whole: boolean }
  | { readonly is: 'truth' }
  | { readonly is: 'null' }
  | { readonly is: 'anything' }
  | { readonly is: 'word'; readonly words: readonly string[] }
  | { readonly is: 'list'; readonly of: Shape }
  | { readonly is: 'record'; readonly name: string }
  | NamedList
  | { readonly is: 'either'; readonly of: readonly Shape[] }
  /** A type: a name, a list of alternatives, or a map. */
  | { readonly is: 'type'; readonly side: TypeSide }
  /** Requirements or hints: records in a list, or in a map by `class`. */
  | { readonly is: 'requirements'; readonly mayBeUnknown: boolean }
  /** A process written in place. It is checked as a document of its own. */
  | { readonly is: 'process' };

/** Records in a list, or in a map by the value of one of their fields. */
export interface NamedList {
  readonly is: 'named list';
  readonly record: string;
  /** The field that the keys of a map stand for. */
  readonly by: string;
  /** The field a value stands for that is not a map itself. */
  readonly short: string | undefined;
}

/** Types have other fields in tools than in workflows, and in inputs than in outputs. */
export type TypeSide = 'input' | 'output' | 'tool input' | 'tool output';

export interface Field {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  /** The versions that know the field in this form. */
  readonly since: CwlVersion;
  readonly until: CwlVersion;
}

export interface RecordTable {
  /** With its article, as messages say it: `a workflow step`. */
  readonly title: string;
  readonly fields: readonly Field[];
}

export const text: Shape = { is: 'text', expression: false };
/** A text that is evaluated. */
export const template: Shape = { is: 'text', expression: true };
export const expression: Shape = { is: 'expression', alone: false };
/** An expression whose value is no text. */
export const condition: Shape = { is: 'expression', alone: true };
export const whole: Shape = { is: 'number', whole: true };
export const number: Shape = { is: 'number', whole: false };
export const truth: Shape = { is: 'truth' };
export const nothing: Shape = { is: 'null' };
export const anything: Shape = { is: 'anything' };

export function word(...words: string[]): Shape {
  return { is: 'word', words };
}

export function list(of: Shape): Shape {
  return { is: 'list', of };
}

export function record(name: string): Shape {
  return { is: 'record', name };
}

export function either(...of: Shape[]): Shape {
  return { is: 'either', of };
}

/** One, or a list of them. */
export function some(of: Shape): Shape {
  return either(of, list(of));
}

export function namedList(recordName: string, by: string, short?: string): NamedList {
  return { is: 'named list', record: recordName, by, short };
}

interface FieldLimits {
  readonly required?: boolean;
  readonly since?: CwlVersion;
  readonly until?: CwlVersion;
}

export function field(name: string, shape: Shape, limits: FieldLimits = {}): Field {
  const { required = false, since = 'v1.0', until = 'v1.2' } = limits;
  return { name, shape, required, since, until };
}

export function required(name: string, shape: Shape): Field {
  return field(name, shape, { required: true });
}
