// The embedded PanDA: takes requests, splits their tasks into jobs, runs these as processes and keeps what they make.
// The database is the truth; this class only moves it forward, one transaction per change, and acts afterwards.
import { join } from 'node:path';
import type { JobId, RequestId, TaskId } from '../base/names.ts';
import type { Secret } from '../base/secret.ts';
import { redact } from '../base/secret.ts';
import { lastLines, printable } from '../base/text.ts';
import type {
  CommandResult,
  NewRequest,
  PandaEngine,
  ReplayOutcome,
  RerunReport,
  RetryChange,
  WorkCommand,
} from './api.ts';
import type { EngineEvent, NumberedEvent } from './events.ts';
import { tellLoss } from './hpo/advance.ts';
import { Asks } from './hpo/asks.ts';
import type { SearchSummary } from './hpo/summary.ts';
import type { EngineOptions } from './options.ts';
import { allAtRest, commandRequest, commandTask, retryTask, stopJobs } from './panda/commands.ts';
import type { Workshop } from './panda/commands.ts';
import { filesOfDataset } from './panda/dataset-files.ts';
import { iterationsOf } from './panda/iterations.ts';
import { readMetadata } from './panda/jobs/job-metadata.ts';
import { JobRunner } from './panda/jobs/job-runner.ts';
import { Journal } from './panda/journal.ts';
import { loadRuntime } from './panda/load.ts';
import { defaultMaxIterations } from './panda/loops/decide-loop.ts';
import { orderedTasks } from './panda/loops/task-order.ts';
import { readEnd } from './panda/jobs/log-end.ts';
import { Progress } from './panda/progress.ts';
import { replayIteration } from './panda/replay.ts';
import { requestOfJob } from './panda/jobs/request-of-job.ts';
import { resumedLine } from './panda/resumed-line.ts';
import { whyRerun } from './panda/reuse/why-rerun.ts';
import { putBack } from './panda/put-back.ts';
import type { RequestRuntime } from './panda/runtime.ts';
import { searchOfTask } from './panda/search-of-task.ts';
import { recoverLostFiles, reloadInput } from './panda/second-look.ts';
import { storeRequest } from './panda/submit.ts';
import type {
  DatasetRecord,
  FileRecord,
  IterationRecord,
  JobRecord,
  RequestRecord,
  RunOptions,
  TaskRecord,
} from './records.ts';
import { isFinalRequest } from './records.ts';
import { PandaStore } from './store/panda-store.ts';

