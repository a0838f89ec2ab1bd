// Questions and changes to the tables of runs. Changes are single statements; the engine joins them in transactions.
import type { NewRun } from '../api.ts';
import type { RunStatus } from '../records.ts';
import type { Database } from '../store/database.ts';
import { createReanaTables, readRun, readStep } from './tables.ts';
import type { StoredRun, StoredStep } from './tables.ts';

export interface NewCommand {
  readonly name: string;
  readonly image: string;
  readonly command: string;
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
  insert(
    id: string,
    run: NewRun,
    parameters: Readonly<Record<string, unknown>>,
    commands: readonly NewCommand[],
    nowMs: number,
  ): void {
    this.#db.run(
      `INSERT INTO reana_runs (id, name, major, status, created_ms, specification, parameters, secret_names, job_id)
       SELECT ?, ?, COALESCE(MAX(major), 0) + 1, 'created', ?, ?, ?, '[]', ? FROM reana_runs WHERE name = ?`,
      id,
      run.name,
      nowMs,
      JSON.stringify(run.specification),
      JSON.stringify(parameters),
      run.jobId ?? null,
      run.name,
    );
    commands.forEach((command, index) => {
      this.#db.run(
        `INSERT INTO reana_steps (run_id, position, name, status, command, image) VALUES (?, ?, ?, 'created', ?, ?)`,
        id,
        index,
        command.name,
        command.command,
        command.image,
      );
    });
  }

  /** Newest first. */
  runs(): readonly StoredRun[] {
    return this.#db.all('SELECT * FROM reana_runs ORDER BY seq DESC').map(readRun);
  }

  /** Oldest first. */
  runsWith(status: RunStatus): readonly StoredRun[] {
    return this.#db.all('SELECT * FROM reana_runs WHERE status = ? ORDER BY seq', status).map(readRun);
  }

  /** By UUID, `name.number`, or `name`: its latest run. */
  find(key: string): StoredRun | undefined {
    if (isUuid4(key)) return this.#one('SELECT * FROM reana_runs WHERE id = ?', key.toLowerCase());
    const dot = key.indexOf('.');
    if (dot === -1)
      return this.#one('SELECT * FROM reana_runs WHERE name = ? ORDER BY major DESC LIMIT 1', key);
    const major = key.slice(dot + 1);
    if (!/^[1-9][0-9]{0,8}$/.test(major)) return undefined;
    return this.#one(
      'SELECT * FROM reana_runs WHERE name = ? AND major = ?',
      key.slice(0, dot),
      Number(major),
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

  setStarted(
    id: string,
    parameters: Readonly<Record<string, unknown>>,
    secretNames: readonly string[],
  ): void {
    this.#db.run(
      `UPDATE reana_runs SET status = 'queued', parameters = ?, secret_names = ? WHERE id = ?`,
      JSON.stringify(parameters),
      JSON.stringify(secretNames),
      id,
    );
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

  setCommand(step: StoredStep, command: string): void {
    this.#db.run(
      'UPDATE reana_steps SET command = ? WHERE run_id = ? AND position = ?',
      command,
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

  setStepEnded(step: StoredStep, status: 'finished' | 'failed', endedMs: number): void {
    this.#db.run(
      'UPDATE reana_steps SET status = ?, ended_ms = ? WHERE run_id = ? AND position = ?',
      status,
      endedMs,
      step.runId,
      step.index,
    );
  }

  #one(sql: string, ...parameters: (string | number)[]): StoredRun | undefined {
    const row = this.#db.get(sql, ...parameters);
    return row === undefined ? undefined : readRun(row);
  }
}
