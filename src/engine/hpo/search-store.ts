// What is kept of searches: every time the steering was asked, and every point with the job that evaluates it.
// A point has no status of its own: that of its job tells.
import type { JobId, TaskId } from '../../base/names.ts';
import { jobId } from '../../base/names.ts';
import type { PlainObject } from '../../prun/plain-value.ts';
import type { Database, Row } from '../store/database.ts';
import type { NewPoint } from './steering-files.ts';

/** One question to the steering, with all its tries. */
export interface StoredAsk {
  /** From 1. */
  readonly generation: number;
  readonly wanted: number;
  /** `failed`: for good; the search makes no more points. */
  readonly status: 'running' | 'answered' | 'failed';
  /** Tries so far, the present one included. */
  readonly tries: number;
  /** Tries that failed; one that was lost in a crash is none. */
  readonly failures: number;
  /** What answers, in words. */
  readonly by: string;
  /** False: the steering itself answers, not something in its place. */
  readonly isLocal: boolean;
  /** Of the present try. */
  readonly directory: string | undefined;
  /** How many points it gave; `undefined` while it runs. */
  readonly given: number | undefined;
  /** What was wrong the last time. */
  readonly error: string | undefined;
}

export interface StoredPoint extends NewPoint {
  readonly id: number;
  /** The ask that made it. */
  readonly generation: number;
  readonly job: JobId | undefined;
  readonly evaluationJob: number | undefined;
  /** `undefined`: not evaluated. */
  readonly loss: number | undefined;
}

export class SearchStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    database.transaction(() => {
      for (const statement of tables) database.exec(statement);
    });
  }

  asks(task: TaskId): readonly StoredAsk[] {
    return this.#database
      .all(`SELECT * FROM search_ask WHERE task_id = ? ORDER BY generation`, task)
      .map(askOf);
  }

  points(task: TaskId): readonly StoredPoint[] {
    return this.#database.all(`SELECT * FROM search_point WHERE task_id = ? ORDER BY id`, task).map(pointOf);
  }

  /** Adds an ask, or replaces what is known of it. */
  setAsk(task: TaskId, ask: StoredAsk): void {
    this.#database.run(
      `INSERT OR REPLACE INTO search_ask
         (task_id, generation, wanted, status, tries, failures, by_what, is_local, directory, given, error)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      task,
      ask.generation,
      ask.wanted,
      ask.status,
      ask.tries,
      ask.failures,
      ask.by,
      ask.isLocal ? 1 : 0,
      ask.directory ?? null,
      ask.given ?? null,
      ask.error ?? null,
    );
  }

  addPoint(task: TaskId, point: StoredPoint): void {
    this.#database.run(
      `INSERT INTO search_point (task_id, id, generation, segment, point) VALUES (?, ?, ?, ?, ?)`,
      task,
      point.id,
      point.generation,
      point.segment ?? null,
      JSON.stringify(point.values),
    );
  }

  setPointJob(task: TaskId, point: number, job: JobId, evaluationJob: number): void {
    this.#database.run(
      `UPDATE search_point SET job_id = ?, evaluation_job = ? WHERE task_id = ? AND id = ?`,
      job,
      evaluationJob,
      task,
      point,
    );
  }

  setPointLoss(task: TaskId, point: number, loss: number | undefined): void {
    this.#database.run(
      `UPDATE search_point SET loss = ? WHERE task_id = ? AND id = ?`,
      loss ?? null,
      task,
      point,
    );
  }

  /** Forgets asks that failed for good: a retry asks again. */
  deleteFailedAsks(task: TaskId): void {
    this.#database.run(`DELETE FROM search_ask WHERE task_id = ? AND status = 'failed'`, task);
  }

  /** Forgets everything: the search begins anew. */
  deleteSearch(task: TaskId): void {
    this.#database.run(`DELETE FROM search_point WHERE task_id = ?`, task);
    this.#database.run(`DELETE FROM search_ask WHERE task_id = ?`, task);
  }
}

const tables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS search_ask (
    task_id INTEGER NOT NULL, generation INTEGER NOT NULL, wanted INTEGER NOT NULL, status TEXT NOT NULL,
    tries INTEGER NOT NULL, failures INTEGER NOT NULL, by_what TEXT NOT NULL, is_local INTEGER NOT NULL,
    directory TEXT, given INTEGER, error TEXT, PRIMARY KEY (task_id, generation))`,
  // REAL: SQLite would give a loss of 1.0 back as it was, but none that is too large for an integer.
  `CREATE TABLE IF NOT EXISTS search_point (
    task_id INTEGER NOT NULL, id INTEGER NOT NULL, generation INTEGER NOT NULL, segment INTEGER,
    point TEXT NOT NULL, job_id INTEGER, evaluation_job INTEGER, loss REAL, PRIMARY KEY (task_id, id))`,
];

function askOf(row: Row): StoredAsk {
  return {
    generation: Number(row['generation']),
    wanted: Number(row['wanted']),
    status: String(row['status']) as StoredAsk['status'],
    tries: Number(row['tries']),
    failures: Number(row['failures']),
    by: String(row['by_what']),
    isLocal: row['is_local'] === 1,
    directory: textOf(row['directory']),
    given: numberOf(row['given']),
    error: textOf(row['error']),
  };
}

function pointOf(row: Row): StoredPoint {
  const job = numberOf(row['job_id']);
  return {
    id: Number(row['id']),
    generation: Number(row['generation']),
    segment: numberOf(row['segment']),
    values: JSON.parse(String(row['point'])) as PlainObject,
    job: job === undefined ? undefined : jobId(job),
    evaluationJob: numberOf(row['evaluation_job']),
    loss: numberOf(row['loss']),
  };
}

function textOf(value: Row[string] | undefined): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}

function numberOf(value: Row[string] | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
