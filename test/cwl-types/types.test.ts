// Types: how they are read, shown and compared.
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import { canFlow, type LinkOptions } from '../../src/cwl/types/flow.ts';
import { namedTypes } from '../../src/cwl/types/named.ts';
import { readType, type TypeNames } from '../../src/cwl/types/read.ts';
import { showType } from '../../src/cwl/types/show.ts';
import { unknownType, type CwlType } from '../../src/cwl/types/type.ts';
import { readTree, type TreeNode } from '../../src/source/tree.ts';

const noNames: TypeNames = () => undefined;

function node(text: string): TreeNode {
  const tree = readTree('type.yml', text, new Findings());
  if (tree === undefined) throw new Error(`no type in ${text}`);
  return tree;
}

function typeOf(text: string, names = noNames): CwlType {
  return readType(node(text), names) ?? unknownType;
}

/** Each fault as `[what it marks] code: message (help)`. */
function faults(text: string, names = noNames): readonly string[] {
  const found: string[] = [];
  readType(node(text), names, ({ node: at, code, message, help }) => {
    const told = help === undefined ? '' : ` (${help})`;
    found.push(`[${at.source.text.slice(at.start, at.end)}] ${code}: ${message}${told}`);
  });
  return found;
}

describe('types in all their forms', () => {
  it.each([
    ['string', 'string'],
    ['"null"', 'null'],
    ['string?', 'string?'],
    ['string[]', 'string[]'],
    ['File[]?', 'File[]?'],
    ['stdout', 'stdout'],
    ['[string]', 'string'],
    ['["null", int]', 'int?'],
    ['[int, "null", string]', 'int | string | null'],
    ['["int[]", string?]', 'int[] | string | null'],
    ['[]', 'no type'],
    ['{type: array, items: int}', 'int[]'],
    ['{type: array, items: {type: array, items: string}}', 'string[][]'],
    ['{type: array, items: [int, "null"]}', '(int?)[]'],
    ['{type: enum, symbols: [a, b]}', 'enum [a, b]'],
    ['{type: enum, symbols: []}', 'enum []'],
    ['{type: record, fields: {x: int, y: {type: "File[]"}}}', 'record {x: int, y: File[]}'],
    [
      '{type: record, fields: [{name: x, type: int}, {name: "#r/y", type: [int, string]}]}',
      'record {x: int, y: int | string}',
    ],
    ['{type: record, fields: {}}', 'record {}'],
    ['{type: record}', 'an unknown type'],
    ['http://www.w3.org/2001/XMLSchema#int', 'int'],
    ['{$import: other.yml}', 'an unknown type'],
  ])('%s is %s', (text, shown) => {
    expect(faults(text)).toEqual([]);
    expect(showType(typeOf(text))).toBe(shown);
  });

  it('shows long ones in part', () => {
    expect(showType(typeOf('{type: enum, symbols: [a, b, c, d, e, f, g]}'))).toBe(
      'enum [a, b, c, d, e, f, …]',
    );
  });
});

describe('types that mean nothing', () => {
  it.each([
    ['strin', '[strin] cwl/unknown-type: there is no type `strin` (did you mean `string`?)'],
    ['file[]', '[file[]] cwl/unknown-type: there is no type `file` (did you mean `File[]`?)'],
    ['str?', '[str?] cwl/unknown-type: there is no type `str` (did you mean `string?`?)'],
    [
      'string[]??',
      '[string[]??] cwl/unknown-type: `string[]??` is no short form of a type: only `[]`, `?` and `[]?` follow a name (write `string[]?`)',
    ],
    ['Histogram', '[Histogram] cwl/unknown-type: there is no type `Histogram`'],
    ['array', '[array] cwl/unknown-type: there is no type `array` (write `type: {type: array, items: …}`)'],
    [
      'string[][]',
      '[string[][]] cwl/unknown-type: `string[][]` is no short form of a type: only `[]`, `?` and `[]?` follow a name (write `{type: array, items: {type: array, items: string}}`)',
    ],
    [
      '"int?[]"',
      '["int?[]"] cwl/unknown-type: `int?[]` is no short form of a type: only `[]`, `?` and `[]?` follow a name (write `{type: array, items: ["null", int]}`)',
    ],
    [
      '{type: array, items: "int[]"}',
      '["int[]"] cwl/unknown-type: `items` has no short forms like `int[]` (write `{type: array, items: int}`)',
    ],
    [
      'null',
      '[null] cwl/wrong-type: a type is a name, a list or a map (write `"null"` in quotes for the type of nothing)',
    ],
    ['3', '[3] cwl/wrong-type: a type is a name, a list or a map'],
    [
      '{type: list, items: int}',
      '[list] cwl/wrong-type: a type that is a map has the `type` `array`, `enum` or `record`',
    ],
    ['{type: array}', '[{type: array}] cwl/missing-field: an array type needs `items`'],
    ['{type: enum}', '[{type: enum}] cwl/missing-field: an enum type needs `symbols`, a list of texts'],
    ['{type: enum, symbols: x}', '[x] cwl/wrong-type: an enum type needs `symbols`, a list of texts'],
    ['{type: enum, symbols: [a, 2]}', '[2] cwl/wrong-type: a symbol is a text (write it in quotes)'],
    ['{type: enum, symbols: [a, b, a]}', '[a] cwl/wrong-type: the symbol `a` is repeated'],
    [
      '{type: record, fields: 3}',
      '[3] cwl/wrong-type: `fields` is a map by name, or a list of maps with `name`',
    ],
    [
      '{type: record, fields: [{type: int}]}',
      '[{type: int}] cwl/missing-field: a field of a record needs a `name`',
    ],
    ['{type: record, fields: {x: {doc: y}}}', '[x] cwl/missing-field: a field of a record needs a `type`'],
    [
      '[int, {type: array, items: flaot}]',
      '[flaot] cwl/unknown-type: there is no type `flaot` (did you mean `float`?)',
    ],
  ])('%s', (text, fault) => {
    expect(faults(text)).toEqual([fault]);
  });

  it('leave the rest as it is', () => {
    expect(showType(typeOf('{type: record, fields: {x: nothing-known, y: int}}'))).toBe(
      'record {x: an unknown type, y: int}',
    );
    expect(readType(node('nothing-known'), noNames)).toBeUndefined();
  });
});

