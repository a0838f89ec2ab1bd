// What the engine knows and shows: requests, tasks, jobs, datasets, files, runs. Plain data; the store keeps it,
// the server speaks it. Statuses are PanDA's and iDDS's own words.
import type { JobId, RequestId, TaskId } from '../base/names.ts';
import type { ContainerMode } from './containers/containers.ts';
import type { Weather } from './weather/weather.ts';
import type { SubmittedSearch } from './hpo/search-options.ts';
import type { LeafType } from '../workflow/model.ts';
import type { Plan } from '../workflow/plan.ts';

/** iDDS request status. `SubFinished`: ended, but some jobs or steps failed. `Suspended`: paused by the user. */
export type RequestStatus =
  'New' | 'Transforming' | 'Suspended' | 'Finished' | 'SubFinished' | 'Failed' | 'Cancelling' | 'Cancelled';

/** JEDI task status. `registered`: waits for its parents. `done`: all jobs finished; `finished`: some failed;
 *  `failed`: none finished; `aborted`: killed, or never started because its parents cannot satisfy it. */
export type TaskStatus = 'registered' | 'ready' | 'running' | 'done' | 'finished' | 'failed' | 'aborted';

/** What the user wants of a task that has not ended. `paused`: no job of it starts; `finishing`: it ends with what it has;
 *  `killing`: it ends as aborted. */
export type TaskControl = 'paused' | 'finishing' | 'killing';

/** PanDA job status, the ones that a laptop knows. `transferring`: payload ended, outputs are being stored. */
export type JobStatus = 'defined' | 'running' | 'transferring' | 'finished' | 'failed' | 'cancelled';

/** `build` runs once before the others and hands them its directory; `merge` joins what the others made. */
export type JobKind = 'run' | 'build' | 'merge';

export const isFinalRequest = (status: RequestStatus): boolean =>
  status === 'Finished' || status === 'SubFinished' || status === 'Failed' || status === 'Cancelled';
export const isFinalTask = (status: TaskStatus): boolean =>
  status === 'done' || status === 'finished' || status === 'failed' || status === 'aborted';
export const isFinalJob = (status: JobStatus): boolean =>
  status === 'finished' || status === 'failed' || status === 'cancelled';

export interface RequestRecord {
  readonly id: RequestId;
  /** The outDS: iDDS calls it the name of the request. */
  readonly name: string;
  readonly userName: string;
  readonly status: RequestStatus;
  readonly createdMs: number;
  readonly endedMs: number | undefined;
  readonly plan: Plan;
  /** Why it ended as it did, where that is not plain from the tasks. */
  readonly error: string | undefined;
  /** The key the client gave for recognising a repeat; `undefined` for clients that give none. */
  readonly key: string | undefined;
  /** The parameters of a task that was submitted by itself (`prun`); `undefined`: it is a workflow. */
  readonly taskParameters?: Readonly<Record<string, unknown>> | undefined;
  /** Only of requests with phpo steps. */
  readonly search?: SubmittedSearch | undefined;
  readonly options?: RunOptions | undefined;
}

export interface TaskRecord {
  readonly id: TaskId;
  readonly requestId: RequestId;
  readonly stepId: number;
  /** The iteration of the loops around it, outermost first: `2`, `2.1`; empty outside of loops. */
  readonly iteration: string;
  readonly stepName: string;
  readonly type: LeafType;
  /** Base name of its datasets; PanDA's taskName. */
  readonly name: string;
  readonly status: TaskStatus;
  /** Jobs expected; `undefined` while inputs are still arriving. */
  readonly nJobs: number | undefined;
  readonly nJobsRunning: number;
  readonly nJobsFinished: number;
  /** Those that have the outcome of an earlier job. */
  readonly nJobsReused?: number | undefined;
  readonly nJobsFailed: number;
  /** When it came into being: with its request, or with its iteration. `undefined`: an older engine noted none. */
  readonly createdMs?: number | undefined;
  readonly startedMs: number | undefined;
  readonly endedMs: number | undefined;
  /** Why it was aborted or failed before any job ran. */
  readonly error: string | undefined;
  /** True when the condition of the step was not met: nothing went wrong, it was not needed. */
  readonly skipped: boolean;
  /** Given by a command; `undefined`: it runs as it can. */
  readonly control?: TaskControl | undefined;
  /** Where the payloads of a task with an image run; `undefined`: it has none, or none has begun. */
  readonly place?: PayloadPlace | undefined;
}

/** Where a payload with an image runs. */
export interface PayloadPlace {
  /** As the user wrote it. */
  readonly image: string;
  /** What runs the container; `undefined`: the payload runs on the machine itself. */
  readonly engine: string | undefined;
  /** Why it runs on the machine itself. */
  readonly why: string | undefined;
}

