// The end of what a payload printed.
import { Buffer } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { systemCode } from '../../../base/errors.ts';

/** The end of a file that may be huge; empty when there is none. */
export function readEnd(path: string): string {
  const mostBytes = 256 * 1024;
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return '';
    throw thrown;
  }
  try {
    const size = fstatSync(file).size;
    const buffer = Buffer.alloc(Math.min(size, mostBytes));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8');
  } finally {
    closeSync(file);
  }
}
