// What the embedded PanDA and REANA offer to the server that speaks for them.
import type { JobId, RequestId, TaskId } from '../base/names.ts';
import type { Secret } from '../base/secret.ts';
import type { Splitting } from '../prun/splitting.ts';
import type { Plan } from '../workflow/plan.ts';
import type { SearchSummary } from './hpo/summary.ts';
import type { SubmittedSearch } from './hpo/search-options.ts';
import type { JobLimits } from './process/limits.ts';
import type { NumberedEvent } from './events.ts';
import type {
  DatasetRecord,
  FileRecord,
  IterationRecord,
  IterationResults,
  JobRecord,
  JobStatus,
  RequestRecord,
  RunLogLine,
  RunOptions,
  RunRecord,
  RunStatus,
  RunStepRecord,
  TaskRecord,
} from './records.ts';

export interface NewRequest {
  readonly name: string;
  readonly userName: string;
  readonly plan: Plan;
  /** Path of the sandbox that the jobs unpack (gzip tar, already checked); `undefined`: jobs start empty. */
  readonly sandbox: string | undefined;
  readonly key: string | undefined;
  /** Input datasets that lie on this machine: name (without trailing `/`) -> files. */
  readonly localDatasets: ReadonlyMap<string, readonly string[]>;
  /** Variables that every job receives on top of the engine's own (PATH, where ROOT is, …); never a secret. */
  readonly environment: Readonly<Record<string, string>>;
  /** How many iterations a loop may have; `undefined`: as many as anywhere here. */
  readonly maxIterations?: number | undefined;
  /** For a task that was submitted by itself: its parameters, to be shown. */
  readonly taskParameters?: Readonly<Record<string, unknown>> | undefined;
  /** For phpo steps: the files that their options name, and what the user says about searches. */
  readonly search?: SubmittedSearch | undefined;
  readonly options?: RunOptions | undefined;
}

/** `kill`: its jobs end, it is aborted. `finish`: its jobs end, what is there counts; `finish-soft`: those that run may end
 *  by themselves. `pause`: no job starts; those that run go on. */
export type WorkCommand = 'kill' | 'finish' | 'finish-soft' | 'pause' | 'resume';

export type CommandResult =
  | { readonly done: true }
  | { readonly done: false; readonly why: 'unknown' }
  /** It is not in a status in which the command means anything. */
  | { readonly done: false; readonly why: 'status'; readonly status: string }
  /** A step that depends on it works already with what there is. */
  | { readonly done: false; readonly why: 'depends'; readonly step: string };

/** What a retry changes. */
export interface RetryChange {
  /** How the files of jobs that did not finish are split; fields that are missing stay. */
  readonly splitting: Partial<Splitting>;
  /** What each of its jobs may take; fields that are missing stay. */
  readonly limits?: JobLimits | undefined;
}

/** A junction that is to decide again. */
export interface JunctionRun {
  /** Name of its step. */
  readonly step: string;
  /** A file that takes the place of the one with its name in the sandbox; `undefined`: as it was. */
  readonly junction: string | undefined;
  /** Its jobs start from what a build left. */
  readonly isBuilt: boolean;
}

export interface ReplayOutcome {
  /** `undefined`: it left no `results.json`, or could not decide. */
  readonly results: IterationResults | undefined;
  /** Why it could not decide. */
  readonly error: string | undefined;
  /** The last lines of what it printed. */
  readonly log: readonly string[];
}

/** Why a job ran again, or did not. `reused`: it has the outcome of an earlier one · `first`: no request of this name came before ·
 *  `new`: there was no such job · `changed`: `changes` tell what · `unfinished`: the earlier one had not finished ·
 *  `not-shared`: nothing changed, but sharing was not wanted, or the outputs are gone · `never-shared`: builds, merges, searches
 *  and pipelines elsewhere. */
export type RerunReason =
  'reused' | 'first' | 'new' | 'changed' | 'unfinished' | 'not-shared' | 'never-shared';

export interface RerunJob {
  readonly jobId: JobId;
  readonly iteration: string;
  readonly serial: number;
  readonly status: JobStatus;
  readonly reason: RerunReason;
  readonly reusedFrom: JobId | undefined;
  /** What its outcome depends on and is another now: lines that are gone, and lines that came. */
  readonly changes: readonly {
    readonly part: string;
    readonly was: readonly string[];
    readonly now: readonly string[];
  }[];
}

