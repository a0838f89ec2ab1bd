// The processes of jobs: started, found again, watched, limited in time and in cores.
import type { Clock } from '../../../base/clock.ts';
import { adoptProcess, startProcess } from '../../process/process.ts';
import type { Job } from '../conductor.ts';
import { Sweeper } from '../../process/sweeper.ts';
import type { Adopted, ProcessExit, ProcessSpec, RunningProcess } from '../../process/process.ts';

export interface JobProcess {
  readonly runId: string;
  /** Its place in its run. */
  readonly index: number;
  /** What runs; kept here alone, so that it is forgotten with its process. */
  readonly job: Job;
  /** When it must have ended. */
  readonly deadlineMs: number | undefined;
}

export interface JobProcessesOptions {
  readonly clock: Clock;
  /** Cores that jobs share; a job that asks for more gets all of them. */
  readonly cores: number;
  /** Called once for each process, unless it was stopped or the watch was given up. */
  readonly ended: (process: JobProcess, exit: ProcessExit, isOverdue: boolean) => void;
}

interface Watched {
  readonly process: JobProcess;
  readonly running: RunningProcess;
  readonly timer: AbortController;
  isOverdue: boolean;
}

export class JobProcesses {
  readonly #options: JobProcessesOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #sweeper: Sweeper;
  #usedCores = 0;

  constructor(options: JobProcessesOptions) {
    this.#options = options;
    this.#sweeper = new Sweeper(options.clock, () => undefined);
  }

  hasRoomFor(cores: number): boolean {
    return this.#usedCores === 0 || this.#usedCores + cores <= this.#options.cores;
  }

  /** @throws LocalError when bash cannot be started */
  start(process: JobProcess, spec: ProcessSpec): void {
    this.#watch(process, startProcess(spec, this.#options.clock));
  }

  /** Watches the process in `control` when an earlier engine left it running. */
  adopt(process: JobProcess, control: string): Adopted {
    const adopted = adoptProcess(control, this.#options.clock);
    if (adopted.state === 'running') this.#watch(process, adopted.process);
    return adopted;
  }

  /** Kills what runs for a run; nothing is told of its end. */
  stop(runId: string): void {
    for (const [key, { process, running }] of this.#watched) {
      if (process.runId !== runId) continue;
      running.signal('SIGKILL');
      this.#forget(key);
    }
  }

  /** Stops watching; the processes go on. */
  close(): void {
    for (const key of [...this.#watched.keys()]) this.#forget(key);
  }

  #watch(process: JobProcess, running: RunningProcess): void {
    const key = keyOf(process.runId, process.index);
    const watched: Watched = { process, running, timer: new AbortController(), isOverdue: false };
    this.#watched.set(key, watched);
    this.#usedCores += process.job.cores;
    if (process.deadlineMs !== undefined) void this.#limit(watched, process.deadlineMs);
    void running.ended.then((exit) => {
      if (this.#watched.get(key) !== watched) return;
      this.#forget(key);
      if (running.family !== undefined) this.#sweeper.add(running.family);
      this.#options.ended(process, exit, watched.isOverdue);
    });
  }

  async #limit(watched: Watched, deadlineMs: number): Promise<void> {
    const { clock } = this.#options;
    try {
      for (let leftMs = deadlineMs - clock.nowMs(); leftMs > 0; leftMs = deadlineMs - clock.nowMs())
        await clock.sleep(Math.min(leftMs, longestSleepMs), watched.timer.signal);
    } catch {
      return;
    }
    watched.isOverdue = true;
    watched.running.signal('SIGKILL');
  }

  #forget(key: string): void {
    const watched = this.#watched.get(key);
    if (watched === undefined) return;
    this.#watched.delete(key);
    this.#usedCores -= watched.process.job.cores;
    watched.timer.abort();
  }
}

/** Timers of Node end at once when they are set for longer than some 24 days. */
const longestSleepMs = 24 * 3600 * 1000;

const keyOf = (runId: string, index: number): string => `${runId}/${index}`;
