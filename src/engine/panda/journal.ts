// Changes of the engine: each is one transaction, and what it emitted is told, and what it sets in motion begins, only after it is
// on disk. A change within a change belongs to the outer one: the end of a job, what follows from it and the start of the
// next job are one, and wait for the disk once.
import type { Clock } from '../../base/clock.ts';
import type { RequestId } from '../../base/names.ts';
import type { EngineEvent, NumberedEvent } from '../events.ts';
import type { PandaStore } from '../store/panda-store.ts';

export type Emit = (request: RequestId, event: EngineEvent) => void;

export class Journal {
  readonly #store: PandaStore;
  readonly #clock: Clock;
  readonly #onFatal: (thrown: unknown) => void;
  readonly #listeners = new Set<(event: NumberedEvent) => void>();
  /** What waits for the change that is being made; `undefined` while none is. */
  #waiting: (() => void)[] | undefined;

  /** @param onFatal called when a change could not be stored that memory has made already */
  constructor(store: PandaStore, clock: Clock, onFatal: (thrown: unknown) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#onFatal = onFatal;
  }

  /** Runs a change in one transaction. For changes that leave memory alone: when it fails, nothing has happened. */
  attempt<Result>(change: (emit: Emit) => Result): Result {
    const emit: Emit = (request, event) => {
      const numbered = this.#store.addEvent(this.#clock.nowMs(), request, event);
      this.afterwards(() => this.#tell(numbered));
    };
    if (this.#waiting !== undefined) return change(emit);
    const waiting = (this.#waiting = []) as (() => void)[];
    let result: Result;
    try {
      result = this.#store.transaction(() => change(emit));
    } finally {
      this.#waiting = undefined;
    }
    for (const effect of waiting) effect();
    return result;
  }

  /** Does something once the change that is being made is on disk; at once when none is. */
  afterwards(effect: () => void): void {
    if (this.#waiting === undefined) effect();
    else this.#waiting.push(effect);
  }

  /** The same for changes that go with a change in memory. */
  transaction<Result>(change: (emit: Emit) => Result): Result {
    // Whoever makes the outer change says what its failure means.
    if (this.#waiting !== undefined) return this.attempt(change);
    try {
      return this.attempt(change);
    } catch (thrown) {
      this.#onFatal(thrown);
      throw thrown;
    }
  }

  /** Adds an event inside of a transaction of somebody else; it is told once that is over. */
  record(request: RequestId | undefined, event: EngineEvent): void {
    const numbered = this.#store.addEvent(this.#clock.nowMs(), request, event);
    queueMicrotask(() => this.#tell(numbered));
  }

  subscribe(listener: (event: NumberedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#listeners.clear();
  }

  #tell(event: NumberedEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
