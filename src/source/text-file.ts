// A text file of the user's from the disk: the one function of this room that touches it.
import { readFileSync, statSync } from 'node:fs';
import { messageOf, systemCode } from '../base/errors.ts';
import type { ReadResult } from '../base/read-text.ts';

/** Documents are small; what is larger than this is something else by mistake. */
const largestBytes = 100 * 1024 * 1024;

/** Reads a file as UTF-8; a byte order mark stays. Never throws. */
export function readTextFile(path: string): ReadResult {
  try {
    const found = statSync(path);
    if (found.isDirectory()) return { ok: false, reason: 'directory', detail: 'is a directory' };
    if (found.size > largestBytes)
      return { ok: false, reason: 'too-large', detail: `has ${found.size} bytes` };
    const bytes = readFileSync(path);
    // What some editors and shells of Windows write.
    if (/^(?:fffe|feff)$/.test(bytes.toString('hex', 0, 2)))
      return { ok: false, reason: 'binary', detail: 'is UTF-16 text, and must be UTF-8' };
    if (bytes.includes(0)) return { ok: false, reason: 'binary', detail: 'is not a text file' };
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (thrown) {
    const code = systemCode(thrown);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return { ok: false, reason: 'missing', detail: 'does not exist' };
    if (thrown instanceof TypeError) return { ok: false, reason: 'binary', detail: 'is not UTF-8 text' };
    return { ok: false, reason: 'unreadable', detail: `cannot be read: ${messageOf(thrown)}` };
  }
}
