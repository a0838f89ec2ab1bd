// Questions and changes to the tables of runs. Changes are single statements; the engine joins them in transactions.
import type { NewRun, RunRestart, RunStart } from '../api.ts';
import type { RunLogLine, RunStatus } from '../records.ts';
import type { Database } from '../store/database.ts';
import type { Json, PlannedJob } from './conductor.ts';
import { readRunName } from './run-number.ts';
import { createReanaTables, readRun, readStep } from './tables.ts';
import type { StoredRun, StoredStep } from './tables.ts';

export interface StepEnd {
  readonly status: 'finished' | 'failed' | 'stopped';
  readonly endedMs: number;
  readonly result?: Json;
  /** Why it failed. */
  readonly reason?: string;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** True for the form of a run's id, which a name must not have. */
export const isUuid4 = (text: string): boolean => uuid.test(text);

export class RunStore {
  readonly #db: Database;

  constructor(db: Database) {
    createReanaTables(db);
    this.#db = db;
  }

  /** Stores a run under the next number of its name; numbers of deleted runs are not given again. */
  insert(id: string, run: NewRun, parameters: Readonly<Record<string, unknown>>, nowMs: number): void {
    this.#db.run(
      `INSERT INTO reana_runs (id, series_id, name, major, status, created_ms, specification, parameters, secret_names, job_id)
       SELECT ?, ?, ?, COALESCE(MAX(major), 0) + 1, 'created', ?, ?, ?, '[]', ? FROM reana_runs WHERE name = ?`,
      id,
      id,
      run.name,
      nowMs,
      JSON.stringify(run.specification),
      JSON.stringify(parameters),
      run.jobId ?? null,
      run.name,
    );
  }

