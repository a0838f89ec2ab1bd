// Ends the processes of jobs before their time: when somebody says so, or at a limit of their task.
import { join } from 'node:path';
import type { EngineOptions } from '../../options.ts';
import { LimitWatch } from '../../process/limits.ts';
import type { RunningProcess } from '../../process/process.ts';
import { Sweeper } from '../../process/sweeper.ts';
import type { RequestRecord } from '../../records.ts';
import { heartbeatWaitMs } from '../../weather/weather.ts';
import type { JobRuntime } from '../runtime.ts';

/** Between asking a process to end and ending it. */
const killGraceMs = 5_000;

/** A job that has a place. */
export interface RunningJob {
  readonly job: JobRuntime;
  process: RunningProcess | undefined;
  cancelled: boolean;
  /** On the monotonic clock: since when this engine knows it. */
  readonly sinceMs: number;
  /** The limit that it was ended at, in words. */
  exceeded: string | undefined;
}

export interface JobStopsParts {
  readonly options: Pick<EngineOptions, 'clock' | 'log' | 'containers'>;
  /** Of a job; `undefined`: it has ended. */
  readonly requestOf: (job: JobRuntime) => RequestRecord | undefined;
  /** Still in its place, and the engine open. */
  readonly isThere: (slot: RunningJob) => boolean;
}

export class JobStops {
  readonly #parts: JobStopsParts;
  readonly #limits: LimitWatch;
  readonly #sweeper: Sweeper;

  constructor(parts: JobStopsParts) {
    this.#parts = parts;
    const { clock, log } = parts.options;
    this.#limits = new LimitWatch(clock);
    this.#sweeper = new Sweeper(clock, ({ mark }, count) =>
      log(`${mark}: ${count} processes went on after the end of the job and were ended`),
    );
  }

  /** Watches the limits of its task.
   *  @param ranMs how long it has run already */
  limit(slot: RunningJob, ranMs: number): void {
    const { process, job } = slot;
    const { limits } = job.task;
    if (process?.family === undefined || limits === undefined) return;
    this.#limits.add({ family: process.family, limits, ranMs }, (reason) => {
      slot.exceeded = reason;
      this.#terminate(process, job);
    });
  }

  /** Its command has ended: what it left running is ended, too. */
  sweep(slot: RunningJob): void {
    const family = slot.process?.family;
    if (family === undefined) return;
    this.#limits.remove(family);
    this.#sweeper.add(family);
  }

  /** Ends a job when it hears of it: at once, or with its next heartbeat where the weather has such. */
  end(slot: RunningJob): void {
    const { clock } = this.#parts.options;
    const weather = this.#parts.requestOf(slot.job)?.options?.weather;
    const waitMs = heartbeatWaitMs(weather, clock.monotonicMs() - slot.sinceMs);
    if (waitMs === 0) this.#cancel(slot);
    else
      void clock.sleep(waitMs).then(() => {
        // What ended in the meantime has ended well or not, as if nobody had said anything.
        if (this.#parts.isThere(slot)) this.#cancel(slot);
      });
  }

  /** Ends what was cancelled before its process was there. */
  endLate(slot: RunningJob): void {
    if (slot.cancelled && slot.process !== undefined) this.#terminate(slot.process, slot.job);
  }

  #cancel(slot: RunningJob): void {
    slot.cancelled = true;
    this.endLate(slot);
  }

  #terminate(process: RunningProcess, job: JobRuntime): void {
    const control = join(job.directory, 'control');
    process.signal('SIGTERM');
    void this.#endAfterGrace(process).then(() => this.#parts.options.containers?.remove(control));
  }

  /** What it started may live longer than itself. */
  async #endAfterGrace(process: RunningProcess): Promise<void> {
    const { clock } = this.#parts.options;
    const startedMs = clock.monotonicMs();
    while (process.isAlive() && clock.monotonicMs() - startedMs < killGraceMs) await clock.sleep(100);
    process.signal('SIGKILL');
  }
}
