import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/base/finding.ts';
import { readSilencers, silence } from '../../src/source/silencers.ts';

const known = new Set(['cwl/unknown-field', 'cwl/wrong-type', 'workflow/no-data']);

/** A finding on the first place where the words stand. */
function findingAt(text: string, words: string, code = 'cwl/unknown-field'): Finding {
  const start = text.indexOf(words);
  return {
    code,
    severity: 'warning',
    message: `\`${words}\``,
    span: { file: 'a.cwl', start, end: start + words.length },
  };
}

function silenced(text: string, findings: readonly Finding[], wasLookedFor = (): boolean => true) {
  const result = silence(findings, {
    texts: new Map([['a.cwl', text]]),
    judging: { knownCodes: () => known, wasLookedFor },
  });
  return {
    shown: result.shown.map(
      ({ code, message, help, span }) =>
        `${code} [${text.slice(span.start, span.end)}] ${message}${help === undefined ? '' : ` (${help})`}`,
    ),
    silenced: result.silenced.map(({ finding }) => finding.message),
  };
}

describe('a silencer', () => {
  it.each([
    ['behind what it is about', 'a: 1\nbad: 2 # pchain: ignore cwl/unknown-field\n'],
    ['alone on the line before', 'a: 1\n  # pchain: ignore cwl/unknown-field\nbad: 2\n'],
    ['before other comments', 'a: 1\n# pchain: ignore cwl/unknown-field\n# about it\n  # more\nbad: 2\n'],
    [
      'among others that stand before the same line',
      '# pchain: ignore cwl/unknown-field\n# pchain: ignore cwl/unknown-field\nbad: 2\n',
    ],
    ['with CRLF', 'a: 1\r\n# pchain: ignore cwl/unknown-field\r\nbad: 2\r\n'],
    ['behind a byte order mark', '\ufeff# pchain: ignore cwl/unknown-field\nbad: 2\n'],
    ['with several codes', 'bad: 2 # pchain: ignore cwl/unknown-field,cwl/unknown-field\n'],
    ['with a reason', 'bad: 2 # pchain: ignore cwl/unknown-field -- it is, for us, a field\n'],
    ['without blanks', 'bad: 2 #pchain:ignore cwl/unknown-field\n'],
    ['behind the header of a block text', 'bad: | # pchain: ignore cwl/unknown-field\n  text\n'],
    ['inside of a flow map', 'x: {a: 1,\n  # pchain: ignore cwl/unknown-field\n  bad: 2}\n'],
    ['at the top, for the whole file', '# pchain: ignore-file cwl/unknown-field\na: 1\nbad: 2\n'],
  ])('silences %s', (_where, text) => {
    expect(silenced(text, [findingAt(text, 'bad')])).toEqual({ shown: [], silenced: ['`bad`'] });
  });

  it.each([
    ['stands in a text', 'a: "# pchain: ignore cwl/unknown-field"\nbad: 2\n'],
    ['stands in a block text', 'a: |\n  # pchain: ignore cwl/unknown-field\nbad: 2\n'],
    ['stands in a text over several lines', "a: 'x\n # pchain: ignore cwl/unknown-field\n  y'\nbad: 2\n"],
    ['is quoted by another comment', '# write # pchain: ignore cwl/unknown-field\nbad: 2\n'],
    ['has no blank before it', 'a: b# pchain: ignore cwl/unknown-field\nbad: 2\n'],
    ['says something else', '# pchain: ignored cwl/unknown-field\nbad: 2\n'],
    ['stands in a text that is no YAML', '# pchain: ignore-file cwl/unknown-field\nbad: [\n'],
  ])('is none when it %s', (_why, text) => {
    expect(readSilencers('a.cwl', text)).toEqual([]);
    expect(silenced(text, [findingAt(text, 'bad')]).shown).toEqual(['cwl/unknown-field [bad] `bad`']);
  });

  it('silences what it names, on its line, in its file, and nothing else', () => {
    const text = 'bad: 1 # pchain: ignore cwl/unknown-field\nworse: 2\n';
    const elsewhere = { ...findingAt(text, 'bad'), span: { file: 'b.cwl', start: 0, end: 3 } };
    const findings = [
      findingAt(text, 'bad'),
      findingAt(text, 'bad', 'cwl/wrong-type'),
      findingAt(text, 'worse'),
      elsewhere,
    ];
    const result = silence(findings, { texts: new Map([['a.cwl', text]]), judging: undefined });
    expect(result.silenced.map(({ finding }) => finding.span.start)).toEqual([0]);
    expect(result.shown.map(({ span, code }) => [span.file, span.start, code])).toEqual([
      ['a.cwl', 0, 'cwl/wrong-type'],
      ['a.cwl', text.indexOf('worse'), 'cwl/unknown-field'],
      ['b.cwl', 0, 'cwl/unknown-field'],
    ]);
  });

  it('that has nothing to silence is a warning of its own', () => {
    const text = 'a: 1 # pchain: ignore cwl/unknown-field, cwl/wrong-type\n';
    expect(silenced(text, [findingAt(text, 'a')]).shown).toEqual([
      'check/unused-silencer [cwl/wrong-type] there is no `cwl/wrong-type` to ignore here (remove the comment)',
    ]);
  });

  it('is not judged by faults that were not looked for, nor while there are errors', () => {
    const text = 'a: 1 # pchain: ignore workflow/no-data\nbad: 2\n';
    expect(silenced(text, [], () => false).shown).toEqual([]);
    const error: Finding = { ...findingAt(text, 'bad'), severity: 'error' };
    expect(silenced(text, [error]).shown).toEqual(['cwl/unknown-field [bad] `bad`']);
  });

  it('that names no code says so, with the nearest one', () => {
    const text = '# pchain: ignore\n# pchain: ignore cwl/unknown-feild, what is this\na: 1\n';
    expect(silenced(text, []).shown).toEqual([
      'check/unknown-code [] the comment names no code to ignore (`pchain explain` lists the codes there are)',
      'check/unknown-code [cwl/unknown-feild] there is no code `cwl/unknown-feild` (did you mean `cwl/unknown-field`?)',
      'check/unknown-code [what is this] there is no code `what is this` (`pchain explain` lists the codes there are)',
    ]);
  });

  it('at a place where it can silence nothing says so', () => {
    const text = 'a: 1\n# pchain: ignore-file cwl/unknown-field\nb: 2\n# pchain: ignore cwl/wrong-type';
    const help = '(`ignore` stands on a line, or alone before it; `ignore-file` before anything else)';
    expect(silenced(text, []).shown).toEqual([
      `check/unused-silencer [cwl/unknown-field] a comment at this place ignores nothing ${help}`,
      `check/unused-silencer [cwl/wrong-type] a comment at this place ignores nothing ${help}`,
    ]);
  });
});

it('reads any text without failing, and finds places inside of it', () => {
  const piece = fc.constantFrom(
    '# pchain: ignore ',
    'cwl/x',
    ',',
    '\n',
    '\r\n',
    ' ',
    '"',
    "'",
    'a: ',
    '|\n',
    '- ',
    '{',
    '}',
    '#',
    '\ufeff',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      for (const { code, span } of readSilencers('f', text))
        expect(text.slice(span.start, span.end)).toBe(code);
    }),
  );
});
