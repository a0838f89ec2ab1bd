// `server.json` in the data directory: where the running server is found. It holds the token, so only its owner
// may read it.
import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalError, messageOf, systemCode } from '../base/errors.ts';
import type { Secret } from '../base/secret.ts';

const serverRecordName = 'server.json';

export interface ServerRecord {
  /** `http://127.0.0.1:<port>`, without slash at the end. */
  readonly url: string;
  readonly pid: number;
  readonly token: Secret;
  readonly version: string;
  readonly startedMs: number;
}

/** Writes the record beside and renames it, mode 0600: readers see the old one, the new one, or none.
 *  @throws LocalError when the directory cannot be written */
export async function writeServerRecord(directory: string, record: ServerRecord): Promise<void> {
  const path = join(directory, serverRecordName);
  const beside = join(directory, `.${serverRecordName}.${randomUUID()}`);
  const text = JSON.stringify({
    url: record.url,
    pid: record.pid,
    token: record.token.reveal(),
    version: record.version,
    started_ms: record.startedMs,
  });
  try {
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(`${text}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    throw new LocalError(`cannot write \`${path}\`: ${systemCode(cause) ?? messageOf(cause)}`, { cause });
  }
}

/** Removes the record if it is still the one with this URL and process id: a newer server's stays. */
export async function removeServerRecord(directory: string, record: ServerRecord): Promise<void> {
  const path = join(directory, serverRecordName);
  try {
    const found: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof found !== 'object' || found === null || !('url' in found) || !('pid' in found)) return;
    if (found.url === record.url && found.pid === record.pid) await rm(path, { force: true });
  } catch {
    // Gone or not readable as a record: nothing of ours is left there.
  }
}
