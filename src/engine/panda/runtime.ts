// A request while it is being worked on: its tasks and jobs in memory, as the store has them, and what follows from them.
import type { JobId, RequestId, TaskId } from '../../base/names.ts';
import type { FileRecord, JobKind, JobStatus, PayloadPlace, TaskControl, TaskStatus } from '../records.ts';
import { isFinalJob, isFinalTask } from '../records.ts';
import type { StoredRequest } from '../store/panda-store.ts';
import { searchDataset } from '../hpo/datasets.ts';
import type { SearchRuntime } from '../hpo/runtime.ts';
import type { JobLimits } from '../process/limits.ts';
import type { JobInputs, StreamInputs } from './jobs/job-maker.ts';
import type { Layout, LoopSite } from './loops/layout.ts';
import type { LoopParameters } from './loops/loop-parameters.ts';
import type { IterationPath } from './loops/path.ts';
import type { JunctionResults } from './loops/results.ts';
import type { TaskSpec } from './task.ts';

export interface JobRuntime {
  readonly id: JobId;
  readonly kind: JobKind;
  /** From 1 among the jobs of its kind; a build has 0. */
  readonly serial: number;
  readonly inputs: JobInputs;
  readonly task: TaskRuntime;
  status: JobStatus;
  /** Starts so far. */
  attempt: number;
  /** Starts that ended in a failure of the payload; a job lost in a crash is not a failure. */
  failures: number;
  directory: string;
  files: readonly FileRecord[];
  /** What it decided, for a job of a loop's junction that left `results.json`. */
  results: JunctionResults | undefined;
}

/*
 *  registered ──gates open──▶ ready ──first job starts──▶ running ──all jobs ended──▶ done      all finished
 *      │                                                                            finished  some failed
 *      │                                                                            failed    none finished
 *      ├──a parent failed──▶ aborted (error)        retry: failed and aborted tasks go back to registered or ready,
 *      ├──condition not met▶ aborted (skipped)             with their failed jobs only
 *      └──kill─────────────▶ aborted (error)
 */
export interface TaskRuntime {
  readonly id: TaskId;
  readonly requestId: RequestId;
  readonly spec: TaskSpec;
  status: TaskStatus;
  skipped: boolean;
  /** What the user wants of it; `undefined`: it runs as it can. */
  control: TaskControl | undefined;
  /** Why it was ended before its time, or with less than all of its input. */
  error: string | undefined;
  readonly jobs: JobRuntime[];
  allJobsDefined: boolean;
  /** Jobs that are not final yet; kept so that the end of a task is seen without counting. */
  openJobs: number;
  readonly arrivals: Map<string, Arrivals>;
  /** Of a phpo task: the points it is made of. */
  search?: SearchRuntime | undefined;
  /** What each of its jobs may take; a retry may change it. */
  limits: JobLimits | undefined;
  /** Where its payloads run, when it has an image and one has begun. */
  place: PayloadPlace | undefined;
  /** Row ids of its output datasets. */
  readonly datasetIds: ReadonlyMap<string, number>;
}

/** How far a child has seen what a task produces. */
interface Arrivals {
  readonly files: FileRecord[];
  seenJobs: number;
}

/*
 *  iterating ──all tasks of the iteration ended──▶ what its junction left in results.json
 *      ▲                                             │
 *      │    to_continue: true                        │  false · no file · the junction failed or was not needed ·
 *      └──begin-iteration (number + 1, parameters)◀──┤  killed or finished by the user · as many iterations as
 *                                                    │  are allowed · values that the next iteration cannot use
 *      retry of a task of its last iteration         ▼
 *  iterating ◀───────────────────────────────────  ended
 */
