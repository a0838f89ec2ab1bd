import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parallelGzip } from '../../src/archive/parallel-gzip.ts';

const blockBytes = 1 << 19;

async function* pieces(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
  await Promise.resolve();
}

async function gzip(content: Buffer, size = 65_536, level = 6): Promise<Buffer> {
  const packed: Buffer[] = [];
  for await (const piece of parallelGzip(pieces(content, size), level)) packed.push(piece);
  return Buffer.concat(packed);
}

test('gives back every byte, whatever the length: also at the borders of blocks', async () => {
  for (const length of [
    0,
    1,
    blockBytes - 1,
    blockBytes,
    blockBytes + 1,
    3 * blockBytes,
    5 * blockBytes + 7,
  ]) {
    const noise = randomBytes(length);
    const words = Buffer.alloc(length, 'event 17 has mass 91.2\n');
    for (const content of [noise, words]) {
      const packed = await gzip(content);
      expect(gunzipSync(packed).equals(content), `${length} bytes`).toBe(true);
      expect(packed.readUInt32LE(packed.length - 4)).toBe(length);
    }
  }
});

test('gives the same bytes however the content arrives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 2_000_000 }),
      fc.integer({ min: 0, max: 9 }),
      async (size, level) => {
        const content = Buffer.alloc(3 * blockBytes + 11, 'a b c 1 2 3 ');
        expect((await gzip(content, size, level)).equals(await gzip(content, 65_536, level))).toBe(true);
      },
    ),
    { numRuns: 10 },
  );
});

test('hardly loses by the cutting: a block refers to the one before it', async () => {
  // A text without repetitions inside of 30 kB, repeated: only what lies before a block makes its beginning small.
  const once = randomBytes(30_000);
  const packed = await gzip(Buffer.concat(Array.from({ length: 100 }, () => once)));
  expect(packed.length).toBeLessThan(60_000);
});

test('passes on what goes wrong with the content', async () => {
  const broken = async function* (): AsyncGenerator<Buffer> {
    yield Buffer.alloc(2 * blockBytes);
    await Promise.reject(new Error('the disk is gone'));
  };
  const reading = async (): Promise<void> => {
    for await (const piece of parallelGzip(broken(), 6)) expect(piece.length).toBeGreaterThan(0);
  };
  await expect(reading()).rejects.toThrow('the disk is gone');
});
