// Rows of the engine's tables as records: what we wrote in this shape is read back in this shape.
import { jobId, requestId, taskId } from '../../base/names.ts';
import type { Splitting } from '../../prun/splitting.ts';
import type { LeafType } from '../../workflow/model.ts';
import type { SubmittedSearch } from '../hpo/search-options.ts';
import type { JobInputs } from '../panda/jobs/job-maker.ts';
import type { JobLimits } from '../process/limits.ts';
import type { JunctionResults } from '../panda/loops/results.ts';
import type {
  FileRecord,
  JobKind,
  JobRecord,
  JobStatus,
  PayloadPlace,
  RequestRecord,
  RequestStatus,
  RunOptions,
  TaskControl,
  TaskRecord,
  TaskStatus,
} from '../records.ts';
import type { Row, SqlValue } from './database.ts';
import { planFromJson } from './plan-json.ts';

/** A job with what the engine alone needs to know of it. */
export interface StoredJob extends JobRecord {
  readonly kind: JobKind;
  readonly inputs: JobInputs;
  /** What it decided, for a job of a loop's junction. */
  readonly results: JunctionResults | undefined;
  /** Tries that failed since it was defined or retried. */
  readonly failures: number;
}

/** A task with what the engine alone needs to know of it. */
export interface StoredTask extends TaskRecord {
  /** What a retry gave to its jobs, on top of what the plan says. */
  readonly limits: JobLimits;
  /** How a retry wants it split, on top of what the plan says. */
  readonly splitting: Partial<Splitting>;
}

export interface StoredRequest extends RequestRecord {
  readonly sandbox: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** How many iterations a loop of it may have; `undefined`: as many as anywhere here. */
  readonly maxIterations: number | undefined;
}

export function requestOf(row: Row): StoredRequest {
  return {
    id: requestId(integer(row['id'])),
    name: text(row['name']),
    userName: text(row['user_name']),
    status: text(row['status']) as RequestStatus,
    createdMs: integer(row['created_ms']),
    endedMs: mapped(row['ended_ms'], integer),
    error: mapped(row['error'], text),
    key: mapped(row['key'], text),
    plan: planFromJson(text(row['plan'])),
    sandbox: mapped(row['sandbox'], text),
    maxIterations: mapped(row['max_iterations'], integer),
    environment: JSON.parse(text(row['environment'])) as Record<string, string>,
    taskParameters: mapped(
      row['task_parameters'],
      (value) => JSON.parse(text(value)) as Record<string, unknown>,
    ),
    search: mapped(row['search'], (value) => JSON.parse(text(value)) as SubmittedSearch),
    options: mapped(row['options'], (value) => JSON.parse(text(value)) as RunOptions),
  };
}

export function taskOf(row: Row): StoredTask {
  const nJobs = integer(row['n_jobs']);
  return {
    id: taskId(integer(row['id'])),
    requestId: requestId(integer(row['request_id'])),
    stepId: integer(row['step_id']),
    stepName: text(row['step_name']),
    type: text(row['type']) as LeafType,
    name: text(row['name']),
    iteration: mapped(row['iteration'], text) ?? '',
    status: text(row['status']) as TaskStatus,
    nJobs: row['all_jobs_defined'] === 1 ? nJobs : undefined,
    nJobsRunning: integer(row['n_running']),
    nJobsFinished: integer(row['n_finished']),
    nJobsReused: integer(row['n_reused']),
    nJobsFailed: integer(row['n_failed']),
    createdMs: mapped(row['created_ms'], Number),
    startedMs: mapped(row['started_ms'], integer),
    endedMs: mapped(row['ended_ms'], integer),
    error: mapped(row['error'], text),
    skipped: row['skipped'] === 1,
    control: mapped(row['control'], text) as TaskControl | undefined,
    limits: mapped(row['limits'], (value) => JSON.parse(text(value)) as JobLimits) ?? {},
    place: mapped(row['place'], (value) => JSON.parse(text(value)) as PayloadPlace),
    splitting: mapped(row['splitting'], (value) => JSON.parse(text(value)) as Partial<Splitting>) ?? {},
  };
}

export function jobOf(row: Row): StoredJob {
  return {
    id: jobId(integer(row['id'])),
    taskId: taskId(integer(row['task_id'])),
    kind: (mapped(row['kind'], text) ?? 'run') as JobKind,
    serial: integer(row['serial']),
    attempt: integer(row['attempt']),
    status: text(row['status']) as JobStatus,
    startedMs: mapped(row['started_ms'], integer),
    endedMs: mapped(row['ended_ms'], integer),
    exitStatus: mapped(row['exit_status'], integer),
    error: mapped(row['error'], text),
    command: text(row['command']),
    directory: text(row['directory']),
    reusedFrom: mapped(row['reused_from'], (id) => jobId(integer(id))),
    inputs: JSON.parse(text(row['inputs'])) as JobInputs,
    failures: Number(row['failures'] ?? 0),
    results: mapped(row['results'], (value) => JSON.parse(text(value)) as JunctionResults),
  };
}

export function fileOf(row: Row): FileRecord {
  return {
    name: text(row['name']),
    dataset: text(row['dataset']),
    sizeBytes: integer(row['size_bytes']),
    sha256: text(row['sha256']) || undefined,
    path: text(row['path']),
  };
}

export function mapped<Given, Result>(
  value: Given | null | undefined,
  map: (value: Given) => Result,
): Result | undefined {
  return value === null || value === undefined ? undefined : map(value);
}

export function text(value: SqlValue | undefined): string {
  return String(value);
}

export function integer(value: SqlValue | undefined): number {
  return Number(value);
}