export interface LoopRuntime {
  readonly site: LoopSite;
  /** The iterations of the loops around it. */
  readonly path: IterationPath;
  /** The latest iteration, from 1. */
  number: number;
  /** Its parameters. */
  parameters: LoopParameters;
  ended: boolean;
  /** The user wants no iteration after this one. */
  isLast: boolean;
  /** Its tasks in the latest iteration, those of loops inside of it left out. */
  tasks: readonly TaskRuntime[];
  /** The loops inside of it in the latest iteration. */
  inner: readonly LoopRuntime[];
}

export interface RequestRuntime {
  readonly request: StoredRequest;
  readonly layout: Layout;
  /** Of all iterations so far, parents before their children. */
  readonly tasks: readonly TaskRuntime[];
  /** The same by step and iteration (`instanceKey`). */
  readonly instances: ReadonlyMap<string, TaskRuntime>;
  /** The task that makes a dataset, by name. */
  readonly producers: ReadonlyMap<string, TaskRuntime>;
  /** The phpo tasks among them. */
  readonly searches: readonly TaskRuntime[];
  /** Every loop in every iteration of the loops around it (`instanceKey`). */
  readonly loops: ReadonlyMap<string, LoopRuntime>;
  killing: boolean;
  /** Goes on to the next iteration of a loop. */
  readonly begin: (
    loop: LoopRuntime,
    next: Pick<LoopRuntime, 'number' | 'parameters'>,
    tasks: readonly TaskRuntime[],
    inner: readonly LoopRuntime[],
  ) => void;
}

/** The files of a dataset in their final order, as far as that is certain: jobs by serial number, up to the first that
 *  has not ended. So the order does not depend on which job was faster. */
export function arrivedFiles(producer: TaskRuntime, name: string): StreamInputs {
  const dataset = producer.search === undefined ? name : (searchDataset(producer.spec.name, name) ?? name);
  let arrivals = producer.arrivals.get(dataset);
  if (arrivals === undefined) {
    arrivals = { files: [], seenJobs: 0 };
    producer.arrivals.set(dataset, arrivals);
  }
  for (;;) {
    const job = producer.jobs[arrivals.seenJobs];
    if (job === undefined || !isFinalJob(job.status)) break;
    arrivals.files.push(...job.files.filter((file) => file.dataset === dataset));
    arrivals.seenJobs++;
  }
  const complete =
    (producer.allJobsDefined && arrivals.seenJobs === producer.jobs.length) || isFinalTask(producer.status);
  const { summary } = producer.search ?? {};
  const own = summary?.dataset === dataset ? [summary] : [];
  return { files: own.length === 0 ? arrivals.files : [...arrivals.files, ...own], complete };
}

/** Its jobs of one kind, in the order in which they were made. */
export function jobsOfKind(task: TaskRuntime, kind: JobKind): readonly JobRuntime[] {
  return task.jobs.filter((job) => job.kind === kind);
}

/** The status a task ends with, given its jobs. Where outputs are merged, nothing is there before they are. */
export function endStatus(task: TaskRuntime): 'done' | 'finished' | 'failed' {
  const making = jobsOfKind(task, task.spec.merge === undefined ? 'run' : 'merge');
  if (!making.some((job) => job.status === 'finished')) return 'failed';
  const complete = task.jobs.every((job) => job.status === 'finished') && task.allJobsDefined;
  return complete && task.error === undefined ? 'done' : 'finished';
}

/** True when nothing of a request moves until somebody resumes it. */
export function isAtRest(runtime: RequestRuntime): boolean {
  return runtime.tasks.every(
    (task) =>
      isFinalTask(task.status) ||
      (task.control === 'paused' &&
        task.search?.asks.at(-1)?.status !== 'running' &&
        task.jobs.every((job) => job.status === 'defined' || isFinalJob(job.status))),
  );
}

/** The number of the next job of a task; jobs may have been taken away by a retry. */
export function nextSerial(task: TaskRuntime, kind: JobKind): number {
  return kind === 'build' ? 0 : (task.jobs.findLast((job) => job.kind === kind)?.serial ?? 0) + 1;
}
