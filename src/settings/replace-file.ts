// Writes a file so that whoever reads it, also after a power cut, finds all of the old one or all of the new one.
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/** Writes beside and renames.
 *  @param mode for its owner alone unless something else is given
 *  @throws what the system says; the old file is still there then */
export async function replaceFile(path: string, data: string | Uint8Array, mode = 0o600): Promise<void> {
  const beside = `${path}.${randomUUID()}`;
  try {
    const file = await open(beside, 'wx', mode);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    throw cause;
  }
}
