// Writes tar archives that are the same bytes whenever their members are: by name, no times, no owners, two modes.
// PanDA recognises a sandbox that it already holds by size and CRC32, so anything that varied would defeat that.
import { Buffer } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { pack as createPack } from 'tar-stream';
import { LocalError, messageOf, systemCode, UnsupportedError, UsageError } from '../base/errors.ts';
import { writeFailure } from '../base/write-failure.ts';
import { parallelGzip } from './parallel-gzip.ts';
import { byteChunks } from './stream-border.ts';
import { orderedMembers, type Manifest, type TarMember } from './tar-member.ts';
import { fillPack } from './tar-pack.ts';
import { hasZstd, zstdFrames } from './zstd.ts';

export interface WriteOptions {
  /** How hard gzip tries, 0 to 9; 6 when left out. A different level gives different bytes. */
  readonly level?: number | undefined;
  /** Stops the writing; the promise rejects with the signal's reason and nothing is left on disk. */
  readonly signal?: AbortSignal | undefined;
  /** Hears the bytes of content packed so far, before compression; never decreases. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  /** Nobody else writes this archive right now, so parts of it that lie there are left from a writer that was killed, and go. */
  readonly isOnlyWriter?: boolean | undefined;
  /** Names may hold control characters: they are not ours to choose. Readers of our own refuse such an archive. */
  readonly isAnyName?: boolean | undefined;
  /** A last member that lists the others: their digests are known only once they have been packed. */
  readonly manifest?: Manifest | undefined;
}

export interface WrittenArchive {
  /** Of the archive as it lies on disk. */
  readonly sizeBytes: number;
  /** Of the tar before compression: what stands in the gzip trailer. */
  readonly crc32: number;
  /** Of the archive as it lies on disk; hexadecimal, lower case. */
  readonly sha256: string;
}

/** Writes `destination` as a gzip tar. It appears whole or not at all: bytes go to a `.part-…` file beside it that is
 *  renamed once it is on the disk. Memory does not grow with the members.
 *  @throws LocalError naming the path: a member that is missing, unreadable or changes while it is read; no space
 *  left; a member name that cannot be packed */
export function writeTarGz(
  destination: string,
  members: readonly TarMember[],
  options: WriteOptions = {},
): Promise<WrittenArchive> {
  const level = options.level ?? 6;
  return writePacked(destination, members, options, (tar) => parallelGzip(tar, level));
}

/** The same without compression; `level` has no meaning. */
export function writeTar(
  destination: string,
  members: readonly TarMember[],
  options: WriteOptions = {},
): Promise<WrittenArchive> {
  return writePacked(destination, members, options, (tar) => tar);
}

/** What the name of an archive says about its compression.
 *  @throws UsageError when it says nothing, UnsupportedError for one that cannot be written here */
export function compressionOf(destination: string): 'gzip' | 'zstd' | 'none' {
  if (/\.(?:tar\.gz|tgz)$/i.test(destination)) return 'gzip';
  if (/\.tar$/i.test(destination)) return 'none';
  if (!/\.(?:tar\.zst|tzst)$/i.test(destination)) {
    throw new UsageError(`cannot tell from the name \`${destination}\` what kind of archive to write`, {
      hint: 'let it end in .tar, .tar.gz, .tgz or .tar.zst',
    });
  }
  if (hasZstd()) return 'zstd';
  throw new UnsupportedError(`\`${destination}\` cannot be written: this Node has no Zstandard`, {
    hint: 'use Node 22.15 or newer, or let the name end in .tar.gz',
  });
}

/** Writes an archive as the name of `destination` says.
 *  @throws as `compressionOf` and `writeTarGz` */
export async function writeArchive(
  destination: string,
  members: readonly TarMember[],
  options: WriteOptions = {},
): Promise<WrittenArchive> {
  switch (compressionOf(destination)) {
    case 'gzip':
      return writeTarGz(destination, members, options);
    case 'none':
      return writeTar(destination, members, options);
    case 'zstd':
      return writePacked(destination, members, options, zstdFrames);
  }
}

