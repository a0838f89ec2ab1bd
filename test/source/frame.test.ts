import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textWidth } from '../../src/base/text-width.ts';
import type { FrameOptions, FramePlace } from '../../src/source/frame.ts';
import { codeFrame, frameText, lineColumn, sourceText } from '../../src/source/frame.ts';

const wide: FrameOptions = { unicode: true, width: 80 };

function place(text: string, start: number, end: number, message?: string): FramePlace {
  return { span: { file: 'a.cwl', start, end }, source: sourceText(text), message };
}

/** The frame of the first occurrence of `words`. */
function frameOf(text: string, words: string, options = wide): string[] {
  const start = text.indexOf(words);
  return draw(place(text, start, start + words.length), [], options);
}

function draw(main: FramePlace, related: readonly FramePlace[], options = wide): string[] {
  return codeFrame(main, related, options).map(frameText);
}

describe('a code frame', () => {
  test('shows the line before and carets under exactly the place', () => {
    expect(frameOf('steps:\n  align:\n    scater: reads\n', 'scater')).toEqual([
      '  --> a.cwl:3:5',
      '   |',
      ' 2 |   align:',
      ' 3 |     scater: reads',
      '   |     ^^^^^^',
    ]);
  });

  test('leaves out a line before that is empty', () => {
    expect(frameOf('a: 1\n\nb: 2\n', 'b')).toEqual(['  --> a.cwl:3:1', '   |', ' 3 | b: 2', '   | ^']);
  });

  test('expands tabs to the next stop', () => {
    expect(frameOf('\tx\ty', 'y', { ...wide, tabWidth: 8 }).slice(2)).toEqual([
      ' 1 |         x       y',
      '   |                 ^',
    ]);
    expect(frameOf('a\tb', '\t').slice(2)).toEqual([' 1 | a   b', '   |  ^^^']);
  });

  test('counts wide characters twice and combining ones not at all', () => {
    expect(frameOf('名前: e\u0301x: q', 'q').slice(2)).toEqual([
      ' 1 | 名前: e\u0301x: q',
      '   |           ^',
    ]);
    expect(frameOf('a 名前 b', '名前').slice(3)).toEqual(['   |   ^^^^']);
    expect(frameOf('👩‍👩‍👧 b', 'b').slice(3)).toEqual(['   |    ^']);
  });

  test('points behind the last character at the end of the file', () => {
    expect(draw(place('ab', 2, 2), []).slice(2)).toEqual([' 1 | ab', '   |   ^']);
    expect(draw(place('ab\n', 3, 3), []).slice(2)).toEqual([' 1 | ab', ' 2 |', '   | ^']);
    expect(draw(place('', 0, 0), [])).toEqual(['  --> a.cwl:1:1', '   |', ' 1 |', '   | ^']);
  });

  test('does not show the carriage return of CRLF, and points at a line break as behind the line', () => {
    expect(frameOf('a: 1\r\nb: 2\r\n', 'b: 2').slice(2)).toEqual([' 1 | a: 1', ' 2 | b: 2', '   | ^^^^']);
    expect(draw(place('ab\r\ncd', 2, 4), []).slice(2)).toEqual([' 1 | ab', '   |   ^']);
    expect(draw(place('ab\r\ncd', 3, 4), []).slice(2)).toEqual([' 1 | ab', '   |   ^']);
  });

  test('marks all lines of a place with several, without their indentation', () => {
    expect(frameOf('run: |\n  echo a\n  echo b\nout: x\n', '|\n  echo a\n  echo b').slice(2)).toEqual([
      ' 1 | run: |',
      '   |      ^',
      ' 2 |   echo a',
      '   |   ^^^^^^',
      ' 3 |   echo b',
      '   |   ^^^^^^',
    ]);
  });

  test('shows the first two lines and the last of a long place', () => {
    const text = Array.from({ length: 12 }, (_, index) => `line${index + 1}`).join('\n');
    expect(draw(place(text, 0, text.length), []).slice(2)).toEqual([
      '  1 | line1',
      '    | ^^^^^',
      '  2 | line2',
      '    | ^^^^^',
      '    :',
      ' 12 | line12',
      '    | ^^^^^^',
    ]);
  });

  test('shows a window of a very long line around the place', () => {
    const text = `${'x'.repeat(5_000_000)}HERE${'y'.repeat(5_000_000)}`;
    const lines = frameOf(text, 'HERE', { unicode: true, width: 40 }).slice(2);
    expect(lines).toEqual([` 1 | …${'x'.repeat(14)}HERE${'y'.repeat(15)}…`, `   | ${' '.repeat(15)}^^^^`]);
    expect(frameOf(text, 'HERE', { unicode: false, width: 40 })[2]).toBe(
      ` 1 | ...${'x'.repeat(12)}HERE${'y'.repeat(13)}...`,
    );
  });

  test('draws related places under the first, with what they say', () => {
    const text = 'a: 1\nb: 2\na: 3\n';
    const related = place(text, 0, 1, 'first defined here');
    expect(draw(place(text, 10, 11), [related])).toEqual([
      '  --> a.cwl:3:1',
      '   |',
      ' 2 | b: 2',
      ' 3 | a: 3',
      '   | ^',
      '   |',
      '  ::: a.cwl:1:1',
      '   |',
      ' 1 | a: 1',
      '   | - first defined here',
    ]);
    expect(draw(place(text, 10, 11), [related], { unicode: true, width: 20 }).slice(-2)).toEqual([
      '   | -',
      '   | first defined here',
    ]);
  });

  test('names a file that cannot be shown without a line', () => {
    const unknown: FramePlace = {
      span: { file: 'b.cwl', start: 5, end: 6 },
      source: undefined,
      message: 'the other one',
    };
    expect(draw(unknown, [unknown])).toEqual(['  --> b.cwl the other one', '  ::: b.cwl the other one']);
  });

  test('shows control characters and turned writing as signs', () => {
    expect(frameOf('a\u001b[31mb\u202ec', 'c').slice(2)).toEqual([' 1 | a␛[31mb�c', '   |         ^']);
    expect(frameOf('a\u001b[31mb', 'b', { unicode: false, width: 80 })[2]).toBe(' 1 | a?[31mb');
  });
});

