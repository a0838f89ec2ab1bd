// Saving a small file on its way to somewhere else: gathered in memory, then written in one go. Opening a part, looking at it
// and renaming it would take longer than the transfer. Whoever is killed in between leaves a file that is too short, and
// staged files are believed by their size alone.
import { closeSync, constants, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../base/errors.ts';
import { makeDirectory } from '../base/make-directory.ts';
import { writeFailure } from '../base/write-failure.ts';
import type { EachChunk } from './direct-request.ts';
import type { SaveTarget, Verdict } from './save.ts';

/** A handful of them at once are no memory, and sending one again costs nothing. */
const mostBytes = 1 << 20;

/** A file in staging whose length is known. */
export interface SmallTarget extends SaveTarget {
  readonly sizeBytes: number;
}

export function isSmall(target: SaveTarget): target is SmallTarget {
  const { isStaging, sizeBytes, sha256 } = target;
  return isStaging === true && sha256 === undefined && sizeBytes !== undefined && sizeBytes <= mostBytes;
}

/** Takes the whole body, and writes the file when it is as long as it should be.
 *  @throws LocalError when the disk refuses; errors of the connection as they are */
export async function saveSmall(
  target: SmallTarget,
  each: EachChunk,
  onBytes: (count: number) => void,
): Promise<Verdict> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  await each((chunk) => {
    sizeBytes += chunk.length;
    // What is too long is refused below; until then it must not fill the memory.
    if (sizeBytes <= target.sizeBytes) chunks.push(chunk);
    onBytes(chunk.length);
    return undefined;
  });
  if (sizeBytes !== target.sizeBytes) {
    const reason = sizeBytes < target.sizeBytes ? 'incomplete' : 'damaged';
    return { ok: false, reason, words: `${sizeBytes} bytes arrived where ${target.sizeBytes} were promised` };
  }
  try {
    writeAtOnce(target.path, chunks);
  } catch (cause) {
    throw writeFailure(target.path, cause);
  }
  return { ok: true, file: { path: target.path, sizeBytes, sha256: '', reused: false } };
}

/** Writes a file at once, with the directories it lies in.
 *  @throws the system's error when the disk refuses, or a link lies in its place; LocalError for a directory */
export function writeAtOnce(path: string, chunks: readonly Buffer[]): void {
  const file = opened(path);
  try {
    for (const chunk of chunks) writeFileSync(file, chunk);
  } finally {
    closeSync(file);
  }
}

function opened(path: string): number {
  try {
    return openSync(path, flags);
  } catch (thrown) {
    if (systemCode(thrown) !== 'ENOENT') throw thrown;
    makeDirectory(dirname(path));
    return openSync(path, flags);
  }
}

// Windows has no such flag, whatever the types say.
const noFollow = 'O_NOFOLLOW' in constants ? constants.O_NOFOLLOW : 0;
const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | noFollow;
