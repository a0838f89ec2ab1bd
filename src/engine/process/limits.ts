// Watches that jobs stay within the time and the memory that they were given.
import type { Clock } from '../../base/clock.ts';
import { membersOf, memoryOf, processTable, type Family, type ProcessTable } from './family.ts';

export interface JobLimits {
  /** Of all processes of a job together; `undefined`: what the machine has. */
  readonly memoryBytes?: number | undefined;
  readonly wallMs?: number | undefined;
}

interface Watched {
  readonly family: Family;
  readonly limits: JobLimits;
  readonly startedMs: number;
  readonly exceeded: (reason: string) => void;
}

const intervalMs = 500;

export class LimitWatch {
  readonly #clock: Clock;
  readonly #watched = new Map<string, Watched>();
  #isLooking = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param ranMs how long it has run before
   *  @param exceeded called once, with the words that say which limit it was */
  add(
    job: { readonly family: Family; readonly limits: JobLimits; readonly ranMs: number },
    exceeded: (reason: string) => void,
  ): void {
    const { family, limits, ranMs } = job;
    if (limits.memoryBytes === undefined && limits.wallMs === undefined) return;
    const startedMs = this.#clock.monotonicMs() - Math.max(0, ranMs);
    this.#watched.set(family.mark, { family, limits, startedMs, exceeded });
    if (!this.#isLooking) void this.#look();
  }

  remove({ mark }: Family): void {
    this.#watched.delete(mark);
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    while (this.#watched.size > 0) {
      await this.#clock.sleep(intervalMs);
      const table = processTable();
      for (const watched of [...this.#watched.values()]) {
        const reason = this.#reason(watched, table);
        if (reason === undefined) continue;
        this.#watched.delete(watched.family.mark);
        watched.exceeded(reason);
      }
    }
    this.#isLooking = false;
  }

  #reason({ family, limits, startedMs }: Watched, table: ProcessTable): string | undefined {
    const { memoryBytes, wallMs } = limits;
    if (wallMs !== undefined && this.#clock.monotonicMs() - startedMs > wallMs)
      return `it ran longer than \`--maxWalltime\` allows: ${duration(wallMs)}`;
    if (memoryBytes === undefined) return undefined;
    const used = memoryOf(membersOf(family, table));
    return used > memoryBytes
      ? `it took more memory than \`--memory\` allows: ${megabytes(used)} of ${megabytes(memoryBytes)} MB`
      : undefined;
  }
}

const megabytes = (bytes: number): number => Math.round(bytes / 1024 ** 2);

function duration(ms: number): string {
  return ms >= 3_600_000 ? `${ms / 3_600_000} h` : `${Math.round(ms / 1000)} s`;
}
