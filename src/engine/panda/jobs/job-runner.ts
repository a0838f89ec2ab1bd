// The jobs that run, as processes: started while there are places, taken up after a crash, their ends stored.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../../base/errors.ts';
import type { JobId, RequestId } from '../../../base/names.ts';
import type { Secret } from '../../../base/secret.ts';
import { recordEvaluation } from '../../hpo/advance.ts';
import type { EngineOptions } from '../../options.ts';
import { adoptProcess } from '../../process/process.ts';
import type { RunningProcess } from '../../process/process.ts';
import { isFinalJob } from '../../records.ts';
import type { PayloadPlace } from '../../records.ts';
import type { JobChange, PandaStore } from '../../store/panda-store.ts';
import { runJob, shownCommand, watchJob } from './job-run.ts';
import type { JobListener, JobOutcome } from './job-run.ts';
import type { JobPlace } from './job-place.ts';
import { JobStops, type RunningJob } from './job-stops.ts';
import type { Journal } from '../journal.ts';
import { settledText } from '../loops/standing.ts';
import { reuse } from '../reuse/reuse.ts';
import { Pools } from './pools.ts';
import type { JobRuntime, RequestRuntime, TaskRuntime } from '../runtime.ts';

export interface JobRunnerParts {
  readonly options: EngineOptions;
  readonly store: PandaStore;
  readonly journal: Journal;
  readonly secrets: ReadonlyMap<string, Secret>;
  /** The request in memory; `undefined`: it has ended. */
  readonly runtimeOf: (id: RequestId) => RequestRuntime | undefined;
  /** Draws all conclusions from the state of a request. */
  readonly advance: (runtime: RequestRuntime) => void;
  /** Nothing starts and nothing is recorded any more. */
  readonly isClosed: () => boolean;
}

export class JobRunner {
  readonly #parts: JobRunnerParts;
  readonly #pools: Pools;
  readonly #running = new Map<JobId, RunningJob>();
  readonly #stops: JobStops;

