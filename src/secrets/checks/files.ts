// Files with credentials that other users of this machine may read.
import { stat } from 'node:fs/promises';
import type { SecretFault } from './fault.ts';

/** @param paths files that should be private; those that are not there are passed over */
export async function fileFaults(paths: readonly string[]): Promise<readonly SecretFault[]> {
  const faults: SecretFault[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() !== true || (found.mode & 0o077) === 0) continue;
    faults.push({
      code: 'secrets/open-file',
      severity: 'warning',
      name: path,
      message: `other users of this machine may read it (mode ${(found.mode & 0o777).toString(8)})`,
      help: '`chmod 600` it; who has read it has what is in it',
    });
  }
  return faults;
}