describe('names that a document gives', () => {
  const definitions = node(`
- {name: "#pair", type: record, fields: {left: side, right: "types.yml#side"}}
- {name: side, type: enum, symbols: [up, down]}
- {name: tree, type: record, fields: {value: int, children: {type: [{type: array, items: "#tree"}, "null"]}}}
- {type: enum, symbols: [without, name]}
- not a map
`);
  const names = namedTypes(definitions.kind === 'sequence' ? definitions.items : []);

  it('are found by what follows the `#`, in any order', () => {
    expect(showType(typeOf('"#pair"', names))).toBe('record {left: enum [up, down], right: enum [up, down]}');
    expect(showType(typeOf('"side[]?"', names))).toBe('(enum [up, down])[]?');
    expect(showType(typeOf('{type: array, items: "lib/types.yml#side"}', names))).toBe('(enum [up, down])[]');
  });

  it('end where a record is inside itself', () => {
    expect(showType(typeOf('tree', names))).toBe('record {value: int, children: (an unknown type)[]?}');
  });

  it('do not include others', () => {
    expect(faults('"#sides"', names)).toEqual(['["#sides"] cwl/unknown-type: there is no type `#sides`']);
  });
});

describe('canFlow', () => {
  it.each<[string, string, LinkOptions, string]>([
    ['int', 'int', {}, 'yes'],
    ['int', 'string', {}, 'no'],
    // Numbers are not turned into each other.
    ['int', 'long', {}, 'no'],
    ['int', 'double', {}, 'no'],
    ['File', 'Directory', {}, 'no'],
    ['stdout', 'File', {}, 'yes'],
    ['File', 'stdin', {}, 'yes'],
    ['Any', 'int', {}, 'yes'],
    ['"null"', 'Any', {}, 'yes'],
    ['File', 'File?', {}, 'yes'],
    ['File?', 'File', {}, 'maybe'],
    ['File?', 'File', { hasDefault: true }, 'yes'],
    ['"null"', 'File', { hasDefault: true }, 'yes'],
    ['File?', 'string', {}, 'no'],
    ['[int, string]', 'string', {}, 'maybe'],
    ['string', '[int, string]', {}, 'yes'],
    ['int', 'int[]', {}, 'no'],
    ['int[]', 'int', {}, 'no'],
    ['int[]', '{type: array, items: [int, "null"]}', {}, 'yes'],
    ['{type: array, items: [int, "null"]}', 'int[]', {}, 'maybe'],
    ['string', 'File', { hasValueFrom: true }, 'yes'],
    ['int[]', 'int', { scatterDepth: 1 }, 'yes'],
    ['int', 'int', { scatterDepth: 1 }, 'no'],
    ['{type: array, items: {type: array, items: int}}', 'int', { scatterDepth: 2 }, 'yes'],
    ['int', 'int[]', { linkMerge: 'merge_nested' }, 'yes'],
    ['int', 'int', { linkMerge: 'merge_nested' }, 'no'],
    ['int[]', 'int[]', { linkMerge: 'merge_nested' }, 'no'],
    ['int[]', 'int[]', { linkMerge: 'merge_flattened' }, 'yes'],
    ['int', 'int[]', { linkMerge: 'merge_flattened' }, 'yes'],
    ['[int, "int[]"]', 'int[]', { linkMerge: 'merge_flattened' }, 'yes'],
    ['int?', 'int[]', { linkMerge: 'merge_nested' }, 'maybe'],
    ['int?', 'int[]', { linkMerge: 'merge_nested', pickValue: 'all_non_null' }, 'yes'],
    ['int?', 'int', { linkMerge: 'merge_nested', pickValue: 'all_non_null' }, 'no'],
    ['int?', 'int', { linkMerge: 'merge_nested', pickValue: 'first_non_null' }, 'yes'],
    ['int?', 'string', { linkMerge: 'merge_nested', pickValue: 'the_only_non_null' }, 'no'],
    ['{type: array, items: [int, "null"]}', 'int[]', { pickValue: 'all_non_null' }, 'yes'],
    ['{type: enum, symbols: [a]}', '{type: enum, symbols: [b]}', {}, 'yes'],
    ['{type: enum, symbols: [a]}', 'string', {}, 'no'],
    ['{type: record, fields: {x: int, y: int}}', '{type: record, fields: {x: int}}', {}, 'yes'],
    ['{type: record, fields: {x: int}}', '{type: record, fields: {x: int, y: int}}', {}, 'no'],
    ['{type: record, fields: {x: int}}', '{type: record, fields: {x: int, y: int?}}', {}, 'yes'],
    ['{type: record, fields: {x: int?}}', '{type: record, fields: {x: int}}', {}, 'maybe'],
    ['{type: record, fields: {x: int}}', '{type: record, fields: {x: File}}', {}, 'no'],
    ['nothing-known', 'int', {}, 'yes'],
    ['int', '{type: array, items: nothing-known}', {}, 'no'],
  ])('%s into %s with %j: %s', (source, sink, options, flow) => {
    expect(canFlow(typeOf(source), typeOf(sink), options)).toBe(flow);
  });
});
