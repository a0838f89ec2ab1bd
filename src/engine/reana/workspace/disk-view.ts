// Files as running workflows see them: read, never changed.
import { createHash } from 'node:crypto';
import {
  createReadStream,
  openSync,
  closeSync,
  readSync,
  readdirSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { Buffer } from 'node:buffer';
import type { OutputView } from '../../../cwl/execution/collect.ts';

export const diskView: OutputView = {
  kindOf(path) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    return found.isDirectory() ? 'directory' : 'file';
  },
  sizeOf: (path) => statSync(path).size,
  textOf(path, maxBytes) {
    const descriptor = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(Math.min(maxBytes, statSync(path).size));
      let length = 0;
      for (;;) {
        const count = readSync(descriptor, bytes, length, bytes.length - length, length);
        if (count === 0) return bytes.toString('utf8', 0, length);
        length += count;
      }
    } finally {
      closeSync(descriptor);
    }
  },
  namesIn: (path) => readdirSync(path).sort(),
  realPath: (path) => realpathSync(path),
  async checksumOf(path) {
    const hash = createHash('sha1');
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return `sha1$${hash.digest('hex')}`;
  },
};
