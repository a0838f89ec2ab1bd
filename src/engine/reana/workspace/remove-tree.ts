// Removes directories for good, also those that a step has closed.
import { chmodSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../../base/errors.ts';

/** Removes a file, or a directory with all below it; nothing happens when it is not there.
 *  @throws Error when the disk refuses, as for what belongs to somebody else */
export function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(systemCode(error) ?? '')) throw error;
    openDirectories(path);
    rmSync(path, { recursive: true, force: true });
  }
}

/** Only who may change a directory can remove what is in it. */
function openDirectories(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  chmodSync(path, 0o700);
  for (const name of readdirSync(path)) openDirectories(join(path, name));
}
