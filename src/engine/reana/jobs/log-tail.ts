// The end of a log that may be of any size.
import { Buffer } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What answers carry of a log at most: enough to see why a command failed, small enough for memory and wire. */
const maxBytes = 1 << 20;

/** The last part (at most 1 MiB, from the beginning of a line) of a log; empty when there is none. */
export function readLogTail(path: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const sizeBytes = fstatSync(descriptor).size;
    const start = Math.max(0, sizeBytes - maxBytes);
    const bytes = Buffer.alloc(Math.min(sizeBytes, maxBytes));
    const length = readSync(descriptor, bytes, 0, bytes.length, start);
    const text = bytes.toString('utf8', 0, length);
    if (start === 0) return text;
    const lineEnd = text.indexOf('\n');
    return `[… ${start} bytes before …]\n${lineEnd === -1 ? text : text.slice(lineEnd + 1)}`;
  } finally {
    closeSync(descriptor);
  }
}
