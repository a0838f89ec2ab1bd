// The embedded PanDA: takes requests, splits their tasks into jobs, runs these as processes and keeps what they make.
// The database is the truth; this class only moves it forward, one transaction per change, and acts afterwards.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { JobId, RequestId, TaskId } from '../base/names.ts';
import type { Secret } from '../base/secret.ts';
import { redact } from '../base/secret.ts';
import { lastLines, printable } from '../base/text.ts';
import type { CommandResult, NewRequest, PandaEngine, RetryChange, WorkCommand } from './api.ts';
import type { EngineEvent, NumberedEvent } from './events.ts';
import { allAtRest, commandRequest, commandTask, retryTask, stopJobs } from './panda/commands.ts';
import type { Workshop } from './panda/commands.ts';
import { decide } from './panda/decide.ts';
import type { Decision } from './panda/decide.ts';
import { externalDatasets, localFiles } from './panda/external-datasets.ts';
import { runJob, watchJob } from './panda/job-run.ts';
import type { EmbeddedServer, JobOutcome, JobPlace } from './panda/job-run.ts';
import { readMetadata } from './panda/job-metadata.ts';
import { loadRuntime } from './panda/load.ts';
import { readEnd } from './panda/log-end.ts';
import { Pools } from './panda/pools.ts';
import { resetForRetry } from './panda/retry.ts';
import { recoverLostFiles, reloadInput } from './panda/second-look.ts';
import { keepSandbox } from './panda/sandbox-copy.ts';
import { endOfRequest, nextSerial } from './panda/runtime.ts';
import type { JobRuntime, RequestRuntime, TaskRuntime } from './panda/runtime.ts';
import { taskSpecs } from './panda/task-spec.ts';
import { adoptProcess } from './process/process.ts';
import type { RunningProcess } from './process/process.ts';
import type { DatasetRecord, FileRecord, JobRecord, RequestRecord, TaskRecord } from './records.ts';
import { isFinalJob, isFinalRequest, isFinalTask } from './records.ts';
import type { SealedValues } from './store/sealed-values.ts';
import { bundlesIn } from '../workflow/bundles.ts';
import { PandaStore } from './store/panda-store.ts';
import type { Database } from './store/database.ts';

export interface EngineOptions {
  readonly database: Database;
  /** Keeps secrets beyond the end of this process; without it they live in memory only. */
  readonly sealed?: SealedValues | undefined;
  readonly dataDirectory: string;
  readonly clock: Clock;
  /** Jobs that run at the same time. */
  readonly parallelJobs: number;
  /** Variables of every job; PATH comes from here when the request brings none. */
  readonly environment: Readonly<Record<string, string>>;
  /** Put before PATH, so that payloads find this very `pchain`. */
  readonly binDirectory: string | undefined;
  /** Where payloads reach the embedded PanDA and REANA, and with what; asked for at each start of a job. */
  readonly embedded: () => EmbeddedServer | undefined;
  /** Called when a change could not be stored. Memory and disk may differ then, so the owner must end the process;
   *  running payloads are not harmed and the next engine takes up from what is on disk. */
  readonly onFatal: (thrown: unknown) => void;
  /** One line for the log of the engine. */
  readonly log: (line: string) => void;
}

const killGraceMs = 5_000;

interface RunningJob {
  readonly job: JobRuntime;
  process: RunningProcess | undefined;
  cancelled: boolean;
}

type Emit = (request: RequestId, event: EngineEvent) => void;

