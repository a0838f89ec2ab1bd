// Reads a tar, gzipped or plain, as a stream of entries, and stops as soon as it grows past what the caller allows.
// It believes nothing: names and kinds are handed on as they stand there, for `unpack.ts` to judge.
import { Buffer } from 'node:buffer';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract as createExtract, type Header } from 'tar-stream';
import { counted } from '../base/text.ts';
import { LocalError, messageOf, PchainError, systemCode } from '../base/errors.ts';
import { shownName } from './member-name.ts';
import { byteChunks, bytesOf, nodeWritable } from './stream-border.ts';

export interface UnpackLimits {
  /** Bytes of all members together, after decompression. */
  readonly maxBytes: number;
  /** Members of every kind, directories included. */
  readonly maxMembers: number;
}

export type MemberKind =
  'file' | 'directory' | 'symlink' | 'hard-link' | 'device' | 'fifo' | 'sparse' | 'unknown';

export interface TarEntry {
  /** As it stands in the archive; may be anything. */
  readonly rawName: string;
  readonly kind: MemberKind;
  /** As declared; the real size is the same, or reading fails. */
  readonly sizeBytes: number;
  /** Permission bits; 0 when the archive says nothing. */
  readonly mode: number;
  /** What a symlink or hard link points to; `''` for other kinds. */
  readonly linkTarget: string;
  readonly content: AsyncIterable<Buffer>;
}

/** Calls `visit` for one entry after the other; content that a visit does not read is skipped.
 *  @param archive a path, or the bytes themselves; errors of a stream are passed on as they are
 *  @throws LocalError when the archive cannot be read, is no tar, is damaged or cut off, or exceeds `limits` */
export async function readEntries(
  archive: string | Readable,
  limits: UnpackLimits,
  signal: AbortSignal | undefined,
  visit: (entry: TarEntry) => Promise<void>,
): Promise<void> {
  const shown = typeof archive === 'string' ? `\`${archive}\`` : 'the archive';
  signal?.throwIfAborted();
  const bytes = typeof archive === 'string' ? fileBytes(archive) : archive;
  const { gzipped, chunks } = await withMagic(bytes, shown);
  const extract = createExtract(tolerantOfOldFormats);
  const meter = new Meter(shown, limits);

  let visitFailure: { readonly error: unknown } | undefined;
  let count = 0;
  let declaredBytes = 0;
  let lastName = '';
  const visiting = (async () => {
    for await (const entry of extract) {
      try {
        const read = { ...describe(entry.header), content: byteChunks(entry) };
        lastName = read.rawName;
        count++;
        if (count > limits.maxMembers) {
          throw new LocalError(`${shown} holds more than ${counted(limits.maxMembers, 'member')}`);
        }
        declaredBytes += read.sizeBytes;
        if (declaredBytes > limits.maxBytes) {
          throw new LocalError(
            `${shown} holds more than ${counted(limits.maxBytes, 'byte')}: up to \`${shownName(read.rawName)}\` it is ${declaredBytes}`,
          );
        }
        await visit(read);
        entry.resume();
      } catch (error) {
        visitFailure ??= { error };
        throw error;
      }
    }
  })();
  const measured = (all: AsyncIterable<Buffer>): AsyncGenerator<Buffer> => meter.through(all);
  const flowing = gzipped
    ? pipeline(chunks, createGunzip({ chunkSize: 1 << 16 }), measured, nodeWritable(extract), { signal })
    : pipeline(chunks, measured, nodeWritable(extract), { signal });

  const [flowed, visited] = await Promise.allSettled([flowing, visiting]);
  signal?.throwIfAborted();
  if (visitFailure?.error instanceof PchainError) throw visitFailure.error;
  const failure: unknown =
    flowed.status === 'rejected' ? flowed.reason : visited.status === 'rejected' ? visited.reason : undefined;
  if (failure !== undefined) throw readFailure(failure, shown, meter, count === 0 ? undefined : lastName);
  if (!meter.endsWithZeros) throw cutOff(shown, undefined);
}

/** Bytes of a file on disk; its own failures are LocalErrors at once, so that they are not taken for a damaged tar. */
async function* fileBytes(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 16 })) {
      if (chunk instanceof Buffer) yield chunk;
    }
  } catch (cause) {
    const why = systemCode(cause) === 'ENOENT' ? 'it does not exist' : messageOf(cause);
    throw new LocalError(`cannot read \`${path}\`: ${why}`, { cause });
  }
}

