import { globSync } from 'tinyglobby';
import { parseEvents, YAMLException } from 'js-yaml';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import { readPlainDocument } from '../../src/source/plain-document.ts';
import { TreeBuilder } from '../../src/source/tree-builder.ts';
import type { TreeNode } from '../../src/source/nodes.ts';

/** What the parser makes of a text; `undefined` when it finds a fault. */
function parsed(text: string): TreeNode | undefined {
  const findings = new Findings();
  try {
    const root = new TreeBuilder({ file: 'a.yaml', text }, findings).build(parseEvents(text, {}));
    return findings.count === 0 ? root : undefined;
  } catch (thrown) {
    if (thrown instanceof YAMLException) return undefined;
    throw thrown;
  }
}

/** Whether the reader takes a text. If so, it must make of it what the parser makes. */
function takes(text: string): boolean {
  const root = readPlainDocument({ file: 'a.yaml', text });
  if (root !== undefined) expect(root, text).toStrictEqual(parsed(text));
  return root !== undefined;
}

const indentation = fc.nat(4).map((count) => ' '.repeat(count));
const word = fc.constantFrom('a', 'b', 'name', '1', '0x1f', '-5', '.5', '~', 'true', 'a b', 'é', '<<', '', '$x', '/a/b', 'x:y', 'a#b', '-', '--', '---', '...', '..', '-a', '?', '?a', ':a', '%', '@', '&a', '*a', '!a', '|', '>-', '1_000', 'null'); // prettier-ignore
const quoted = fc.constantFrom('"a"', "'b'", '"a b: c # d"', "'it''s'", '"\\"q\\" \\u00e9 \\/"', '"\\x41"', '""', "''", '"#"', "'a\n b'", '"a\n b"', "'"); // prettier-ignore
const sign = fc.constantFrom(':', ': ', ' : ', '- ', '-', '\n', '\n', '\n\n', ' ', '  ', ', ', ',', '[', ']', '{', '}', '[]', '{}', ' #c', '#', '# ', '\t', '\r\n', '\u00a0', '\ufeff', '\n---\n', '\n...\n'); // prettier-ignore
const anything = fc.array(fc.oneof(word, quoted, sign, indentation), { maxLength: 25 }).map((parts) => parts.join('')); // prettier-ignore

/** Lines that look like a document, most of them like a sound one. */
const line = fc
  .tuple(
    indentation,
    fc.constantFrom('', '', '', '- ', '- - ', '-', '# ', '-   '),
    fc.oneof(word, word, quoted),
    fc.constantFrom(': ', ': ', ':', ':', '', ' : ', ':  ', ': #'),
    fc.oneof(
      word,
      quoted,
      fc.constantFrom('', '', '[]', '{}', '[a, b]', '{a: 1, "b": [c]}', '{a, b}', '[a: b]', '[a,]', '{"a":1}', '[ -1, -, x ]'), // prettier-ignore
    ),
    fc.constantFrom('', '', '', ' ', ' # c', '#', ' x'),
  )
  .map((parts) => parts.join(''));
const lines = fc.array(line, { minLength: 1, maxLength: 7 }).map((all) => all.join('\n'));

