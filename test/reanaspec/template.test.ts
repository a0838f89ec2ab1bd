import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import { fillTemplate } from '../../src/reanaspec/template.ts';
import { readTree, toValue } from '../../src/source/tree.ts';
import type { TreeValue } from '../../src/source/tree.ts';

const fill = (text: string, values: Record<string, string>): string =>
  fillTemplate(text, new Map(Object.entries(values)), 'reana.yaml');

describe('a template', () => {
  it('has its bare words and its braces filled, and nothing else', () => {
    const text =
      'a: VAR_INPUT\nb: {{ SITE }}/x # VAR_INPUT\nc: ${VAR_INPUT} $VAR_INPUT MY_VAR_INPUT VAR_INPUTS\n';
    expect(fill(text, { VAR_INPUT: 'user.jane:x', SITE: 'CERN', VAR_INPUTS: 'y' })).toBe(
      'a: user.jane:x\nb: CERN/x # user.jane:x\nc: ${VAR_INPUT} $VAR_INPUT MY_VAR_INPUT y\n',
    );
  });

  it('without values and placeholders stays as it is', () => {
    const text = 'x: "${events}" # {}\n\ty\n';
    expect(fill(text, {})).toBe(text);
  });

  it('keeps the type of a value that fills a whole scalar', () => {
    expect(parse(fill('n: VAR_N\nt: VAR_T\ns: "VAR_N"\n', { VAR_N: '5', VAR_T: 'true' }))).toEqual({
      n: 5,
      t: true,
      s: '5',
    });
  });

  it('uses the braces alone where both forms of a name occur', () => {
    expect(fill('dataset: {{dataset}}\n', { dataset: 'x' })).toBe('dataset: x\n');
  });

  it.each([
    [
      'a: b',
      '# no comment',
      'x #y',
      "it's",
      '"quoted"',
      '[1, 2',
      '{x',
      '- y',
      '',
      'null',
      '%a',
      '@b',
      '`c`',
      '*d',
      '&e',
      '!f',
      '|',
      '>',
      'x:',
      '\\n',
      '? g',
      'ç☃',
      'a,b',
      ']',
    ],
  ])('puts values with special characters in safely', (...values) => {
    for (const value of values) {
      const text =
        'p: VAR_X\nq: pre VAR_X post\nr: "x VAR_X"\ns: \'x VAR_X\'\nt: |\n  x VAR_X\nu: [VAR_X, y]\n# VAR_X\nlast: 1\n';
      const read = parse(fill(text, { VAR_X: value })) as Record<string, unknown>;
      const whole = value === 'null' ? null : value;
      expect(read).toEqual({
        p: whole,
        q: `pre ${value} post`,
        r: `x ${value}`,
        s: `x ${value}`,
        t: `x ${value}\n`,
        u: [whole, 'y'],
        last: 1,
      });
    }
  });

  it('never lets a value change the structure of the document', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from(' :#-[]{}\'"|>&*!%@`,?\\=~ab01.\t/')) }),
        (text) => {
          const value = text.trim();
          const read = parse(fill('a:\n  b: VAR_X\n  c: x VAR_X\nd: 1\n', { VAR_X: value })) as {
            a: { b: unknown; c: unknown };
            d: number;
          };
          expect(Object.keys(read)).toEqual(['a', 'd']);
          expect(Object.keys(read.a)).toEqual(['b', 'c']);
          expect(typeof read.a.b === 'object' && read.a.b !== null).toBe(false);
          // Blanks at the end of a plain scalar do not count.
          expect(String(read.a.c).trimEnd()).toBe(`x ${value}`.trimEnd());
        },
      ),
      { numRuns: 500 },
    );
  });

  it('folds a plain scalar of several lines once, not twice', () => {
    expect(parse(fill('c:\n  - run VAR_X\n    and more\n', { VAR_X: 'a: b' }))).toEqual({
      c: ['run a: b and more'],
    });
  });

  it('refuses a value that fills nothing, and offers the nearest', () => {
    expect(() => fill('a: VAR_INPUT\n', { VAR_INPT: 'x', VAR_INPUT: 'y' })).toThrow(
      '`--set VAR_INPT` fills nothing: `reana.yaml` has neither `{{VAR_INPT}}` nor the word `VAR_INPT`',
    );
    expect(hintOf(() => fill('a: VAR_INPUT\n', { VAR_INPT: 'x' }))).toBe('did you mean `VAR_INPUT`?');
    expect(hintOf(() => fill('a: VAR_INPUT\n', { INPUT: 'x' }))).toBe('did you mean `VAR_INPUT`?');
    expect(hintOf(() => fill('a: VAR_N\nb: {{S}}\n', { N: 'x' }))).toBe('did you mean `VAR_N`?');
    expect(hintOf(() => fill('a: 1\n', { VAR_Q: 'x' }))).toBeUndefined();
  });

  it('refuses a placeholder without value, with its line', () => {
    expect(() => fill('a: 1\nb: {{SITE}}\n', {})).toThrow('`SITE` in line 2 of `reana.yaml` has no value');
    expect(() => fill('a: 1\n\nb: VAR_Y\n', {})).toThrow('`VAR_Y` in line 3 of `reana.yaml` has no value');
    expect(hintOf(() => fill('b: VAR_Y\n', {}))).toBe('give it one: `--set VAR_Y=…`');
  });

  it('names all placeholders without value at once', () => {
    const text = 'a: VAR_X\nb: {{ SITE }}\nc: VAR_X VAR_Y VAR_Z\n';
    expect(() => fill(text, { VAR_Z: '1' })).toThrow(
      'these placeholders of `reana.yaml` have no value: `VAR_X` (line 1), `SITE` (line 2), `VAR_Y` (line 3)',
    );
    expect(hintOf(() => fill(text, { VAR_Z: '1' }))).toBe(
      'give each one: `--set VAR_X=… --set SITE=… --set VAR_Y=…`',
    );
  });

  it('needs no value for what stands in a comment', () => {
    expect(fill('# VAR_OLD: {{ S }}, {{S}}\na: VAR_X # or VAR_Y\n', { VAR_X: '1' })).toBe(
      '# VAR_OLD: {{ S }}, {{S}}\na: 1 # or VAR_Y\n',
    );
    expect(() => fill('c: |\n  # VAR_IN_A_SCRIPT\n', {})).toThrow('`VAR_IN_A_SCRIPT` in line 2');
    expect(() => fill('a: [VAR_X\n', {})).toThrow('`VAR_X` in line 1');
  });

  it('refuses names and values that cannot be used', () => {
    expect(() => fill('a: VAR_X\n', { VAR_X: 'a\nb: c' })).toThrow(
      'the value of `VAR_X` must be one line without control characters',
    );
    expect(() => fill('a: VAR_X\n', { VAR_X: ' a' })).toThrow(
      'the value of `VAR_X` must not begin or end with blanks',
    );
    expect(() => fill('a: 1\n', { 'a b': 'x' })).toThrow('`a b` cannot name a placeholder');
  });
});

function hintOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return (error as { hint?: unknown }).hint;
  }
  throw new Error('nothing was thrown');
}

function parse(text: string): TreeValue {
  const findings = new Findings();
  const tree = readTree('filled', text, findings);
  expect(findings.sorted()).toEqual([]);
  if (tree === undefined) throw new Error('no tree');
  return toValue(tree);
}
