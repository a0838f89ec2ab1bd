// Zstandard, where this Node has it (22.15 and later): blocks of a fixed size become frames of their own, which readers take
// one after the other, and which Node compresses on several threads.
import type { Buffer } from 'node:buffer';
import * as zlib from 'node:zlib';
import { blocksOf } from './parallel-gzip.ts';

type Compress = (bytes: Buffer, done: (error: Error | null, frame: Buffer) => void) => void;

/** A frame remembers nothing of the one before, so small ones would cost. */
const frameBytes = 1 << 22;
const framesAtOnce = 3;

/** True when `zstdFrames` works here. */
export const hasZstd = (): boolean => compressor() !== undefined;

/** The content as frames, one after the other; only where `hasZstd`. */
export async function* zstdFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const compress = compressor();
  if (compress === undefined) throw new TypeError('this Node has no Zstandard');
  const waiting: Promise<Buffer>[] = [];
  for await (const block of blocksOf(chunks, frameBytes)) {
    const frame = new Promise<Buffer>((resolve, reject) =>
      compress(block, (error, packed) => (error === null ? resolve(packed) : reject(error))),
    );
    frame.catch(() => undefined);
    waiting.push(frame);
    const first = waiting.length >= framesAtOnce ? waiting.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const frame of waiting) yield await frame;
}

function compressor(): Compress | undefined {
  const found: unknown = Reflect.get(zlib, 'zstdCompress');
  return typeof found === 'function' ? (found as Compress) : undefined;
}
