// Where runs lie in the engine's database: one row per run, one row per command of its steps.
import { jobId } from '../../base/names.ts';
import { parsePythonJson } from '../../reanaspec/python-json.ts';
import { runStatuses } from '../records.ts';
import type { RunRecord, RunStepRecord } from '../records.ts';
import type { Database, Row } from '../store/database.ts';
import { showRunNumber } from './run-number.ts';

/** A command of a step, as stored; its log lies in a file. */
export type StoredStep = Omit<RunStepRecord, 'logEnd'> & {
  /** What its conductor calls it. */
  readonly key: string;
  /** What it left for the jobs after it, as JSON; `undefined` before its end, and when there is nothing. */
  readonly result: string | undefined;
  /** Why it failed. */
  readonly reason: string | undefined;
  /** How often it was begun; names the directory of its latest process. 0 before the first time. */
  readonly attempt: number;
};

/** A run as stored, without what its steps and its place on disk tell. */
export type StoredRun = Omit<RunRecord, 'workspace' | 'stepsTotal' | 'stepsFinished' | 'currentStep'> & {
  /** Names of the secrets it was started with; their values are never stored. */
  readonly secretNames: readonly string[];
  /** How many jobs it will have, as far as is known; 0: as many as are stored. */
  readonly jobsTotal: number;
};

const stepStatuses = ['created', 'running', 'finished', 'failed', 'stopped'] as const;

/** It waits for its turn, or works. */
export const isUnderWay = ({ status }: StoredRun): boolean =>
  status === 'queued' || status === 'pending' || status === 'running';

/** Creates the tables where they are absent; safe to call on every start. */
export function createReanaTables(db: Database): void {
  allowRestarts(db);
  db.exec(`
    ${runsTable('reana_runs')};
    CREATE INDEX IF NOT EXISTS reana_runs_by_status ON reana_runs (status);
    CREATE INDEX IF NOT EXISTS reana_runs_by_series ON reana_runs (series_id);
    CREATE TABLE IF NOT EXISTS reana_steps (
      run_id TEXT NOT NULL,
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      status TEXT NOT NULL,
      command TEXT NOT NULL,
      image TEXT NOT NULL,
      attempt INTEGER NOT NULL DEFAULT 0,
      started_ms INTEGER,
      ended_ms INTEGER,
      PRIMARY KEY (run_id, position)
    );
    CREATE TABLE IF NOT EXISTS reana_log (run_id TEXT NOT NULL, at_ms INTEGER NOT NULL, line TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS reana_lookups (run_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run_id, key));
    CREATE INDEX IF NOT EXISTS reana_log_by_run ON reana_log (run_id);
  `);
  for (const [table, column, type] of laterColumns) addColumn(db, table, column, type);
}

/** What came after the first version: an older file opens in a newer program. */
const laterColumns = [
  ['reana_runs', 'jobs_total', 'INTEGER NOT NULL DEFAULT 0'],
  ['reana_steps', 'key', 'TEXT'],
  ['reana_steps', 'backend', 'TEXT'],
  ['reana_steps', 'result', 'TEXT'],
  ['reana_steps', 'reason', 'TEXT'],
] as const;

function addColumn(db: Database, table: string, column: string, type: string): void {
  const columns = db.all(`SELECT name FROM pragma_table_info('${table}')`);
  if (columns.some((row) => row['name'] === column)) return;
  db.exec(`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`);
}

const runsTable = (name: string): string => `CREATE TABLE IF NOT EXISTS ${name} (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      major INTEGER NOT NULL,
      minor INTEGER NOT NULL DEFAULT 0,
      series_id TEXT NOT NULL,
      status TEXT NOT NULL,
      created_ms INTEGER NOT NULL,
      started_ms INTEGER,
      ended_ms INTEGER,
      specification TEXT NOT NULL,
      parameters TEXT NOT NULL,
      options TEXT NOT NULL DEFAULT '{}',
      secret_names TEXT NOT NULL,
      job_id INTEGER,
      error TEXT,
      UNIQUE (name, major, minor)
    )`;

// Files of the first version know no restarts: there every run has its number for itself.
function allowRestarts(db: Database): void {
  const columns = db.all(`SELECT name FROM pragma_table_info('reana_runs')`).map((row) => row['name']);
  if (columns.length === 0 || columns.includes('minor')) return;
  const kept =
    'seq, id, name, major, status, created_ms, started_ms, ended_ms, specification, parameters, secret_names, job_id, error';
  db.transaction(() =>
    db.exec(`
      ${runsTable('reana_runs_with_restarts')};
      INSERT INTO reana_runs_with_restarts (${kept}, series_id) SELECT ${kept}, id FROM reana_runs;
      DROP TABLE reana_runs;
      ALTER TABLE reana_runs_with_restarts RENAME TO reana_runs;
    `),
  );
}

/** @throws Error when the row is not one that this file wrote: the database is damaged. */
export function readRun(row: Row): StoredRun {
  const job = optionalNumber(row, 'job_id');
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    runNumber: showRunNumber({ major: number(row, 'major'), minor: number(row, 'minor') }),
    seriesId: text(row, 'series_id'),
    status: oneOf(runStatuses, text(row, 'status')),
    createdMs: number(row, 'created_ms'),
    startedMs: optionalNumber(row, 'started_ms'),
    endedMs: optionalNumber(row, 'ended_ms'),
    specification: parsePythonJson(text(row, 'specification')),
    parameters: record(parsePythonJson(text(row, 'parameters'))),
    options: record(JSON.parse(text(row, 'options'))),
    secretNames: names(JSON.parse(text(row, 'secret_names'))),
    jobsTotal: number(row, 'jobs_total'),
    jobId: job === undefined ? undefined : jobId(job),
    error: optionalText(row, 'error'),
  };
}

/** @throws Error when the row is not one that this file wrote: the database is damaged. */
export function readStep(row: Row): StoredStep {
  return {
    runId: text(row, 'run_id'),
    index: number(row, 'position'),
    // Files of the first version have serial workflows only, whose keys are their positions.
    key: optionalText(row, 'key') ?? String(number(row, 'position')),
    name: text(row, 'name'),
    status: oneOf(stepStatuses, text(row, 'status')),
    command: text(row, 'command'),
    image: text(row, 'image'),
    backend: optionalText(row, 'backend'),
    result: optionalText(row, 'result'),
    reason: optionalText(row, 'reason'),
    attempt: number(row, 'attempt'),
    startedMs: optionalNumber(row, 'started_ms'),
    endedMs: optionalNumber(row, 'ended_ms'),
  };
}

function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new Error(`column \`${column}\` of the REANA tables is not a text`);
  return value;
}

function optionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column);
}

function number(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new Error(`column \`${column}\` of the REANA tables is not a number`);
  return value;
}

function optionalNumber(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : number(row, column);
}

function oneOf<Word extends string>(words: readonly Word[], value: string): Word {
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw new Error(`the REANA tables hold an unknown status \`${value}\``);
  return word;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function names(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}
