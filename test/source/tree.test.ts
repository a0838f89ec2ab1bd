import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import { entryOf, readTree, spanOf, toValue, type ScalarNode, type TreeNode } from '../../src/source/tree.ts';
import { spanWithin } from '../../src/source/within.ts';
import { syntaxFindings } from '../../src/source/syntax.ts';

function read(text: string): { root: TreeNode | undefined; told: readonly string[]; findings: Findings } {
  const findings = new Findings();
  const root = readTree('a.yaml', text, findings);
  const told = findings
    .sorted()
    .map((finding) => `${finding.span.start}-${finding.span.end} ${finding.code}: ${finding.message}`);
  return { root, told, findings };
}

function valueOf(text: string): unknown {
  const { root, told } = read(text);
  expect(told).toEqual([]);
  return root === undefined ? undefined : toValue(root);
}

/** The source text under a key. */
function sourceOf(text: string, key: string): string {
  const { root } = read(text);
  const node = root?.kind === 'map' ? entryOf(root, key)?.value : undefined;
  if (node === undefined) throw new Error(`no ${key}`);
  const span = spanOf(node);
  return text.slice(span.start, span.end);
}

describe('readTree', () => {
  it('reads values as YAML 1.2 has them', () => {
    const text =
      'a: [1, 0o17, 0x1F, 1.5, .5, 1e3, -3]\nb: [yes, no, on, 012, 1_000, 1:30]\nc: [true, False, null, ~, ""]\nd:\n';
    expect(valueOf(text)).toEqual({
      a: [1, 15, 31, 1.5, 0.5, 1000, -3],
      b: ['yes', 'no', 'on', 12, 1000, '1:30'],
      c: [true, false, null, null, ''],
      d: null,
    });
  });

  it('keeps whole numbers that do not fit as they are written', () => {
    expect(valueOf('[12345678901234567890, 9007199254740991]')).toEqual([
      '12345678901234567890',
      9007199254740991,
    ]);
  });

  it('reads JSON', () => {
    expect(valueOf('{"a": [1, 2.5, "x\\ty", true, null], "__proto__": {"b": 1}}')).toEqual(
      JSON.parse('{"a": [1, 2.5, "x\\ty", true, null], "__proto__": {"b": 1}}'),
    );
  });

  it('reads block texts, folded or not', () => {
    expect(valueOf('a: |\n  one\n    two\nb: >-\n  one\n  two\n\n  three\n')).toEqual({
      a: 'one\n  two\n',
      b: 'one two\nthree',
    });
  });

  it('reads flow collections that stand too far left, as the server does', () => {
    expect(valueOf('a: { # {\n  x: 1, # "\n  y: "# no",\n}\nb: [\n1,\n2\n]\n')).toEqual({
      a: { x: 1, y: '# no' },
      b: [1, 2],
    });
    expect(read('a: [\nb:\n').told).toEqual([
      '8-8 yaml/syntax: unexpected end of the stream within a flow collection',
    ]);
  });

  it('ends a block text where the file ends', () => {
    expect(valueOf('a: |\n  one\n  two')).toEqual({ a: 'one\ntwo' });
    expect(valueOf('a: |\n  one\n')).toEqual({ a: 'one\n' });
  });

  it('agrees with the library it is made of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        // Whole numbers that do not fit stay texts here, and lose digits there.
        if (/\d{16}/.test(text)) return;
        expect(JSON.stringify(toValue(read(`[${text}]`).root as TreeNode))).toBe(
          JSON.stringify([load(text)]),
        );
      }),
    );
  });

  it.each([
    ['a: [1, 2, 3]\nb: 1', 'a', '[1, 2, 3]'],
    ['a: {x: 1,\n  # more\n}\nb: 1', 'a', '{x: 1,\n  # more\n}'],
    ['a: []', 'a', '[]'],
    ["a: 'it''s'", 'a', "'it''s'"],
    ['a:\n  - x\n  - y\nb: 1', 'a', '- x\n  - y'],
    ['a:\n  k: v\nb: 1', 'a', 'k: v'],
    ['a: |\n  one\n  two\n\nb: 1', 'a', 'one\n  two'],
    ['a:\nb: 1', 'a', ''],
  ])('knows where things stand: %j', (text, key, source) => {
    expect(sourceOf(text, key)).toBe(source);
  });

  it('puts merged keys behind own ones, which win', () => {
    const text = 'base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\nall: {y: 9, <<: [*b, *m]}';
    const all = (valueOf(text) as { all: object }).all;
    expect(Object.entries(all)).toEqual([
      ['y', 9],
      ['x', 1],
      ['z', 4],
    ]);
  });

  it('shows a repeated key together with the first', () => {
    const { findings } = read('a: 1\nb: 2\na: 3\n');
    expect(findings.sorted()).toEqual([
      {
        code: 'yaml/duplicate-key',
        severity: 'error',
        message: 'the key `a` is repeated',
        span: { file: 'a.yaml', start: 10, end: 11 },
        related: [{ span: { file: 'a.yaml', start: 0, end: 1 }, message: 'first written here' }],
      },
    ]);
  });

  it.each([
    ['a:\n\tb: 1', '3-4 yaml/syntax: tab characters must not be used in indentation'],
    ['a: "open', '8-8 yaml/syntax: unexpected end of the stream within a double quoted scalar'],
    ['a: \u0000', '3-4 yaml/syntax: null byte is not allowed in input'],
    ['', '0-0 yaml/empty: the file has no content'],
    ['---\n...\n', '0-0 yaml/empty: the file has no content'],
    [
      'a: 1\n---\nb: 2',
      '9-9 yaml/several-documents: the file has more than one document; only the first is read',
    ],
    ['a: *x', '3-5 yaml/unknown-alias: there is no anchor `&x` before this alias'],
    ['&a [*a]', '4-6 yaml/alias-cycle: the alias `*a` stands inside of what it repeats'],
    ['? [a]\n: 1', '2-5 yaml/complex-key: a key must be a plain text'],
    ['a: !!python/object x', '3-18 yaml/tag: the tag `!!python/object` is not supported here'],
    ['<<: 4', '0-2 yaml/merge: `<<` takes a map or a list of maps'],
  ])('finds the fault in %j', (text, told) => {
    expect(read(text).told).toEqual([told]);
  });

  it('does not write out what only grows by aliases', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 12; level++) {
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
    }
    const { told, root } = read(lines.join('\n'));
    expect(told[0]).toContain('with its aliases written out the document has more than 1000000 values');
    expect(JSON.stringify(toValue(root as TreeNode)).length).toBeLessThan(10_000_000);
  });

  it('does not follow nesting without end', () => {
    expect(read('['.repeat(5000)).told[0]).toContain('yaml/syntax');
    const chain = ['a0: &a0 [x]'];
    for (let level = 1; level < 400; level++) chain.push(`a${level}: &a${level} [*a${level - 1}]`);
    expect(read(chain.join('\n')).told[0]).toContain('makes the document more than 200 levels deep');
  });

  it('never throws, whatever the text', () => {
    const pieces = fc.constantFrom('a', ': ', '\n', '  ', '- ', '[', ']', '{', '}', ',', '"', "'", '&x', '*x', '<<', '|', '>', '#', '\t', '!', '%', '---', '\r', '1', '\u{1f600}'); // prettier-ignore
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const { root, findings } = read(parts.join(''));
        if (root !== undefined) toValue(root);
        for (const { span } of findings.sorted()) expect(span.start).toBeLessThanOrEqual(span.end);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('spanWithin', () => {
  it.each([
    ['plain', 'a: one two', 'two'],
    ['single', "a: 'it''s two'", 'two'],
    ['double', 'a: "\\t\\u00e9\\U0001F600 \\x41 two"', 'two'],
    ['double over lines', 'a: "one \\\n   more\n   two"', 'two'],
    ['literal', 'a: |\n    one\n      two\n', 'two'],
    ['folded', 'a: >-\n  one\n\n  more\n  two\n', 'two'],
    ['plain over lines', 'a: one\n   \n   two\n', 'two'],
    ['CRLF', 'a: |\r\n  one\r\n  two\r\n', 'two'],
  ])('finds a word in a %s text', (_style, text, word) => {
    const { root } = read(text);
    const node = (root?.kind === 'map' ? entryOf(root, 'a')?.value : undefined) as ScalarNode;
    const value = String(node.value);
    const at = value.indexOf(word);
    expect(at).toBeGreaterThan(-1);
    const span = spanWithin(node, at, at + word.length);
    expect(text.slice(span.start, span.end)).toBe(word);
  });

  it('is the whole text where offsets make no sense', () => {
    const { root } = read('a: 12');
    const node = (root?.kind === 'map' ? entryOf(root, 'a')?.value : undefined) as ScalarNode;
    expect(spanWithin(node, 0, 1)).toEqual({ file: 'a.yaml', start: 3, end: 5 });
  });

  it('finds every part of every quoted text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', minLength: 1 }), fc.nat(), fc.nat(), (value, a, b) => {
        const text = JSON.stringify(value);
        const from = a % value.length;
        const to = from + (b % (value.length - from + 1));
        const node = read(text).root as ScalarNode;
        const span = spanWithin(node, from, to);
        expect(JSON.parse(`"${text.slice(span.start, span.end)}"`)).toBe(value.slice(from, to));
      }),
    );
  });
});

describe('syntaxFindings', () => {
  it('goes on after the first error', async () => {
    const findings = await syntaxFindings('a.yaml', 'a: [1\nb: "x\nc: 1: 2\n');
    expect(findings.length).toBeGreaterThan(1);
    expect(findings[0]?.code).toBe('yaml/syntax');
    expect(findings[0]?.message).toMatch(/^[a-z].*[^.]$/);
  });

  it('is empty for a sound text', async () => {
    expect(await syntaxFindings('a.yaml', 'a: 1\n')).toEqual([]);
  });
});
