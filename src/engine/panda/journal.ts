// Changes of the engine: each is one transaction, and what it emitted is told only after it is on disk.
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

  /** @param onFatal called when a change could not be stored that memory has made already */
  constructor(store: PandaStore, clock: Clock, onFatal: (thrown: unknown) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#onFatal = onFatal;
  }

  /** Runs a change in one transaction. For changes that leave memory alone: when it fails, nothing has happened. */
  attempt<Result>(change: (emit: Emit) => Result): Result {
    const emitted: NumberedEvent[] = [];
    const result = this.#store.transaction(() =>
      change((request, event) => emitted.push(this.#store.addEvent(this.#clock.nowMs(), request, event))),
    );
    for (const event of emitted) this.#tell(event);
    return result;
  }

  /** The same for changes that go with a change in memory. */
  transaction<Result>(change: (emit: Emit) => Result): Result {
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
