// Reads the documents of an unpacked sandbox, and nothing outside of it.
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { messageOf, systemCode } from '../../base/errors.ts';
import type { ReadResult, ReadText } from '../../base/read-text.ts';

/** The largest document that is read, in bytes. */
const documentLimitBytes = 8 * 1024 * 1024;

/** A reader of the files below `directory`. Paths are relative to it; whatever leads elsewhere (`..`, absolute
 *  paths, links) is missing for the reader. */
export function confinedReadText(directory: string): ReadText {
  const root = realpathSync(directory);
  return (path) => readInside(root, path);
}

function readInside(root: string, path: string): ReadResult {
  if (path.includes('\0')) return { ok: false, reason: 'missing', detail: 'not a file name' };
  let bytes: Buffer;
  try {
    const place = realpathSync(resolve(root, path));
    if (!isInside(root, place)) return { ok: false, reason: 'missing', detail: 'outside of the sandbox' };
    const found = statSync(place);
    if (found.isDirectory()) return { ok: false, reason: 'directory', detail: 'is a directory' };
    if (!found.isFile()) return { ok: false, reason: 'unreadable', detail: 'is not a regular file' };
    if (found.size > documentLimitBytes) {
      const limit = documentLimitBytes / 1024 / 1024;
      return { ok: false, reason: 'too-large', detail: `is larger than ${limit} MB` };
    }
    bytes = readFileSync(place);
  } catch (thrown) {
    const code = systemCode(thrown) ?? '';
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(code)) {
      return { ok: false, reason: 'missing', detail: 'is not in the sandbox' };
    }
    return { ok: false, reason: 'unreadable', detail: messageOf(thrown) };
  }
  return decode(bytes);
}

function decode(bytes: Buffer): ReadResult {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return { ok: true, text };
  } catch {
    // Not UTF-8: the same answer as for a text with zero bytes.
  }
  return { ok: false, reason: 'binary', detail: 'is not text' };
}

function isInside(root: string, place: string): boolean {
  const path = relative(root, place);
  return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}
