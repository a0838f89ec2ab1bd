// Patterns as REANA takes them: what its own library (wcmatch with GLOBSTAR and DOTGLOB) finds among these names.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { globOf } from '../../src/engine/reana/workspace/glob.ts';
import { matchFiles } from '../../src/engine/reana/workspace/workspace-listing.ts';
import { literal } from '../../src/reana/files/outputs.ts';

const names = [
  ...['a', 'b', 'ab', 'a/b', 'a/c/b', '*', 'a*', '[a]', '?', 'a\\b', '\\', '!a', '.h', 'a/.h', 'a b'],
  ...['{a,b}', '(a)', 'a|b', '+(a)', '^a', '$a', 'a]b', '[', 'a[', '-a', '~', 'a/*', 'ab1', 'A', 'é'],
];

it.each([
  ['a*', ['a', 'ab', 'a*', 'a\\b', 'a b', 'a|b', 'a]b', 'a[', 'ab1']],
  ['a/**', ['a/b', 'a/c/b', 'a/.h', 'a/*']],
  ['**/b', ['b', 'a/b', 'a/c/b']],
  ['a/**/b', ['a/b', 'a/c/b']],
  ['**b', ['b', 'ab', 'a\\b', 'a b', 'a|b', 'a]b']],
  ['**.h', ['.h']],
  ['*/.h', ['a/.h']],
  ['[a]', ['a']],
  ['[!a]', ['b', '*', '?', '\\', '[', '~', 'A', 'é']],
  ['[^a-z]', ['*', '?', '\\', '[', '~', 'A', 'é']],
  ['[[]a]', ['[a]']],
  ['a[*]', ['a*']],
  ['a\\*', ['a*']],
  ['a\\\\b', ['a\\b']],
  ['a\\b', ['ab']],
  ['a[]]b', ['a]b']],
  ['[', ['[']],
  ['[[:upper:]]', ['A']],
  ['ab[[:digit:]]', ['ab1']],
  ['!a', ['!a']],
  ['{a,b}', ['{a,b}']],
  ['+(a)', ['+(a)']],
  ['a|b', ['a|b']],
  ['[é]', ['é']],
])('`%s` finds %j', (pattern, found) => {
  expect(names.filter(globOf(pattern))).toEqual(found);
});

it('a long pattern takes no long time', () => {
  const startMs = performance.now();
  expect(globOf(`${'*a'.repeat(400)}b`)('a'.repeat(255))).toBe(false);
  expect(globOf(`${'**/a/'.repeat(200)}b`)('a/'.repeat(2000))).toBe(false);
  expect(performance.now() - startMs).toBeLessThan(1000);
});

it('a file whose name looks like a pattern does not hide the others; a directory is all below it', () => {
  const workspace = mkdtempSync(join(tmpdir(), 'pchain-glob-'));
  try {
    const long = `${'['.repeat(120)}/`.repeat(5) + 'x';
    for (const name of [long, 'in/*', 'in/a', 'dir[1]/x', 'dir1/y', 'x[1]', 'x1']) {
      mkdirSync(join(workspace, dirname(name)), { recursive: true });
      writeFileSync(join(workspace, name), '');
    }
    const found = (pattern: string): readonly string[] =>
      matchFiles(workspace, pattern).map(({ name }) => name);
    expect(found('in/*')).toEqual(['in/*', 'in/a']);
    expect(found('in/[*]')).toEqual(['in/*']);
    expect(found('x[1]')).toEqual(['x1']);
    expect(found('dir[1]')).toEqual(['dir[1]/x']);
    expect(found('in')).toEqual(['in/*', 'in/a']);
    expect(found('absent')).toEqual([]);
    expect(found(literal(long))).toEqual([long]);
  } finally {
    rmSync(workspace, { recursive: true });
  }
});
