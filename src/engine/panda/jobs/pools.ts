// Which job starts next. Jobs that compute share the cores; offloaded ones mostly wait for REANA, so they have places
// of their own and do not take those of jobs that compute.
import type { JobRuntime } from '../runtime.ts';

interface Pool {
  readonly queue: JobRuntime[];
  running: number;
  readonly limit: number;
}

const parallelOffloads = 16;

export class Pools {
  readonly #computing: Pool;
  readonly #offloading: Pool = { queue: [], running: 0, limit: parallelOffloads };

  /** @param parallelJobs places for jobs that compute */
  constructor(parallelJobs: number) {
    this.#computing = { queue: [], running: 0, limit: parallelJobs };
  }

  /** Lets a job wait for a place; first come, first served. */
  add(job: JobRuntime): void {
    this.#poolOf(job).queue.push(job);
  }

  /** The next job that has a place now, in the order in which they came; `undefined`: none. It does not have the place yet. */
  next(): JobRuntime | undefined {
    for (const pool of [this.#computing, this.#offloading]) {
      while (pool.running < pool.limit) {
        const job = pool.queue.shift();
        if (job === undefined) break;
        // Others were cancelled while they waited; those of a paused task come again when it is resumed.
        if (job.status === 'defined' && isWanted(job)) return job;
      }
    }
    return undefined;
  }

  occupy(job: JobRuntime): void {
    this.#poolOf(job).running++;
  }

  leave(job: JobRuntime): void {
    this.#poolOf(job).running--;
  }

  #poolOf(job: JobRuntime): Pool {
    return job.task.spec.type === 'reana' || job.task.spec.type === 'gitlab'
      ? this.#offloading
      : this.#computing;
  }
}

/** A task that is to finish still merges what it has. */
function isWanted({ kind, task }: JobRuntime): boolean {
  return task.control === undefined || (kind === 'merge' && task.control === 'finishing');
}
