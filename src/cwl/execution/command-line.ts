// The words of a command line: base command, arguments and inputs by their bindings.
// Source: CWL v1.2, CommandLineTool, section "Input binding".
import type { Value } from '../../workflow/model.ts';
import { pythonFloat } from '../../workflow/python-number.ts';
import { evaluate, type ExpressionRules, type Scope } from './expression.ts';
import { CwlFault } from './fault.ts';
import type { CommandLineTool } from './process.ts';
import { typeFor, type Port, type Type } from './types.ts';
import {
  asText,
  isItem,
  isList,
  isRecord,
  isWholeFloat,
  listOf,
  numberOf,
  textIn,
  withoutFloats,
} from './values.ts';
import type { Values } from './values.ts';

export interface Word {
  readonly text: string;
  /** False: the shell may find its own signs in it, when there is a shell. */
  readonly isQuoted: boolean;
}

/** Numbers before texts; by code point. */
type Key = readonly (number | string)[];

interface Part {
  readonly key: Key;
  readonly words: readonly Word[];
}

/** @throws CwlFault when an expression in a binding fails */
export function commandLine(tool: CommandLineTool, scope: Scope, rules: ExpressionRules): readonly Word[] {
  const base = listOf(tool.tool['baseCommand']).map((text) => ({ text: asText(text), isQuoted: true }));
  const given = listOf(tool.tool['arguments']).map((argument, index): Part => {
    const binding = isRecord(argument) ? argument : { valueFrom: argument };
    return {
      key: [positionOf(binding, null, scope, rules), index],
      words: wordsOf(null, binding, scope, rules),
    };
  });
  const bound = tool.inputs.flatMap((input) =>
    bind({ port: input, prefix: [], name: input.name, scope, rules }),
  );
  const parts = [...given, ...bound].sort((a, b) => compareKeys(a.key, b.key));
  return [...base, ...parts.flatMap((part) => part.words)];
}

interface Binding {
  readonly port: Port;
  /** Of the record that the port is a field of. */
  readonly prefix: Key;
  readonly name: string;
  readonly scope: Scope;
  readonly rules: ExpressionRules;
}

function bind({ port, prefix, name, scope, rules }: Binding, values = scope.inputs): readonly Part[] {
  const binding = isRecord(port.settings['inputBinding']) ? port.settings['inputBinding'] : undefined;
  return bindValue(values[name] ?? null, port.type, binding, { prefix, name, scope, rules });
}

interface Place {
  readonly prefix: Key;
  /** What tells apart bindings of the same position. */
  readonly name: string | number;
  readonly scope: Scope;
  readonly rules: ExpressionRules;
}

function bindValue(value: Value, declared: Type, binding: Values | undefined, place: Place): readonly Part[] {
  const { scope, rules } = place;
  if (value === null) return [];
  const type = typeFor(value, declared) ?? declared;
  const own = ownBinding(type);
  const outer = binding ?? (type.kind === 'array' ? undefined : own);
  const key: Key =
    outer === undefined
      ? place.prefix
      : [...place.prefix, positionOf(outer, value, scope, rules), place.name];
  const parts: Part[] = outer === undefined ? [] : [{ key, words: wordsOf(value, outer, scope, rules) }];
  // What makes words of the whole leaves nothing to its members.
  if (outer?.['valueFrom'] !== undefined || outer?.['itemSeparator'] !== undefined) return parts;
  if (isList(value)) {
    const items: Type = type.kind === 'array' ? type.items : { kind: 'simple', name: 'Any' };
    const each = own ?? (outer === undefined ? undefined : {});
    // Without a binding of the whole, the index comes first, and what has a position stands between the members: other runners
    // have it so.
    value.forEach((member, index) => {
      const inside = outer === undefined ? { prefix: [index] } : { prefix: key, name: index };
      parts.push(...bindValue(member, items, each, { ...place, ...inside }));
    });
  } else if (isRecord(value) && type.kind === 'record') {
    for (const field of type.fields)
      parts.push(...bind({ port: field, prefix: key, name: field.name, scope, rules }, value));
  }
  return parts;
}

const ownBinding = (type: Type): Values | undefined =>
  type.kind === 'array' || type.kind === 'enum' || type.kind === 'record' ? type.binding : undefined;

function positionOf(binding: Values, self: Value, scope: Scope, rules: ExpressionRules): number {
  const written = binding['position'] ?? 0;
  const position = withoutFloats(evaluate(written, { ...scope, self }, rules));
  if (position === null) return 0;
  if (typeof position !== 'number')
    throw new CwlFault(`a position must be a number, not ${JSON.stringify(position)}`);
  return position;
}

/** The words of one binding alone, without those of members. */
function wordsOf(given: Value, binding: Values, scope: Scope, rules: ExpressionRules): readonly Word[] {
  const from = binding['valueFrom'];
  const value = from === undefined ? given : evaluate(from, { ...scope, self: given }, rules);
  const prefix = textIn(binding, 'prefix');
  const isSeparate = binding['separate'] !== false;
  const separator = textIn(binding, 'itemSeparator');
  const isQuoted = binding['shellQuote'] !== false;
  return textsOf(value).map((text) => ({ text, isQuoted }));

  function textsOf(it: Value): readonly string[] {
    if (it === null || it === false) return [];
    if (it === true) return prefix === undefined ? [] : [prefix];
    if (isList(it)) {
      if (it.length === 0) return [];
      if (separator !== undefined) return prefixed(it.map(textOf).join(separator));
      const alone = prefix === undefined ? [] : [prefix];
      return from === undefined ? alone : [...alone, ...it.map(textOf)];
    }
    if (isRecord(it) && !isItem(it)) return prefix === undefined ? [] : [prefix];
    return prefixed(textOf(it));
  }

  function prefixed(text: string): readonly string[] {
    if (prefix === undefined) return [text];
    return isSeparate ? [prefix, text] : [prefix + text];
  }
}

/** A value as a word; a file is its path. */
function textOf(value: Value): string {
  if (isItem(value)) {
    const path = textIn(value, 'path') ?? textIn(value, 'location');
    if (path === undefined) throw new CwlFault(`a ${value.class} on the command line has no path`);
    return path;
  }
  if (isWholeFloat(value)) return wholeText(numberOf(value));
  if (typeof value === 'number') return plainNumber(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** With its point, as long as Python writes it so. */
const wholeText = (value: number): string => {
  const text = pythonFloat(value);
  return text.includes('e') ? plainNumber(value) : text;
};

/** Without an exponent: tools that read numbers differ on it. */
function plainNumber(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = '', first = '', rest = '', power = '0'] = match;
  const digits = first + rest;
  const point = 1 + Number(power);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return point >= digits.length
    ? `${sign}${digits}${'0'.repeat(point - digits.length)}`
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function compareKeys(a: Key, b: Key): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [left, right] = [a[index], b[index]];
    if (left === right) continue;
    if (left === undefined) return -1;
    if (right === undefined) return 1;
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}