test('lines and columns count from 1, with LF, CRLF and CR', () => {
  const source = sourceText('a\nb\r\nc\rd');
  expect([0, 1, 2, 5, 7, 99, -1, Number.NaN].map((offset) => lineColumn(source, offset))).toEqual([
    { line: 1, column: 1 },
    { line: 1, column: 2 },
    { line: 2, column: 1 },
    { line: 3, column: 1 },
    { line: 4, column: 1 },
    { line: 4, column: 2 },
    { line: 1, column: 1 },
    { line: 1, column: 1 },
  ]);
});

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom('a', 'b: ', '\t', '\n', '\r\n', '\r', '名', 'e\u0301', '👩‍👩‍👧', '\u001b[2J', '\ud800'),
      { maxLength: 60 },
    )
    .map((parts) => parts.join('')),
);

test('a frame never throws, never breaks a line, and always has a caret', () => {
  fc.assert(
    fc.property(
      anyText,
      fc.integer({ min: -5, max: 80 }),
      fc.integer({ min: -5, max: 80 }),
      fc.integer({ min: 0, max: 60 }),
      fc.boolean(),
      (text, start, end, width, unicode) => {
        const frame = codeFrame(place(text, start, end), [place(text, end, start, 'other')], {
          unicode,
          width,
        });
        expect(
          frame.flat().filter((piece) => piece.role === 'mark' && piece.text.includes('^')).length,
        ).toBeGreaterThan(0);
        for (const line of frame) {
          // eslint-disable-next-line no-control-regex -- that none is left is the point
          expect(frameText(line)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
        }
      },
    ),
    { numRuns: 500, seed: 3 },
  );
});

test('the caret stands under the marked word, whatever stands before it', () => {
  const before = fc.array(fc.constantFrom('a', ' ', '\t', '名', 'e\u0301', '👩‍👩‍👧', 'ß', '\u0007'), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(before, before, fc.integer({ min: 30, max: 90 }), (head, rest, width) => {
      const text = `${head.join('')}MARK${rest.join('')}`;
      const lines = frameOf(text, 'MARK', { unicode: true, width });
      const [source = '', marks = ''] = lines.slice(-2);
      const at = source.indexOf('MARK');
      expect(at).toBeGreaterThan(0);
      expect(marks.trimEnd()).toBe(`   |${' '.repeat(textWidth(source.slice(0, at)) - 4)}^^^^`);
      expect(textWidth(source)).toBeLessThanOrEqual(width);
    }),
    { numRuns: 400, seed: 5 },
  );
});
