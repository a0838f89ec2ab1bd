import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fix } from '../../src/base/finding.ts';
import { applyFixes } from '../../src/source/fixes.ts';

const fix = (start: number, end: number, text: string): Fix => ({ span: { file: 'f', start, end }, text });

describe('fixes', () => {
  it('are put in by place, whatever their order, and leave the rest alone', () => {
    expect(applyFixes('one two three # and a comment\n', [fix(8, 13, '3'), fix(0, 3, '1')]).text).toBe(
      '1 two 3 # and a comment\n',
    );
  });

  it('that overlap are not both put in', () => {
    const { text, applied } = applyFixes('abcdef', [fix(0, 3, 'X'), fix(2, 4, 'Y'), fix(3, 4, 'Z')]);
    expect(text).toBe('XZef');
    expect(applied.map((one) => one.text)).toEqual(['X', 'Z']);
  });

  it('that say the same of the same place are put in once', () => {
    expect(applyFixes('abc', [fix(1, 2, 'X'), fix(1, 2, 'X'), fix(1, 2, 'Y')]).text).toBe('aXc');
    expect(applyFixes('abc', [fix(1, 1, 'X'), fix(1, 1, 'X')]).text).toBe('aXbc');
  });

  it('outside of the text are left out', () => {
    expect(applyFixes('abc', [fix(2, 9, 'X'), fix(-1, 1, 'Y'), fix(2, 1, 'Z')])).toEqual({
      text: 'abc',
      applied: [],
    });
  });

  it('take over the line breaks of the text, and its byte order mark stays', () => {
    expect(applyFixes('\ufeffa\r\nb\r\n', [fix(1, 2, 'x\ny\r\nz')]).text).toBe('\ufeffx\r\ny\r\nz\r\nb\r\n');
    expect(applyFixes('a', [fix(0, 0, 'x\n')]).text).toBe('x\na');
  });

  it('change nothing but what they replace', () => {
    const one = fc.tuple(fc.nat(40), fc.nat(5), fc.string({ maxLength: 4 }));
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.array(one, { maxLength: 8 }), (text, list) => {
        const fixes = list.map(([start, length, replacement]) =>
          fix(start, start + length, replacement.replace(/[\r\n]/g, '')),
        );
        const { text: fixed, applied } = applyFixes(text, fixes);
        let at = 0;
        let expected = '';
        for (const { span, text: replacement } of applied) {
          expect(span.start).toBeGreaterThanOrEqual(at);
          expected += text.slice(at, span.start) + replacement;
          at = span.end;
        }
        expect(fixed).toBe(expected + text.slice(at));
      }),
    );
  });
});
