// An engine in memory that does nothing by itself: tests say what happens. Real engines are tested against the same
// interface; this one is for what stands on top of it.
import { jobId, requestId, taskId } from '../../src/base/names.ts';
import type { JobId, RequestId, TaskId } from '../../src/base/names.ts';
import type { Secret } from '../../src/base/secret.ts';
import type {
  CommandResult,
  NewRequest,
  PandaEngine,
  RetryChange,
  WorkCommand,
} from '../../src/engine/api.ts';
import type { SearchSummary } from '../../src/engine/hpo/summary.ts';
import type { EngineEvent, NumberedEvent } from '../../src/engine/events.ts';
import {
  isFinalRequest,
  isFinalTask,
  type DatasetRecord,
  type FileRecord,
  type JobRecord,
  type RequestRecord,
  type TaskRecord,
} from '../../src/engine/records.ts';
import type { LeafType } from '../../src/workflow/model.ts';
import type { Plan, PlannedStep } from '../../src/workflow/plan.ts';

export class EngineRig implements PandaEngine {
  readonly submitted: NewRequest[] = [];
  readonly #requests = new Map<RequestId, RequestRecord>();
  readonly #tasks = new Map<TaskId, TaskRecord>();
  readonly #jobs = new Map<JobId, JobRecord>();
  readonly #logs = new Map<JobId, readonly string[]>();
  readonly #datasets: DatasetRecord[] = [];
  readonly #files: FileRecord[] = [];
  readonly #events: (NumberedEvent & { readonly of: RequestId })[] = [];
  readonly #secrets = new Map<string, Secret>();
  readonly #listeners = new Set<(event: NumberedEvent) => void>();
  readonly #nowMs: () => number;
  isBusy = false;
  /** Thrown by the next `submit`. */
  failNext: Error | undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  submit(request: NewRequest): RequestId {
    if (this.failNext !== undefined) {
      const failure = this.failNext;
      this.failNext = undefined;
      throw failure;
    }
    this.submitted.push(request);
    const id = requestId(this.#requests.size + 1);
    this.#requests.set(id, {
      id,
      name: request.name,
      userName: request.userName,
      status: 'Transforming',
      createdMs: this.#nowMs(),
      endedMs: undefined,
      plan: request.plan,
      error: undefined,
      key: request.key,
      taskParameters: request.taskParameters,
    });
    for (const step of leaves(request.plan.steps)) this.#addTask(id, step);
    this.emit(id, { type: 'request', requestId: id, status: 'Transforming' });
    return id;
  }

  #addTask(request: RequestId, step: PlannedStep): void {
    const id = taskId(40_000_001 + this.#tasks.size);
    const name = step.outputs[0] ?? step.name;
    this.#tasks.set(id, {
      id,
      requestId: request,
      stepId: step.id,
      stepName: step.name,
      type: step.type === 'workflow' ? 'prun' : step.type,
      name,
      status: 'registered',
      nJobs: undefined,
      nJobsRunning: 0,
      nJobsFinished: 0,
      nJobsFailed: 0,
      startedMs: undefined,
      endedMs: undefined,
      error: undefined,
      skipped: false,
      iteration: '',
    });
    for (const type of step.outputTypes) {
      this.#datasets.push({
        name: `${name}_${type}/`,
        taskId: id,
        requestId: request,
        closed: false,
        nFiles: 0,
        sizeBytes: 0,
      });
    }
  }

  /** Records a change of a request and tells it. */
  setRequest(id: RequestId, change: Partial<RequestRecord>): void {
    const before = this.#requests.get(id);
    if (before === undefined) throw new Error(`no request ${id}`);
    const after = { ...before, ...change };
    this.#requests.set(id, after);
    this.emit(id, { type: 'request', requestId: id, status: after.status });
  }

  /** Records a change of a task and tells it. */
  setTask(id: TaskId, change: Partial<TaskRecord>): void {
    const before = this.#tasks.get(id);
    if (before === undefined) throw new Error(`no task ${id}`);
    const after = { ...before, ...change };
    this.#tasks.set(id, after);
    this.emit(after.requestId, {
      type: 'task',
      requestId: after.requestId,
      taskId: id,
      status: after.status,
    });
  }

  addJob(task: TaskId, job: Partial<JobRecord>, log: readonly string[] = []): JobId {
    const id = jobId(6_000_000_001 + this.#jobs.size);
    this.#jobs.set(id, {
      id,
      taskId: task,
      serial: 1,
      attempt: 1,
      status: 'defined',
      startedMs: undefined,
      endedMs: undefined,
      exitStatus: undefined,
      error: undefined,
      command: 'true',
      directory: '/nowhere',
      ...job,
    });
    this.#logs.set(id, log);
    return id;
  }

  addFile(file: FileRecord): void {
    this.#files.push(file);
    if (!this.#datasets.some((dataset) => dataset.name === file.dataset)) {
      this.#datasets.push({
        name: file.dataset,
        taskId: undefined,
        requestId: undefined,
        closed: true,
        nFiles: 1,
        sizeBytes: file.sizeBytes,
      });
    }
  }

  emit(of: RequestId, event: EngineEvent): void {
    const numbered = { seq: this.#events.length + 1, atMs: this.#nowMs(), event };
    this.#events.push({ ...numbered, of });
    for (const listener of this.#listeners) listener(numbered);
  }

  requests(): readonly RequestRecord[] {
    return [...this.#requests.values()];
  }

  request(id: RequestId): RequestRecord | undefined {
    return this.#requests.get(id);
  }

  requestByKey(key: string): RequestRecord | undefined {
    return this.requests().findLast((request) => request.key === key);
  }

  tasks(id: RequestId): readonly TaskRecord[] {
    return [...this.#tasks.values()].filter((task) => task.requestId === id);
  }

  task(id: TaskId): TaskRecord | undefined {
    return this.#tasks.get(id);
  }

  jobs(id: TaskId): readonly JobRecord[] {
    return [...this.#jobs.values()].filter((job) => job.taskId === id);
  }

  job(id: JobId): JobRecord | undefined {
    return this.#jobs.get(id);
  }

  jobLogTail(id: JobId, lines: number): readonly string[] {
    return (this.#logs.get(id) ?? []).slice(-lines);
  }

  jobLogPath(): string | undefined {
    return undefined;
  }

  datasets(id: RequestId): readonly DatasetRecord[] {
    return this.#datasets.filter((dataset) => dataset.requestId === id);
  }

  files(name: string, request?: RequestId): readonly FileRecord[] | undefined {
    const bare = name.replace(/\/$/, '');
    const dataset = this.#datasets.findLast(
      (found) =>
        found.name.replace(/\/$/, '') === bare && (request === undefined || found.requestId === request),
    );
    return dataset === undefined ? undefined : this.#files.filter((file) => file.dataset === dataset.name);
  }

  kill(id: RequestId): boolean {
    const request = this.#requests.get(id);
    if (request === undefined || isFinalRequest(request.status)) return false;
    this.setRequest(id, { status: 'Cancelling' });
    return true;
  }

  retry(id: RequestId): boolean {
    const request = this.#requests.get(id);
    if (request === undefined || !isFinalRequest(request.status) || request.status === 'Finished')
      return false;
    this.setRequest(id, { status: 'Transforming' });
    return true;
  }

  /** Commands that were accepted, in order. */
  readonly commands: {
    readonly of: RequestId | TaskId;
    readonly command: string;
    readonly change?: RetryChange;
  }[] = [];
  readonly metadata = new Map<TaskId, ReadonlyMap<JobId, unknown>>();

  commandRequest(id: RequestId, command: WorkCommand): CommandResult {
    const request = this.#requests.get(id);
    if (request === undefined) return { done: false, why: 'unknown' };
    if (isFinalRequest(request.status)) return { done: false, why: 'status', status: request.status };
    if (command === 'kill') this.setRequest(id, { status: 'Cancelling' });
    this.commands.push({ of: id, command });
    return { done: true };
  }

  commandTask(id: TaskId, command: WorkCommand): CommandResult {
    const task = this.#tasks.get(id);
    if (task === undefined) return { done: false, why: 'unknown' };
    if (isFinalTask(task.status)) return { done: false, why: 'status', status: task.status };
    this.commands.push({ of: id, command });
    return { done: true };
  }

  retryTask(id: TaskId, change: RetryChange): CommandResult {
    const task = this.#tasks.get(id);
    if (task === undefined) return { done: false, why: 'unknown' };
    if (task.status === 'done') return { done: false, why: 'status', status: task.status };
    this.commands.push({ of: id, command: 'retry', change });
    return { done: true };
  }

  reloadInput(id: TaskId): CommandResult {
    const task = this.#tasks.get(id);
    if (task === undefined) return { done: false, why: 'unknown' };
    if (!isFinalTask(task.status)) return { done: false, why: 'status', status: task.status };
    this.commands.push({ of: id, command: 'reload-input' });
    return { done: true };
  }

  readonly lost = new Map<TaskId, readonly string[]>();

  recoverLostFiles(id: TaskId, rehearsal: boolean): CommandResult & { readonly lost: readonly string[] } {
    const task = this.#tasks.get(id);
    if (task === undefined) return { done: false, why: 'unknown', lost: [] };
    if (!isFinalTask(task.status)) return { done: false, why: 'status', status: task.status, lost: [] };
    this.commands.push({ of: id, command: rehearsal ? 'look-for-lost' : 'recover-lost' });
    return { done: true, lost: this.lost.get(id) ?? [] };
  }

  readonly searches = new Map<TaskId, SearchSummary>();

  tellLoss(id: TaskId, point: number, loss: number): CommandResult {
    const search = this.searches.get(id);
    const status = search?.points[point]?.status;
    if (search === undefined || status === undefined) return { done: false, why: 'unknown' };
    if (status !== 'waiting') return { done: false, why: 'status', status };
    const points = search.points.map((one) =>
      one.id === point ? { ...one, loss, status: 'evaluated' as const } : one,
    );
    this.searches.set(id, { ...search, points });
    return { done: true };
  }

  search(id: TaskId): SearchSummary | undefined {
    return this.searches.get(id);
  }

  iterations(): readonly [] {
    return [];
  }

  whyRerun(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  replay(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  jobMetadata(id: TaskId): ReadonlyMap<JobId, unknown> {
    return this.metadata.get(id) ?? new Map();
  }

  setSecret(key: string, value: Secret): void {
    this.#secrets.set(key, value);
  }

  secretNames(): readonly string[] {
    return [...this.#secrets.keys()];
  }

  deleteSecret(key: string): boolean {
    return this.#secrets.delete(key);
  }

  secret(key: string): Secret | undefined {
    return this.#secrets.get(key);
  }

  eventsAfter(seq: number, request?: RequestId): readonly NumberedEvent[] {
    return this.#events
      .filter((event) => event.seq > seq && (request === undefined || event.of === request))
      .map(({ seq, atMs, event }) => ({ seq, atMs, event }));
  }

  subscribe(listener: (event: NumberedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** A plan of leaf steps, each with one output dataset; the last step is what the user asked for. */
export function planOf(outDS: string, ...names: string[]): Plan {
  const steps = names.map((name, id) => stepOf(outDS, id, name));
  return { outDS, inputs: {}, steps, outputSteps: names.length === 0 ? [] : [names.length - 1] };
}

export function stepOf(outDS: string, id: number, name: string, type: LeafType = 'prun'): PlannedStep {
  const output = `${outDS}_${String(id).padStart(3, '0')}_${name}`;
  return {
    id,
    name,
    type,
    parents: id === 0 ? [] : [id - 1],
    links: id === 0 ? [] : [{ parent: id - 1, kind: 'started' }],
    condition: undefined,
    scatter: [],
    scatterIndex: undefined,
    loop: false,
    inLoop: false,
    inputs: { opt_exec: 'echo hi', opt_args: '--outputs out.txt' },
    suppressed: [],
    outputs: [output],
    outputTypes: ['out.txt'],
    inputDatasets: [],
    command: ['prun', '--exec', 'echo hi', '--outDS', output],
    isTail: false,
    isWorkflowOutput: false,
    rootInputs: {},
    steps: [],
    where: () => ({ file: 'main.cwl', start: 0, end: 0 }),
  };
}

function leaves(steps: readonly PlannedStep[]): PlannedStep[] {
  return steps.flatMap((step) => (step.type === 'workflow' ? leaves(step.steps) : [step]));
}
