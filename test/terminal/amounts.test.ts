import { expect, test } from 'vitest';
import { ago, bytes, clockTime, duration, elapsed } from '../../src/terminal/amounts.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1549, '1.5 kB'],
  [999_949, '999.9 kB'],
  [999_960, '1.0 MB'],
  [12_000_000, '12.0 MB'],
  [3_400_000_000, '3.4 GB'],
  [Number.MAX_SAFE_INTEGER, '9.0 PB'],
  [-1, 'unknown size'],
  [Number.NaN, 'unknown size'],
])('%d bytes are %s', (size, text) => expect(bytes(size)).toBe(text));

test.each([
  [0, '0.0 s', '0 s'],
  [3_240, '3.2 s', '3 s'],
  [59_949, '59.9 s', '59 s'],
  [59_960, '1 min 00 s', '59 s'],
  [724_000, '12 min 04 s', '12 min 04 s'],
  [3_599_600, '1 h 00 min', '59 min 59 s'],
  [11_100_000, '3 h 05 min', '3 h 05 min'],
  [183_600_000, '2 d 03 h', '2 d 03 h'],
  [-5, '0.0 s', '0 s'],
  [Number.NaN, '0.0 s', '0 s'],
])('%d ms took %s and run for %s', (ms, took, runs) => {
  expect([duration(ms), elapsed(ms)]).toEqual([took, runs]);
});

test.each([
  [-1000, 'just now'],
  [4_999, 'just now'],
  [42_000, '42 seconds ago'],
  [60_000, '1 minute ago'],
  [7_200_000, '2 hours ago'],
  [86_400_000, '1 day ago'],
  [40 * 86_400_000, '1 month ago'],
  [800 * 86_400_000, '2 years ago'],
  [Number.NaN, 'just now'],
])('%d ms are %s', (ms, text) => expect(ago(ms)).toBe(text));

test('the time of day is in UTC', () => {
  expect(clockTime(Date.UTC(2026, 10, 20, 20, 15, 2))).toBe('20:15:02');
});
