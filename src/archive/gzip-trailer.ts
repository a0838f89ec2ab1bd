// The last eight bytes of a gzip file, by which PanDA recognises a sandbox that it already holds.
import { Buffer } from 'node:buffer';
import { open } from 'node:fs/promises';
import { LocalError, messageOf } from '../base/errors.ts';

export interface GzipTrailer {
  /** Of the compressed file, as PanDA's `file_size`. */
  readonly sizeBytes: number;
  /** Of the content, as PanDA's `checksum`: bytes -8 to -4 of the file, little endian. */
  readonly crc32: number;
}

// A header takes ten bytes, a deflate stream at least two, the trailer eight.
const leastGzipBytes = 20;

/** Reads the trailer of a gzip file with one member.
 *  @throws LocalError naming `path` when it cannot be read or is no gzip file */
export async function gzipTrailer(path: string): Promise<GzipTrailer> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const magic = Buffer.alloc(2);
      const trailer = Buffer.alloc(8);
      await file.read(magic, 0, 2, 0);
      if (size < leastGzipBytes || magic.readUInt16BE() !== 0x1f8b) {
        throw new LocalError(`\`${path}\` is not a gzip file`);
      }
      await file.read(trailer, 0, 8, size - 8);
      return { sizeBytes: size, crc32: trailer.readUInt32LE() };
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof LocalError) throw cause;
    throw new LocalError(`cannot read \`${path}\`: ${messageOf(cause)}`, { cause });
  }
}
