// Where runs lie in the engine's database: one row per run, one row per command of its steps.
import { jobId } from '../../base/names.ts';
import type { RunRecord, RunStatus, RunStepRecord } from '../records.ts';
import type { Database, Row } from '../store/database.ts';

/** A command of a step, as stored; its log lies in a file. */
export type StoredStep = Omit<RunStepRecord, 'log'> & {
  /** How often it was begun; names the directory of its latest process. 0 before the first time. */
  readonly attempt: number;
};

/** A run as stored, without what its steps and its place on disk tell. */
export type StoredRun = Omit<RunRecord, 'workspace' | 'stepsTotal' | 'stepsFinished' | 'currentStep'> & {
  /** Names of the secrets it was started with; their values are never stored. */
  readonly secretNames: readonly string[];
};

const runStatuses: readonly RunStatus[] = [
  'created',
  'queued',
  'pending',
  'running',
  'finished',
  'failed',
  'stopped',
  'deleted',
];
const stepStatuses = ['created', 'running', 'finished', 'failed'] as const;

/** Creates the tables where they are absent; safe to call on every start. */
export function createReanaTables(db: Database): void {
  db.exec(`
    CREATE TABLE IF NOT EXISTS reana_runs (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      major INTEGER NOT NULL,
      status TEXT NOT NULL,
      created_ms INTEGER NOT NULL,
      started_ms INTEGER,
      ended_ms INTEGER,
      specification TEXT NOT NULL,
      parameters TEXT NOT NULL,
      secret_names TEXT NOT NULL,
      job_id INTEGER,
      error TEXT,
      UNIQUE (name, major)
    );
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
  `);
}

/** @throws Error when the row is not one that this file wrote: the database is damaged. */
export function readRun(row: Row): StoredRun {
  const job = optionalNumber(row, 'job_id');
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    runNumber: String(number(row, 'major')),
    status: oneOf(runStatuses, text(row, 'status')),
    createdMs: number(row, 'created_ms'),
    startedMs: optionalNumber(row, 'started_ms'),
    endedMs: optionalNumber(row, 'ended_ms'),
    specification: JSON.parse(text(row, 'specification')) as unknown,
    parameters: record(JSON.parse(text(row, 'parameters'))),
    secretNames: names(JSON.parse(text(row, 'secret_names'))),
    jobId: job === undefined ? undefined : jobId(job),
    error: row['error'] === null ? undefined : text(row, 'error'),
  };
}

/** @throws Error when the row is not one that this file wrote: the database is damaged. */
export function readStep(row: Row): StoredStep {
  return {
    runId: text(row, 'run_id'),
    index: number(row, 'position'),
    name: text(row, 'name'),
    status: oneOf(stepStatuses, text(row, 'status')),
    command: text(row, 'command'),
    image: text(row, 'image'),
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