export interface RerunReport {
  readonly requestId: RequestId;
  /** The request of the same name before it. */
  readonly previousId: RequestId | undefined;
  readonly step: string;
  readonly jobs: readonly RerunJob[];
}

/** Every method returns after the change is on disk. Unknown ids give `undefined` or `false`, never an error. */
export interface PandaEngine {
  /** @throws LocalError naming every input dataset that is not on this machine, or a local file that cannot be read
   *  @throws UnsupportedError when the plan has a step that cannot run here; nothing is stored then */
  submit(request: NewRequest): RequestId;
  requests(): readonly RequestRecord[];
  request(id: RequestId): RequestRecord | undefined;
  /** The latest request submitted with this key. */
  requestByKey(key: string): RequestRecord | undefined;
  tasks(requestId: RequestId): readonly TaskRecord[];
  task(id: TaskId): TaskRecord | undefined;
  jobs(taskId: TaskId): readonly JobRecord[];
  /** The iterations of all loops of a request so far. */
  iterations(requestId: RequestId): readonly IterationRecord[];
  /** Why the jobs of a step ran again, or did not; `undefined`: there is no such request or step. */
  whyRerun(requestId: RequestId, step: string): Promise<RerunReport | undefined>;
  /** Lets the junction of one iteration decide again on what its steps made; nothing is stored. Secrets are not handed out to it.
   *  @param iteration as in `IterationRecord`
   *  @returns `undefined`: there is no such iteration, or its junction has not decided
   *  @throws LocalError when the file is not there, or has no place in the sandbox */
  replay(
    requestId: RequestId,
    iteration: { readonly stepId: number; readonly iteration: string },
    junction: string | undefined,
  ): Promise<ReplayOutcome | undefined>;
  job(id: JobId): JobRecord | undefined;
  /** The last lines of what the payload printed, both streams in order. */
  jobLogTail(id: JobId, lines: number): readonly string[];
  jobLogPath(id: JobId): string | undefined;
  datasets(requestId: RequestId): readonly DatasetRecord[];
  /** Files of the dataset of this name (with or without its trailing `/`): of the request's, or else of the latest one so named.
   *  `undefined`: there is no such dataset here. */
  files(dataset: string, requestId?: RequestId): readonly FileRecord[] | undefined;
  /** Stops all jobs of a request; `false` when it is unknown or already ended. */
  kill(id: RequestId): boolean;
  /** Runs failed jobs again, and the tasks that waited for them; finished jobs stay.
   *  @param maxIterations how many its loops may have from now on; `undefined`: as before */
  retry(id: RequestId, maxIterations?: number): boolean;
  /** Gives a command to all tasks of a request that have not ended. */
  commandRequest(id: RequestId, command: WorkCommand): CommandResult;
  /** Gives a command to one task. */
  commandTask(id: TaskId, command: WorkCommand): CommandResult;
  /** Runs the failed jobs of one task again, and what depends on it.
   *  @throws UnsupportedError for a splitting that cannot be changed */
  retryTask(id: TaskId, change: RetryChange): CommandResult;
  /** Runs a task that has ended over input files that were not there before, and its failed jobs again. */
  reloadInput(id: TaskId): CommandResult;
  /** Output files of a task that are gone from the disk; unless it is a rehearsal, the jobs that made them run again. */
  recoverLostFiles(id: TaskId, rehearsal: boolean): CommandResult & { readonly lost: readonly string[] };
  /** The points of a phpo task and how far it is; `undefined`: it is no such task. */
  search(id: TaskId): SearchSummary | undefined;
  /** Tells the loss of a point that waits: somebody else evaluated it.
   *  `status` of a refusal is the state of the point, or of a task that has ended. */
  tellLoss(id: TaskId, point: number, loss: number): CommandResult;
  /** What the payloads of a task's jobs said about themselves in `userJobMetadata.json`: parsed JSON by job. */
  jobMetadata(id: TaskId): ReadonlyMap<JobId, unknown>;
  /** Secrets that jobs with `--useSecrets` receive; sealed on the disk. */
  setSecret(key: string, value: Secret): void;
  secretNames(): readonly string[];
  deleteSecret(key: string): boolean;
  secret(key: string): Secret | undefined;
  eventsAfter(seq: number, requestId?: RequestId): readonly NumberedEvent[];
  /** Calls `listener` after each change; gives the function that ends it. */
  subscribe(listener: (event: NumberedEvent) => void): () => void;
  /** True while anything runs or waits to run. */
  readonly isBusy: boolean;
}