export class Engine implements PandaEngine {
  readonly #options: EngineOptions;
  readonly #store: PandaStore;
  readonly #runtimes = new Map<RequestId, RequestRuntime>();
  readonly #pools: Pools;
  readonly #running = new Map<JobId, RunningJob>();
  readonly #secrets: Map<string, Secret>;
  readonly #listeners = new Set<(event: NumberedEvent) => void>();
  readonly #workshop: Workshop;
  #closed = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#store = new PandaStore(options.database);
    this.#secrets = new Map([...(options.sealed?.all() ?? [])].map(([key, { value }]) => [key, value]));
    this.#pools = new Pools(options.parallelJobs);
    this.#workshop = this.#openWorkshop();
  }

  /** Takes up what an earlier process left: processes that still run are watched again, ended ones are collected, lost ones run anew. */
  resume(): void {
    for (const request of this.#store.activeRequests()) {
      // Submitted in the moment between the start of the server and now.
      if (this.#runtimes.has(request.id)) continue;
      const runtime = loadRuntime(request, this.#store);
      this.#runtimes.set(request.id, runtime);
      for (const task of runtime.tasks) for (const job of task.jobs) this.#resumeJob(job, runtime);
      if (runtime.killing) this.#stopJobs(runtime);
      for (const task of runtime.tasks) {
        if (task.control === 'killing' || task.control === 'finishing')
          stopJobs(this.#workshop, runtime, task);
      }
      this.#advance(runtime);
    }
    this.#schedule();
  }

  /** Stops moving; processes that run are left to themselves and found again by the next `resume`. */
  close(): void {
    this.#closed = true;
    this.#listeners.clear();
  }

  get isBusy(): boolean {
    return !allAtRest(this.#runtimes.values());
  }

  submit(request: NewRequest): RequestId {
    // Two calls of the same command may arrive together; the second joins the first.
    const known = request.key === undefined ? undefined : this.#store.requestByKey(request.key);
    if (known !== undefined) return known.id;
    const specs = taskSpecs(request.plan);
    const external = localFiles(externalDatasets(specs), request.localDatasets, (name) => this.files(name));
    const nowMs = this.#options.clock.nowMs();
    const id = this.#attempt((emit) => {
      const id = this.#store.addRequest({
        name: request.name,
        userName: request.userName,
        status: 'Transforming',
        createdMs: nowMs,
        key: request.key,
        plan: request.plan,
        sandbox: request.sandbox === undefined ? undefined : 'sandbox.tar.gz',
        environment: request.environment,
        taskParameters: request.taskParameters,
      });
      for (const spec of specs) {
        const task = this.#store.addTask({
          requestId: id,
          stepId: spec.stepId,
          stepName: spec.stepName,
          type: spec.type,
          name: spec.name,
        });
        for (const output of spec.outputs) this.#store.addDataset(output.dataset, id, task, false);
      }
      for (const [name, files] of external) {
        const dataset = this.#store.addDataset(name, id, undefined, true);
        for (const file of files) this.#store.addFile(dataset, file, undefined);
      }
      if (request.sandbox !== undefined) keepSandbox(request.sandbox, this.#requestDirectory(id));
      emit(id, { type: 'request', requestId: id, status: 'Transforming' });
      return id;
    });
    this.#begin(id);
    return id;
  }

  requests(): readonly RequestRecord[] {
    return this.#store.requests();
  }

  request(id: RequestId): RequestRecord | undefined {
    return this.#store.request(id);
  }

  requestByKey(key: string): RequestRecord | undefined {
    return this.#store.requestByKey(key);
  }

  tasks(id: RequestId): readonly TaskRecord[] {
    return this.#store.tasks(id);
  }

  task(id: TaskId): TaskRecord | undefined {
    return this.#store.task(id);
  }

  jobs(id: TaskId): readonly JobRecord[] {
    return this.#store.jobs(id);
  }

  job(id: JobId): JobRecord | undefined {
    return this.#store.job(id);
  }

  jobLogPath(id: JobId): string | undefined {
    const job = this.#store.job(id);
    return job === undefined || job.directory === '' ? undefined : join(job.directory, 'control', 'log');
  }

  jobLogTail(id: JobId, lines: number): readonly string[] {
    const path = this.jobLogPath(id);
    return path === undefined ? [] : lastLines(printable(redact(readEnd(path))), lines);
  }

  datasets(id: RequestId): readonly DatasetRecord[] {
    return this.#store.datasets(id);
  }

  files(dataset: string, request?: RequestId): readonly FileRecord[] | undefined {
    const bare = dataset.replace(/\/$/, '');
    const ids = [`${bare}/`, bare]
      .map((name) => this.#store.datasetId(name, request))
      .filter((id) => id !== undefined);
    return ids.length === 0 ? this.#bundledFiles(bare, request) : this.#store.files(Math.max(...ids));
  }

  /** The files in a container that a sub-workflow bundles its data in. */
  #bundledFiles(name: string, wanted: RequestId | undefined): readonly FileRecord[] | undefined {
    const makers = this.#store.requests().filter(({ id, name: outDS }) => {
      return (wanted === undefined || id === wanted) && name.startsWith(`${outDS}_`);
    });
    for (const { id, plan } of makers.reverse()) {
      const bundle = bundlesIn(plan).get(name);
      if (bundle !== undefined) return bundle.flatMap((dataset) => this.files(dataset, id) ?? []);
    }
    return undefined;
  }

  kill(id: RequestId): boolean {
    const runtime = this.#runtimes.get(id);
    if (runtime === undefined) return false;
    runtime.killing = true;
    this.#transaction((emit) => {
      this.#store.setRequest(id, 'Cancelling', undefined, undefined);
      emit(id, { type: 'request', requestId: id, status: 'Cancelling' });
    });
    this.#stopJobs(runtime);
    this.#advance(runtime);
    return true;
  }

  retry(id: RequestId): boolean {
    const request = this.#store.request(id);
    if (request === undefined || !isFinalRequest(request.status) || request.status === 'Finished')
      return false;
    this.#reopen(id, undefined);
    return true;
  }

  commandRequest(id: RequestId, command: WorkCommand): CommandResult {
    if (command !== 'kill') return commandRequest(this.#workshop, id, command);
    if (this.kill(id)) return { done: true };
    const status = this.#store.request(id)?.status;
    return status === undefined ? { done: false, why: 'unknown' } : { done: false, why: 'status', status };
  }

  commandTask(id: TaskId, command: WorkCommand): CommandResult {
    const request = this.#store.task(id)?.requestId;
    const isAlone = request !== undefined && this.#store.tasks(request).length === 1;
    // With its only task, the request itself ends as asked for.
    if (isAlone && command === 'kill' && this.kill(request)) return { done: true };
    return commandTask(this.#workshop, id, command);
  }

  retryTask(id: TaskId, change: RetryChange): CommandResult {
    return retryTask(this.#workshop, id, change);
  }

  reloadInput(id: TaskId): CommandResult {
    return reloadInput(this.#workshop, id, (dataset) => this.files(dataset) ?? []);
  }

  recoverLostFiles(id: TaskId, rehearsal: boolean): CommandResult & { readonly lost: readonly string[] } {
    return recoverLostFiles(this.#workshop, id, rehearsal);
  }

  jobMetadata(id: TaskId): ReadonlyMap<JobId, unknown> {
    return readMetadata(this.#store.jobs(id));
  }

  setSecret(key: string, value: Secret): void {
    // On the disk first: what was promised must be there after a crash.
    this.#options.sealed?.set(key, { value, note: '' });
    this.#secrets.set(key, value);
  }

  secretNames(): readonly string[] {
    return [...this.#secrets.keys()];
  }

  deleteSecret(key: string): boolean {
    this.#options.sealed?.delete(key);
    return this.#secrets.delete(key);
  }

  secret(key: string): Secret | undefined {
    return this.#secrets.get(key);
  }

  eventsAfter(seq: number, request?: RequestId): readonly NumberedEvent[] {
    return this.#store.eventsAfter(seq, request);
  }

  subscribe(listener: (event: NumberedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Adds an event of the embedded REANA to the stream; called inside the transaction that it belongs to. */
  recordEvent(event: EngineEvent): void {
    const job = event.type === 'run' && event.jobId !== undefined ? this.#store.job(event.jobId) : undefined;
    const request = job === undefined ? undefined : this.#store.task(job.taskId)?.requestId;
    const numbered = this.#store.addEvent(this.#options.clock.nowMs(), request, event);
    queueMicrotask(() => {
      for (const listener of this.#listeners) listener(numbered);
    });
  }

  #begin(id: RequestId): void {
    const request = this.#store.request(id);
    if (request === undefined) return;
    const runtime = loadRuntime(request, this.#store);
    this.#runtimes.set(id, runtime);
    for (const task of runtime.tasks) {
      for (const job of task.jobs) if (job.status === 'defined') this.#pools.add(job);
    }
    this.#advance(runtime);
    this.#schedule();
  }

  /** Runs a change in one transaction; what it emitted is told to listeners only after it is on disk.
   *  For changes that leave memory alone: when it fails, nothing has happened. */
  #attempt<Result>(change: (emit: Emit) => Result): Result {
    const emitted: NumberedEvent[] = [];
    const result = this.#store.transaction(() =>
      change((request, event) =>
        emitted.push(this.#store.addEvent(this.#options.clock.nowMs(), request, event)),
      ),
    );
    for (const event of emitted) for (const listener of this.#listeners) listener(event);
    return result;
  }

  /** The same for changes that go with a change in memory. */
  #transaction<Result>(change: (emit: Emit) => Result): Result {
    try {
      return this.#attempt(change);
    } catch (thrown) {
      this.#closed = true;
      this.#options.onFatal(thrown);
      throw thrown;
    }
  }

  /** Draws all conclusions from the state of a request: tasks begin, split, end; at last the request ends. */
  #advance(runtime: RequestRuntime): void {
    const id = runtime.request.id;
    this.#transaction((emit) => {
      for (;;) {
        const decisions = decide(runtime, (dataset) => this.files(dataset, id) ?? []);
        if (decisions.length === 0) break;
        for (const decision of decisions) this.#apply(runtime, decision, emit);
      }
      if (runtime.tasks.every((task) => isFinalTask(task.status))) {
        const status = endOfRequest(runtime);
        this.#store.setRequest(id, status, this.#options.clock.nowMs(), undefined);
        emit(id, { type: 'request', requestId: id, status });
        this.#runtimes.delete(id);
      }
    });
    this.#schedule();
  }

  #apply(runtime: RequestRuntime, decision: Decision, emit: Emit): void {
    const { task } = decision;
    const requestId = runtime.request.id;
    const nowMs = this.#options.clock.nowMs();
    switch (decision.kind) {
      case 'start':
        task.status = 'ready';
        this.#store.setTask(task.id, 'ready', { startedMs: nowMs });
        break;
      case 'define-jobs':
        for (const inputs of decision.jobs) this.#addJob(task, inputs);
        task.allJobsDefined = decision.complete;
        if (decision.complete) this.#store.setAllJobsDefined(task.id, true);
        if (decision.shortage !== undefined) {
          task.error = decision.shortage;
          this.#store.setTask(task.id, task.status, { error: decision.shortage });
        }
        break;
      case 'end':
        task.status = decision.status;
        task.skipped = decision.skipped;
        task.error = decision.error;
        this.#store.setTask(task.id, decision.status, {
          endedMs: nowMs,
          error: decision.error,
          skipped: decision.skipped,
        });
        this.#store.setDatasetsClosed(task.id, true);
        break;
    }
    emit(requestId, { type: 'task', requestId, taskId: task.id, status: task.status });
  }

  #addJob(task: TaskRuntime, inputs: JobRuntime['inputs']): void {
    const serial = nextSerial(task);
    const job: JobRuntime = {
      id: this.#store.addJob(task.id, serial, inputs),
      serial,
      inputs,
      task,
      status: 'defined',
      attempt: 0,
      failures: 0,
      directory: '',
      files: [],
    };
    task.jobs.push(job);
    task.openJobs++;
    this.#pools.add(job);
  }

  /** Starts jobs while there are places. Starting one may lead back here, so the pools are asked each time. */
  #schedule(): void {
    while (!this.#closed) {
      const job = this.#pools.next();
      if (job === undefined) return;
      this.#startJob(job);
    }
  }

  #occupy(job: JobRuntime, process: RunningProcess | undefined): RunningJob {
    const slot: RunningJob = { job, process, cancelled: false };
    this.#running.set(job.id, slot);
    this.#pools.occupy(job);
    return slot;
  }

  #startJob(job: JobRuntime): void {
    const runtime = this.#runtimes.get(job.task.requestId);
    if (runtime === undefined) return;
    const slot = this.#occupy(job, undefined);
    job.attempt++;
    job.directory = join(this.#requestDirectory(runtime.request.id), 'jobs', `${job.id}.${job.attempt}`);
    this.#setJob(job, runtime, 'running', {
      attempt: job.attempt,
      startedMs: this.#options.clock.nowMs(),
      endedMs: undefined,
      exitStatus: undefined,
      error: undefined,
      directory: job.directory,
    });
    const started = runJob(this.#placeOf(job, runtime), {
      onCommand: (command) => this.#store.setJob(job.id, { status: 'running', command }),
      onProcess: (process) => {
        slot.process = process;
        if (slot.cancelled) this.#terminate(process);
      },
      isCancelled: () => slot.cancelled,
      onStageOut: (exitStatus) => this.#setJob(job, runtime, 'transferring', { exitStatus }),
    });
    void this.#finish(job, runtime, started);
  }

  #resumeJob(job: JobRuntime, runtime: RequestRuntime): void {
    if (job.status === 'defined') this.#pools.add(job);
    if (job.status !== 'running' && job.status !== 'transferring') return;
    const adopted = adoptProcess(join(job.directory, 'control'), this.#options.clock);
    if (adopted.state === 'lost') {
      this.#options.log(
        `job ${job.id} of ${job.task.spec.stepName} was lost with its process; it runs again`,
      );
      rmSync(job.directory, { recursive: true, force: true });
      this.#setJob(job, runtime, 'defined', { startedMs: undefined });
      this.#pools.add(job);
      return;
    }
    const process = adopted.state === 'running' ? adopted.process : undefined;
    this.#occupy(job, process);
    const ended =
      process === undefined
        ? Promise.resolve(adopted.state === 'ended' ? adopted.exit : undefined)
        : process.ended;
    const outcome = watchJob(this.#placeOf(job, runtime), ended, (exitStatus) =>
      this.#setJob(job, runtime, 'transferring', { exitStatus }),
    );
    void this.#finish(job, runtime, outcome);
  }

  async #finish(job: JobRuntime, runtime: RequestRuntime, outcome: Promise<JobOutcome>): Promise<void> {
    const ended = await outcome;
    if (this.#closed) return;
    try {
      this.#recordEnd(job, runtime, ended);
    } catch (thrown) {
      this.#options.log(`cannot store the end of job ${job.id}: ${messageOf(thrown)}`);
    }
  }

  #recordEnd(job: JobRuntime, runtime: RequestRuntime, ended: JobOutcome): void {
    const cancelled = this.#running.get(job.id)?.cancelled === true && ended.kind !== 'finished';
    if (ended.kind === 'failed') job.failures++;
    const isWanted = job.task.control === undefined || job.task.control === 'paused';
    const again =
      ended.kind === 'failed' && !cancelled && isWanted && job.failures < job.task.spec.maxAttempt;
    const status = again ? 'defined' : cancelled ? 'cancelled' : ended.kind;
    this.#transaction(() => {
      if (ended.kind === 'finished') {
        job.files = ended.files;
        for (const file of ended.files) {
          const dataset = job.task.datasetIds.get(file.dataset);
          if (dataset !== undefined) this.#store.addFile(dataset, file, job.id);
        }
      }
      this.#setJob(job, runtime, status, {
        endedMs: ended.endedMs,
        exitStatus: ended.exitStatus,
        error: ended.kind === 'failed' ? ended.error : undefined,
      });
    });
    this.#running.delete(job.id);
    this.#pools.leave(job);
    if (again) this.#pools.add(job);
    else job.task.openJobs--;
    this.#advance(runtime);
  }

  #setJob(
    job: JobRuntime,
    runtime: RequestRuntime,
    status: JobRuntime['status'],
    change: Omit<Parameters<PandaStore['setJob']>[1], 'status'>,
  ): void {
    const requestId = runtime.request.id;
    this.#transaction((emit) => {
      this.#store.setJob(job.id, { ...change, status });
      if (status === 'running' && job.task.status === 'ready') {
        this.#store.setTask(job.task.id, 'running', { error: job.task.error });
        emit(requestId, { type: 'task', requestId, taskId: job.task.id, status: 'running' });
      }
      emit(requestId, { type: 'job', requestId, taskId: job.task.id, jobId: job.id, status });
    });
    job.status = status;
    if (status === 'running' && job.task.status === 'ready') {
      job.task.status = 'running';
      // Children that stream from this task may begin now.
      this.#advance(runtime);
    }
  }

  #stopJobs(runtime: RequestRuntime): void {
    for (const task of runtime.tasks) {
      for (const job of task.jobs) {
        if (isFinalJob(job.status)) continue;
        const slot = this.#running.get(job.id);
        if (slot === undefined) this.#cancelJob(job, runtime, 'killed by the user');
        else this.#endJob(slot);
      }
    }
  }

  #cancelJob(job: JobRuntime, runtime: RequestRuntime, error: string): void {
    this.#setJob(job, runtime, 'cancelled', { endedMs: this.#options.clock.nowMs(), error });
    job.task.openJobs--;
  }

  #endJob(slot: RunningJob): void {
    slot.cancelled = true;
    if (slot.process !== undefined) this.#terminate(slot.process);
  }

  #openWorkshop(): Workshop {
    return {
      store: this.#store,
      clock: this.#options.clock,
      runtimeOf: (id) => this.#runtimes.get(id),
      transaction: (change) => this.#transaction(change),
      terminate: (job) => {
        const slot = this.#running.get(job.id);
        if (slot !== undefined) this.#endJob(slot);
      },
      cancel: (job, runtime, why) => this.#cancelJob(job, runtime, why),
      isRunning: (job) => this.#running.has(job.id),
      enqueue: (job) => this.#pools.add(job),
      advance: (runtime) => this.#advance(runtime),
      reopen: (id, only) => this.#reopen(id, only),
    };
  }

  /** Works again on a request that has ended.
   *  @param only the task that is retried with what depends on it; `undefined`: all that did not end well */
  #reopen(id: RequestId, only: TaskId | undefined): void {
    this.#transaction((emit) => {
      const request = this.#store.request(id);
      if (request === undefined) return;
      const runtime = loadRuntime(request, this.#store);
      resetForRetry(
        runtime,
        this.#store,
        runtime.tasks.find((task) => task.id === only),
      );
      this.#store.setRequest(id, 'Transforming', undefined, undefined);
      emit(id, { type: 'request', requestId: id, status: 'Transforming' });
    });
    this.#begin(id);
  }

  #terminate(process: RunningProcess): void {
    process.signal('SIGTERM');
    void Promise.race([
      process.ended.then(() => true),
      this.#options.clock.sleep(killGraceMs).then(() => false),
    ]).then((ended) => {
      if (!ended) process.signal('SIGKILL');
    });
  }

  #requestDirectory(id: RequestId): string {
    return join(this.#options.dataDirectory, 'requests', String(id));
  }

  #placeOf(job: JobRuntime, runtime: RequestRuntime): JobPlace {
    return {
      job,
      request: runtime.request,
      requestDirectory: this.#requestDirectory(runtime.request.id),
      clock: this.#options.clock,
      environment: this.#options.environment,
      binDirectory: this.#options.binDirectory,
      secrets: this.#secrets,
      embedded: this.#options.embedded(),
    };
  }
}
