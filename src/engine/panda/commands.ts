// What users tell the engine about tasks and requests that exist: kill, finish, pause, resume, and retry of one task.
// A command is stored first and acted on afterwards, so that it holds over a crash.
import type { Clock } from '../../base/clock.ts';
import type { RequestId, TaskId } from '../../base/names.ts';
import type { CommandResult, RetryChange, WorkCommand } from '../api.ts';
import type { EngineEvent } from '../events.ts';
import type { RequestStatus } from '../records.ts';
import { isFinalJob, isFinalRequest, isFinalTask, shownStatus } from '../records.ts';
import type { PandaStore } from '../store/panda-store.ts';
import { regroup } from './jobs/regroup.ts';
import { dependents, reopenLoops } from './retry.ts';
import type { JobRuntime, RequestRuntime, TaskRuntime } from './runtime.ts';
import { isAtRest } from './runtime.ts';

/** What the engine does for a command. */
export interface Workshop {
  readonly store: PandaStore;
  readonly clock: Clock;
  /** The request in memory; `undefined`: it has ended, or is unknown. */
  readonly runtimeOf: (id: RequestId) => RequestRuntime | undefined;
  readonly transaction: <Result>(
    change: (emit: (id: RequestId, event: EngineEvent) => void) => Result,
  ) => Result;
  /** Ends the process of a job that runs. */
  readonly terminate: (job: JobRuntime) => void;
  /** Ends the steering of a task, where it works. */
  readonly stopSteering: (task: TaskRuntime) => void;
  /** Marks a job that does not run as cancelled. */
  readonly cancel: (job: JobRuntime, runtime: RequestRuntime, why: string) => void;
  readonly isRunning: (job: JobRuntime) => boolean;
  /** Lets a job wait for a place. */
  readonly enqueue: (job: JobRuntime) => void;
  /** Draws all conclusions from the state of a request. */
  readonly advance: (runtime: RequestRuntime) => void;
  /** Loads a request that has ended and works on it again, after `only` and what depends on it were put back. */
  readonly reopen: (id: RequestId, only: TaskId) => void;
}

/** Gives a command to a request: to all of its tasks that have not ended. */
export function commandRequest(shop: Workshop, id: RequestId, command: WorkCommand): CommandResult {
  const request = shop.store.request(id);
  if (request === undefined) return { done: false, why: 'unknown' };
  const runtime = shop.runtimeOf(id);
  if (runtime === undefined || isFinalRequest(request.status) || runtime.killing)
    return { done: false, why: 'status', status: request.status };
  const meant = runtime.tasks.filter((task) => isMeant(task, command));
  if (meant.length === 0) return { done: false, why: 'status', status: request.status };
  if (command === 'finish' || command === 'finish-soft') {
    shop.transaction(() => shop.store.iterations.setLast(id));
    for (const loop of runtime.loops.values()) if (!loop.ended) loop.isLast = true;
  }
  give(shop, runtime, meant, command);
  return { done: true };
}

/** Gives a command to one task. */
export function commandTask(shop: Workshop, id: TaskId, command: WorkCommand): CommandResult {
  const record = shop.store.task(id);
  if (record === undefined) return { done: false, why: 'unknown' };
  const runtime = shop.runtimeOf(record.requestId);
  const task = runtime?.tasks.find((candidate) => candidate.id === id);
  if (runtime === undefined || task === undefined || runtime.killing || !isMeant(task, command))
    return { done: false, why: 'status', status: shownStatus(record) };
  give(shop, runtime, [task], command);
  return { done: true };
}

/** True when a command changes something for a task. Killing is stronger than finishing, finishing than pausing. */
function isMeant(task: TaskRuntime, command: WorkCommand): boolean {
  if (isFinalTask(task.status)) return false;
  switch (command) {
    case 'kill':
      return task.control !== 'killing';
    case 'finish':
    case 'finish-soft':
      return task.control !== 'killing';
    case 'pause':
      return task.control === undefined;
    case 'resume':
      return task.control === 'paused';
  }
}

function give(
  shop: Workshop,
  runtime: RequestRuntime,
  tasks: readonly TaskRuntime[],
  command: WorkCommand,
): void {
  const control = (
    {
      kill: 'killing',
      finish: 'finishing',
      'finish-soft': 'finishing',
      pause: 'paused',
      resume: undefined,
    } as const
  )[command];
  const { store, transaction } = shop;
  const id = runtime.request.id;
  transaction((emit) => {
    for (const task of tasks) {
      store.setTaskControl(task.id, control);
      emit(id, { type: 'task', requestId: id, taskId: task.id, status: task.status });
    }
    setRequestStatus(shop, runtime, tasks, control === 'paused', emit);
  });
  for (const task of tasks) task.control = control;
  if (command === 'resume') tasks.forEach((task) => task.jobs.forEach((job) => rejoin(shop, job)));
  if (command !== 'pause' && command !== 'resume') {
    for (const task of tasks) stopJobs(shop, runtime, task, command);
  }
  shop.advance(runtime);
}

function rejoin(shop: Workshop, job: JobRuntime): void {
  if (job.status === 'defined' && !shop.isRunning(job)) shop.enqueue(job);
}

