// The border to tar-stream: its streams keep the contract of Node's, which their types do not say.
import { Buffer } from 'node:buffer';

/** The same stream, typed as Node's. */
export function nodeWritable(stream: object): NodeJS.WritableStream {
  if (!isWritable(stream)) throw new TypeError('not a writable stream');
  return stream;
}

function isWritable(stream: object): stream is NodeJS.WritableStream {
  return 'write' in stream && 'end' in stream && 'once' in stream && 'removeListener' in stream;
}

/** A chunk of any byte stream as a Buffer over the same memory; text counts as UTF-8. */
export function bytesOf(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (typeof chunk === 'string') return Buffer.from(chunk, 'utf8');
  throw new TypeError('an archive must be a stream of bytes');
}

/** `bytesOf` for every chunk. */
export async function* byteChunks(chunks: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield bytesOf(chunk);
}
