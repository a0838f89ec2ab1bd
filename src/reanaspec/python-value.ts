// Values as Python knows them. What sets them apart from JSON is the float: `30.0` stays `30.0` in a command.
import { textRepr } from '../prun/plain-value.ts';
import { keyText } from '../source/tree.ts';
import type { TreeNode } from '../source/tree.ts';
import { pythonFloat } from '../workflow/python-number.ts';
import { isFloat } from './python-yaml.ts';

export type PythonValue =
  | string
  | number
  | boolean
  | null
  | PythonFloat
  | readonly PythonValue[]
  | { readonly [key: string]: PythonValue };

/** A float that must not lose what it is. Plain numbers that are not whole need no such care. */
export class PythonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  toJSON(): number {
    return this.value;
  }
}

/** What a node stands for. */
export function toPythonValue(node: TreeNode): PythonValue {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'number' && isFloat(node) ? new PythonFloat(node.value) : node.value;
    case 'sequence':
      return node.items.map(toPythonValue);
    case 'map':
      return Object.fromEntries(
        node.entries.map((entry) => [keyText(entry.key), toPythonValue(entry.value)]),
      );
  }
}

/** A value as `str()` gives it: what stands in a command. */
export function pythonText(value: PythonValue): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** A value as `repr()` gives it: `True`, `None`, `30.0`, `['a', 1]`, `{'a': 1}`. */
export function pythonRepr(value: PythonValue): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return textRepr(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(BigInt(value)) : pythonFloat(value);
  if (value instanceof PythonFloat) return pythonFloat(value.value);
  if (isList(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  const members = Object.entries(value).map(([key, member]) => `${textRepr(key)}: ${pythonRepr(member)}`);
  return `{${members.join(', ')}}`;
}

/** `Array.isArray` forgets that a list may be read only. */
export function isList(value: PythonValue): value is readonly PythonValue[] {
  return Array.isArray(value);
}
