// The way of runs from their turn to their end: which jobs start, what follows from the end of each, and how runs end.
import { LocalError, messageOf } from '../../base/errors.ts';
import type { Advance, Job, JobEnd } from './conductor.ts';
import type { Conductors } from './conductors.ts';
import type { JobRunner } from './jobs/job-runner.ts';
import type { EmbeddedReanaOptions } from './options.ts';
import type { RunFiles } from './workspace/run-files.ts';
import type { RunJournal } from './run-journal.ts';
import type { RunPlaces } from './workspace/run-places.ts';
import { removeSecretFiles } from './jobs/run-secrets.ts';
import type { RunSecrets } from './jobs/run-secrets.ts';
import type { RunStore } from './run-store.ts';
import type { StoredRun, StoredStep } from './tables.ts';

export interface ProgressParts {
  readonly options: Pick<EmbeddedReanaOptions, 'clock' | 'maxRuns'>;
  readonly store: RunStore;
  readonly places: RunPlaces;
  readonly secrets: RunSecrets;
  readonly files: RunFiles;
  readonly journal: RunJournal;
  readonly conductors: Conductors;
  readonly runner: JobRunner;
  /** Nothing starts any more. */
  readonly isClosed: () => boolean;
  /** Does what has no caller, unless the engine is closed. */
  readonly guarded: (work: () => void) => void;
}

type RunEnd = Exclude<Advance, { at: 'running' }>;

export class Progress {
  readonly #parts: ProgressParts;
  /** Runs that publish their outputs. */
  readonly #publishing = new Set<string>();

  constructor(parts: ProgressParts) {
    this.#parts = parts;
  }

  /** Takes up the runs that a killed engine left in the middle: what ended in the meantime counts, what runs is watched, what
   *  was lost runs again. */
  resume(): void {
    for (const run of this.#parts.store.runsWith('running')) this.#takeUp(run);
    this.advance();
  }

  /** Starts whatever may start: jobs of running runs, then waiting runs while there is room. */
  advance(): void {
    const { options, store, secrets, journal, isClosed } = this.#parts;
    if (isClosed()) return;
    for (const run of store.runsWith('running')) this.#startJobs(run);
    for (const run of store.runsWith('queued')) {
      if (store.runsWith('running').length >= options.maxRuns) return;
      if (secrets.missing(run.secretNames).length > 0) continue;
      journal.change(run.id, () => {
        const nowMs = options.clock.nowMs();
        store.setRunning(run.id, nowMs);
        store.addLogLine(run.id, nowMs, 'workflow started');
      });
      this.#startJobs(run);
    }
  }

  /** Stores the end of a job and, when it is the last, that of the run: one change. */
  jobEnded(step: StoredStep, end: JobEnd, endedMs: number): void {
    const { store, places, journal, conductors } = this.#parts;
    const run = store.get(step.runId);
    const isWorking = this.#isWorking(run.id, step);
    if (!isWorking) removeSecretFiles(places.secretDirectory(run.id));
    const change = (): void => {
      store.setStepEnded(step, {
        status: end.at,
        endedMs,
        ...(end.at === 'finished' ? { result: end.result } : { reason: end.reason }),
      });
      const how = end.at === 'finished' ? 'finished' : end.reason;
      store.addLogLine(run.id, endedMs, `step ${step.name} ${how}`);
    };
    const advance = conductors.settle(run, step.key, end);
    const isLast =
      (advance.at === 'finished' && advance.publish === undefined) || (advance.at === 'failed' && !isWorking);
    if (isLast) this.#setRunEnded(run, advance, change, endedMs);
    else journal.change(run.id, change);
  }

  /** Ends a running run as the user wants it. */
  stop(run: StoredRun): void {
    const { options, store, files, journal, runner } = this.#parts;
    const nowMs = options.clock.nowMs();
    const working = store.steps(run.id).filter((step) => step.status === 'running');
    journal.change(run.id, () => {
      for (const step of working) store.setStepEnded(step, { status: 'stopped', endedMs: nowMs });
      store.setEnded(run.id, 'stopped', nowMs, 'stopped by the user');
      files.changed(run);
    });
    runner.stop(run.id, working);
    this.#leave(run.id);
    this.advance();
  }

  #takeUp(run: StoredRun): void {
    const ends: (() => void)[] = [];
    for (const step of this.#parts.store.steps(run.id)) {
      if (step.status !== 'running') continue;
      const job = this.#readyJobs(run).find((candidate) => candidate.key === step.key);
      const storeEnd = this.#parts.runner.takeUp(step, job ?? unknownJob(step));
      if (storeEnd !== undefined) ends.push(storeEnd);
    }
    for (const storeEnd of ends) storeEnd();
  }

