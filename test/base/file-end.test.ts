import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileEnd } from '../../src/base/file-end.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-file-end-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

it.each([
  ['shorter', 100, 'shorter', 0],
  ['just as long', 12, 'just as long', 0],
  ['a longer one', 3, 'one', 9],
  ['', 10, '', 0],
  ['one', 0, '', 3],
  // Two and four bytes: the rest of a character is none.
  ['äöü', 3, 'ü', 4],
  ['a😀b', 4, 'b', 5],
  ['a😀b', 5, '😀b', 1],
])('of `%s`, %i bytes at most are `%s`, after %i', (content, mostBytes, text, bytesBefore) => {
  const path = join(directory, 'log');
  writeFileSync(path, content);
  expect(fileEnd(path, mostBytes)).toEqual({ text, bytesBefore });
});

it('of no file is none, of a directory an error of the system', () => {
  expect(fileEnd(join(directory, 'absent'), 10)).toBeUndefined();
  expect(() => fileEnd(directory, 10)).toThrow('EISDIR');
});
