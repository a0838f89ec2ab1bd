// The end of a log that may be of any size.
import { Buffer } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The last part of a log, from the beginning of a line unless that is longer; empty when there is none. */
export function readLogTail(path: string, maxBytes: number): string {
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
    const lines = text.slice(text.indexOf('\n') + 1);
    return `[… ${start} bytes before …]\n${lines === '' ? text : lines}`;
  } finally {
    closeSync(descriptor);
  }
}
