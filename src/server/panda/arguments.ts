// Arguments of API v1: their declaration, and the words with which PanDA refuses wrong ones.
import { asFields, type Fields } from '../request-body.ts';

/** One argument: its type in Python's words, and how it is read. */
export interface Parameter<Value> {
  readonly typeName: string;
  /** True when it must be given, and is then never `undefined`. */
  readonly required: boolean;
  /** The typed value, or `undefined` when it is of another type. */
  readonly read: (value: unknown) => Value | undefined;
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** The values of declared parameters; of those that are not required, left out or `null` becomes `undefined`. */
export type Arguments<Declared extends Parameters> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Parameter<infer Value>
    ? Declared[Name] extends { readonly required: true }
      ? Value
      : Value | undefined
    : never;
};

export type Bound<Declared extends Parameters> =
  | { readonly ok: true; readonly values: Arguments<Declared> }
  | { readonly ok: false; readonly message: string };

export const text: Parameter<string> = {
  typeName: 'str',
  required: false,
  read: (value) => (typeof value === 'string' ? value : undefined),
};

/** A whole number; from a query also as digits. */
export const integer: Parameter<number> = {
  typeName: 'int',
  required: false,
  read: (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined),
};

export const truth: Parameter<boolean> = {
  typeName: 'bool',
  required: false,
  read: (value) => (typeof value === 'boolean' ? value : undefined),
};

/** A list of texts; from a query one text is a list of one. */
export const texts: Parameter<readonly string[]> = {
  typeName: 'list',
  required: false,
  read: (value) =>
    Array.isArray(value) && value.every((item): item is string => typeof item === 'string')
      ? value
      : undefined,
};

/** An object of JSON. */
export const object: Parameter<Fields> = { typeName: 'dict', required: false, read: asFields };

/** JSON as text or as it is: a call's own arguments travel in it. */
export const anything: Parameter<unknown> = {
  typeName: 'str',
  required: false,
  read: (value) => value,
};

/** The same parameter, which must be given. */
export function required<Value>(parameter: Parameter<Value>): Parameter<Value> & { readonly required: true } {
  return { ...parameter, required: true };
}

/** Checks what was given against what is declared, in PanDA's order: unknown, missing, then types. */
export function bind<Declared extends Parameters>(declared: Declared, given: Fields): Bound<Declared> {
  const names = Object.keys(declared);
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) return refused(`Argument error: got an unexpected keyword argument '${name}'`);
  }
  const values: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(declared)) {
    if (!Object.hasOwn(given, name)) {
      if (parameter.required) return refused(`Argument error: missing a required argument: '${name}'`);
      continue;
    }
    const value = given[name];
    if (value === null && !parameter.required) continue;
    const read = parameter.read(value);
    if (read === undefined) {
      return refused(
        `Type error: '${name}' must be of type ${parameter.typeName}, got ${pythonTypeName(value)}.`,
      );
    }
    values[name] = read;
  }
  return { ok: true, values: values as Arguments<Declared> };
}

/** Query parameters as fields: digits become numbers where an integer is declared, repeated keys lists. */
export function queryFields(declared: Parameters, query: URLSearchParams): Fields {
  const fields = new Map<string, unknown>();
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    const typeName = Object.hasOwn(declared, name) ? declared[name]?.typeName : undefined;
    const [first = ''] = values;
    if (typeName === 'list') fields.set(name, values);
    else if (typeName === 'bool' && /^(?:true|false)$/i.test(first))
      fields.set(name, first.toLowerCase() === 'true');
    else if (typeName === 'int' && /^-?\d{1,15}$/.test(first)) fields.set(name, Number(first));
    else fields.set(name, first);
  }
  return Object.fromEntries(fields);
}

function refused(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}

function pythonTypeName(value: unknown): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return Array.isArray(value) ? 'list' : 'dict';
}
