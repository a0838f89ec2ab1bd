// Types of parameters, and whether a value is of one.
import type { Value } from '../../workflow/model.ts';
import { plainTypes, type PlainType } from '../types/type.ts';
import { CwlFault } from './fault.ts';
import { asText, isItem, isList, isRecord, isWholeFloat, listOf, textIn, withoutFloats } from './values.ts';
import type { Values } from './values.ts';

export type Type =
  | { readonly kind: 'simple'; readonly name: PlainType }
  | { readonly kind: 'array'; readonly items: Type; readonly binding: Values | undefined }
  | { readonly kind: 'enum'; readonly symbols: readonly string[]; readonly binding: Values | undefined }
  | { readonly kind: 'record'; readonly fields: readonly Port[]; readonly binding: Values | undefined }
  | { readonly kind: 'union'; readonly of: readonly Type[] };

/** A parameter, or a field of a record. */
export interface Port {
  readonly name: string;
  readonly type: Type;
  /** As written: `inputBinding`, `outputBinding`, `secondaryFiles`, `format`, `default`, `loadContents`, … */
  readonly settings: Values;
}

/** Types that a `SchemaDefRequirement` defines, by their short names. */
export type TypeDefinitions = ReadonlyMap<string, Value>;

/** The part of an id that is its own: behind the last `#` and `/`. */
export const shortId = (id: string): string => id.replace(/^.*[#/]/s, '');

/** @throws CwlFault for a type that nobody has defined */
export function readType(written: Value | undefined, definitions: TypeDefinitions): Type {
  if (isList(written)) return { kind: 'union', of: written.map((member) => readType(member, definitions)) };
  if (isRecord(written)) return readConstructed(written, definitions);
  if (typeof written !== 'string') throw new CwlFault(`\`${JSON.stringify(written)}\` is no type`);
  if (written.endsWith('?')) {
    return {
      kind: 'union',
      of: [{ kind: 'simple', name: 'null' }, readType(written.slice(0, -1), definitions)],
    };
  }
  if (written.endsWith('[]'))
    return { kind: 'array', items: readType(written.slice(0, -2), definitions), binding: undefined };
  const simple = plainTypes.find((name) => name === written);
  if (simple !== undefined) return { kind: 'simple', name: simple };
  const definition = definitions.get(shortId(written));
  if (definition === undefined) throw new CwlFault(`there is no type \`${written}\``);
  return readType(definition, definitions);
}

function readConstructed(written: Values, definitions: TypeDefinitions): Type {
  const binding = isRecord(written['inputBinding']) ? written['inputBinding'] : undefined;
  switch (written['type']) {
    case 'array':
      return { kind: 'array', items: readType(written['items'], definitions), binding };
    case 'enum':
      return {
        kind: 'enum',
        symbols: listOf(written['symbols']).map((symbol) => shortId(asText(symbol))),
        binding,
      };
    case 'record':
      return {
        kind: 'record',
        fields: entriesOf(written['fields'], 'name', 'type').map((field) =>
          readPort(field, 'name', definitions),
        ),
        binding,
      };
    default:
      return readType(written['type'], definitions);
  }
}

export function readPort(written: Values, nameField: string, definitions: TypeDefinitions): Port {
  return {
    name: shortId(textIn(written, nameField) ?? ''),
    type: readType(written['type'], definitions),
    settings: written,
  };
}

/** A list of objects, which may be written as a map from their names, and then with one field alone.
 *  @param short the field that stands for all; `undefined`: there is none */
export function entriesOf(
  written: Value | undefined,
  nameField: string,
  short: string | undefined,
): readonly Values[] {
  if (isList(written)) return written.filter(isRecord);
  if (!isRecord(written)) return [];
  return Object.entries(written).map(([name, member]) => {
    const isWhole = isRecord(member) && (short !== 'type' || 'type' in member);
    if (isWhole) return { ...member, [nameField]: name };
    return short === undefined ? { [nameField]: name } : { [nameField]: name, [short]: member };
  });
}

/** Whether a value is of a type. Files count as they are written; whether they are there is asked elsewhere. */
export function isOfType(value: Value, type: Type): boolean {
  switch (type.kind) {
    case 'union':
      return type.of.some((one) => isOfType(value, one));
    case 'array':
      return isList(value) && value.every((member) => isOfType(member, type.items));
    case 'enum':
      return typeof value === 'string' && type.symbols.includes(value);
    case 'record':
      return (
        isRecord(value) &&
        !isItem(value) &&
        type.fields.every((field) => isOfType(value[field.name] ?? null, field.type))
      );
    case 'simple':
      return isSimple(value, type.name);
  }
}

function isSimple(value: Value, name: PlainType): boolean {
  switch (name) {
    case 'null':
      return value === null;
    case 'Any':
      return value !== null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
      return Number.isInteger(value) && Number(value) >= -(2 ** 31) && Number(value) < 2 ** 31;
    case 'long':
      return Number.isInteger(value);
    case 'float':
    case 'double':
      return typeof value === 'number' || isWholeFloat(value);
    case 'string':
      return typeof value === 'string';
    case 'File':
    case 'stdin':
    case 'stdout':
    case 'stderr':
      return isItem(value) && value.class === 'File';
    case 'Directory':
      return isItem(value) && value.class === 'Directory';
  }
}

/** The first member of a union that fits, all the way down; a type that is no union when it fits. */
export function typeFor(value: Value, type: Type): Type | undefined {
  if (type.kind !== 'union') return isOfType(value, type) ? type : undefined;
  const fitting = type.of.find((one) => isOfType(value, one));
  return fitting === undefined ? undefined : typeFor(value, fitting);
}

/** An output of this type may be nothing at all, as other runners have it. */
export const isAny = (type: Type): boolean =>
  type.kind === 'simple' ? type.name === 'Any' : type.kind === 'union' && type.of.some(isAny);

/** As a person would write it. */
export function typeText(type: Type): string {
  switch (type.kind) {
    case 'simple':
      return type.name;
    case 'array':
      return `array of ${typeText(type.items)}`;
    case 'enum':
      return `one of ${type.symbols.join(', ')}`;
    case 'record':
      return `record of ${type.fields.map((field) => field.name).join(', ')}`;
    case 'union':
      return type.of.map(typeText).join(' or ');
  }
}

/** A value as shown in a message: short, on one line. */
export function valueText(value: Value): string {
  const text = isItem(value) ? value.class : JSON.stringify(withoutFloats(value));
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
