// Programs of this machine, as a shell would find them.
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** @param path the directories of a `PATH`
 *  @returns where it is; `undefined`: it is not installed */
export function findProgram(name: string, path: string | undefined): string | undefined {
  for (const directory of (path ?? '').split(':')) {
    const candidate = join(directory, name);
    if (directory !== '' && isExecutable(candidate)) return candidate;
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
