// REANA's answers, read once at the door. Absent and `null` members are tolerated: servers differ in them.

/** REANA statuses; one that is not known here is kept as it is and counts as "still going". */
export type ReanaStatus = string;

const finalStatuses: ReadonlySet<string> = new Set(['finished', 'failed', 'stopped', 'deleted']);

/** True when a run does not change any more. */
export const isFinalStatus = (status: ReanaStatus): boolean => finalStatuses.has(status);

export interface CreatedRun {
  readonly id: string;
  /** `name.number`. */
  readonly name: string;
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
}

export interface JobLog {
  readonly id: string;
  readonly step: string;
  readonly status: string;
  readonly image: string;
  readonly command: string;
  readonly log: string;
}

export interface RunLogs {
  /** What the workflow engine itself wrote. */
  readonly workflow: string;
  /** In the order of the answer. */
  readonly jobs: readonly JobLog[];
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

export interface SignedIn {
  readonly user: string;
  readonly email: string;
  /** `undefined` where the server does not say. */
  readonly serverVersion: string | undefined;
}

export function readCreated(value: unknown): CreatedRun {
  return { id: text(value, 'workflow_id'), name: text(value, 'workflow_name') };
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
    })),
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

/** Names and types, never values. */
export function readSecretNames(value: unknown): ReadonlyMap<string, string> {
  if (!Array.isArray(value)) throw new Error('it is not a list');
  return new Map(value.map((item: unknown) => [text(item, 'name'), text(item, 'type')]));
}

export function readSignedIn(value: unknown): SignedIn {
  return {
    user: optionalText(value, 'username') ?? optionalText(value, 'full_name') ?? '',
    email: optionalText(value, 'email') ?? '',
    serverVersion: optionalText(value, 'reana_server_version'),
  };
}

/** The parameters of the specification a server keeps. */
export function readStoredParameters(value: unknown): Readonly<Record<string, unknown>> {
  const parameters = member(member(member(value, 'specification'), 'inputs'), 'parameters');
  return isObject(parameters) ? parameters : {};
}

function page<Item>(value: unknown, read: (item: unknown) => Item): RemotePage<Item> {
  const items = member(value, 'items');
  if (!Array.isArray(items)) throw new Error('`items` is not a list');
  return { items: items.map(read), hasNext: member(value, 'has_next') === true };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}

function text(value: unknown, key: string): string {
  const found = member(value, key);
  if (typeof found !== 'string' || found === '') throw new Error(`\`${key}\` is not a text`);
  return found;
}

function optionalText(value: unknown, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === 'string' ? found : undefined;
}

function number(value: unknown, key: string): number {
  const found = member(value, key);
  if (typeof found !== 'number' || !Number.isFinite(found)) throw new Error(`\`${key}\` is not a number`);
  return found;
}

function count(progress: unknown, key: string): number {
  const found = member(member(progress, key), 'total');
  return typeof found === 'number' ? found : 0;
}
