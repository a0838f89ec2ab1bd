import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineColumn, sourceText } from '../../src/source/frame.ts';
import { endOfLine, offsetAt } from '../../src/source/lines.ts';

const texts = fc
  .array(fc.constantFrom('a', 'bc', '\n', '\r\n', '\r', '\t', '\u{1f600}'))
  .map((parts) => parts.join(''));

describe('offsetAt', () => {
  it('is the way back from lineColumn, at every offset', () => {
    fc.assert(
      fc.property(texts, fc.nat(), (text, any) => {
        const source = sourceText(text);
        const offset = any % (text.length + 1);
        // Between CR and LF there is no column of its own.
        if (text[offset] === '\n' && text[offset - 1] === '\r') return;
        expect(offsetAt(source, lineColumn(source, offset))).toBe(offset);
      }),
    );
  });

  it('stays inside of the text and of the line', () => {
    const source = sourceText('one\r\ntwo\n');
    expect(offsetAt(source, { line: 1, column: 99 })).toBe(3);
    expect(offsetAt(source, { line: 2, column: 0 })).toBe(5);
    expect(offsetAt(source, { line: 0, column: 5 })).toBe(0);
    expect(offsetAt(source, { line: 9, column: 1 })).toBe(9);
    expect(endOfLine(source, 2)).toBe(8);
    expect(endOfLine(source, 3)).toBe(9);
  });
});