/** A request is suspended while all of its tasks that have not ended are paused. */
function setRequestStatus(
  shop: Workshop,
  runtime: RequestRuntime,
  changing: readonly TaskRuntime[],
  pausing: boolean,
  emit: (id: RequestId, event: EngineEvent) => void,
): void {
  const { id } = runtime.request;
  const suspended = runtime.tasks.every(
    (task) => isFinalTask(task.status) || (changing.includes(task) ? pausing : task.control === 'paused'),
  );
  const status: RequestStatus = suspended ? 'Suspended' : 'Transforming';
  if (shop.store.request(id)?.status === status) return;
  shop.store.setRequest(id, status, undefined, undefined);
  emit(id, { type: 'request', requestId: id, status });
}

/** A job that waits is cancelled; one that runs is ended, unless the task is to finish softly, which is also what an engine
 *  that was started again does: it knows no more than that the task is to finish. */
export function stopJobs(
  shop: Workshop,
  runtime: RequestRuntime,
  task: TaskRuntime,
  command: WorkCommand = task.control === 'killing' ? 'kill' : 'finish-soft',
): void {
  const why = command === 'kill' ? 'killed by the user' : 'not run: the task was finished by the user';
  shop.stopSteering(task);
  for (const job of task.jobs) {
    if (isFinalJob(job.status)) continue;
    if (!shop.isRunning(job)) shop.cancel(job, runtime, why);
    else if (command !== 'finish-soft') shop.terminate(job);
  }
}

/** Runs the failed jobs of one task again, and what depends on it.
 *  @param change another splitting for what has not run */
export function retryTask(shop: Workshop, id: TaskId, change: RetryChange): CommandResult {
  const { store } = shop;
  const record = store.task(id);
  if (record === undefined) return { done: false, why: 'unknown' };
  const request = store.request(record.requestId);
  if (request === undefined) return { done: false, why: 'unknown' };
  const failed = store.jobs(id).filter((job) => job.status === 'failed' || job.status === 'cancelled');
  const runtime = shop.runtimeOf(record.requestId);
  if (runtime === undefined) {
    if (record.status === 'done' || record.skipped)
      return { done: false, why: 'status', status: record.status };
    shop.transaction(() => {
      if (Object.keys(change.splitting).length > 0) regroup(store, record, change.splitting);
      if (change.limits !== undefined) store.setTaskLimits(id, { ...record.limits, ...change.limits });
    });
    shop.reopen(record.requestId, id);
    return { done: true };
  }
  const task = runtime.tasks.find((candidate) => candidate.id === id);
  if (task === undefined || runtime.killing || task.control !== undefined || failed.length === 0)
    return { done: false, why: 'status', status: shownStatus(record) };
  // What depends on it may have seen that a job failed and gone on without its files.
  const begun = dependents(runtime, task).find((other) => other.jobs.length > 0);
  if (begun !== undefined) return { done: false, why: 'depends', step: begun.spec.stepName };
  if (Object.keys(change.splitting).length > 0)
    return { done: false, why: 'status', status: shownStatus(record) };
  if (change.limits !== undefined) {
    const limits = { ...record.limits, ...change.limits };
    shop.transaction(() => store.setTaskLimits(id, limits));
    task.limits = { ...task.limits, ...limits };
  }
  rerunHere(shop, runtime, task);
  return { done: true };
}

/** Failed jobs of a request that is still worked on join the queue again. */
function rerunHere(shop: Workshop, runtime: RequestRuntime, task: TaskRuntime): void {
  const { store } = shop;
  const { id } = runtime.request;
  const failed = task.jobs.filter((job) => job.status === 'failed' || job.status === 'cancelled');
  const blocked = dependents(runtime, task).filter((other) => other.status === 'aborted');
  shop.transaction((emit) => {
    reopenLoops(runtime, store, [task, ...blocked]);
    for (const job of failed) {
      store.setJob(job.id, {
        status: 'defined',
        startedMs: undefined,
        endedMs: undefined,
        exitStatus: undefined,
        error: undefined,
        failures: 0,
      });
    }
    if (task.spec.merge !== undefined) store.setAllJobsDefined(task.id, false);
    for (const other of [task, ...blocked]) {
      const status = other === task ? 'ready' : 'registered';
      store.setTask(other.id, status);
      store.datasets.setClosed(other.id, false);
      emit(id, { type: 'task', requestId: id, taskId: other.id, status });
    }
  });
  for (const job of failed) {
    job.status = 'defined';
    job.failures = 0;
    task.openJobs++;
  }
  task.status = 'ready';
  task.error = undefined;
  if (task.spec.merge !== undefined) task.allJobsDefined = false;
  task.arrivals.clear();
  for (const other of blocked) {
    other.status = 'registered';
    other.skipped = false;
    other.error = undefined;
  }
  failed.forEach(shop.enqueue);
  shop.advance(runtime);
}

/** True when nothing of any request moves by itself. */
export function allAtRest(runtimes: Iterable<RequestRuntime>): boolean {
  return [...runtimes].every(isAtRest);
}
