// Types of CWL values, as they are compared: without bindings, labels and formats.

/** The names that stand for a type by themselves. `stdin`, `stdout` and `stderr` are files of a tool. */
export const plainTypes = [
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'string',
  'File',
  'Directory',
  'Any',
  'stdin',
  'stdout',
  'stderr',
] as const;

export type PlainType = (typeof plainTypes)[number];

export type CwlType =
  | { readonly kind: 'plain'; readonly name: PlainType }
  | { readonly kind: 'array'; readonly items: CwlType }
  | { readonly kind: 'enum'; readonly name: string | undefined; readonly symbols: readonly string[] }
  | { readonly kind: 'record'; readonly name: string | undefined; readonly fields: readonly RecordField[] }
  /** One of several; empty only where the document has an empty list. */
  | { readonly kind: 'union'; readonly members: readonly CwlType[] }
  /** Not known: a type of a file that cannot be read, a part that is faulty, or a record inside itself. It goes
   *  together with everything. */
  | { readonly kind: 'unknown' };

export interface RecordField {
  readonly name: string;
  readonly type: CwlType;
}

export const unknownType: CwlType = { kind: 'unknown' };

export function plainType(name: PlainType): CwlType {
  return { kind: 'plain', name };
}

export function arrayOf(items: CwlType): CwlType {
  return { kind: 'array', items };
}

/** The type, or nothing. */
export function optional(type: CwlType): CwlType {
  return mayBeNull(type) ? type : { kind: 'union', members: [plainType('null'), ...alternatives(type)] };
}

/** Whether a value may be left out: `null` is one of the alternatives. `Any` does not stand for `null`. */
export function mayBeNull(type: CwlType): boolean {
  if (type.kind === 'unknown') return true;
  return alternatives(type).some((member) => member.kind === 'plain' && member.name === 'null');
}

/** The members of a union, however deep; any other type by itself. */
export function alternatives(type: CwlType): readonly CwlType[] {
  return type.kind === 'union' ? type.members.flatMap(alternatives) : [type];
}

export function isPlainType(name: string): name is PlainType {
  return plainTypes.some((known) => known === name);
}
