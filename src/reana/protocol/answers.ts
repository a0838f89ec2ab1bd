// REANA's answers about runs and their files, read once at the door. Absent and `null` members are tolerated: servers differ
// in them.
import {
  isObject,
  member,
  namesOf,
  number,
  optionalFlag,
  optionalNumber,
  optionalText,
  text,
  texts,
} from './answer-members.ts';

/** REANA statuses; one that is not known here is kept as it is and counts as "still going". */
export type ReanaStatus = string;

const finalStatuses: ReadonlySet<string> = new Set(['finished', 'failed', 'stopped', 'deleted']);

/** True when a run does not change any more. */
export const isFinalStatus = (status: ReanaStatus): boolean => finalStatuses.has(status);

export interface CreatedRun {
  readonly id: string;
  /** `name.number`. */
  readonly name: string;
  /** What the server noticed in the specification, as it says it; empty from servers that do not look. */
  readonly warnings: readonly string[];
}

export interface RunState {
  readonly id: string;
  /** `name.number`. */
  readonly name: string;
  readonly status: ReanaStatus;
  /** As the server wrote it: UTC without a zone mark. */
  readonly created: string;
  readonly currentStep: string | undefined;
  readonly currentCommand: string | undefined;
  /** Jobs; 0 where the server does not say. */
  readonly jobsTotal: number;
  readonly jobsFinished: number;
  readonly jobsFailed: number;
  /** Times as the server wrote them, UTC without a zone mark; `undefined`: not yet, or not told. */
  readonly started: string | undefined;
  readonly ended: string | undefined;
  /** Of the workspace; `undefined`: not told. */
  readonly sizeBytes: number | undefined;
  /** Path of the interactive session on the server; `undefined`: there is none. */
  readonly sessionPath: string | undefined;
}

export interface JobLog {
  readonly id: string;
  readonly step: string;
  readonly status: string;
  readonly image: string;
  readonly command: string;
  readonly log: string;
  /** Where the job ran, such as `Kubernetes`; empty where the server does not say. */
  readonly backend: string;
  readonly started: string | undefined;
  readonly ended: string | undefined;
}

export interface RunLogs {
  /** What the workflow engine itself wrote. */
  readonly workflow: string;
  /** In the order of the answer. */
  readonly jobs: readonly JobLog[];
  /** Of the engine, beside the logs; empty when there is none. */
  readonly engine: string;
  /** False: the server shows logs only of jobs that have ended. `undefined`: it does not say. */
  readonly areLive: boolean | undefined;
}

export interface RemoteFile {
  /** Relative to the workspace. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly modified: string;
}

export interface RemotePage<Item> {
  readonly items: readonly Item[];
  readonly hasNext: boolean;
}

export interface DiskUsage {
  /** Relative to the workspace; empty for the workspace itself. */
  readonly name: string;
  readonly sizeBytes: number;
}

/** What became of files that were to be deleted. */
export interface RemovedFiles {
  readonly deleted: readonly string[];
  /** By name, why not. */
  readonly failed: ReadonlyMap<string, string>;
}

/** The specification that the server keeps for a run, as far as it is needed here. */
export interface StoredSpecification {
  readonly inputFiles: readonly string[];
  readonly inputDirectories: readonly string[];
  readonly testFiles: readonly string[];
  readonly outputFiles: readonly string[];
  readonly outputDirectories: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
}

export function readCreated(value: unknown): CreatedRun {
  const warnings = member(value, 'validation_warnings');
  return {
    id: text(value, 'workflow_id'),
    name: text(value, 'workflow_name'),
    warnings: (Array.isArray(warnings) ? warnings : []).flatMap(
      (warning: unknown) => optionalText(warning, 'message') ?? [],
    ),
  };
}

export function readState(value: unknown): RunState {
  const progress = member(value, 'progress');
  return {
    id: text(value, 'id'),
    name: text(value, 'name'),
    status: text(value, 'status'),
    created: optionalText(value, 'created') ?? '',
    currentStep: optionalText(progress, 'current_step_name'),
    currentCommand: optionalText(progress, 'current_command'),
    jobsTotal: count(progress, 'total'),
    jobsFinished: count(progress, 'finished'),
    jobsFailed: count(progress, 'failed'),
    started: optionalText(progress, 'run_started_at'),
    ended: optionalText(progress, 'run_finished_at') ?? optionalText(progress, 'run_stopped_at'),
    sizeBytes: sizeOf(value),
    sessionPath: optionalText(value, 'session_uri'),
  };
}

