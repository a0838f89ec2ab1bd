// A thin, typed way to the embedded SQL database: one file, one writer, every change on disk before the call returns.
import type BetterSqlite from 'libsql';
import { LocalError, messageOf, systemCode } from '../../base/errors.ts';
import { sqlDriver, takeProcessLock, type ProcessLock } from '../../base/process-lock.ts';

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, SqlValue>>;

export class Database {
  readonly #connection: BetterSqlite.Database;
  readonly #statements = new Map<string, BetterSqlite.Statement>();
  readonly #lock: ProcessLock;
  readonly #path: string;
  #depth = 0;

  constructor(connection: BetterSqlite.Database, lock: ProcessLock, path: string) {
    this.#connection = connection;
    this.#lock = lock;
    this.#path = path;
  }

  /** Runs statements that give no rows and take no parameters. */
  exec(sql: string): void {
    this.#guard(() => this.#connection.exec(sql));
  }

  /** Runs one statement with `?` parameters; gives the id of the row it inserted. */
  run(sql: string, ...parameters: SqlValue[]): number {
    return this.#guard(() => Number(this.#statement(sql).run(...parameters).lastInsertRowid));
  }

  all(sql: string, ...parameters: SqlValue[]): readonly Row[] {
    return this.#guard(() => (this.#statement(sql).all(...parameters) as Row[]).map(withoutMetadata));
  }

  get(sql: string, ...parameters: SqlValue[]): Row | undefined {
    return this.#guard(() => {
      const row = this.#statement(sql).get(...parameters) as Row | undefined;
      return row === undefined ? undefined : withoutMetadata(row);
    });
  }

  /** All changes made by `change` become visible and durable together, or not at all. Nested calls join the outer one. */
  transaction<Result>(change: () => Result): Result {
    if (this.#depth > 0) return change();
    this.exec('BEGIN IMMEDIATE');
    this.#depth++;
    let result: Result;
    try {
      result = change();
    } catch (thrown) {
      this.#depth--;
      this.exec('ROLLBACK');
      throw thrown;
    }
    this.#depth--;
    this.exec('COMMIT');
    return result;
  }

  close(): void {
    this.#statements.clear();
    this.#connection.close();
    this.#lock.release();
  }

  #statement(sql: string): BetterSqlite.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (cause) {
      const code = systemCode(cause) ?? '';
      if (code.startsWith('SQLITE_IOERR')) {
        throw new LocalError(
          `cannot write \`${this.#path}\` (${code}): the disk may be full or faulty, or a quota reached`,
          {
            hint: 'nothing that was stored is lost; start again when it can be written',
            cause,
          },
        );
      }
      if (code === 'SQLITE_FULL') {
        throw new LocalError(`no space left for \`${this.#path}\``, {
          hint: 'free some disk space; nothing that was stored is lost',
          cause,
        });
      }
      throw cause;
    }
  }
}

/** Opens (or creates) the database and keeps it for this process alone, until `close` or until the process dies.
 *  @throws DatabaseBusy when another process has it
 *  @throws LocalError when the file cannot be opened or is not a database */
export function openDatabase(path: string): Database {
  const lock = takeLock(path);
  try {
    const connection = connect(path);
    connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    return new Database(connection, lock, path);
  } catch (cause) {
    lock.release();
    throw new LocalError(`cannot open the database \`${path}\`: ${messageOf(cause)}`, { cause });
  }
}

function takeLock(path: string): ProcessLock {
  let lock: ProcessLock | undefined;
  try {
    lock = takeProcessLock(`${path}.lock`);
  } catch (cause) {
    throw new LocalError(`cannot lock the database \`${path}\`: ${messageOf(cause)}`, { cause });
  }
  if (lock === undefined) throw new DatabaseBusy(path);
  return lock;
}

function connect(path: string): BetterSqlite.Database {
  return new (sqlDriver())(path, { timeout: 100 });
}

/** Another process holds the database. */
export class DatabaseBusy extends LocalError {
  constructor(path: string) {
    super(`another pchain engine is using \`${path}\``);
  }
}

function withoutMetadata(row: Row): Row {
  const { _metadata: _driverTiming, ...columns } = row;
  return columns;
}
