import { expect, it } from 'vitest';
import { writeFailure } from '../../src/base/write-failure.ts';

const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: what the system says`), { code });

it.each([
  ['ENOSPC', 'no space is left on the device'],
  ['EDQUOT', 'no space is left on the device'],
  ['ENAMETOOLONG', 'the name is too long for this disk'],
  ['EROFS', 'EROFS: what the system says'],
])('a disk that says %s is told as `%s`', (code, words) => {
  const failure = writeFailure('/a/b', systemError(code));
  expect(failure).toMatchObject({ exitCode: 3, message: `cannot write \`/a/b\`: ${words}` });
  expect(failure.hint).toBe(
    words.startsWith('no space')
      ? 'free some space, or choose another place; the same command again goes on'
      : undefined,
  );
});

it('what is in words already stays as it is', () => {
  const failure = writeFailure('/a', systemError('ENOSPC'), 'make the directory');
  expect(failure.message).toBe('cannot make the directory `/a`: no space is left on the device');
  expect(writeFailure('/a/b', failure)).toBe(failure);
});