export class Engine implements PandaEngine {
  readonly #options: EngineOptions;
  readonly #store: PandaStore;
  readonly #runtimes = new Map<RequestId, RequestRuntime>();
  readonly #journal: Journal;
  readonly #runner: JobRunner;
  readonly #asks: Asks;
  readonly #progress: Progress;
  readonly #secrets: Map<string, Secret>;
  readonly #workshop: Workshop;
  #closed = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#store = new PandaStore(options.database);
    this.#secrets = new Map([...(options.sealed?.all() ?? [])].map(([key, { value }]) => [key, value]));
    this.#journal = new Journal(this.#store, options.clock, (thrown) => {
      this.#closed = true;
      options.onFatal(thrown);
    });
    this.#runner = new JobRunner({
      options,
      store: this.#store,
      journal: this.#journal,
      secrets: this.#secrets,
      runtimeOf: (id) => this.#runtimes.get(id),
      advance: (runtime) => this.#progress.advance(runtime),
      isClosed: () => this.#closed,
    });
    this.#asks = new Asks({
      store: this.#store,
      journal: this.#journal,
      clock: options.clock,
      environment: options.environment,
      requestDirectory: (id) => this.#requestDirectory(id),
      containers: options.containers,
      containerMode: options.containerMode ?? 'auto',
      advance: (runtime) => this.#progress.advance(runtime),
      isClosed: () => this.#closed,
      log: options.log,
    });
    this.#progress = new Progress({
      store: this.#store,
      journal: this.#journal,
      clock: options.clock,
      runner: this.#runner,
      maxIterations: defaultMaxIterations,
      asks: this.#asks,
      requestDirectory: (id) => this.#requestDirectory(id),
      filesOf: (dataset, request) => this.files(dataset, request) ?? [],
      onEnd: (id) => this.#runtimes.delete(id),
    });
    this.#workshop = this.#openWorkshop();
  }

  /** Takes up what an earlier process left: processes that still run are watched again, ended ones are collected, lost ones run anew. */
  resume(): void {
    for (const request of this.#store.activeRequests()) {
      // Submitted in the moment between the start of the server and now.
      if (this.#runtimes.has(request.id)) continue;
      const runtime = loadRuntime(request, this.#store);
      this.#runtimes.set(request.id, runtime);
      const found = runtime.tasks.flatMap((task) =>
        task.jobs.map((job) => this.#runner.resume(job, runtime)),
      );
      this.#options.log(resumedLine(runtime, found));
      for (const task of runtime.tasks) {
        if (runtime.killing) this.#asks.stop(task);
        else this.#asks.begin(task, runtime);
      }
      if (runtime.killing) this.#runner.stopAll(runtime);
      for (const task of runtime.tasks) {
        if (task.control === 'killing' || task.control === 'finishing')
          stopJobs(this.#workshop, runtime, task);
      }
      this.#progress.advance(runtime);
    }
    this.#runner.schedule();
  }

  /** Stops moving; processes that run are left to themselves and found again by the next `resume`. */
  close(): void {
    this.#closed = true;
    this.#journal.close();
  }

  get isBusy(): boolean {
    return !allAtRest(this.#runtimes.values());
  }

  submit(request: NewRequest): RequestId {
    // Two calls of the same command may arrive together; the second joins the first.
    const known = request.key === undefined ? undefined : this.#store.requestByKey(request.key);
    if (known !== undefined) return known.id;
    const place = {
      store: this.#store,
      journal: this.#journal,
      clock: this.#options.clock,
      requestDirectory: (id: RequestId) => this.#requestDirectory(id),
      filesOf: (dataset: string) => this.files(dataset),
    };
    const id = storeRequest(place, request);
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
    return orderedTasks(this.#store, this.#runtimes.get(id)?.request.plan, id);
  }

  task(id: TaskId): TaskRecord | undefined {
    return this.#store.task(id);
  }

  jobs(id: TaskId): readonly JobRecord[] {
    return this.#store.jobs(id);
  }

  iterations(id: RequestId): readonly IterationRecord[] {
    return iterationsOf(this.#store, id);
  }

  whyRerun(id: RequestId, step: string): Promise<RerunReport | undefined> {
    return whyRerun(this.#store, (request) => this.#requestDirectory(request), id, step);
  }

  replay(
    ...[id, iteration, junction]: Parameters<PandaEngine['replay']>
  ): Promise<ReplayOutcome | undefined> {
    const { environment, binDirectory } = this.#options;
    const place = { store: this.#store, directory: this.#requestDirectory(id), environment, binDirectory };
    return replayIteration(place, id, iteration, junction);
  }

  job(id: JobId): JobRecord | undefined {
    return this.#store.job(id);
  }

  /** What the submission that a job belongs to says about how it runs here. */
  runOptions(id: JobId | undefined): RunOptions | undefined {
    const request = requestOfJob(this.#store, id);
    return request === undefined ? undefined : this.#store.request(request)?.options;
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
    return this.#store.datasets.ofRequest(id);
  }

  files(dataset: string, request?: RequestId): readonly FileRecord[] | undefined {
    return filesOfDataset(this.#store, dataset, request);
  }

  search(id: TaskId): SearchSummary | undefined {
    return searchOfTask(this.#store, (request) => this.#runtimes.get(request), id);
  }

  tellLoss(id: TaskId, point: number, loss: number): CommandResult {
    const record = this.#store.task(id);
    if (record?.type !== 'phpo') return { done: false, why: 'unknown' };
    const runtime = this.#runtimes.get(record.requestId);
    const search = runtime?.tasks.find((task) => task.id === id)?.search;
    if (runtime === undefined || search === undefined)
      return { done: false, why: 'status', status: record.status };
    const told = tellLoss(id, search, { point, loss }, this.#store, (change) =>
      this.#journal.transaction(change),
    );
    if (told.done) this.#progress.advance(runtime);
    return told;
  }

  kill(id: RequestId): boolean {
    const runtime = this.#runtimes.get(id);
    if (runtime === undefined) return false;
    runtime.killing = true;
    this.#journal.transaction((emit) => {
      this.#store.setRequest(id, 'Cancelling', undefined, undefined);
      emit(id, { type: 'request', requestId: id, status: 'Cancelling' });
    });
    runtime.tasks.forEach((task) => this.#asks.stop(task));
    this.#runner.stopAll(runtime);
    this.#progress.advance(runtime);
    return true;
  }

  retry(id: RequestId, maxIterations?: number): boolean {
    const request = this.#store.request(id);
    if (request === undefined || !isFinalRequest(request.status) || request.status === 'Finished')
      return false;
    if (maxIterations !== undefined) this.#store.setMaxIterations(id, maxIterations);
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
    return this.#journal.subscribe(listener);
  }

  /** Adds an event of the embedded REANA to the stream; called inside the transaction that it belongs to. */
  recordEvent(event: EngineEvent): void {
    this.#journal.record(requestOfJob(this.#store, event.type === 'run' ? event.jobId : undefined), event);
  }

  #begin(id: RequestId): void {
    const request = this.#store.request(id);
    if (request === undefined) return;
    const runtime = loadRuntime(request, this.#store);
    this.#runtimes.set(id, runtime);
    for (const task of runtime.tasks) {
      for (const job of task.jobs) if (job.status === 'defined') this.#runner.add(job);
      this.#asks.begin(task, runtime);
    }
    this.#progress.advance(runtime);
    this.#runner.schedule();
  }

  /** Works again on a request that has ended.
   *  @param only the task that is retried with what depends on it; `undefined`: all that did not end well */
  #reopen(id: RequestId, only: TaskId | undefined): void {
    putBack(this.#store, this.#journal, id, only);
    this.#begin(id);
  }

  #openWorkshop(): Workshop {
    return {
      store: this.#store,
      clock: this.#options.clock,
      runtimeOf: (id) => this.#runtimes.get(id),
      transaction: (change) => this.#journal.transaction(change),
      terminate: (job) => this.#runner.terminate(job),
      stopSteering: (task) => this.#asks.stop(task),
      cancel: (job, runtime, why) => this.#runner.cancel(job, runtime, why),
      isRunning: (job) => this.#runner.isRunning(job),
      enqueue: (job) => this.#runner.add(job),
      advance: (runtime) => this.#progress.advance(runtime),
      reopen: (id, only) => this.#reopen(id, only),
    };
  }

  #requestDirectory(id: RequestId): string {
    return join(this.#options.dataDirectory, 'requests', String(id));
  }
}
