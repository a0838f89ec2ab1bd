// The engine's memory: requests, tasks, jobs and events as rows, and the stores of what belongs to them. Every method is one
// statement or a few; the engine joins them into transactions.
import type { JobId, RequestId, TaskId } from '../../base/names.ts';
import { jobId, requestId, taskId } from '../../base/names.ts';
import type { Splitting } from '../../prun/splitting.ts';
import type { LeafType } from '../../workflow/model.ts';
import type { EngineEvent, NumberedEvent } from '../events.ts';
import { SearchStore } from '../hpo/search-store.ts';
import type { JobInputs } from '../panda/jobs/job-maker.ts';
import type { JobLimits } from '../process/limits.ts';
import type { JunctionResults } from '../panda/loops/results.ts';
import type { JobKind, JobStatus, PayloadPlace, RequestStatus, TaskControl, TaskStatus } from '../records.ts';
import type { Database, SqlValue } from './database.ts';
import { DatasetStore } from './dataset-store.ts';
import { IterationStore } from './iteration-store.ts';
import { JobKeyStore } from './job-key-store.ts';
import { planToJson } from './plan-json.ts';
import { integer, jobOf, mapped, requestOf, taskOf, text } from './rows.ts';
import type { StoredJob, StoredRequest, StoredTask } from './rows.ts';
import { createTables } from './schema.ts';

export type { StoredJob, StoredRequest, StoredTask } from './rows.ts';

export interface JobChange {
  readonly status: JobStatus;
  readonly attempt?: number;
  readonly startedMs?: number | undefined;
  readonly endedMs?: number | undefined;
  readonly exitStatus?: number | undefined;
  readonly error?: string | undefined;
  readonly command?: string;
  readonly directory?: string;
  readonly failures?: number;
}

