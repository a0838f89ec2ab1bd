// Making directories. Not Node's own way, which never ends where the system lets nobody make one (`/proc`).
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { LocalError, systemCode } from './errors.ts';
import { writeFailure } from './write-failure.ts';

/** Makes a directory and those above it.
 *  @param mode of those that are made
 *  @returns the uppermost one that was made; `undefined` when all were there
 *  @throws LocalError when the disk refuses */
export function makeDirectory(path: string, mode = 0o777): string | undefined {
  const above = dirname(path);
  try {
    mkdirSync(path, { mode });
    return path;
  } catch (cause) {
    if (isDirectory(path)) return undefined;
    if (systemCode(cause) !== 'ENOENT' || above === path) throw failure(path, cause);
  }
  const firstAbove = makeDirectory(above, mode);
  try {
    mkdirSync(path, { mode });
    return firstAbove ?? path;
  } catch (cause) {
    // Another program was quicker.
    if (isDirectory(path)) return firstAbove;
    throw failure(path, cause);
  }
}

function failure(path: string, cause: unknown): LocalError {
  const code = systemCode(cause);
  if (code !== 'EEXIST' && code !== 'ENOTDIR') return writeFailure(path, cause, 'make the directory');
  const why = code === 'EEXIST' ? 'there is a file of that name' : 'what lies above it is a file';
  return new LocalError(`cannot make the directory \`${path}\`: ${why}`, { cause });
}

/** Also of a link to one. */
export function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}
