// Moves a request forward: draws the conclusions that `decide` finds, stores each, and hands jobs to the runner.
import type { Clock } from '../../base/clock.ts';
import type { RequestId } from '../../base/names.ts';
import { applySearchStep, storeSummary } from '../hpo/advance.ts';
import type { Asks } from '../hpo/asks.ts';
import type { SearchRuntime } from '../hpo/runtime.ts';
import type { FileRecord, JobKind } from '../records.ts';
import { isFinalTask } from '../records.ts';
import type { PandaStore } from '../store/panda-store.ts';
import { decide } from './decide.ts';
import type { TaskDecision } from './decide.ts';
import type { JobRunner } from './jobs/job-runner.ts';
import type { Emit, Journal } from './journal.ts';
import { decidingJunction } from './loops/decide-loop.ts';
import type { LoopDecision } from './loops/decide-loop.ts';
import { pathText } from './loops/path.ts';
import { addTasks } from './new-tasks.ts';
import { endOfRequest } from './outcome.ts';
import { nextSerial } from './runtime.ts';
import type { LoopRuntime, JobRuntime, RequestRuntime, TaskRuntime } from './runtime.ts';

export interface ProgressParts {
  readonly store: PandaStore;
  readonly journal: Journal;
  readonly clock: Clock;
  /** How many iterations a loop may have, where its request does not say so. */
  readonly maxIterations: number;
  readonly runner: JobRunner;
  readonly asks: Asks;
  readonly requestDirectory: (id: RequestId) => string;
  readonly filesOf: (dataset: string, request: RequestId) => readonly FileRecord[];
  /** Called when a request has ended. */
  readonly onEnd: (id: RequestId) => void;
}

export class Progress {
  readonly #parts: ProgressParts;
  /** Tasks whose steering is to be asked once that is stored. */
  readonly #asking = new Set<TaskRuntime>();

  constructor(parts: ProgressParts) {
    this.#parts = parts;
  }

  /** Draws all conclusions from the state of a request: tasks begin, split, end; at last the request ends. */
  advance(runtime: RequestRuntime): void {
    const { store, journal, clock, runner, asks, filesOf, onEnd } = this.#parts;
    const { id, maxIterations = this.#parts.maxIterations } = runtime.request;
    journal.transaction((emit) => {
      for (;;) {
        const decisions = decide(runtime, (dataset) => filesOf(dataset, id), maxIterations);
        if (decisions.length === 0) break;
        for (const decision of decisions) {
          if ('loop' in decision) this.#applyToLoop(runtime, decision, emit);
          else this.#apply(runtime, decision, emit);
        }
      }
      // A loop whose tasks have all ended has gone on or ended by now.
      if (runtime.tasks.every((task) => isFinalTask(task.status))) {
        const status = endOfRequest(runtime);
        store.setRequest(id, status, clock.nowMs(), undefined);
        emit(id, { type: 'request', requestId: id, status });
        onEnd(id);
      }
    });
    for (const task of this.#asking) journal.afterwards(() => asks.begin(task, runtime));
    this.#asking.clear();
    runner.schedule();
  }

  #apply(runtime: RequestRuntime, decision: TaskDecision, emit: Emit): void {
    const { store, clock } = this.#parts;
    const { task } = decision;
    const requestId = runtime.request.id;
    const nowMs = clock.nowMs();
    switch (decision.kind) {
      case 'start':
        task.status = 'ready';
        store.setTask(task.id, 'ready', { startedMs: nowMs });
        break;
      case 'define-jobs':
        for (const inputs of decision.jobs) this.#addJob(task, inputs, decision.of);
        task.allJobsDefined = decision.complete;
        if (decision.complete) store.setAllJobsDefined(task.id, true);
        if (decision.shortage !== undefined) {
          task.error = decision.shortage;
          store.setTask(task.id, task.status, { error: decision.shortage });
        }
        break;
      case 'search':
        applySearchStep(task, decision.search, decision.step, {
          store,
          addJob: (inputs) => this.#addJob(task, inputs, 'run'),
          onAsk: () => this.#asking.add(task),
        });
        break;
      case 'end':
        if (task.search !== undefined) this.#endSearch(task, task.search);
        task.status = decision.status;
        task.skipped = decision.skipped;
        task.error = decision.error;
        store.setTask(task.id, decision.status, {
          endedMs: nowMs,
          error: decision.error,
          skipped: decision.skipped,
        });
        store.datasets.setClosed(task.id, true);
        break;
    }
    emit(requestId, { type: 'task', requestId, taskId: task.id, status: task.status });
  }

  #applyToLoop(runtime: RequestRuntime, decision: LoopDecision, emit: Emit): void {
    const { store, clock } = this.#parts;
    const { id } = runtime.request;
    const { loop } = decision;
    const key = { stepId: loop.site.step.id, path: pathText(loop.path) };
    this.#annotate(loop, decision, emit);
    if (decision.kind === 'end-loop') {
      loop.ended = true;
      store.iterations.setOutcome(id, key, loop.number, 'end');
      return;
    }
    store.iterations.setOutcome(id, key, loop.number, 'next');
    store.iterations.add(id, key, decision.number, decision.parameters);
    const { tasks, inner } = addTasks(store, id, decision.unfolded, clock.nowMs());
    // Paused as a whole, it stays so.
    const isPaused = store.request(id)?.status === 'Suspended';
    for (const task of tasks) {
      if (isPaused) {
        task.control = 'paused';
        store.setTaskControl(task.id, 'paused');
      }
      emit(id, { type: 'task', requestId: id, taskId: task.id, status: task.status });
    }
    runtime.begin(loop, decision, tasks, inner);
  }

  /** What is to be said about a loop is said with the junction that decided. */
  #annotate(loop: LoopRuntime, decision: LoopDecision, emit: Emit): void {
    const junction = decidingJunction(loop);
    if (junction === undefined || decision.note === undefined || junction.skipped) return;
    if (decision.kind === 'end-loop' && decision.isCutShort && junction.status === 'done')
      junction.status = 'finished';
    junction.error = decision.note;
    this.#parts.store.setTaskNote(junction.id, junction.status, decision.note);
    const { requestId, id: taskId, status } = junction;
    emit(requestId, { type: 'task', requestId, taskId, status });
  }

  /** The summary of a search is one of its outputs. */
  #endSearch(task: TaskRuntime, search: SearchRuntime): void {
    const { store, requestDirectory } = this.#parts;
    task.allJobsDefined = true;
    store.setAllJobsDefined(task.id, true);
    storeSummary(task, search, requestDirectory(task.requestId), store);
  }

  #addJob(task: TaskRuntime, inputs: JobRuntime['inputs'], kind: JobKind): JobRuntime {
    const { store, runner } = this.#parts;
    const serial = nextSerial(task, kind);
    const job: JobRuntime = {
      id: store.addJob(task.id, serial, inputs, kind),
      kind,
      serial,
      inputs,
      task,
      status: 'defined',
      attempt: 0,
      failures: 0,
      directory: '',
      files: [],
      results: undefined,
    };
    task.jobs.push(job);
    task.openJobs++;
    runner.add(job);
    return job;
  }
}
