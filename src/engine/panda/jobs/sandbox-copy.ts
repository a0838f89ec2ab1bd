// The sandbox of a request, kept with it.
import { copyFileSync, linkSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Keeps the sandbox with the request: the upload cache may be emptied at any time. */
export function keepSandbox(archive: string, directory: string): void {
  mkdirSync(directory, { recursive: true });
  const kept = join(directory, 'sandbox.tar.gz');
  rmSync(kept, { force: true });
  try {
    linkSync(archive, kept);
  } catch {
    copyFileSync(archive, kept);
  }
}