/** A sound document in one of the forms the reader knows. */
const value = fc.letrec<{ block: readonly string[]; flow: string }>((tie) => {
  const name = fc.constantFrom('a', 'b', 'c d', '"e"', "'f'", '1', 'g:h');
  const scalar = fc.oneof(fc.constantFrom('a', 'x y', 'a/b', '-1', '2.5', 'true', '~', 'v1.2', '$(x)'), fc.constantFrom('"a: b"', "'c # d'", '""', '"a\\nb"')); // prettier-ignore
  const shifted = (below: readonly string[]): readonly string[] => below.map((row) => `  ${row}`);
  return {
    flow: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.array(tie('flow'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
      fc.array(fc.tuple(name, tie('flow')), { maxLength: 3 }).map((all) => `{${all.map(([key, one]) => `${key}: ${one}`).join(', ')}}`), // prettier-ignore
    ),
    block: fc.oneof(
      { maxDepth: 4 },
      fc.array(fc.tuple(name, tie('flow')), { minLength: 1, maxLength: 11 }).map((all) => all.map(([key, one], index) => `${key}${index}: ${one}`.replace(/^(["'].)(["'])(\d+)/, '$1$3$2'))), // prettier-ignore
      fc.array(fc.tuple(name, tie('block')), { minLength: 1, maxLength: 3 }).map((all) => all.flatMap(([key, below]) => [`${key}: # below`, ...shifted(below)])), // prettier-ignore
      fc.array(tie('block'), { minLength: 1, maxLength: 3 }).map((all) => all.flatMap((below) => shifted(below).map((row, index) => (index === 0 ? row.replace(' ', '-') : row)))), // prettier-ignore
      fc.array(tie('flow'), { minLength: 1, maxLength: 3 }).map((all) => all.map((one) => `- ${one}`)),
    ),
  };
});

/** A sound document in which a few things have been put in, taken out or swapped. */
const damaged = fc
  .tuple(
    value.block.map((rows) => rows.join('\n')),
    fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.oneof(word, quoted, sign, indentation)), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([text, edits]) =>
    edits.reduce((whole, [where, length, piece]) => {
      const at = where % (whole.length + 1);
      return whole.slice(0, at) + piece + whole.slice(at + length);
    }, text),
  );

describe('readPlainDocument', () => {
  it.each([
    'a: 1\nb: "two"\nc:\n  - x\n  - y: z\n    w: [1, {k: v}]\nd:\n# comment\ne:\n- f\n',
    '{"a": [1, 2.5, "x\\ty", true, null],\n "b": {\n"c":1}}',
    'a:\n    b: c\n    # deeper\n      # deeper\n    d: e',
    'just a text',
  ])('takes %j', (text) => {
    expect(takes(text)).toBe(true);
  });

  it.each([
    ['an anchor', 'a: &x 1'],
    ['a tag', 'a: !!str 1'],
    ['a merge', 'a: {}\n<<: {b: 1}'],
    ['a block text', 'a: |\n  b\n'],
    ['a text over two lines', 'a: b\n  c'],
    ['a key twice', 'a: 1\na: 2'],
    ['a second document', 'a: 1\n---\nb: 1'],
    ['a tab', 'a:\tb'],
    ['an escape that JSON does not have', 'a: "\\x41"'],
    ['levels without end', '['.repeat(99) + ']'.repeat(99)],
    ['nothing', ' \n# c\n'],
  ])('leaves %s to the parser', (_, text) => {
    expect(takes(text)).toBe(false);
  });

  it('makes the same nodes as the parser of all it takes, whatever is written', () => {
    let taken = 0;
    const look = (text: string): void => void (taken += Number(takes(text)));
    fc.assert(fc.property(fc.oneof(lines, anything, damaged), look), { numRuns: 6000 });
    // Most of it must be wrong, but not all.
    expect(taken).toBeGreaterThan(600);
  });

  it('takes sound documents in its forms, and makes the same nodes', () => {
    const isTaken = (text: string): void => {
      if (parsed(text) !== undefined) expect(takes(text), text).toBe(true);
    };
    fc.assert(
      fc.property(value.block, (rows) => isTaken(rows.join('\n'))),
      { numRuns: 1000 },
    );
    fc.assert(fc.property(value.flow, isTaken), { numRuns: 500 });
  });

  it('makes the same nodes of everything written here', () => {
    const files = globSync(['examples/**', 'test/**', 'pages/**'].map((where) => `${where}/*.{cwl,yaml,yml,json}`)); // prettier-ignore
    const taken = files.filter((file) => takes(readFileSync(file, 'utf8')));
    expect(files.length).toBeGreaterThan(100);
    expect(taken.length / files.length).toBeGreaterThan(0.5);
  });
});