async function writePacked(
  destination: string,
  members: readonly TarMember[],
  options: WriteOptions,
  compress: Compression,
): Promise<WrittenArchive> {
  const { signal, manifest, isAnyName } = options;
  const ordered = orderedMembers(members, isAnyName);
  if (manifest !== undefined) orderedMembers([...members, { name: manifest.name, content: '' }], isAnyName);
  signal?.throwIfAborted();
  const there = await stat(destination).catch(() => undefined);
  if (there?.isDirectory() === true)
    throw new LocalError(`cannot write \`${destination}\`: it is a directory`);

  if (options.isOnlyWriter === true) await removeParts(destination);
  const part = `${destination}.part-${randomBytes(6).toString('hex')}`;
  let output: FileHandle | undefined;
  try {
    output = await open(part, 'wx');
    const written = await pour(ordered, options, compress, output);
    await output.sync();
    await output.close();
    signal?.throwIfAborted();
    await rename(part, destination);
    return written;
  } catch (error) {
    await output?.close().catch(() => undefined);
    if (output !== undefined) await rm(part, { force: true });
    signal?.throwIfAborted();
    throw archiveFailure(destination, error);
  }
}

async function removeParts(destination: string): Promise<void> {
  const start = `${basename(destination)}.part-`;
  for (const name of await readdir(dirname(destination)).catch(() => [])) {
    const isPart = name.startsWith(start) && /^[0-9a-f]{12}$/.test(name.slice(start.length));
    if (isPart) await rm(join(dirname(destination), name), { force: true });
  }
}

type Compression = (tar: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

/** Packs, compresses and writes at the same time; the slowest of them sets the pace. */
async function pour(
  members: readonly TarMember[],
  options: WriteOptions,
  compress: Compression,
  output: FileHandle,
): Promise<WrittenArchive> {
  const pack = createPack();
  const sha256 = createHash('sha256');
  let sizeBytes = 0;
  let checksum = 0;

  async function* checksummed(chunks: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
    for await (const chunk of byteChunks(chunks)) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  }
  async function store(chunks: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of chunks) {
      sha256.update(chunk);
      sizeBytes += chunk.length;
      await output.writeFile(chunk);
    }
  }

  const { signal } = options;
  const stopped = new AbortController();
  const pouring = pipeline(pack, checksummed, compress, store, { signal }).finally(() => stopped.abort());
  const { onProgress, manifest } = options;
  const filling = fillPack(pack, members, { stopped: stopped.signal, onProgress, manifest }).catch(
    (error: unknown) => {
      // Destroying the pack ends the pipeline with the same error.
      pack.destroy(error instanceof Error ? error : new Error(messageOf(error)));
      throw error;
    },
  );
  const [poured, filled] = await Promise.allSettled([pouring, filling]);
  if (poured.status === 'rejected') throw poured.reason;
  if (filled.status === 'rejected') throw filled.reason;
  return { sizeBytes, crc32: checksum, sha256: sha256.digest('hex') };
}

/** Trouble with the archive itself, in words; everything else (a member's error, our own bug) stays as it is. */
function archiveFailure(destination: string, error: unknown): unknown {
  const code = systemCode(error);
  if (code === undefined || !diskCodes.has(code)) return error;
  const why = plainReasons.get(code);
  return why === undefined
    ? writeFailure(destination, error)
    : new LocalError(`cannot write \`${destination}\`: ${why}`, { cause: error });
}

const plainReasons: ReadonlyMap<string, string> = new Map([
  ...['EACCES', 'EPERM', 'EROFS'].map((code) => [code, 'permission denied'] as const),
  ...['ENOENT', 'ENOTDIR'].map((code) => [code, 'its directory does not exist'] as const),
]);

/** What a disk says. */
const diskCodes: ReadonlySet<string> = new Set([
  ...plainReasons.keys(),
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'EFBIG',
  'EISDIR',
  'EBUSY',
  'EXDEV',
  'ENAMETOOLONG',
  'EMFILE',
  'ENFILE',
]);
