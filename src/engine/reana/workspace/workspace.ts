// The files of a run: one directory that clients and steps put files into, read, move and delete them.
import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { systemCode, UsageError } from '../../../base/errors.ts';
import { readWhole } from '../../../http/read-whole.ts';
import { SparseWriter } from '../../../http/sparse-writer.ts';
import { matchFiles, type WorkspaceFile } from './workspace-listing.ts';
import { isDirectory, refuseLinks, safeSegments } from './workspace-path.ts';

/** A file that is open for reading, as long as it was when it was opened. */
export interface OpenedFile {
  readonly sizeBytes: number;
  /** Exactly these bytes, `last` included (`Infinity`: to the end), even when a step appends meanwhile; closes the file at its end. */
  read(first: number, last: number): Readable;
  /** All of it at once; closes the file.
   *  @throws Error when it became shorter */
  whole(): Buffer;
  /** For a file of which nothing is read. */
  close(): void;
}

/** Opens a file found by `readablePath`; `undefined` when it has become something else since. */
export function openForReading(path: string): OpenedFile | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return undefined;
  }
  const sizeBytes = fstatSync(descriptor).size;
  return {
    sizeBytes,
    whole: () => wholeOf(descriptor, sizeBytes),
    read: (start, end) => createReadStream(path, { fd: descriptor, start, end, highWaterMark: chunkBytes }),
    close: () => closeSync(descriptor),
  };
}

const chunkBytes = 1 << 18;

function wholeOf(descriptor: number, sizeBytes: number): Buffer {
  const bytes = readWhole(descriptor, sizeBytes);
  if (bytes.length < sizeBytes) throw new Error('it became shorter while it was read');
  return bytes;
}

/** Stores what the stream gives under `name`, all of it or nothing: it is written to `temporary` first (same disk), then renamed.
 *  @param expectedBytes what the sender announced; a different count is an error, so a cut connection leaves no half file.
 *  @throws UsageError for hostile names, links on the way, a directory in the place, or a wrong size. */
export async function storeFile(
  workspace: string,
  name: string,
  content: Readable,
  temporary: string,
  expectedBytes: number | undefined,
): Promise<number> {
  const segments = safeSegments(name);
  try {
    refuseLinks(workspace, segments, name);
    mkdirSync(dirname(temporary), { recursive: true });
    const sizeBytes = await writeNew(temporary, content);
    if (expectedBytes !== undefined && expectedBytes !== sizeBytes) {
      throw new UsageError(`file \`${name}\` should have ${expectedBytes} bytes, but ${sizeBytes} arrived`);
    }
    const target = join(workspace, ...segments);
    mkdirSync(dirname(target), { recursive: true });
    refuseLinks(workspace, segments, name);
    renameSync(temporary, target);
    return sizeBytes;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EISDIR' || code === 'ENOTEMPTY') {
      throw new UsageError(`\`${name}\` is a directory in the workspace`, { cause: error });
    }
    if (code === 'ENOTDIR' || code === 'EEXIST') {
      throw new UsageError(`a part of \`${name}\` is a file in the workspace`, { cause: error });
    }
    if (code === 'ENAMETOOLONG')
      throw new UsageError(`the file name \`${name}\` is too long`, { cause: error });
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

async function writeNew(path: string, content: Readable): Promise<number> {
  const file = openSync(path, 'wx', 0o600);
  try {
    const writer = new SparseWriter(file, 0);
    for await (const chunk of content) await writer.write(chunk as Buffer);
    await writer.end();
    return fstatSync(file).size;
  } finally {
    closeSync(file);
  }
}

/** Deletes the files that `pattern` names; gives them by name with their sizes or why they are still there. */
export function deleteFiles(
  workspace: string,
  pattern: string,
): {
  readonly deleted: readonly WorkspaceFile[];
  readonly failed: readonly { readonly name: string; readonly error: string }[];
} {
  const deleted: WorkspaceFile[] = [];
  const failed: { name: string; error: string }[] = [];
  for (const file of matchFiles(workspace, pattern)) {
    try {
      deleteFile(workspace, file.name);
      deleted.push(file);
    } catch (error) {
      failed.push({ name: file.name, error: error instanceof Error ? error.message : String(error) });
    }
  }
  return { deleted, failed };
}

/** Deletes one file by its exact name; a link goes itself, not what it leads to.
 *  @throws UsageError when a directory on the way is a link */
export function deleteFile(workspace: string, name: string): void {
  const segments = safeSegments(name);
  refuseLinks(workspace, segments.slice(0, -1), name);
  rmSync(join(workspace, ...segments));
}

/** Moves a file or a directory; into `target` when that is a directory, and over it when it is a file.
 *  @returns false when there is nothing of that name
 *  @throws UsageError for hostile names, links on the way, and what cannot be moved there */
export function moveFiles(workspace: string, source: string, target: string): boolean {
  const from = safeSegments(source);
  refuseLinks(workspace, from.slice(0, -1), source);
  const sourcePath = join(workspace, ...from);
  if (lstatSync(sourcePath, { throwIfNoEntry: false }) === undefined) return false;
  const to = safeSegments(target);
  refuseLinks(workspace, to, target);
  const goesInto = isDirectory(workspace, target);
  const targetPath = join(workspace, ...to, ...(goesInto ? from.slice(-1) : []));
  try {
    mkdirSync(dirname(targetPath), { recursive: true });
    renameSync(sourcePath, targetPath);
    return true;
  } catch (cause) {
    const code = systemCode(cause);
    // Into itself, over a directory with files, below a file, or a name that no disk takes.
    const isUsers = ['EINVAL', 'ENOTEMPTY', 'EISDIR', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG'].includes(
      code ?? '',
    );
    if (isUsers) throw new UsageError(`\`${source}\` cannot be moved to \`${target}\``, { cause });
    throw cause;
  }
}
