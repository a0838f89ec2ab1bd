// Moves a finished tree of files to its place, all of it or nothing, without following links that wait there.
import type { Stats } from 'node:fs';
import { lstat, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalError, systemCode } from '../base/errors.ts';

/** Merges `stage` into `directory`: files and links replace files and links of the same name, directories are joined.
 *  Both lie on one file system. Everything is looked at before anything is moved.
 *  @throws LocalError naming what is in the way: a directory where a file is to go, a file or link where a directory is */
export async function moveStagedTree(stage: string, directory: string): Promise<void> {
  for (const { from, to } of await plannedMoves(stage, directory)) await rename(from, to);
}

interface Move {
  readonly from: string;
  readonly to: string;
}

async function plannedMoves(from: string, to: string): Promise<Move[]> {
  const moves: Move[] = [];
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const move = { from: join(from, entry.name), to: join(to, entry.name) };
    const there = await statusOf(move.to);
    if (there === undefined) moves.push(move);
    else if (entry.isDirectory() && there.isDirectory())
      moves.push(...(await plannedMoves(move.from, move.to)));
    else if (entry.isDirectory()) throw inTheWay(move.to, there.isSymbolicLink() ? 'a link' : 'a file');
    else if (there.isDirectory()) throw inTheWay(move.to, 'a directory');
    else moves.push(move);
  }
  return moves;
}

async function statusOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function inTheWay(path: string, what: string): LocalError {
  return new LocalError(`cannot unpack over \`${path}\`: ${what} is in the way`, {
    hint: 'unpack into an empty directory',
  });
}
