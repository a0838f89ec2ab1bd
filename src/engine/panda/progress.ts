// Moves a request forward: draws the conclusions that `decide` finds, stores each, and hands jobs to the runner.
import type { Clock } from '../../base/clock.ts';
import type { RequestId } from '../../base/names.ts';
import type { FileRecord, JobKind } from '../records.ts';
import { isFinalTask } from '../records.ts';
import type { PandaStore } from '../store/panda-store.ts';
import { decide } from './decide.ts';
import type { Decision } from './decide.ts';
import type { JobRunner } from './job-runner.ts';
import type { Emit, Journal } from './journal.ts';
import { endOfRequest, nextSerial } from './runtime.ts';
import type { JobRuntime, RequestRuntime, TaskRuntime } from './runtime.ts';

export interface ProgressParts {
  readonly store: PandaStore;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly runner: JobRunner;
  readonly filesOf: (dataset: string, request: RequestId) => readonly FileRecord[];
  /** Called when a request has ended. */
  readonly onEnd: (id: RequestId) => void;
}

export class Progress {
  readonly #parts: ProgressParts;

  constructor(parts: ProgressParts) {
    this.#parts = parts;
  }

  /** Draws all conclusions from the state of a request: tasks begin, split, end; at last the request ends. */
  advance(runtime: RequestRuntime): void {
    const { store, journal, clock, runner, filesOf, onEnd } = this.#parts;
    const { id } = runtime.request;
    journal.transaction((emit) => {
      for (;;) {
        const decisions = decide(runtime, (dataset) => filesOf(dataset, id));
        if (decisions.length === 0) break;
        for (const decision of decisions) this.#apply(runtime, decision, emit);
      }
      if (runtime.tasks.every((task) => isFinalTask(task.status))) {
        const status = endOfRequest(runtime);
        store.setRequest(id, status, clock.nowMs(), undefined);
        emit(id, { type: 'request', requestId: id, status });
        onEnd(id);
      }
    });
    runner.schedule();
  }

  #apply(runtime: RequestRuntime, decision: Decision, emit: Emit): void {
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
      case 'end':
        task.status = decision.status;
        task.skipped = decision.skipped;
        task.error = decision.error;
        store.setTask(task.id, decision.status, {
          endedMs: nowMs,
          error: decision.error,
          skipped: decision.skipped,
        });
        store.setDatasetsClosed(task.id, true);
        break;
    }
    emit(requestId, { type: 'task', requestId, taskId: task.id, status: task.status });
  }

  #addJob(task: TaskRuntime, inputs: JobRuntime['inputs'], kind: JobKind): void {
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
    };
    task.jobs.push(job);
    task.openJobs++;
    runner.add(job);
  }
}
