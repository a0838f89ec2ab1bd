// Ends what jobs left running behind them: once a second at most, so that many short jobs cost one look together.
import type { Clock } from '../../base/clock.ts';
import { membersOf, processTable, signalFamily, type Family } from './family.ts';

const pauseMs = 1_000;

export class Sweeper {
  readonly #clock: Clock;
  readonly #found: (family: Family, count: number) => void;
  #ended: Family[] = [];

  /** @param found called for each job that left something */
  constructor(clock: Clock, found: (family: Family, count: number) => void) {
    this.#clock = clock;
    this.#found = found;
  }

  /** The job has ended; nothing of it may go on. */
  add(family: Family): void {
    this.#ended.push(family);
    if (this.#ended.length === 1) void this.#clock.sleep(pauseMs).then(() => this.#sweep());
  }

  #sweep(): void {
    const ended = this.#ended;
    this.#ended = [];
    const table = processTable();
    for (const family of ended) {
      const count = membersOf(family, table).length;
      if (count === 0) continue;
      signalFamily(family, 'SIGKILL');
      this.#found(family, count);
    }
  }
}
