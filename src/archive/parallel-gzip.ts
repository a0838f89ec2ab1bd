// Gzip on several cores: the content is cut into blocks of a fixed size, each is compressed on a thread of its own, and the
// pieces are one gzip member again. A block may refer to the 32 KiB before it, so hardly anything is lost by the cutting, and
// the bytes depend on the content alone, never on the number of cores.
import { Buffer } from 'node:buffer';
import { constants, crc32, deflateRaw } from 'node:zlib';

/** Large enough that starting a compressor costs nothing, small enough that a few of them are no memory. */
const blockBytes = 1 << 19;
/** How far back deflate can refer. */
const windowBytes = 1 << 15;
/** Node compresses on four threads; the fourth is left for reading and writing. */
const blocksAtOnce = 3;

// No name, no time, "no flags", and always the same system (3, Unix), so that machines agree.
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);

/** One gzip member with the content of `chunks`.
 *  @param level 0 to 9
 *  @see RFC 1952, RFC 1951 section 3.2.4 (an empty stored block ends on a byte, so pieces can be joined) */
export async function* parallelGzip(chunks: AsyncIterable<Buffer>, level: number): AsyncGenerator<Buffer> {
  yield header;
  const waiting: Promise<Buffer>[] = [];
  let checksum = 0;
  let sizeBytes = 0;
  let before: Buffer = Buffer.alloc(0);
  const begin = (block: Buffer, isLast: boolean): void => {
    checksum = crc32(block, checksum);
    sizeBytes += block.length;
    const piece = deflateBlock(block, before, level, isLast);
    // Its failure is met when its turn comes; until then it must not count as unhandled.
    piece.catch(() => undefined);
    waiting.push(piece);
    before = block.subarray(Math.max(0, block.length - windowBytes));
  };
  let last: Buffer | undefined;
  for await (const block of blocksOf(chunks, blockBytes)) {
    // Only what is followed by another block is known not to be the last one.
    if (last !== undefined) begin(last, false);
    last = block;
    while (waiting.length >= blocksAtOnce) yield await (waiting.shift() ?? Buffer.alloc(0));
  }
  begin(last ?? Buffer.alloc(0), true);
  for (const piece of waiting) yield await piece;

  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(checksum, 0);
  trailer.writeUInt32LE(sizeBytes % 2 ** 32, 4);
  yield trailer;
}

/** The same bytes in pieces of one size; only the last may be shorter. */
export async function* blocksOf(chunks: AsyncIterable<Buffer>, sizeBytes: number): AsyncGenerator<Buffer> {
  let block = Buffer.allocUnsafe(sizeBytes);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const copied = chunk.copy(block, filled, at);
      at += copied;
      filled += copied;
      if (filled < sizeBytes) continue;
      yield block;
      block = Buffer.allocUnsafe(sizeBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

function deflateBlock(block: Buffer, before: Buffer, level: number, isLast: boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    deflateRaw(
      block,
      {
        level,
        ...(before.length === 0 ? {} : { dictionary: before }),
        finishFlush: isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
        // One piece, also of what cannot be compressed.
        chunkSize: blockBytes + (blockBytes >> 6),
      },
      (error, piece) => (error === null ? resolve(piece) : reject(error)),
    );
  });
}
