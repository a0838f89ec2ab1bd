// The end of a file that may be of any size.
import { Buffer } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { systemCode } from './errors.ts';

export interface FileEnd {
  readonly text: string;
  /** Of what comes before it. */
  readonly bytesBefore: number;
}

/** The last part of a text file, from the beginning of a character; `undefined` when there is no file.
 *  @throws the system's error when it cannot be read */
export function fileEnd(path: string, mostBytes: number): FileEnd | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
  try {
    const sizeBytes = fstatSync(descriptor).size;
    const bytes = Buffer.alloc(Math.min(sizeBytes, mostBytes));
    const start = sizeBytes - bytes.length;
    // Whoever writes it may have cut it short meanwhile.
    const count = readSync(descriptor, bytes, 0, bytes.length, start);
    const skipped = start === 0 ? 0 : restOfCharacter(bytes);
    return { text: bytes.toString('utf8', skipped, count), bytesBefore: start + skipped };
  } finally {
    closeSync(descriptor);
  }
}

/** How many bytes at the beginning belong to a character of UTF-8 whose first byte is not among them. */
function restOfCharacter(bytes: Buffer): number {
  const first = bytes.subarray(0, 4).findIndex((byte) => (byte & 0xc0) !== 0x80);
  return Math.max(0, first);
}