/** What a submission says about how it runs on this machine; it means nothing on a grid. */
export interface RunOptions {
  /** `undefined`: as the settings of the engine say. */
  readonly containers?: ContainerMode | undefined;
  /** Troubles that its jobs meet on purpose. */
  readonly weather?: Weather | undefined;
  /** Paths in the sandbox of what describes the workflow; with them, keys of jobs are noted, so that finished work can be used
   *  again. `undefined`: nobody said, and no work is shared. */
  readonly documents?: readonly string[] | undefined;
  /** False: everything runs, whatever is there from before. */
  readonly reuse?: boolean | undefined;
}

/** The status as PanDA names it to the outside, where a command has one of its own. */
export function shownStatus(task: TaskRecord): TaskStatus | 'paused' | 'finishing' | 'aborting' {
  if (task.control === undefined || isFinalTask(task.status)) return task.status;
  return task.control === 'killing' ? 'aborting' : task.control;
}

/** One iteration of a loop. */
export interface IterationRecord {
  /** Of the loop. */
  readonly stepId: number;
  /** The name of its step. */
  readonly loop: string;
  /** With those of the loops around it: `2`, `2.1`. */
  readonly iteration: string;
  /** By name without `param_`. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** `undefined`: it goes on; `next`: another one followed; `end`: the loop ended with it. */
  readonly outcome: 'next' | 'end' | undefined;
  /** The step that decided; `undefined`: the loop has none. */
  readonly junction: string | undefined;
  /** What it decided; `undefined`: nothing (yet). */
  readonly results: IterationResults | undefined;
  /** What there is to say about the decision. */
  readonly note: string | undefined;
}

/** What `results.json` of a junction says. */
export interface IterationResults {
  readonly toContinue: boolean;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface JobRecord {
  readonly id: JobId;
  readonly taskId: TaskId;
  /** Absent: `run`. */
  readonly kind?: JobKind | undefined;
  /** From 1; the `_000001` in the names of its files. A build has 0. */
  readonly serial: number;
  readonly attempt: number;
  readonly status: JobStatus;
  readonly startedMs: number | undefined;
  readonly endedMs: number | undefined;
  readonly exitStatus: number | undefined;
  /** In words: why it failed. */
  readonly error: string | undefined;
  /** What bash was given, placeholders expanded. */
  readonly command: string;
  /** Its directory on this machine. */
  readonly directory: string;
  /** The earlier job whose outcome it has, because it would have made the same; `undefined`: it ran. */
  readonly reusedFrom?: JobId | undefined;
}

export interface DatasetRecord {
  /** With the trailing `/` of a container. */
  readonly name: string;
  readonly taskId: TaskId | undefined;
  readonly requestId: RequestId | undefined;
  /** Closed: no file will be added. */
  readonly closed: boolean;
  readonly nFiles: number;
  readonly sizeBytes: number;
}

export interface FileRecord {
  readonly name: string;
  readonly dataset: string;
  readonly sizeBytes: number;
  /** Hexadecimal; `undefined` for a file that the user named, which is not read before a job reads it. */
  readonly sha256: string | undefined;
  /** Where it lies on this machine; read-only. */
  readonly path: string;
}

/** REANA statuses, as its server names them. */
export const runStatuses = [
  'created',
  'queued',
  'pending',
  'running',
  'finished',
  'failed',
  'stopped',
  'deleted',
] as const;
export type RunStatus = (typeof runStatuses)[number];

/** One execution of a REANA workflow on the embedded server. */
export interface RunRecord {
  readonly id: string;
  readonly name: string;
  /** `7`, or `7.2` for its second restart. */
  readonly runNumber: string;
  /** The id of the first run in this workspace: its own, or for a restart that of the run it goes back to. */
  readonly seriesId: string;
  readonly status: RunStatus;
  readonly createdMs: number;
  readonly startedMs: number | undefined;
  readonly endedMs: number | undefined;
  readonly specification: unknown;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Operational options it was started with. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly workspace: string;
  readonly stepsTotal: number;
  readonly stepsFinished: number;
  readonly currentStep: string | undefined;
  readonly error: string | undefined;
  /** The PanDA job that offloaded it; `undefined` when nobody said. */
  readonly jobId?: JobId | undefined;
}

export interface RunStepRecord {
  readonly runId: string;
  readonly index: number;
  readonly name: string;
  readonly status: 'created' | 'running' | 'finished' | 'failed' | 'stopped';
  readonly command: string;
  /** Empty: none was asked for. */
  readonly image: string;
  /** The compute back end that was asked for, such as `kubernetes`; here everything runs on this machine. */
  readonly backend: string | undefined;
  /** The end of what it has printed, read when it is asked for. */
  readonly logEnd: (maxBytes: number) => string;
  readonly startedMs: number | undefined;
  readonly endedMs: number | undefined;
}

/** A line of a run's own log: what its engine did, with where each step ran. */
export interface RunLogLine {
  readonly atMs: number;
  readonly line: string;
}
