// Reading an open file in one go.
import { closeSync, readSync } from 'node:fs';

/** The first bytes of a file, which is closed then.
 *  @returns fewer bytes when it is shorter */
export function readWhole(descriptor: number, sizeBytes: number): Buffer {
  try {
    const bytes = Buffer.allocUnsafeSlow(sizeBytes);
    let done = 0;
    while (done < sizeBytes) {
      const count = readSync(descriptor, bytes, done, sizeBytes - done, done);
      if (count === 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  } finally {
    closeSync(descriptor);
  }
}
