// Unpacks the zips that REANA packs directories into, without trusting a single name in them.
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, inflateRawSync } from 'node:zlib';
import { fromRandomAccessReader } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { LocalError, messageOf, PchainError, RemoteError } from '../base/errors.ts';
import { writeAtOnce } from '../http/save-small.ts';
import { kindOf, moveFile, pathBelow, removeAll } from './disk.ts';
import { ZipSource } from './zip-source.ts';

/** Limits against zips that are small on the wire and endless on the disk. */
export interface UnzipLimits {
  readonly maxMembers: number;
  readonly maxBytes: number;
}

const defaultLimits: UnzipLimits = { maxMembers: 1_000_000, maxBytes: 1024 ** 4 };

/** Members up to this size are unpacked in memory and written in one go; streams would take longer than the bytes. */
const smallBytes = 1 << 20;

/** Unpacks all members below `directory`; each appears whole or not at all.
 *  @returns names of the files, in the order of the zip
 *  @throws RemoteError for a damaged zip and for members that lead out, are links, or are too many
 *  @throws LocalError when the disk refuses */
export async function unzip(
  path: string,
  directory: string,
  limits = defaultLimits,
): Promise<readonly string[]> {
  const source = opened(path);
  const zip = await openZip(source);
  const names: string[] = [];
  const plain = new Set([directory]);
  let bytes = 0;
  try {
    for (;;) {
      const entry = await nextEntry(zip);
      if (entry === undefined) return names;
      if (entry.fileName.endsWith('/')) continue;
      bytes += entry.uncompressedSize;
      if (names.length >= limits.maxMembers || bytes > limits.maxBytes) {
        throw new RemoteError('the zip from the server unpacks to more than is sensible');
      }
      const target = targetOf(entry, directory, plain);
      const isSmall = Math.max(entry.compressedSize, entry.uncompressedSize) <= smallBytes;
      if (isSmall && entry.canDecodeFileData()) writeSmall(await smallContent(source, zip, entry), target);
      else await extract(zip, entry, target);
      names.push(entry.fileName);
    }
  } catch (error) {
    if (error instanceof PchainError) throw error;
    throw new RemoteError(`the zip from the server is damaged: ${messageOf(error)}`, { cause: error });
  } finally {
    zip.close();
  }
}

/** @param plain directories that are known to be no links; those on the way are added */
function targetOf(entry: Entry, directory: string, plain: Set<string>): string {
  const mode = entry.externalFileAttributes >>> 16;
  const isLink = (mode & 0o170000) === 0o120000;
  const target = pathBelow(directory, entry.fileName);
  if (target === undefined || isLink) {
    throw new RemoteError(
      `the zip from the server holds \`${entry.fileName}\`, which leads out of its place`,
    );
  }
  // A link that lies on the way already would lead every member below it astray.
  for (let above = dirname(target); !plain.has(above); above = dirname(above)) {
    if (kindOf(above) === 'link')
      throw new LocalError(`\`${above}\` is a symbolic link, nothing is unpacked through it`);
    plain.add(above);
  }
  return target;
}

async function smallContent(source: ZipSource, zip: ZipFile, entry: Entry): Promise<Buffer> {
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  const packed = source.bytesAt(fileDataStart, entry.compressedSize);
  const isStored = entry.compressionMethod === 0;
  const content = isStored ? packed : inflateRawSync(packed, { maxOutputLength: smallBytes });
  if (content.length !== entry.uncompressedSize || crc32(content) !== entry.crc32) throw damaged(entry);
  return content;
}

function writeSmall(content: Buffer, target: string): void {
  try {
    // Whoever is killed meanwhile leaves a file that is too short, and is not believed.
    writeAtOnce(target, content);
  } catch (cause) {
    throw new LocalError(`cannot write \`${target}\`: ${messageOf(cause)}`, { cause });
  }
}

async function extract(zip: ZipFile, entry: Entry, target: string): Promise<void> {
  const part = `${target}.part`;
  const content = await openEntry(zip, entry);
  let checksum = 0;
  async function* checked(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  }
  try {
    await mkdir(dirname(target), { recursive: true });
    await removeAll(part);
    await pipeline(content, checked, createWriteStream(part, { flags: 'wx' }));
    if (checksum !== entry.crc32) throw damaged(entry);
  } catch (cause) {
    await removeAll(part);
    content.destroy();
    throw cause;
  }
  moveFile(part, target);
}

function damaged(entry: Entry): Error {
  return new Error(`\`${entry.fileName}\` does not have its checksum`);
}

function opened(path: string): ZipSource {
  try {
    return new ZipSource(path);
  } catch (cause) {
    throw new LocalError(`cannot read \`${path}\`: ${messageOf(cause)}`, { cause });
  }
}

function openZip(source: ZipSource): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false, validateEntrySizes: true };
    fromRandomAccessReader(source, source.sizeBytes, options, (error, zip) => {
      if (error === null) resolve(zip);
      else {
        source.close(() => undefined);
        reject(new RemoteError(`the zip from the server is damaged: ${messageOf(error)}`, { cause: error }));
      }
    });
  });
}

/** `undefined` after the last one. */
function nextEntry(zip: ZipFile): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      zip.removeListener('entry', onEntry);
      zip.removeListener('end', onEnd);
      zip.removeListener('error', onError);
    };
    const onEntry = (entry: Entry): void => {
      done();
      resolve(entry);
    };
    const onEnd = (): void => {
      done();
      resolve(undefined);
    };
    const onError = (error: Error): void => {
      done();
      reject(error);
    };
    zip.on('entry', onEntry);
    zip.on('end', onEnd);
    zip.on('error', onError);
    zip.readEntry();
  });
}

function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error === null) resolve(stream);
      else reject(error);
    });
  });
}
