// The one place of this room that touches the disk: specifications and inputs are read, journals and outputs written.
import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, readdirSync, renameSync } from 'node:fs';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { Interrupted, LocalError, messageOf, systemCode } from '../../base/errors.ts';
import { isDirectory, makeDirectory } from '../../base/make-directory.ts';
import { writeFailure } from '../../base/write-failure.ts';

export type PathKind = 'file' | 'directory' | 'link' | 'other' | 'missing';

/** What a path is; links are not followed. */
export function kindOf(path: string): PathKind {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return 'missing';
    if (found.isSymbolicLink()) return 'link';
    return found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other';
  } catch {
    return 'missing';
  }
}

/** Names in a directory, sorted. Empty when it cannot be read. */
export function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

/** Bytes of a file; `undefined` when there is none. */
export async function sizeOnDisk(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes of every file below a directory, by its path from there with `/`. Empty when there is no directory. */
export function sizesBelow(directory: string, prefix = ''): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const name of namesIn(join(directory, prefix))) {
    const path = prefix + name;
    const found = lstatSync(join(directory, path), { throwIfNoEntry: false });
    if (found?.isFile() === true) sizes.set(path, found.size);
    if (found?.isDirectory() !== true) continue;
    for (const [below, sizeBytes] of sizesBelow(directory, `${path}/`)) sizes.set(below, sizeBytes);
  }
  return sizes;
}

/** SHA-256 of a file in hexadecimal digits.
 *  @throws LocalError when it cannot be read, Interrupted when the signal fires */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, signal === undefined ? {} : { signal }))
      hash.update(chunk as Uint8Array);
  } catch (cause) {
    if (signal?.aborted === true) throw new Interrupted(`interrupted while \`${path}\` was read`, { cause });
    throw new LocalError(`cannot read \`${path}\`: ${messageOf(cause)}`, { cause });
  }
  return hash.digest('hex');
}

/** The bytes of a file.
 *  @throws LocalError when it cannot be read, or is larger than `mostBytes` */
export async function bytes(path: string, mostBytes: number): Promise<Buffer> {
  const sizeBytes = await sizeOnDisk(path);
  if (sizeBytes !== undefined && sizeBytes > mostBytes)
    throw new LocalError(
      `\`${path}\` has ${sizeBytes} bytes, more than the ${mostBytes} that are possible here`,
    );
  try {
    return await readFile(path);
  } catch (cause) {
    throw new LocalError(`cannot read \`${path}\`: ${messageOf(cause)}`, { cause });
  }
}

export const hashText = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Writes a small text beside its place and renames it: readers see the old text or the new one, never a part.
 *  @throws LocalError when the disk refuses */
export async function writeWhole(path: string, text: string): Promise<void> {
  const part = `${path}.part`;
  try {
    makeDirectory(dirname(path));
    const file = await open(part, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}

/** Gives a file or a directory its final name, creating directories on the way. Done at once: for many small files, waiting for
 *  a thread takes longer than a rename.
 *  @throws LocalError when the disk refuses, or a directory lies where a file is to be */
export function moveFile(from: string, to: string): void {
  try {
    try {
      renameSync(from, to);
    } catch (thrown) {
      if (systemCode(thrown) !== 'ENOENT') throw thrown;
      makeDirectory(dirname(to));
      renameSync(from, to);
    }
  } catch (cause) {
    if (!isDirectory(to)) throw writeFailure(to, cause);
    throw new LocalError(`cannot write \`${to}\`: there is a directory of that name`, { cause });
  }
}

/** Moves all that is in a directory to where another one is or is to be. Files that are there are replaced, directories joined;
 *  what is not there yet is moved in one go, however much it holds.
 *  @throws LocalError when the disk refuses */
export function moveInto(from: string, to: string): void {
  for (const name of namesIn(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    if (isDirectory(source) && isDirectory(target)) moveInto(source, target);
    else moveFile(source, target);
  }
}

/** Deletes a file or a directory with all that is in it; nothing there is fine. */
export async function removeAll(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

/** The path below `directory` that a server's name for a file stands for; `undefined` for a name that could lead out. */
export function pathBelow(directory: string, name: string): string | undefined {
  const hasOddSegment = /(?:^|\/)\.{0,2}(?:\/|$)/.test(name);
  // Elsewhere a backslash and a colon are letters like others.
  const isForeign = sep === '\\' && /[\\:]/.test(name);
  return hasOddSegment || isForeign || name.includes('\0') ? undefined : `${directory}${sep}${name}`;
}