/** `logs` is JSON inside of JSON. */
export function readLogs(value: unknown): RunLogs {
  const packed = member(value, 'logs');
  const logs: unknown = typeof packed === 'string' && packed !== '' ? JSON.parse(packed) : packed;
  const jobs = member(logs, 'job_logs');
  return {
    workflow: optionalText(logs, 'workflow_logs') ?? '',
    jobs: Object.entries(isObject(jobs) ? jobs : {}).map(([id, job]) => ({
      id,
      step: optionalText(job, 'job_name') ?? id,
      status: optionalText(job, 'status') ?? '',
      image: optionalText(job, 'docker_img') ?? '',
      command: optionalText(job, 'cmd') ?? '',
      log: optionalText(job, 'logs') ?? '',
      backend: optionalText(job, 'compute_backend') ?? '',
      started: optionalText(job, 'started_at'),
      ended: optionalText(job, 'finished_at'),
    })),
    engine: optionalText(logs, 'engine_specific') ?? '',
    areLive: optionalFlag(value, 'live_logs_enabled'),
  };
}

export function readFiles(value: unknown): RemotePage<RemoteFile> {
  return page(value, (item) => ({
    name: text(item, 'name'),
    sizeBytes: number(member(item, 'size'), 'raw'),
    modified: optionalText(item, 'last-modified') ?? '',
  }));
}

export function readRuns(value: unknown): RemotePage<RunState> {
  return page(value, readState);
}

export function readDiskUsage(value: unknown): readonly DiskUsage[] {
  const list = member(value, 'disk_usage_info');
  return (Array.isArray(list) ? list : []).map((item: unknown) => ({
    name: (optionalText(item, 'name') ?? '').replace(/^\/+/, ''),
    sizeBytes: number(member(item, 'size'), 'raw'),
  }));
}

export function readRemoved(value: unknown): RemovedFiles {
  const failed = member(value, 'failed');
  return {
    deleted: namesOf(member(value, 'deleted')),
    failed: new Map(
      namesOf(failed).map((name) => [name, optionalText(member(failed, name), 'error') ?? 'no reason given']),
    ),
  };
}

/** Of some runs a server keeps no specification at all. */
export function readStoredSpecification(value: unknown): StoredSpecification {
  const specification = member(value, 'specification');
  const inputs = member(specification, 'inputs');
  const outputs = member(specification, 'outputs');
  const parameters = member(inputs, 'parameters');
  return {
    inputFiles: texts(inputs, 'files'),
    inputDirectories: texts(inputs, 'directories'),
    testFiles: texts(member(specification, 'tests'), 'files'),
    outputFiles: texts(outputs, 'files'),
    outputDirectories: texts(outputs, 'directories'),
    parameters: isObject(parameters) ? parameters : {},
  };
}

/** The parameters that a run will be started with. */
export function readParameters(value: unknown): Readonly<Record<string, unknown>> {
  const parameters = member(value, 'parameters');
  return isObject(parameters) ? parameters : {};
}

/** The full name of a run that was started or restarted: the answer has the parts. */
export function readStarted(value: unknown): { readonly id: string; readonly name: string } {
  const base = text(value, 'workflow_name');
  const number = optionalText(value, 'run_number');
  return {
    id: text(value, 'workflow_id'),
    name: number === undefined || base.endsWith(`.${number}`) ? base : `${base}.${number}`,
  };
}

export function readSessionPath(value: unknown): string {
  return text(value, 'path');
}

function page<Item>(value: unknown, read: (item: unknown) => Item): RemotePage<Item> {
  const items = member(value, 'items');
  if (!Array.isArray(items)) throw new Error('`items` is not a list');
  return { items: items.map(read), hasNext: member(value, 'has_next') === true };
}

/** Servers say -1 for "not asked". */
function sizeOf(value: unknown): number | undefined {
  const size = optionalNumber(member(value, 'size'), 'raw');
  return size !== undefined && size >= 0 ? size : undefined;
}

function count(progress: unknown, key: string): number {
  const found = member(member(progress, key), 'total');
  return typeof found === 'number' ? found : 0;
}