export class PandaStore {
  readonly datasets: DatasetStore;
  readonly searches: SearchStore;
  readonly iterations: IterationStore;
  readonly keys: JobKeyStore;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    createTables(database);
    this.datasets = new DatasetStore(database);
    this.iterations = new IterationStore(database);
    this.keys = new JobKeyStore(database);
    this.searches = new SearchStore(database);
  }

  transaction<Result>(change: () => Result): Result {
    return this.#database.transaction(change);
  }

  // Requests

  addRequest(request: Omit<StoredRequest, 'id' | 'endedMs' | 'error'>): RequestId {
    return requestId(
      this.#database.run(
        `INSERT INTO request (name, user_name, status, created_ms, key, plan, sandbox, environment, task_parameters, max_iterations, search, options)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        request.name,
        request.userName,
        request.status,
        request.createdMs,
        request.key ?? null,
        planToJson(request.plan),
        request.sandbox ?? null,
        JSON.stringify(request.environment),
        request.taskParameters === undefined ? null : JSON.stringify(request.taskParameters),
        request.maxIterations ?? null,
        request.search === undefined ? null : JSON.stringify(request.search),
        request.options === undefined ? null : JSON.stringify(request.options),
      ),
    );
  }

  setRequest(
    id: RequestId,
    status: RequestStatus,
    endedMs: number | undefined,
    error: string | undefined,
  ): void {
    this.#database.run(
      `UPDATE request SET status = ?, ended_ms = ?, error = ? WHERE id = ?`,
      status,
      endedMs ?? null,
      error ?? null,
      id,
    );
  }

  setMaxIterations(id: RequestId, most: number): void {
    this.#database.run(`UPDATE request SET max_iterations = ? WHERE id = ?`, most, id);
  }

  request(id: RequestId): StoredRequest | undefined {
    return mapped(this.#database.get(`SELECT * FROM request WHERE id = ?`, id), requestOf);
  }

  requestByKey(key: string): StoredRequest | undefined {
    return mapped(
      this.#database.get(`SELECT * FROM request WHERE key = ? ORDER BY id DESC LIMIT 1`, key),
      requestOf,
    );
  }

  requests(): readonly StoredRequest[] {
    return this.#database.all(`SELECT * FROM request ORDER BY id`).map(requestOf);
  }

  activeRequests(): readonly StoredRequest[] {
    return this.#database
      .all(
        `SELECT * FROM request WHERE status NOT IN ('Finished', 'SubFinished', 'Failed', 'Cancelled') ORDER BY id`,
      )
      .map(requestOf);
  }

  // Tasks

  addTask(task: {
    requestId: RequestId;
    stepId: number;
    stepName: string;
    type: LeafType;
    name: string;
    iteration: string;
    createdMs: number;
  }): TaskId {
    return taskId(
      this.#database.run(
        `INSERT INTO task (request_id, step_id, step_name, type, name, status, iteration, created_ms) VALUES (?, ?, ?, ?, ?, 'registered', ?, ?)`,
        task.requestId,
        task.stepId,
        task.stepName,
        task.type,
        task.name,
        task.iteration === '' ? null : task.iteration,
        task.createdMs,
      ),
    );
  }

  /** Something to say about a task beside its status. */
  setTaskNote(id: TaskId, status: TaskStatus, note: string): void {
    this.#database.run(`UPDATE task SET status = ?, error = ? WHERE id = ?`, status, note, id);
  }

  /** Takes a task away with all that it made. */
  deleteTask(id: TaskId): void {
    this.datasets.deleteOfTask(id);
    this.deleteJobs(id);
    this.#database.run(`DELETE FROM task WHERE id = ?`, id);
  }

  setTask(
    id: TaskId,
    status: TaskStatus,
    change: {
      startedMs?: number | undefined;
      endedMs?: number | undefined;
      error?: string | undefined;
      skipped?: boolean;
    } = {},
  ): void {
    this.#database.run(
      `UPDATE task SET status = ?, started_ms = COALESCE(?, started_ms), ended_ms = ?, error = ?, skipped = ? WHERE id = ?`,
      status,
      change.startedMs ?? null,
      change.endedMs ?? null,
      change.error ?? null,
      change.skipped === true ? 1 : 0,
      id,
    );
  }

  setTaskControl(id: TaskId, control: TaskControl | undefined): void {
    this.#database.run(`UPDATE task SET control = ? WHERE id = ?`, control ?? null, id);
  }

  setTaskLimits(id: TaskId, limits: JobLimits): void {
    this.#database.run(`UPDATE task SET limits = ? WHERE id = ?`, JSON.stringify(limits), id);
  }

  setTaskPlace(id: TaskId, place: PayloadPlace): void {
    this.#database.run(`UPDATE task SET place = ? WHERE id = ?`, JSON.stringify(place), id);
  }

  setTaskSplitting(id: TaskId, splitting: Partial<Splitting>): void {
    this.#database.run(`UPDATE task SET splitting = ? WHERE id = ?`, JSON.stringify(splitting), id);
  }

  setAllJobsDefined(id: TaskId, allDefined: boolean): void {
    this.#database.run(`UPDATE task SET all_jobs_defined = ? WHERE id = ?`, allDefined ? 1 : 0, id);
  }

  task(id: TaskId): StoredTask | undefined {
    return mapped(this.#database.get(`${selectTask} WHERE task.id = ? GROUP BY task.id`, id), taskOf);
  }

  tasks(request: RequestId): readonly StoredTask[] {
    return this.#database
      .all(`${selectTask} WHERE task.request_id = ? GROUP BY task.id ORDER BY task.step_id, task.id`, request)
      .map(taskOf);
  }

  /** The latest phpo task whose name a dataset name begins with. */
  searchTask(dataset: string, request: RequestId | undefined): StoredTask | undefined {
    const row = this.#database.get(
      `SELECT id FROM task WHERE type = 'phpo' AND substr(?, 1, length(name) + 1) = name || '_'
         AND request_id = COALESCE(?, request_id) ORDER BY length(name) DESC, id DESC LIMIT 1`,
      dataset,
      request ?? null,
    );
    return mapped(row?.['id'], (id) => this.task(taskId(integer(id))));
  }

  // Jobs

  addJob(task: TaskId, serial: number, inputs: JobInputs, kind: JobKind = 'run'): JobId {
    return jobId(
      this.#database.run(
        `INSERT INTO job (task_id, serial, attempt, status, command, directory, inputs, kind) VALUES (?, ?, 0, 'defined', '', '', ?, ?)`,
        task,
        serial,
        JSON.stringify(inputs),
        kind,
      ),
    );
  }

  setJob(id: JobId, change: JobChange): void {
    const columns: [string, SqlValue][] = [['status', change.status]];
    if (change.attempt !== undefined) columns.push(['attempt', change.attempt]);
    if ('startedMs' in change) columns.push(['started_ms', change.startedMs ?? null]);
    if ('endedMs' in change) columns.push(['ended_ms', change.endedMs ?? null]);
    if ('exitStatus' in change) columns.push(['exit_status', change.exitStatus ?? null]);
    if ('error' in change) columns.push(['error', change.error ?? null]);
    if (change.command !== undefined) columns.push(['command', change.command]);
    if (change.directory !== undefined) columns.push(['directory', change.directory]);
    if (change.failures !== undefined) columns.push(['failures', change.failures]);
    this.#database.run(
      `UPDATE job SET ${columns.map(([name]) => `${name} = ?`).join(', ')} WHERE id = ?`,
      ...columns.map(([, value]) => value),
      id,
    );
  }

  setJobResults(id: JobId, results: JunctionResults): void {
    this.#database.run(`UPDATE job SET results = ? WHERE id = ?`, JSON.stringify(results), id);
  }

  deleteJob(id: JobId): void {
    this.#database.run(`DELETE FROM job WHERE id = ?`, id);
  }

  deleteJobs(task: TaskId): void {
    this.#database.run(`DELETE FROM job WHERE task_id = ?`, task);
  }

  job(id: JobId): StoredJob | undefined {
    return mapped(this.#database.get(`SELECT * FROM job WHERE id = ?`, id), jobOf);
  }

  jobs(task: TaskId): readonly StoredJob[] {
    return this.#database.all(`SELECT * FROM job WHERE task_id = ? ORDER BY id`, task).map(jobOf);
  }

  // Events

  addEvent(atMs: number, request: RequestId | undefined, event: EngineEvent): NumberedEvent {
    const seq = this.#database.run(
      `INSERT INTO event (at_ms, request_id, body) VALUES (?, ?, ?)`,
      atMs,
      request ?? null,
      JSON.stringify(event),
    );
    return { seq, atMs, event };
  }

  eventsAfter(seq: number, request: RequestId | undefined): readonly NumberedEvent[] {
    const rows =
      request === undefined
        ? this.#database.all(`SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT 1000`, seq)
        : this.#database.all(
            `SELECT * FROM event WHERE seq > ? AND request_id = ? ORDER BY seq LIMIT 1000`,
            seq,
            request,
          );
    return rows.map((row) => ({
      seq: integer(row['seq']),
      atMs: integer(row['at_ms']),
      event: JSON.parse(text(row['body'])) as EngineEvent,
    }));
  }
}

const selectTask = `
  SELECT task.*, COUNT(job.id) AS n_jobs,
    COALESCE(SUM(job.status IN ('running', 'transferring')), 0) AS n_running,
    COALESCE(SUM(job.status = 'finished'), 0) AS n_finished, COUNT(job.reused_from) AS n_reused,
    COALESCE(SUM(job.status IN ('failed', 'cancelled')), 0) AS n_failed
  FROM task LEFT JOIN job ON job.task_id = task.id`;
