import { describe, expect, it } from 'vitest';
import { PythonFloat } from '../../src/reanaspec/python-value.ts';
import { findByPath } from '../../src/reanaspec/yadage/run/json-path.ts';
import { pythonFormat } from '../../src/reanaspec/yadage/run/python-format.ts';

const values = {
  n: 42,
  x: new PythonFloat(30),
  small: 0.00012345,
  text: 'ab',
  list: ['a', 1, null, true],
  object: { key: 'v' },
  width: 5,
};

describe("Python's str.format", () => {
  // What Python 3.11 prints.
  it.each([
    ['{n} {x} {text}', '42 30.0 ab'],
    ['{{n}} {{{n}}}', '{n} {42}'],
    ['{list}', "['a', 1, None, True]"],
    ['{object[key]} {list[1]}', 'v 1'],
    ['{text!r}', "'ab'"],
    ['{x:.2f}|{n:05d}|{n:>6}|{text:<4}|{text:^4}|{n:+}', '30.00|00042|    42|ab  | ab |+42'],
    ['{small:e}|{small:.3g}|{n:x}|{n:,}', '1.234500e-04|0.000123|2a|42'],
    ['{n:{width}}', '   42'],
    ['{text:*^8}', '***ab***'],
    ['{x:g}|{x:%}', '30|3000.000000%'],
  ])('prints %s as %s', (text, expected) => {
    expect(pythonFormat(text, values)).toBe(expected);
  });

  it.each([
    ['{nosuch}', '`{nosuch}`: there is no value for `{nosuch}`'],
    ['{', '`{`: a single `{` must be written `{{`'],
    ['a } b', '`a } b`: a single `}` must be written `}}`'],
    ['{}', '`{}`: `{}` has no name'],
    ['{text:d}', '`{text:d}`: the format `d` is for numbers only'],
    ['{object[lost]}', '`{object[lost]}`: there is no `lost` in the value'],
  ])('refuses %s', (text, message) => {
    expect(() => pythonFormat(text, values)).toThrow(message);
  });
});

describe('JSONPath', () => {
  const tree = { a: [{ b: 1 }, { b: 2 }], c: { d: 3 } };
  const opening = {
    list: (node: unknown) => (Array.isArray(node) ? (node as unknown[]) : undefined),
    object: (node: unknown) =>
      typeof node === 'object' && node !== null && !Array.isArray(node)
        ? (node as Record<string, unknown>)
        : undefined,
  };
  it.each([
    ['c.d', [3]],
    ['a[*].b', [1, 2]],
    ['a.[*].b', [1, 2]],
    ['a[1].b', [2]],
    ['a[0:1]', [{ b: 1 }]],
    ['$..b', [1, 2]],
    ['*.d', [3]],
    ['a,c', [tree.a, tree.c]],
    ['c.d|a[0].b', [3, 1]],
    ['lost', []],
    ['$', [tree]],
  ])('finds %s', (path, expected) => {
    expect(findByPath<unknown>(path, tree, opening)).toEqual(expected);
  });
});
