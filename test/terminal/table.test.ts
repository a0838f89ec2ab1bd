import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textWidth } from '../../src/base/text-width.ts';
import { renderTable } from '../../src/terminal/table.ts';
import type { Column } from '../../src/terminal/table.ts';
import { view } from './view.ts';

const columns: readonly Column[] = [
  { title: 'id', kind: 'number' },
  { title: 'name', kind: 'name' },
  { title: 'error', kind: 'text' },
];
const rows = [
  ['7', 'user.alice.scan7', 'no such container image on this site'],
  ['1234', 'user.alice.信号', { shown: 'x', full: 'full x', paint: 'error' as const }],
];

test('numbers stand to the right, names to the left', () => {
  expect(renderTable(columns, rows, view())).toBe(
    [
      '  id  name              error',
      '   7  user.alice.scan7  no such container image on this site',
      '1234  user.alice.信号   x',
      '',
    ].join('\n'),
  );
});

test('only the words are painted, not the space around them', () => {
  expect(renderTable(columns, rows, view({ color: true })).split('\n')[2]).toBe(
    '1234  user.alice.信号   \u001b[31mx\u001b[39m',
  );
});

test('sentences are cut where the terminal is narrow, ids and names never', () => {
  expect(renderTable(columns, rows, view({ width: 40 })).split('\n')[1]).toBe(
    '   7  user.alice.scan7  no such contain…',
  );
});

test('a terminal too narrow for the names gets one block for each row', () => {
  expect(renderTable(columns, rows, view({ width: 24 }))).toBe(
    [
      'id     7',
      'name   user.alice.scan7',
      'error  no such container image on this site',
      '',
      'id     1234',
      'name   user.alice.信号',
      'error  x',
      '',
    ].join('\n'),
  );
});

test('a pipe gets full values between tabs, one row a line', () => {
  const hostile = [['1', 'a\tb\nc\u001b[2J', 'd']];
  expect(renderTable(columns, [...rows, ...hostile], view({ isTty: false, width: 10 }))).toBe(
    'id\tname\terror\n7\tuser.alice.scan7\tno such container image on this site\n1234\tuser.alice.信号\tfull x\n1\ta b c\td\n',
  );
});

test('no rows are no table', () => {
  expect(renderTable(columns, [], view())).toBe('');
});

test('a table that is drawn aligned fits, and shows every id and name whole', () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 30 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(), cell, cell), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 30, max: 120 }),
      (data, width) => {
        const text = renderTable(
          columns,
          data.map(([id, name, error]) => [String(id), `n${name.trim()}`, error]),
          view({ width }),
        );
        for (const [id] of data) expect(text).toContain(String(id));
        if (text.startsWith('id     ')) return;
        for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width);
      },
    ),
    { numRuns: 200, seed: 2 },
  );
});