  /** Stores a run in the workspace of another one, under the next number of its restarts. */
  insertRestart(id: string, of: StoredRun, restart: Omit<RunRestart, keyof RunStart>, nowMs: number): void {
    this.#db.run(
      `INSERT INTO reana_runs (id, series_id, name, major, minor, status, created_ms, specification, parameters, secret_names, job_id)
       SELECT ?, series_id, name, major, MAX(minor) + 1, 'created', ?, ?, '{}', '[]', ? FROM reana_runs WHERE series_id = ?`,
      id,
      nowMs,
      JSON.stringify(restart.specification),
      restart.jobId ?? null,
      of.seriesId,
    );
  }

  /** Replaces what was planned for a run that has not begun. */
  planSteps(id: string, jobs: readonly PlannedJob[], total: number): void {
    this.#db.run('DELETE FROM reana_steps WHERE run_id = ?', id);
    for (const job of jobs) this.addStep(id, job);
    this.setJobsTotal(id, total);
  }

  /** Adds a job that has become known, behind the others. */
  addStep(id: string, job: PlannedJob): void {
    this.#db.run(
      `INSERT INTO reana_steps (run_id, position, key, name, status, command, image, backend)
       SELECT ?, COALESCE(MAX(position), -1) + 1, ?, ?, 'created', ?, ?, ? FROM reana_steps WHERE run_id = ?`,
      id,
      job.key,
      job.name,
      job.command,
      job.image ?? '',
      job.backend ?? null,
      id,
    );
  }

  /** Newest first. */
  runs(): readonly StoredRun[] {
    return this.#db.all('SELECT * FROM reana_runs ORDER BY seq DESC').map(readRun);
  }

  /** Oldest first. */
  runsWith(status: RunStatus): readonly StoredRun[] {
    return this.#db.all('SELECT * FROM reana_runs WHERE status = ? ORDER BY seq', status).map(readRun);
  }

  /** Runs that have ended and say how long their files are kept. */
  runsWithRetention(): readonly StoredRun[] {
    return this.#db
      .all(
        `SELECT * FROM reana_runs WHERE ended_ms IS NOT NULL AND instr(specification, '"retention_days"') > 0`,
      )
      .map(readRun);
  }

  /** Runs that share a workspace, oldest first. */
  series(seriesId: string): readonly StoredRun[] {
    return this.#db.all('SELECT * FROM reana_runs WHERE series_id = ? ORDER BY minor', seriesId).map(readRun);
  }

  /** By UUID, `name.number`, `name.number.restart`, or `name`: its latest run. */
  find(key: string): StoredRun | undefined {
    if (isUuid4(key)) return this.#one('SELECT * FROM reana_runs WHERE id = ?', key.toLowerCase());
    const wanted = readRunName(key);
    if (wanted === undefined) return undefined;
    const { name, number } = wanted;
    if (number === undefined)
      return this.#one(
        'SELECT * FROM reana_runs WHERE name = ? ORDER BY major DESC, minor DESC LIMIT 1',
        name,
      );
    return this.#one(
      'SELECT * FROM reana_runs WHERE name = ? AND major = ? AND minor = ?',
      name,
      number.major,
      number.minor,
    );
  }

  /** @throws Error when there is no such run: only for ids that were just read or written. */
  get(id: string): StoredRun {
    const run = this.find(id);
    if (run === undefined) throw new Error(`run ${id} is not in the database`);
    return run;
  }

  steps(id: string): readonly StoredStep[] {
    return this.#db.all('SELECT * FROM reana_steps WHERE run_id = ? ORDER BY position', id).map(readStep);
  }

  setStatus(id: string, status: RunStatus): void {
    this.#db.run('UPDATE reana_runs SET status = ? WHERE id = ?', status, id);
  }

  setStarted(id: string, start: RunStart, secretNames: readonly string[]): void {
    this.#db.run(
      `UPDATE reana_runs SET status = 'queued', parameters = ?, options = ?, secret_names = ? WHERE id = ?`,
      JSON.stringify(start.parameters),
      JSON.stringify(start.options),
      JSON.stringify(secretNames),
      id,
    );
  }

  setJobsTotal(id: string, total: number): void {
    this.#db.run('UPDATE reana_runs SET jobs_total = ? WHERE id = ?', total, id);
  }

  addLogLine(id: string, atMs: number, line: string): void {
    this.#db.run('INSERT INTO reana_log (run_id, at_ms, line) VALUES (?, ?, ?)', id, atMs, line);
  }

  addLookUp(id: string, key: string, value: Json): void {
    this.#db.run(
      'INSERT INTO reana_lookups (run_id, key, value) VALUES (?, ?, ?)',
      id,
      key,
      JSON.stringify(value),
    );
  }

  /** What was read from disk for a run. */
  lookUps(id: string): readonly { readonly key: string; readonly value: Json }[] {
    return this.#db
      .all('SELECT key, value FROM reana_lookups WHERE run_id = ? ORDER BY rowid', id)
      .map((row) => ({ key: String(row['key']), value: JSON.parse(String(row['value'])) as Json }));
  }

  logLines(id: string): readonly RunLogLine[] {
    return this.#db
      .all('SELECT at_ms, line FROM reana_log WHERE run_id = ? ORDER BY rowid', id)
      .map((row) => ({ atMs: Number(row['at_ms']), line: String(row['line']) }));
  }

  setRunning(id: string, nowMs: number): void {
    this.#db.run(`UPDATE reana_runs SET status = 'running', started_ms = ? WHERE id = ?`, nowMs, id);
  }

  setEnded(
    id: string,
    status: 'finished' | 'failed' | 'stopped',
    endedMs: number,
    error: string | undefined,
  ): void {
    this.#db.run(
      'UPDATE reana_runs SET status = ?, ended_ms = ?, error = ? WHERE id = ?',
      status,
      endedMs,
      error ?? null,
      id,
    );
  }

  /** Not run again: what an earlier run did still stands. */
  setStepReused(step: StoredStep, before: StoredStep): void {
    this.#db.run(
      `UPDATE reana_steps SET status = 'finished', started_ms = ?, ended_ms = ?, result = ? WHERE run_id = ? AND position = ?`,
      before.startedMs ?? null,
      before.endedMs ?? null,
      before.result ?? null,
      step.runId,
      step.index,
    );
  }

  setStepBegun(step: StoredStep, nowMs: number): void {
    this.#db.run(
      `UPDATE reana_steps SET status = 'running', attempt = ?, started_ms = ?, ended_ms = NULL WHERE run_id = ? AND position = ?`,
      step.attempt,
      nowMs,
      step.runId,
      step.index,
    );
  }

  /** Back to waiting, because its process is gone without a result. */
  setStepWaiting(step: StoredStep): void {
    this.#db.run(
      `UPDATE reana_steps SET status = 'created', started_ms = NULL WHERE run_id = ? AND position = ?`,
      step.runId,
      step.index,
    );
  }

  setStepEnded(step: StoredStep, end: StepEnd): void {
    this.#db.run(
      'UPDATE reana_steps SET status = ?, ended_ms = ?, result = ?, reason = ? WHERE run_id = ? AND position = ?',
      end.status,
      end.endedMs,
      end.result === undefined ? null : JSON.stringify(end.result),
      end.reason ?? null,
      step.runId,
      step.index,
    );
  }

  #one(sql: string, ...parameters: (string | number)[]): StoredRun | undefined {
    const row = this.#db.get(sql, ...parameters);
    return row === undefined ? undefined : readRun(row);
  }
}
