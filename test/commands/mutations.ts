// Documents that went wrong in every way an editor, a merge or bad luck can think of: made from good and faulty ones.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';

const root = join(import.meta.dirname, '../..');

/** All workflow, inputs and REANA documents of the project by path. */
export const documents: ReadonlyMap<string, string> = new Map(
  ['examples', 'test/cases'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => join(root, folder, name))
      .filter((path) => /\.(?:cwl|ya?ml|smk)$|\bSnakefile$/.test(path) && statSync(path).size < 20_000)
      .sort()
      .map((path) => [relative(root, path), readFileSync(path, 'utf8')] as const),
  ),
);

const paths = [...documents.keys()];
const texts = [...documents.values()];

export interface MutatedDocument {
  readonly path: string;
  readonly text: string;
}

/** A place in a text, as a share of its length. */
const place = fc.double({ min: 0, max: 1, noNaN: true });
const line = (text: string): string[] => text.split('\n');
const at = (share: number, length: number): number => Math.min(length, Math.floor(share * (length + 1)));

/** What means something to one of the readers. */
const token = fc.constantFrom(
  ...[
    '&a ',
    '*a',
    '<<: *a',
    '<<: [*a, *a]',
    '!!binary ',
    '!!str ',
    '%{DS1}',
    '%{DS0}',
    '%{i}',
    '%{x}',
    '$(',
    '${',
  ],
  ...[
    '$(inputs.x[0].y)',
    '"',
    "'",
    '\t',
    '\ufeff',
    '\n---\n',
    '\n...\n',
    '? ',
    '- ',
    ': ',
    '{',
    '}',
    '[',
    ']',
    '|\n',
  ],
  ...[
    '>-\n',
    '#',
    '# check: ',
    '\u0000',
    '\ud800',
    '\u{1f600}',
    '\r\n',
    '\\',
    '`',
    ',',
    '@',
    '%',
    '0x1F',
    '1e999',
  ],
  ...[
    'null',
    '[]',
    '{}',
    '__proto__: 1\n',
    'constructor',
    '$graph:',
    '$import: ',
    'run: ',
    'scatter: [x]',
    'when: ',
  ],
  ...[
    'hints: [loop]',
    'opt_inDS: ',
    'opt_args: ',
    'opt_exec: ',
    'param_i: ',
    '--outputs ',
    '--secondaryDSs IN2:1:x',
  ],
);

const nesting = fc.constantFrom(
  ...['[', '{a: ', '- ', '!(', '"', '(', '$(a[', '${if(', '\n  a:\n    b: ', '&a [*a, '],
);

/** One change of a text. */
const mutation: fc.Arbitrary<(text: string) => string> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 0, max: 0xffff })).map(([where, code]) => (text: string) => {
    const index = at(where, text.length);
    return text.slice(0, index) + String.fromCharCode(code) + text.slice(index + 1);
  }),
  fc.tuple(place, token).map(([where, inserted]) => (text: string) => {
    const index = at(where, text.length);
    return text.slice(0, index) + inserted + text.slice(index);
  }),
  fc.tuple(place, fc.integer({ min: 1, max: 4 })).map(([where, count]) => (text: string) => {
    const lines = line(text);
    lines.splice(at(where, lines.length), count);
    return lines.join('\n');
  }),
  fc.tuple(place, fc.integer({ min: 1, max: 10 })).map(([where, times]) => (text: string) => {
    const lines = line(text);
    const index = at(where, lines.length);
    lines.splice(index, 0, ...Array.from({ length: times }, () => lines[index] ?? ''));
    return lines.join('\n');
  }),
  fc.tuple(place, place).map(([from, to]) => (text: string) => {
    const lines = line(text);
    const moved = lines.splice(at(from, lines.length), 1);
    lines.splice(at(to, lines.length), 0, ...moved);
    return lines.join('\n');
  }),
  fc.tuple(place, fc.integer({ min: -6, max: 6 })).map(([where, by]) => (text: string) => {
    const lines = line(text);
    const index = at(where, lines.length - 1);
    const old = lines[index] ?? '';
    lines[index] = by >= 0 ? ' '.repeat(by) + old : old.replace(new RegExp(`^ {0,${-by}}`), '');
    return lines.join('\n');
  }),
  fc
    .tuple(fc.nat({ max: texts.length - 1 }), place, place, place)
    .map(([other, from, to, where]) => (text: string) => {
      const source = line(texts[other] ?? '');
      const [start, end] = [at(from, source.length), at(to, source.length)].sort((a, b) => a - b);
      const lines = line(text);
      lines.splice(at(where, lines.length), 0, ...source.slice(start, end));
      return lines.join('\n');
    }),
  fc
    .tuple(nesting, fc.integer({ min: 1, max: 1200 }), place)
    .map(([unit, depth, where]) => (text: string) => {
      const index = at(where, text.length);
      return text.slice(0, index) + unit.repeat(depth) + text.slice(index);
    }),
  place.map((where) => (text: string) => text.slice(0, at(where, text.length))),
  // Aliases of aliases: what is written out grows with every line.
  fc.integer({ min: 2, max: 30 }).map((depth) => (text: string) => {
    const names = Array.from(
      { length: depth },
      (_, index) => `x${index}: &x${index} [${index === 0 ? '1' : `*x${index - 1}, *x${index - 1}`}]`,
    );
    return `${text}\n${names.join('\n')}\n`;
  }),
);

/** A document of the project after one to five changes, under its own name. */
export const mutatedDocument: fc.Arbitrary<MutatedDocument> = fc
  .tuple(fc.nat({ max: paths.length - 1 }), fc.array(mutation, { minLength: 1, maxLength: 5 }))
  .map(([index, changes]) => ({
    path: paths[index] ?? '',
    text: changes.reduce((text, change) => change(text), texts[index] ?? ''),
  }));
