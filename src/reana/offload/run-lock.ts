// One offload at a time on one journal. The lock is an open transaction on a file: the system takes it back when the process
// dies, however it dies, so there is nothing to clean up and nothing that can be stale.
import { statSync, unlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type BetterSqlite from 'libsql';
import { LocalError, messageOf, systemCode } from '../../base/errors.ts';
import { makeDirectory } from '../../base/make-directory.ts';

export interface RunLock {
  release(): void;
}

const tries = 3;

/** Takes the lock, or says who has it.
 *  @param path of the lock's file, which is there while the lock is held
 *  @throws LocalError when another process has it, or there cannot be a file */
export function takeLock(path: string, what: string): RunLock {
  makeDirectory(dirname(path));
  for (let attempt = 1; ; attempt++) {
    const before = inodeOf(path);
    const database = lockedFile(path, what);
    const now = inodeOf(path);
    // Whoever had it before takes the file away at the end; a lock on a file that is gone locks nothing.
    if (now !== undefined && (before === undefined || before === now))
      return { release: () => release(path, database) };
    close(database);
    if (attempt >= tries) throw busy(what);
  }
}

function lockedFile(path: string, what: string): BetterSqlite.Database {
  const driver = createRequire(import.meta.url)('libsql') as typeof BetterSqlite;
  try {
    const database = new driver(path, { timeout: 0 });
    try {
      database.exec('BEGIN EXCLUSIVE');
    } catch (cause) {
      database.close();
      throw cause;
    }
    return database;
  } catch (cause) {
    if (systemCode(cause)?.startsWith('SQLITE_BUSY') === true) throw busy(what, cause);
    // The driver says of it only that it could not.
    const isUnwritable = inodeOf(path) === undefined && !/full/.test(messageOf(cause));
    const words = isUnwritable ? 'no file can be made in its directory' : messageOf(cause);
    throw new LocalError(`cannot lock \`${path}\`: ${words}`, { cause });
  }
}

function busy(what: string, cause?: unknown): LocalError {
  return new LocalError(`another pchain is at work on ${what}`, {
    hint: 'wait for it, or use another `--name`',
    cause,
  });
}

function release(path: string, database: BetterSqlite.Database): void {
  // First the file, then the lock: nobody can take it in between.
  try {
    unlinkSync(path);
  } catch {
    // A file that stays does no harm.
  }
  close(database);
}

function close(database: BetterSqlite.Database): void {
  database.exec('ROLLBACK');
  database.close();
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