  #startJobs(run: StoredRun): void {
    // A job that cannot be started ends at once, and may make others ready.
    while (this.#startReady(run) === 'again');
  }

  #startReady(run: StoredRun): 'again' | 'done' {
    const { secrets, runner } = this.#parts;
    const ready = this.#readyJobs(run);
    if (ready.length === 0 || secrets.missing(run.secretNames).length > 0) return 'done';
    const steps = new Map(this.#stepsFor(run, ready).map((step) => [step.key, step]));
    for (const job of ready) {
      const step = steps.get(job.key);
      if (step?.status !== 'created' || !runner.isReady(run, job)) continue;
      if (!runner.hasRoomFor(job)) return 'done';
      if (!runner.begin(run, step, job)) return 'again';
    }
    return 'done';
  }

  /** What may run, with the end of the run stored when there is nothing more. */
  #readyJobs(run: StoredRun): readonly Job[] {
    if (this.#publishing.has(run.id)) return [];
    const advance = this.#parts.conductors.next(run);
    if (advance.at === 'running') return advance.ready;
    this.#finish(run, advance);
    return [];
  }

  /** The stored jobs of a run, with those added that have just become ready. */
  #stepsFor(run: StoredRun, ready: readonly Job[]): readonly StoredStep[] {
    const { store, conductors } = this.#parts;
    const steps = store.steps(run.id);
    const known = new Set(steps.map((step) => step.key));
    const added = ready.filter((job) => !known.has(job.key));
    if (added.length === 0) return steps;
    const total = conductors.total(run);
    store.transaction(() => {
      for (const job of added) store.addStep(run.id, job);
      store.setJobsTotal(run.id, total);
    });
    return store.steps(run.id);
  }

  #finish(run: StoredRun, end: RunEnd): void {
    const { store, places, guarded } = this.#parts;
    if (end.at === 'failed' && this.#isWorking(run.id)) return;
    if (end.at === 'failed' || end.publish === undefined) {
      this.#setRunEnded(run, end);
      return;
    }
    const { notes = [] } = end;
    this.#publishing.add(run.id);
    void end
      .publish(places.place(run))
      .then(
        (lines): RunEnd => ({ at: 'finished', notes: [...notes, ...lines] }),
        (thrown: unknown): RunEnd => ({
          at: 'failed',
          reason: `cannot place the outputs: ${messageOf(thrown)}`,
        }),
      )
      .then((published) =>
        guarded(() => {
          this.#publishing.delete(run.id);
          if (store.get(run.id).status !== 'running') return;
          this.#setRunEnded(run, published);
          this.advance();
        }),
      );
  }

  /** @param lastJob stores the end of the job that ended the run
   *  @param atMs when that was */
  #setRunEnded(run: StoredRun, end: RunEnd, lastJob?: () => void, atMs?: number): void {
    const { options, store, files, journal } = this.#parts;
    const endedMs = atMs ?? options.clock.nowMs();
    journal.change(run.id, () => {
      lastJob?.();
      for (const note of end.at === 'finished' ? (end.notes ?? []) : [])
        store.addLogLine(run.id, endedMs, note);
      store.setEnded(run.id, end.at, endedMs, end.at === 'failed' ? end.reason : undefined);
      files.changed(run);
    });
    this.#leave(run.id);
  }

  /** True while a job of the run runs, or its outputs are being collected. */
  #isWorking(runId: string, except?: StoredStep): boolean {
    const steps = this.#parts.store.steps(runId);
    return steps.some((step) => step.status === 'running' && step.index !== except?.index);
  }

  #leave(id: string): void {
    this.#parts.conductors.forget(id);
    removeSecretFiles(this.#parts.places.secretDirectory(id));
  }
}

/** A job that its workflow does not know any more, as when its files are gone: it is watched to its end all the same, and
 *  stopped with its run. */
function unknownJob({ key, name, command, image, backend }: StoredStep): Job {
  return {
    ...{ key, name, command, backend },
    image: image === '' ? undefined : image,
    cores: 1,
    timeLimitMs: undefined,
    credentials: [],
    launch: () => {
      throw new LocalError(`the workflow has no step \`${name}\` any more`);
    },
  };
}
