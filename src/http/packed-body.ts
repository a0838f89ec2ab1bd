// Bodies of answers that a server has packed, as it was allowed to.
import type { ZlibOptions } from 'node:zlib';
import { messageOf, systemCode } from '../base/errors.ts';

/** What is understood, for `accept-encoding`. */
export const packings = 'gzip, deflate, br';

/** A body that cannot be unpacked. */
export class DamagedBody extends Error {}
/** A body that is longer than allowed. */
export class LongBody extends Error {}

/** A body as it was before the server packed it.
 *  @param encoding the header `content-encoding`; several names stand in the order in which they were applied
 *  @throws LongBody past `mostBytes` · DamagedBody */
export async function unpackedBody(
  body: Buffer,
  encoding: string | undefined,
  mostBytes: number,
): Promise<Buffer> {
  if (body.length === 0) return body;
  let unpacked = body;
  for (const name of (encoding ?? '').toLowerCase().split(',').reverse()) {
    const plain = name.trim();
    if (plain === '' || plain === 'identity') continue;
    unpacked = await unpackedOnce(unpacked, plain, mostBytes);
  }
  return unpacked;
}

async function unpackedOnce(body: Buffer, encoding: string, mostBytes: number): Promise<Buffer> {
  const { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } =
    await import('node:zlib');
  // Not every server writes the end of what it packs, and the length of an answer is known without it.
  const options: ZlibOptions = { maxOutputLength: mostBytes, finishFlush: constants.Z_SYNC_FLUSH };
  // By the name, servers mean either of two forms; only one of them begins like this.
  const isWithHead = ((body[0] ?? 0) & 0x0f) === 8;
  try {
    switch (encoding) {
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(body, options);
      case 'deflate':
        return isWithHead ? inflateSync(body, options) : inflateRawSync(body, options);
      case 'br':
        return brotliDecompressSync(body, { maxOutputLength: mostBytes });
    }
  } catch (cause) {
    if (systemCode(cause) === 'ERR_BUFFER_TOO_LARGE') throw new LongBody(encoding, { cause });
    throw new DamagedBody(`its ${encoding} is damaged: ${messageOf(cause)}`, { cause });
  }
  throw new DamagedBody(`it is packed as \`${encoding}\`, which was not asked for`);
}