export interface NewRun {
  readonly name: string;
  /** The specification as uploaded, with `workflow.specification` loaded. */
  readonly specification: unknown;
  /** The PanDA job that offloads this run, when the client said so. */
  readonly jobId?: JobId | undefined;
}

export interface RunStart {
  /** Those that differ from the specification. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Operational options, on top of those in the specification. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface RunRestart extends RunStart {
  /** Replaces the specification of the run; `undefined` keeps it. */
  readonly specification?: unknown;
  /** The PanDA job that asks for it, when the client said so. */
  readonly jobId?: JobId | undefined;
}

/** Which runs, and which page of them; without anything: all, newest first. */
export interface RunQuery {
  readonly statuses?: readonly RunStatus[] | undefined;
  /** At least one of them is part of the name. */
  readonly nameParts?: readonly string[] | undefined;
  /** The id, the name (all its runs) or the name with a number. */
  readonly key?: string | undefined;
  readonly oldestFirst?: boolean | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

export interface ReanaUsage {
  /** Of all workspaces, as allocated on the disk. */
  readonly diskBytes: number;
  /** Time of all jobs that have ended, in milliseconds. */
  readonly jobMs: number;
}

/** A rule of `workspace.retention_days`. */
export interface RetentionRule {
  /** A glob in the workspace. */
  readonly pattern: string;
  readonly days: number;
  /** `undefined` until the run has ended. */
  readonly applyOnMs: number | undefined;
  readonly status: 'created' | 'active' | 'applied';
}

export interface ReanaEngine {
  /** @throws PchainError with a message for the user when the specification cannot be run here. */
  createRun(run: NewRun): RunRecord;
  runs(): readonly RunRecord[];
  /** One page of `runs`; `total` counts what the query selects on all pages. */
  listRuns(query: RunQuery): { readonly runs: readonly RunRecord[]; readonly total: number };
  /** By UUID, `name` (its latest run), `name.number` or `name.number.restart`. */
  run(key: string): RunRecord | undefined;
  /** `false` when the run was started before.
   *  @throws UsageError for options that the workflow does not have */
  startRun(id: string, parameters: Readonly<Record<string, unknown>>, options?: RunStart['options']): boolean;
  /** A new run in the same workspace, started at once with the parameters and options of the specification and those
   *  given, not those of the earlier run; `undefined` when the run has not finished or failed.
   *  @throws PchainError when it cannot be run, or while another run works in this workspace */
  restartRun(id: string, restart: RunRestart): RunRecord | undefined;
  stopRun(id: string): boolean;
  deleteRun(id: string): boolean;
  usage(): ReanaUsage;
  /** Bytes that the workspace of a run takes on the disk. */
  workspaceBytes(id: string): number;
  /** Somebody else than a job changed the workspace. */
  workspaceChanged(id: string): void;
  retentionRules(id: string): readonly RetentionRule[];
  /** Calls `listener` after each change of a run with its id; gives the function that ends it. */
  onChange(listener: (runId: string) => void): () => void;
  /** Jobs in the order in which they became known. */
  runSteps(id: string): readonly RunStepRecord[];
  /** What the engine has to tell of a run, oldest first. */
  runLog(id: string): readonly RunLogLine[];
  /** REANA's own secrets: what steps receive as environment or files; sealed on the disk. */
  setReanaSecret(name: string, secret: ReanaSecret): void;
  reanaSecrets(): ReadonlyMap<string, ReanaSecret>;
  deleteReanaSecret(name: string): boolean;
}

export interface ReanaSecret {
  readonly type: 'env' | 'file';
  /** Base64 of the bytes. */
  readonly value: Secret;
}