/** Looks at the first two bytes without losing them. */
async function withMagic(
  source: AsyncIterable<unknown>,
  shown: string,
): Promise<{ gzipped: boolean; chunks: AsyncIterable<Buffer> }> {
  const iterator = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await iterator.next();
    if (next.done === true) break;
    head = Buffer.concat([head, bytesOf(next.value)]);
  }
  if (head.length === 0) throw new LocalError(`${shown} is empty`, { hint: 'fetch it again' });
  async function* replay(): AsyncGenerator<Buffer> {
    try {
      yield head;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
        yield bytesOf(next.value);
      }
    } catch (error) {
      throw error instanceof PchainError ? error : new SourceFailure(error);
    } finally {
      await iterator.return?.();
    }
  }
  return { gzipped: head.length >= 2 && head.readUInt16BE() === 0x1f8b, chunks: replay() };
}

/** Marks an error of the caller's own stream on its way through the pipeline. */
class SourceFailure extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
  }
}

/** Counts what really comes out of the decompressor. The declared sizes alone would not stop an archive whose bulk is
 *  in headers, and a ratio would refuse honest files full of zeros. */
class Meter {
  readonly #shown: string;
  readonly #limits: UnpackLimits;
  readonly #streamLimit: number;
  #total = 0;
  #tail: Buffer = Buffer.alloc(0);
  #finished = false;

  constructor(shown: string, limits: UnpackLimits) {
    this.#shown = shown;
    this.#limits = limits;
    // A member may take a header, a long name and padding besides its bytes.
    this.#streamLimit = limits.maxBytes + limits.maxMembers * 4096 + (1 << 20);
  }

  async *through(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.#total += chunk.length;
      if (this.#total > this.#streamLimit) {
        throw new LocalError(
          `${this.#shown} grows past the ${counted(this.#limits.maxBytes, 'byte')} that it may take`,
        );
      }
      this.#tail =
        chunk.length >= blockBytes
          ? chunk.subarray(-blockBytes)
          : Buffer.concat([this.#tail, chunk]).subarray(-blockBytes);
      yield chunk;
    }
    this.#finished = true;
  }

  /** Everything has arrived, so what is missing was never there. */
  get finished(): boolean {
    return this.#finished;
  }

  /** A tar ends with blocks of zeros; one that was cut between two members does not. */
  get endsWithZeros(): boolean {
    return this.#tail.length === blockBytes && this.#tail.every((byte) => byte === 0);
  }
}

const blockBytes = 512;

// A tar from before POSIX has no mark of its format, only a checksum. The option is missing from the reader's types.
const tolerantOfOldFormats = { highWaterMark: 1 << 16, allowUnknownFormat: true };

function describe(header: Header): Omit<TarEntry, 'content'> {
  return {
    rawName: header.name,
    kind: kindOf(header),
    sizeBytes: header.type === 'directory' ? 0 : header.size,
    mode: header.mode,
    // The reader's types promise text here, but a header without a target gives null.
    linkTarget: textOr(header.linkname, ''),
  };
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

function kindOf(header: Header): MemberKind {
  switch (header.type) {
    case 'file':
    case 'contiguous-file':
      return isSparse(header) ? 'sparse' : 'file';
    case 'directory':
    case 'symlink':
    case 'fifo':
      return header.type;
    case 'link':
      return 'hard-link';
    case 'character-device':
    case 'block-device':
      return 'device';
    default:
      return 'unknown';
  }
}

// GNU tar stores a file with holes as its map and its data; taken for a plain file, it would be unpacked wrong.
function isSparse(header: Header): boolean {
  if (typeof header.pax !== 'object' || header.pax === null) return false;
  return Object.keys(header.pax).some((key) => key.startsWith('GNU.sparse.'));
}

function readFailure(failure: unknown, shown: string, meter: Meter, lastName: string | undefined): unknown {
  if (failure instanceof PchainError) return failure;
  if (failure instanceof SourceFailure) return failure.cause;
  const code = systemCode(failure);
  if (code === 'Z_BUF_ERROR') return cutOff(shown, failure);
  const hint = 'fetch it again';
  if (code?.startsWith('Z_') === true) {
    return new LocalError(`${shown} is damaged: ${messageOf(failure)}`, { hint, cause: failure });
  }
  // What is left comes from the tar reader, which has no codes, or is our own bug, which has no business here.
  if (failure instanceof TypeError || failure instanceof RangeError) return failure;
  if (meter.finished && !meter.endsWithZeros && lastName !== undefined) return cutOff(shown, failure);
  if (lastName === undefined) return new LocalError(`${shown} is not a tar archive`, { cause: failure });
  return new LocalError(`${shown} is damaged after \`${shownName(lastName)}\``, { hint, cause: failure });
}

function cutOff(shown: string, cause: unknown): LocalError {
  return new LocalError(`${shown} is cut off: its end is missing`, { hint: 'fetch it again', cause });
}
