import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asShellWords, quoteShellWord, splitShellWords } from '../../src/prun/shell-words.ts';

const texts = (line: string) => splitShellWords(line).words.map((word) => word.text);

describe('splitting a line into words', () => {
  it.each([
    ['', []],
    [' \t\r\n', []],
    ['--a b', ['--a', 'b']],
    [`a"b c"'d e'f`, ['ab cd ef']],
    [`""`, ['']],
    [`a '' b`, ['a', '', 'b']],
    ['a\\ b', ['a b']],
    ['a\\\nb', ['a\nb']],
    [`"a\\"b\\\\c\\nd"`, ['a"b\\c\\nd']],
    [`'a\\b'`, ['a\\b']],
    ['a # b', ['a', '#', 'b']],
    ['a;b|c $(d) %IN', ['a;b|c', '$(d)', '%IN']],
    ['é "ü ö"', ['é', 'ü ö']],
    ['a\u00a0b', ['a\u00a0b']],
  ])('%j has the words %j', (line, words) => {
    expect(splitShellWords(line)).toMatchObject({ ok: true });
    expect(texts(line)).toEqual(words);
  });

  it('gives the place of each word with its quotes', () => {
    expect(splitShellWords(` --exec 'a b' "c"`).words).toEqual([
      { text: '--exec', start: 1, end: 7 },
      { text: 'a b', start: 8, end: 13 },
      { text: 'c', start: 14, end: 17 },
    ]);
  });

  it('says where the quote opens that is never closed, and keeps the words before it', () => {
    expect(splitShellWords(`a 'b "c`)).toEqual({
      ok: false,
      reason: 'unclosed-quote',
      at: 2,
      words: [{ text: 'a', start: 0, end: 1 }],
    });
  });

  it.each([
    ['a \\', 2],
    ['"a\\', 2],
  ])('%j ends in an escape that escapes nothing', (line, at) => {
    expect(splitShellWords(line)).toMatchObject({ ok: false, reason: 'trailing-escape', at });
  });

  it('takes a very long line in its stride', () => {
    expect(texts(`'${'a'.repeat(1_000_000)}' b`)).toHaveLength(2);
  });
});

describe('quoting a word', () => {
  it.each([
    ['', "''"],
    ['a-b_c.d/e:f=g,h@i%j+k', 'a-b_c.d/e:f=g,h@i%j+k'],
    ['a b', "'a b'"],
    [`it's`, `'it'"'"'s'`],
    ['é', "'é'"],
    ['$x', "'$x'"],
  ])('%j is written %j', (word, quoted) => expect(quoteShellWord(word)).toBe(quoted));

  it('is undone by splitting, whatever the words', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
        const line = words.map(quoteShellWord).join(' ');
        expect(splitShellWords(line)).toEqual({ ok: true, words: asShellWords(words) });
        expect(texts(line)).toEqual(words);
      }),
    );
  });
});

describe('any text', () => {
  it('splits into words that lie in order inside it', () => {
    const piece = fc.constantFrom('a', ' ', '\n', '"', "'", '\\', '#', 'é', '\u{1f600}');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const line = pieces.join('');
        let end = 0;
        for (const word of splitShellWords(line).words) {
          expect(word.start).toBeGreaterThanOrEqual(end);
          expect(word.end).toBeGreaterThan(word.start);
          expect(texts(line.slice(word.start, word.end))).toEqual([word.text]);
          end = word.end;
        }
        expect(end).toBeLessThanOrEqual(line.length);
      }),
    );
  });
});