  constructor(parts: JobRunnerParts) {
    this.#parts = parts;
    this.#pools = new Pools(parts.options.parallelJobs);
    this.#stops = new JobStops({
      options: parts.options,
      requestOf: (job) => parts.runtimeOf(job.task.requestId)?.request,
      isThere: (slot) => this.#running.get(slot.job.id) === slot && !parts.isClosed(),
    });
  }

  /** Lets a job wait for a place. */
  add(job: JobRuntime): void {
    this.#pools.add(job);
  }

  isRunning(job: JobRuntime): boolean {
    return this.#running.has(job.id);
  }

  /** Starts jobs while there are places. Starting one may lead back here, so the pools are asked each time. */
  schedule(): void {
    while (!this.#parts.isClosed()) {
      const job = this.#pools.next();
      if (job === undefined) return;
      this.#start(job);
    }
  }

  /** Takes up what an earlier process left: watches what still runs, collects what ended, runs what was lost again.
   *  @returns what became of a job that was under way; `undefined` for any other */
  resume(job: JobRuntime, runtime: RequestRuntime): 'running' | 'ended' | 'lost' | undefined {
    if (job.status === 'defined') this.#pools.add(job);
    if (job.status !== 'running' && job.status !== 'transferring') return undefined;
    // What runs, runs at GitLab; the job finds it again.
    if (job.task.spec.pipeline !== undefined && job.status === 'running') {
      this.#start(job);
      return 'running';
    }
    const adopted = adoptProcess(join(job.directory, 'control'), this.#parts.options.clock);
    if (adopted.state === 'lost') {
      this.#parts.options.log(
        `job ${job.id} of ${job.task.spec.stepName} was lost with its process; it runs again`,
      );
      const { directory } = job;
      const remove = (): void => rmSync(directory, { recursive: true, force: true });
      // Its container may run on where its command does not.
      if (this.#parts.options.containers === undefined) remove();
      else void this.#parts.options.containers.remove(join(directory, 'control')).finally(remove);
      this.#set(job, runtime, 'defined', { startedMs: undefined });
      this.#pools.add(job);
      return 'lost';
    }
    const process = adopted.state === 'running' ? adopted.process : undefined;
    const slot = this.#occupy(job, process);
    const { clock } = this.#parts.options;
    this.#stops.limit(slot, clock.nowMs() - (this.#parts.store.job(job.id)?.startedMs ?? clock.nowMs()));
    const ended =
      process === undefined
        ? Promise.resolve(adopted.state === 'ended' ? adopted.exit : undefined)
        : process.ended;
    const outcome = watchJob(this.#placeOf(job, runtime), ended, this.#watching(job, runtime));
    void this.#finish(job, runtime, outcome);
    return adopted.state;
  }

  /** Ends all jobs of a request. */
  stopAll(runtime: RequestRuntime): void {
    for (const task of runtime.tasks) {
      for (const job of task.jobs) {
        if (isFinalJob(job.status)) continue;
        const slot = this.#running.get(job.id);
        if (slot === undefined) this.cancel(job, runtime, 'killed by the user');
        else this.#stops.end(slot);
      }
    }
  }

  /** Ends the process of a job that runs. */
  terminate(job: JobRuntime): void {
    const slot = this.#running.get(job.id);
    if (slot !== undefined) this.#stops.end(slot);
  }

  /** Marks a job that does not run as cancelled. */
  cancel(job: JobRuntime, runtime: RequestRuntime, error: string): void {
    this.#set(job, runtime, 'cancelled', { endedMs: this.#parts.options.clock.nowMs(), error });
    job.task.openJobs--;
  }

  #occupy(job: JobRuntime, process: RunningProcess | undefined): RunningJob {
    const slot: RunningJob = {
      job,
      process,
      cancelled: false,
      sinceMs: this.#parts.options.clock.monotonicMs(),
      exceeded: undefined,
    };
    this.#running.set(job.id, slot);
    this.#pools.occupy(job);
    return slot;
  }

  #start(job: JobRuntime): void {
    const { journal, options, runtimeOf } = this.#parts;
    const runtime = runtimeOf(job.task.requestId);
    if (runtime === undefined) return;
    const slot = this.#occupy(job, undefined);
    job.attempt++;
    job.directory = join(this.#requestDirectory(runtime.request.id), 'jobs', `${job.id}.${job.attempt}`);
    const place = this.#placeOf(job, runtime);
    this.#set(job, runtime, 'running', {
      ...shownCommand(place),
      attempt: job.attempt,
      startedMs: options.clock.nowMs(),
      endedMs: undefined,
      exitStatus: undefined,
      error: undefined,
      directory: job.directory,
    });
    const listener: JobListener = {
      onPlace: (found) => this.#notePlace(job.task, found),
      onProcess: (process) => {
        slot.process = process;
        this.#stops.limit(slot, 0);
        this.#stops.endLate(slot);
      },
      isCancelled: () => slot.cancelled || this.#parts.isClosed(),
      ...this.#watching(job, runtime),
    };
    journal.afterwards(
      () =>
        void this.#finish(
          job,
          runtime,
          this.#orReuse(place, runtime, () => runJob(place, listener)),
        ),
    );
  }

  #watching(job: JobRuntime, runtime: RequestRuntime): Pick<JobListener, 'onStageOut' | 'isClosed'> {
    const { isClosed } = this.#parts;
    return {
      isClosed,
      onStageOut: (exitStatus) => {
        if (!isClosed()) this.#set(job, runtime, 'transferring', { exitStatus });
      },
    };
  }

  /** What an earlier job made, where it would be the same; else what a run of this one makes. */
  async #orReuse(
    place: JobPlace,
    runtime: RequestRuntime,
    run: () => Promise<JobOutcome>,
  ): Promise<JobOutcome> {
    const { store, isClosed } = this.#parts;
    const reused = await reuse(place, runtime, store);
    if (reused === undefined || isClosed()) return run();
    const { directory, command } = reused.from;
    // Its log is the log of the one that ran.
    place.job.directory = directory;
    store.setJob(place.job.id, { status: 'running', command, directory });
    store.keys.setReusedFrom(place.job.id, reused.from.id);
    const ran = store.task(reused.from.taskId)?.place;
    if (ran !== undefined) this.#notePlace(place.job.task, ran);
    return reused.outcome;
  }

  async #finish(job: JobRuntime, runtime: RequestRuntime, outcome: Promise<JobOutcome>): Promise<void> {
    const ended = await outcome;
    if (this.#parts.isClosed()) return;
    try {
      // What follows from its end, and the job that takes its place, are part of the same change.
      this.#parts.journal.transaction(() => this.#recordEnd(job, runtime, ended));
    } catch (thrown) {
      this.#parts.options.log(`cannot store the end of job ${job.id}: ${messageOf(thrown)}`);
    }
  }

  #recordEnd(job: JobRuntime, runtime: RequestRuntime, ended: JobOutcome): void {
    const { store, advance } = this.#parts;
    const slot = this.#running.get(job.id);
    const cancelled = slot?.cancelled === true && ended.kind !== 'finished';
    if (slot !== undefined) this.#stops.sweep(slot);
    if (ended.kind === 'failed') job.failures++;
    const isWanted = job.task.control === undefined || job.task.control === 'paused';
    const again =
      ended.kind === 'failed' && !cancelled && isWanted && job.failures < job.task.spec.maxAttempt;
    const status = again ? 'defined' : cancelled ? 'cancelled' : ended.kind;
    if (ended.kind === 'finished') {
      job.files = ended.files;
      job.results = ended.results;
      if (ended.results !== undefined) store.setJobResults(job.id, ended.results);
      for (const file of ended.files) {
        const dataset = job.task.datasetIds.get(file.dataset);
        if (dataset !== undefined) store.datasets.addFile(dataset, file, job.id);
      }
      recordEvaluation(job, ended.loss, store);
    }
    this.#set(job, runtime, status, {
      endedMs: ended.endedMs,
      exitStatus: ended.exitStatus,
      error: ended.kind === 'failed' ? (slot?.exceeded ?? ended.error) : undefined,
      failures: job.failures,
    });
    this.#running.delete(job.id);
    this.#pools.leave(job);
    if (again) this.#pools.add(job);
    else job.task.openJobs--;
    advance(runtime);
  }

  #set(
    job: JobRuntime,
    runtime: RequestRuntime,
    status: JobRuntime['status'],
    change: Omit<JobChange, 'status'>,
  ): void {
    const { store, journal, advance, isClosed } = this.#parts;
    // What happens now is found by the engine that comes after this one.
    if (isClosed()) return;
    const requestId = runtime.request.id;
    journal.transaction((emit) => {
      store.setJob(job.id, { ...change, status });
      if (status === 'running' && job.task.status === 'ready') {
        store.setTask(job.task.id, 'running', { error: job.task.error });
        emit(requestId, { type: 'task', requestId, taskId: job.task.id, status: 'running' });
      }
      emit(requestId, { type: 'job', requestId, taskId: job.task.id, jobId: job.id, status });
    });
    job.status = status;
    if (status === 'running' && job.task.status === 'ready') {
      job.task.status = 'running';
      // Children that stream from this task may begin now.
      advance(runtime);
    }
  }

  /** Said once for each task: nobody wants to read it of ten thousand jobs. */
  #notePlace(task: TaskRuntime, place: PayloadPlace): void {
    if (task.place?.engine === place.engine && task.place?.why === place.why) return;
    const { store, journal } = this.#parts;
    const { requestId } = task;
    journal.transaction((emit) => {
      store.setTaskPlace(task.id, place);
      emit(requestId, { type: 'task', requestId, taskId: task.id, status: task.status });
    });
    task.place = place;
  }

  #requestDirectory(id: RequestId): string {
    return join(this.#parts.options.dataDirectory, 'requests', String(id));
  }

  #placeOf(job: JobRuntime, runtime: RequestRuntime): JobPlace {
    const { options, secrets } = this.#parts;
    return {
      job,
      exec: settledText(runtime, job.task.spec, job.task.spec.exec),
      request: runtime.request,
      requestDirectory: this.#requestDirectory(runtime.request.id),
      clock: options.clock,
      environment: options.environment,
      binDirectory: options.binDirectory,
      secrets,
      embedded: options.embedded(),
      http: options.http,
      containers: options.containers,
      containerMode: runtime.request.options?.containers ?? options.containerMode ?? 'auto',
    };
  }
}
