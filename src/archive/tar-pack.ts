// Feeds members into a tar pack: headers without times and owners, content straight from the disk.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Pack } from 'tar-stream';
import { LocalError, messageOf, systemCode } from '../base/errors.ts';
import { nodeWritable } from './stream-border.ts';
import type { ContentMember, FileMember, Manifest, ManifestEntry, TarMember } from './tar-member.ts';

export interface FillOptions {
  /** Fires when nobody reads the pack any more. */
  readonly stopped: AbortSignal;
  /** Hears the bytes of content packed so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  /** A last member made from the digests of all files before it. */
  readonly manifest?: Manifest | undefined;
}

/** Puts the members into the pack one after the other, in the order given, and finishes it.
 *  @throws LocalError naming a file that is missing, unreadable, no regular file, or changes while it is read */
export async function fillPack(
  pack: Pack,
  members: readonly TarMember[],
  { stopped, onProgress, manifest }: FillOptions,
): Promise<void> {
  const files: ManifestEntry[] = [];
  let packedBytes = 0;
  for (const member of members) {
    stopped.throwIfAborted();
    if ('directory' in member) {
      await addWhole(pack, { ...header(`${member.name}/`, 0, 0o700), type: 'directory' });
      continue;
    }
    // Digests cost time, so they are made only where they are listed.
    const hash = manifest === undefined ? undefined : createHash('sha256');
    let sizeBytes = 0;
    const packed = (bytes: Buffer): void => {
      hash?.update(bytes);
      sizeBytes += bytes.length;
      packedBytes += bytes.length;
      onProgress?.(packedBytes);
    };
    if ('path' in member) await addFile(pack, member, stopped, packed);
    else await addContent(pack, member, packed);
    if (hash !== undefined) files.push({ name: member.name, size: sizeBytes, sha256: hash.digest('hex') });
  }
  if (manifest !== undefined) {
    await addContent(pack, { name: manifest.name, content: manifest.content(files) }, () => undefined);
  }
  pack.finalize();
}

type EntryHeader = Parameters<Pack['entry']>[0];

function header(name: string, size: number, mode: number | undefined): EntryHeader {
  return {
    name,
    size,
    mode: ((mode ?? 0) & 0o100) === 0 ? 0o644 : 0o755,
    mtime: new Date(0),
    uid: 0,
    gid: 0,
    type: 'file',
  };
}

async function addContent(pack: Pack, member: ContentMember, packed: (bytes: Buffer) => void): Promise<void> {
  const bytes = typeof member.content === 'string' ? Buffer.from(member.content, 'utf8') : member.content;
  await addWhole(pack, header(member.name, bytes.length, member.mode), bytes);
  packed(bytes);
}

function addWhole(pack: Pack, entryHeader: EntryHeader, bytes: Buffer = Buffer.alloc(0)): Promise<void> {
  return new Promise((resolve, reject) => {
    const entry = pack.entry(entryHeader, bytes, (error) => (error ? reject(error) : resolve()));
    entry.on('error', reject);
  });
}

async function addFile(
  pack: Pack,
  member: FileMember,
  stopped: AbortSignal,
  packed: (bytes: Buffer) => void,
): Promise<void> {
  const file = await openMember(member.path);
  try {
    const before = await file.stat();
    if (!before.isFile()) throw new LocalError(`cannot pack \`${member.path}\`: it is not a regular file`);
    let entryDone: () => void = () => undefined;
    let entryFailed: (error: Error) => void = () => undefined;
    const finished = new Promise<void>((resolve, reject) => ([entryDone, entryFailed] = [resolve, reject]));
    finished.catch(() => undefined);
    const entry = nodeWritable(
      pack.entry(header(member.name, before.size, member.mode ?? before.mode), (error) =>
        error ? entryFailed(error) : entryDone(),
      ),
    );
    entry.on('error', entryFailed);

    let readBytes = 0;
    while (readBytes < before.size) {
      const wanted = Math.min(chunkBytes, before.size - readBytes);
      const { bytesRead, buffer } = await readSome(file, member.path, wanted, readBytes);
      if (bytesRead === 0) throw changedFile(member.path);
      readBytes += bytesRead;
      const bytes = buffer.subarray(0, bytesRead);
      packed(bytes);
      if (!entry.write(bytes)) await once(entry, 'drain', { signal: stopped });
    }
    const after = await file.stat();
    if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) throw changedFile(member.path);
    entry.end();
    await finished;
  } finally {
    await file.close();
  }
}

const chunkBytes = 1 << 18;
// Windows has no such flag, whatever the types say.
const nonBlocking = 'O_NONBLOCK' in constants ? constants.O_NONBLOCK : 0;

async function openMember(path: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK, opening a pipe that took the file's place would wait forever.
    return await open(path, constants.O_RDONLY | nonBlocking);
  } catch (cause) {
    const why = systemCode(cause) === 'ENOENT' ? 'it is not there any more' : messageOf(cause);
    throw new LocalError(`cannot pack \`${path}\`: ${why}`, { cause });
  }
}

async function readSome(
  file: FileHandle,
  path: string,
  length: number,
  position: number,
): Promise<{ bytesRead: number; buffer: Buffer }> {
  try {
    return await file.read(Buffer.allocUnsafe(length), 0, length, position);
  } catch (cause) {
    throw new LocalError(`cannot pack \`${path}\`: ${messageOf(cause)}`, { cause });
  }
}

function changedFile(path: string): LocalError {
  return new LocalError(`cannot pack \`${path}\`: it changed while it was read`, {
    hint: 'wait until nothing writes to it, then try again',
  });
}
