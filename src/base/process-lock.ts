// A lock between processes: an open transaction on a file of its own. The system takes it back when the process dies,
// however it dies, so nothing is ever left locked.
import { createRequire } from 'node:module';
import type BetterSqlite from 'libsql';
import { systemCode } from './errors.ts';

export interface ProcessLock {
  release(): void;
}

/** Takes the lock that the file stands for, which is created when it is missing.
 *  @returns `undefined` when another process has it
 *  @throws whatever the driver says when the file cannot be created or used */
export function takeProcessLock(path: string): ProcessLock | undefined {
  let connection: BetterSqlite.Database | undefined;
  try {
    connection = new (sqlDriver())(path, { timeout: 100 });
    connection.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    connection?.close();
    if (systemCode(cause)?.startsWith('SQLITE_BUSY') === true) return undefined;
    throw cause;
  }
  const held = connection;
  return {
    release: () => {
      held.exec('ROLLBACK');
      held.close();
    },
  };
}

/** The embedded database. A native module: found beside the bundle at run time, and only by processes that need it. */
export function sqlDriver(): typeof BetterSqlite {
  return createRequire(import.meta.url)('libsql') as typeof BetterSqlite;
}
