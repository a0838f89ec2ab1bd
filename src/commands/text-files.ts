// Reads the user's text files for the languages, which do not touch the disk themselves.
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { messageOf, systemCode } from '../base/errors.ts';
import type { ReadResult, ReadText } from '../base/read-text.ts';

/** Workflow files are small; what is larger than this is something else by mistake. */
const largestBytes = 100 * 1024 * 1024;

/** A reader of files; relative paths start at `workingDirectory`. A file is read once and remembered. */
export function textReader(workingDirectory: string): ReadText {
  const known = new Map<string, ReadResult>();
  return (path) => {
    const absolute = isAbsolute(path) ? path : resolve(workingDirectory, path);
    let result = known.get(absolute);
    if (result === undefined) {
      result = readTextFile(absolute);
      known.set(absolute, result);
    }
    return result;
  };
}

function readTextFile(path: string): ReadResult {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return { ok: false, reason: 'directory', detail: 'is a directory' };
    if (stats.size > largestBytes)
      return { ok: false, reason: 'too-large', detail: `has ${stats.size} bytes, far more than a workflow` };
    const bytes = readFileSync(path);
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
