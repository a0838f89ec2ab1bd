// Saving an answer to a file: beside its place first, under its name only when it is whole.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LocalError, messageOf, systemCode } from '../base/errors.ts';
import { makeDirectory } from '../base/make-directory.ts';
import { writeFailure } from '../base/write-failure.ts';
import type { EachChunk } from './direct-request.ts';
import { SparseWriter } from './sparse-writer.ts';

export interface SaveTarget {
  /** The final path. While it grows, the file is called `<path>.part`. */
  readonly path: string;
  /** Length it must have; `undefined`: whatever arrives. */
  readonly sizeBytes?: number | undefined;
  /** SHA-256 it must have, 64 hexadecimal digits. Only with it, or in staging, is a part of an earlier call continued. */
  readonly sha256?: string | undefined;
  /** The file is on its way to somewhere else: it is checked by its size, gets no digest and is not forced onto the disk,
   *  and a part is continued where the size is known. For many files that takes most of the time. */
  readonly isStaging?: boolean | undefined;
}

export interface SavedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** 64 hexadecimal digits, of the bytes on disk; empty for a file in staging. */
  readonly sha256: string;
  /** True when the file was there already and nothing was asked for. */
  readonly reused: boolean;
}

export type Verdict =
  | { readonly ok: true; readonly file: SavedFile }
  | { readonly ok: false; readonly reason: 'incomplete' | 'damaged'; readonly words: string };

const partOf = (target: SaveTarget): string => `${target.path}.part`;

/** The file under its final name, when it is already what the target asks for. Needs `sha256` to be sure. */
export async function alreadySaved(target: SaveTarget): Promise<SavedFile | undefined> {
  if (target.sha256 === undefined) return undefined;
  const sizeBytes = await sizeOf(target.path);
  if (sizeBytes === undefined || (target.sizeBytes !== undefined && sizeBytes !== target.sizeBytes))
    return undefined;
  const sha256 = await digestOf(target.path);
  return sha256 === target.sha256 ? { path: target.path, sizeBytes, sha256, reused: true } : undefined;
}

/** How many bytes of an earlier try can be built upon; 0 when it starts afresh (a stale part is removed). */
export async function resumeOffset(target: SaveTarget): Promise<number> {
  const sizeBytes = await sizeOf(partOf(target));
  if (sizeBytes === undefined) return 0;
  const isKnown =
    target.sha256 !== undefined || (target.isStaging === true && target.sizeBytes !== undefined);
  const usable = isKnown && (target.sizeBytes === undefined || sizeBytes <= target.sizeBytes) ? sizeBytes : 0;
  if (usable === 0) await discardPart(target);
  return usable;
}

export async function discardPart(target: SaveTarget): Promise<void> {
  await rm(partOf(target), { force: true });
}

/** Writes chunks from `offset` on; what arrived stays in the part even when the source breaks off.
 *  Errors of the source pass through as they are.
 *  @throws LocalError when the disk refuses */
export async function writePart(
  target: SaveTarget,
  offset: number,
  each: EachChunk,
  onBytes: (count: number) => void,
): Promise<void> {
  const file = await disk(target, () => openPart(target, offset === 0 ? 'w' : 'r+'));
  const writer = new SparseWriter(file.fd, offset);
  try {
    try {
      await each((chunk) => {
        onBytes(chunk.length);
        const busy = writer.write(chunk);
        return busy === undefined ? undefined : disk(target, () => busy);
      });
    } finally {
      await disk(target, () => writer.end());
    }
    if (target.isStaging !== true) await disk(target, () => file.sync());
  } finally {
    await file.close();
  }
}

async function openPart(target: SaveTarget, flags: 'w' | 'r+'): Promise<FileHandle> {
  try {
    return await open(partOf(target), flags);
  } catch (thrown) {
    if (systemCode(thrown) !== 'ENOENT' || flags === 'r+') throw thrown;
    makeDirectory(dirname(target.path));
    return open(partOf(target), flags);
  }
}

/** Reads the part back from disk, compares it with what was promised, and gives it its name.
 *  A damaged part is removed, an incomplete one kept for the next try. */
export async function finishPart(target: SaveTarget): Promise<Verdict> {
  const sizeBytes = (await sizeOf(partOf(target))) ?? 0;
  if (target.sizeBytes !== undefined && sizeBytes !== target.sizeBytes) {
    const words = `${sizeBytes} bytes arrived where ${target.sizeBytes} were promised`;
    if (sizeBytes < target.sizeBytes) return { ok: false, reason: 'incomplete', words };
    await discardPart(target);
    return { ok: false, reason: 'damaged', words };
  }
  const isHashed = target.isStaging !== true || target.sha256 !== undefined;
  const sha256 = isHashed ? await digestOf(partOf(target)) : '';
  if (target.sha256 !== undefined && sha256 !== target.sha256) {
    await discardPart(target);
    return {
      ok: false,
      reason: 'damaged',
      words: 'the bytes that arrived do not have the promised checksum',
    };
  }
  await disk(target, () => rename(partOf(target), target.path));
  return { ok: true, file: { path: target.path, sizeBytes, sha256, reused: false } };
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return undefined;
    throw new LocalError(`cannot look at \`${path}\`: ${messageOf(thrown)}`, { cause: thrown });
  }
}

async function digestOf(path: string): Promise<string> {
  const digest = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) digest.update(chunk as Uint8Array);
  } catch (cause) {
    throw new LocalError(`cannot read \`${path}\`: ${messageOf(cause)}`, { cause });
  }
  return digest.digest('hex');
}

async function disk<Result>(target: SaveTarget, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (cause) {
    throw writeFailure(target.path, cause);
  }
}
