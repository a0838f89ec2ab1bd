import { describe, expect, it } from 'vitest';
import {
  filesOfSection,
  findingsOfSection,
  introductionOf,
  parsePage,
  renderCodes,
  renderPage,
  summaryOf,
} from '../../src/terminal/findings-page.ts';
import { view } from './view.ts';

const page = parsePage(
  [
    '# cwl/unknown-field',
    '',
    'A field that `a.b` does not have. It is',
    'dropped.',
    '',
    'Correct it.',
    '',
    '## Example',
    '',
    '```scan.cwl',
    'a: 1',
    '',
    '# comment',
    '```',
    '',
    '```findings',
    'scan.cwl:1:1: error[cwl/unknown-field] x',
    '```',
    '',
    '## Mended',
    '',
    '```scan.cwl',
    'b: 1',
    '```',
    '',
  ].join('\n'),
);

describe('a page', () => {
  it('is taken apart into what it says, its files and its findings', () => {
    expect(page.code).toBe('cwl/unknown-field');
    expect(summaryOf(page)).toBe('A field that `a.b` does not have');
    expect(introductionOf(page)).toBe('A field that `a.b` does not have. It is dropped.\n\nCorrect it.');
    expect([...filesOfSection(page, 'Example')]).toEqual([['scan.cwl', 'a: 1\n\n# comment\n']]);
    expect(findingsOfSection(page, 'Example')).toBe('scan.cwl:1:1: error[cwl/unknown-field] x\n');
    expect([...filesOfSection(page, 'Mended')]).toEqual([['scan.cwl', 'b: 1\n']]);
    expect(findingsOfSection(page, 'Mended')).toBeUndefined();
    expect(filesOfSection(page, 'Nothing').size).toBe(0);
  });

  it('is shown with its files indented and its findings as they are', () => {
    expect(renderPage(page, view({ width: 40 }))).toBe(
      [
        'cwl/unknown-field',
        '',
        'A field that `a.b` does not have. It is',
        'dropped.',
        '',
        'Correct it.',
        '',
        'Example',
        '',
        '  scan.cwl',
        '    a: 1',
        '',
        '    # comment',
        '',
        '  scan.cwl:1:1: error[cwl/unknown-field] x',
        '',
        'Mended',
        '',
        '  scan.cwl',
        '    b: 1',
        '',
      ].join('\n'),
    );
    expect(renderPage(page, view({ color: true }))).toContain('\u001b[1mExample\u001b[22m');
  });

  it('without an end of its last block, or without anything, is read all the same', () => {
    expect([...filesOfSection(parsePage('# a/b\n## Example\n```x\n1'), 'Example')]).toEqual([['x', '1\n']]);
    expect(parsePage('')).toEqual({ code: '', parts: [] });
    expect(summaryOf(parsePage('# a/b'))).toBe('');
  });
});

it('a list of pages has their first sentences, grouped', () => {
  const other = parsePage('# yaml/tag\n\nA tag. More.');
  expect(renderCodes([page, other], view({ width: 44 }))).toBe(
    [
      'cwl',
      '  cwl/unknown-field  A field that `a.b` does not',
      '                     have',
      '',
      'yaml',
      '  yaml/tag           A tag',
      '',
    ].join('\n'),
  );
});
