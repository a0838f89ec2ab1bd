// Questions and changes to the tables of runs. Changes are single statements; the engine joins them in transactions.
import type { NewRun, RunRestart, RunStart } from '../api.ts';
import type { RunLogLine, RunStatus } from '../records.ts';
import { pythonJson } from '../../reanaspec/python-json.ts';
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
const isUuid4 = (text: string): boolean => uuid.test(text);

/** Of so many runs the steps are kept in memory: those that are under way, and those that are looked at. */
const mostKnownRuns = 8;

export class RunStore {
  readonly #db: Database;
  /** Steps by run, as they are stored, the run that was asked for last at the end. With thousands of jobs, reading all of them
   *  after the end of each would take longer than the jobs. */
  readonly #known = new Map<string, StoredStep[]>();

  constructor(db: Database) {
    createReanaTables(db);
    this.#db = db;
  }

  /** Joins changes: all are stored, or none. */
  transaction<Result>(change: () => Result): Result {
    try {
      return this.#db.transaction(change);
    } catch (thrown) {
      this.#known.clear();
      throw thrown;
    }
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
      pythonJson(run.specification),
      pythonJson(parameters),
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
      pythonJson(restart.specification),
      restart.jobId ?? null,
      of.seriesId,
    );
  }

  /** Replaces what was planned for a run that has not begun. */
  planSteps(id: string, jobs: readonly PlannedJob[], total: number): void {
    this.#db.run('DELETE FROM reana_steps WHERE run_id = ?', id);
    this.#known.delete(id);
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
    this.#known.delete(id);
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
    const known =
      this.#known.get(id) ??
      this.#db.all('SELECT * FROM reana_steps WHERE run_id = ? ORDER BY position', id).map(readStep);
    this.#known.delete(id);
    this.#known.set(id, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostKnownRuns && oldest !== undefined) this.#known.delete(oldest);
    return known;
  }

  setStatus(id: string, status: RunStatus): void {
    this.#db.run('UPDATE reana_runs SET status = ? WHERE id = ?', status, id);
  }

  setStarted(id: string, start: RunStart, secretNames: readonly string[]): void {
    this.#db.run(
      `UPDATE reana_runs SET status = 'queued', parameters = ?, options = ?, secret_names = ? WHERE id = ?`,
      pythonJson(start.parameters),
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
    this.#changed(step, {
      status: 'finished',
      startedMs: before.startedMs,
      endedMs: before.endedMs,
      result: before.result,
    });
  }

  setStepBegun(step: StoredStep, nowMs: number): void {
    this.#db.run(
      `UPDATE reana_steps SET status = 'running', attempt = ?, started_ms = ?, ended_ms = NULL WHERE run_id = ? AND position = ?`,
      step.attempt,
      nowMs,
      step.runId,
      step.index,
    );
    this.#changed(step, { status: 'running', attempt: step.attempt, startedMs: nowMs, endedMs: undefined });
  }

  /** Back to waiting, because its process is gone without a result. */
  setStepWaiting(step: StoredStep): void {
    this.#db.run(
      `UPDATE reana_steps SET status = 'created', started_ms = NULL WHERE run_id = ? AND position = ?`,
      step.runId,
      step.index,
    );
    this.#changed(step, { status: 'created', startedMs: undefined });
  }

  setStepEnded(step: StoredStep, { status, endedMs, result, reason }: StepEnd): void {
    const text = result === undefined ? undefined : JSON.stringify(result);
    this.#db.run(
      'UPDATE reana_steps SET status = ?, ended_ms = ?, result = ?, reason = ? WHERE run_id = ? AND position = ?',
      status,
      endedMs,
      text ?? null,
      reason ?? null,
      step.runId,
      step.index,
    );
    this.#changed(step, { status, endedMs, result: text, reason });
  }

  /** Positions count from 0 without gaps. */
  #changed({ runId, index }: StoredStep, changes: Partial<StoredStep>): void {
    const steps = this.#known.get(runId);
    const before = steps?.[index];
    if (steps !== undefined && before !== undefined) steps[index] = { ...before, ...changes };
  }

  #one(sql: string, ...parameters: (string | number)[]): StoredRun | undefined {
    const row = this.#db.get(sql, ...parameters);
    return row === undefined ? undefined : readRun(row);
  }
}
