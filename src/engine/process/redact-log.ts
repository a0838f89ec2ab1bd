// Takes secrets out of a log on the disk.
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { systemCode } from '../../base/errors.ts';
import { StreamRedactor } from '../../base/redact.ts';

/** Rewrites a log with every secret masked that this process has seen. It is written beside and renamed: whoever reads it
 *  meanwhile has the old one or the new one, and after a crash it can be done again. A missing log is fine. */
export async function redactLog(path: string): Promise<void> {
  const beside = `${path}.redacted`;
  try {
    const target = await open(beside, 'w', 0o600);
    try {
      const redactor = new StreamRedactor();
      for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 18 })) {
        await target.write(redactor.push(String(chunk)));
      }
      await target.write(redactor.end());
    } finally {
      await target.close();
    }
    await rename(beside, path);
  } catch (thrown) {
    await rm(beside, { force: true });
    if (systemCode(thrown) !== 'ENOENT') throw thrown;
  }
}
