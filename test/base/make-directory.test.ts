import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeDirectory } from '../../src/base/make-directory.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-make-directory-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

it('makes directories and says which was the first', () => {
  expect(makeDirectory(join(directory, 'a/b/c'), 0o700)).toBe(join(directory, 'a'));
  expect(statSync(join(directory, 'a')).mode & 0o777).toBe(0o700);
  expect(makeDirectory(join(directory, 'a/b/d'))).toBe(join(directory, 'a/b/d'));
  expect(makeDirectory(join(directory, 'a/b/d'))).toBeUndefined();
  expect(makeDirectory('/')).toBeUndefined();
});

it('takes a link to a directory for one', () => {
  mkdirSync(join(directory, 'real'));
  symlinkSync('real', join(directory, 'link'));
  expect(makeDirectory(join(directory, 'link/below'))).toBe(join(directory, 'link/below'));
  expect(makeDirectory(join(directory, 'link'))).toBeUndefined();
});

it('names what cannot be made', () => {
  writeFileSync(join(directory, 'file'), '');
  for (const [path, why] of [
    ['file', 'there is a file of that name'],
    ['file/below', 'what lies above it is a file'],
    ['x'.repeat(300), 'the name is too long for this disk'],
  ] as const)
    expect(() => makeDirectory(join(directory, path))).toThrow(
      `cannot make the directory \`${join(directory, path)}\`: ${why}`,
    );
});

it.skipIf(!existsSync('/proc/self'))('ends where nobody can make one', () => {
  expect(() => makeDirectory('/proc/no/where')).toThrow('cannot make the directory `/proc/no`: ENOENT');
});
