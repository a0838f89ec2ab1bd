// The jobs of runs that run, as processes: begun while there are cores, taken up after a crash, their results collected.
import { join } from 'node:path';
import type { RunPlace } from '../../containers/containers.ts';
import type { ProcessExit } from '../../process/process.ts';
import { redactLog } from '../../process/redact-log.ts';
import type { Job, JobEnd } from '../conductor.ts';
import { ContainerJobs } from './container-jobs.ts';
import { JobProcesses } from './job-processes.ts';
import type { JobProcess } from './job-processes.ts';
import { prepareJob } from './job-start.ts';
import { endOf, reasonOf, whereItRuns } from './job-words.ts';
import type { EmbeddedReanaOptions } from '../options.ts';
import type { RunJournal } from '../run-journal.ts';
import type { RunPlaces } from '../workspace/run-places.ts';
import type { RunSecrets } from './run-secrets.ts';
import type { RunStore } from '../run-store.ts';
import type { StoredRun, StoredStep } from '../tables.ts';

export interface JobRunnerParts {
  readonly options: EmbeddedReanaOptions;
  readonly store: RunStore;
  readonly places: RunPlaces;
  readonly secrets: RunSecrets;
  readonly journal: RunJournal;
  /** Stores the end of a job, with what follows from it for its run. */
  readonly ended: (step: StoredStep, end: JobEnd, endedMs: number) => void;
  /** Starts whatever may start. */
  readonly advance: () => void;
  /** Does what has no caller, unless the engine is closed. */
  readonly guarded: (work: () => void) => void;
}

export class JobRunner {
  readonly #parts: JobRunnerParts;
  readonly #containers: ContainerJobs;
  readonly #processes: JobProcesses;

  constructor(parts: JobRunnerParts) {
    this.#parts = parts;
    const { options, guarded, advance } = parts;
    this.#processes = new JobProcesses({
      clock: options.clock,
      cores: options.cores,
      ended: (process, exit, isOverdue) =>
        guarded(() => {
          this.#processEnded(process, exit, isOverdue);
          advance();
        }),
    });
    this.#containers = new ContainerJobs(options.containers, () => guarded(advance));
  }

  /** False while it has not turned out yet how its image can be run. */
  isReady(run: StoredRun, { image, innerImages }: Job): boolean {
    return (image === undefined && innerImages === undefined) || this.#containers.isReady(run.jobId);
  }

  hasRoomFor({ cores }: Job): boolean {
    return this.#processes.hasRoomFor(cores);
  }

  /** @returns whether it runs now; if not, it has failed */
  begin(run: StoredRun, step: StoredStep, job: Job): boolean {
    const { options, store, places, journal } = this.#parts;
    const startedMs = options.clock.nowMs();
    const begun: StoredStep = { ...step, status: 'running', attempt: step.attempt + 1, startedMs };
    const { image } = job;
    // A required container that cannot be had fails the step like anything else that keeps it from starting.
    const find = (): RunPlace | undefined =>
      image === undefined ? undefined : this.#containers.place(image, places.workspace(run), run.jobId);
    const found = attempted(find);
    journal.change(run.id, () => {
      store.setStepBegun(begun, startedMs);
      const where = found.ok ? whereItRuns(job, found.value, this.#containers.runsInner(run.jobId)) : '';
      store.addLogLine(run.id, startedMs, `step ${step.name} started${where}`);
    });
    try {
      if (!found.ok) throw found.thrown;
      const parts = { ...this.#parts, containers: this.#containers };
      this.#processes.start(processOf(begun, job), prepareJob(parts, run, begun, job, found.value));
      return true;
    } catch (thrown) {
      const end: JobEnd = { at: 'failed', reason: `cannot be started: ${reasonOf(thrown)}` };
      this.#parts.ended(begun, end, options.clock.nowMs());
      return false;
    }
  }

  /** Takes up a job that an earlier engine left running: watched when it still runs, to be run again when it was lost.
   *  @returns when it has ended in the meantime: what stores its end. That may be the end of the run, so the other jobs of the
   *  run are taken up before. */
  takeUp(step: StoredStep, job: Job): (() => void) | undefined {
    const { store, places } = this.#parts;
    const process = processOf(step, job);
    const adopted = this.#processes.adopt(process, places.control(step));
    if (adopted.state === 'lost') {
      this.#containers.remove(places.control(step));
      store.transaction(() => store.setStepWaiting(step));
    }
    return adopted.state === 'ended' ? () => this.#processEnded(process, adopted.exit, false) : undefined;
  }

  /** Kills the jobs of a run, whose ends are stored already.
   *  @param working its steps that were running */
  stop(runId: string, working: readonly StoredStep[]): void {
    this.#processes.stop(runId);
    for (const step of working) this.#containers.remove(this.#parts.places.control(step));
  }

  /** Stops watching; the jobs go on. */
  close(): void {
    this.#processes.close();
  }

  #processEnded(process: JobProcess, exit: ProcessExit, isOverdue: boolean): void {
    const { store, places } = this.#parts;
    const run = store.get(process.runId);
    const step = store.steps(run.id).find((candidate) => candidate.index === process.index);
    if (step !== undefined && run.secretNames.length > 0) this.#redactLog(step);
    if (run.status !== 'running' || step?.status !== 'running') return;
    const { collect } = process.job;
    const { exitStatus } = exit;
    if (isOverdue) this.#containers.remove(places.control(step));
    if (isOverdue || exitStatus === undefined || collect === undefined) {
      this.#parts.ended(step, endOf(exit, isOverdue), exit.endedMs);
      return;
    }
    // What it throws at once is a fault of the job as well, none of the engine.
    void Promise.resolve()
      .then(() => collect(places.place(run), exitStatus))
      .catch((thrown: unknown): JobEnd => ({ at: 'failed', reason: `failed: ${reasonOf(thrown)}` }))
      .then((end) =>
        this.#parts.guarded(() => {
          if (store.get(run.id).status === 'running') this.#parts.ended(step, end, exit.endedMs);
          this.#parts.advance();
        }),
      );
  }

  /** Nobody waits for it: whoever reads the log before gets it masked as well. A full disk leaves it as it is. */
  #redactLog(step: StoredStep): void {
    void redactLog(join(this.#parts.places.control(step), 'log')).catch(() => undefined);
  }
}

function processOf(step: StoredStep, job: Job): JobProcess {
  const deadlineMs = job.timeLimitMs === undefined ? undefined : (step.startedMs ?? 0) + job.timeLimitMs;
  return { runId: step.runId, index: step.index, job, deadlineMs };
}

type Attempted<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly thrown: unknown };

function attempted<Value>(work: () => Value): Attempted<Value> {
  try {
    return { ok: true, value: work() };
  } catch (thrown) {
    return { ok: false, thrown };
  }
}
