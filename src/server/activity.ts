// Who is using the server right now: what the idle exit and `shutdown-if-idle` decide by.
import type { Clock } from '../base/clock.ts';

/** Counts open requests and open long polls, and knows how long there were none.
 *  Invariant: both counts are never negative, because every `begin…` gives the only function that ends it, once. */
export class Activity {
  readonly #clock: Clock;
  #requests = 0;
  #polls = 0;
  #quietSinceMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#quietSinceMs = clock.monotonicMs();
  }

  /** @returns the function to call when the request has been answered or given up */
  beginRequest(): () => void {
    this.#requests += 1;
    return once(() => {
      this.#requests -= 1;
      this.touch();
    });
  }

  /** @returns the function to call when the poll is over */
  beginPoll(): () => void {
    this.#polls += 1;
    return once(() => {
      this.#polls -= 1;
    });
  }

  get openRequests(): number {
    return this.#requests;
  }

  get openPolls(): number {
    return this.#polls;
  }

  /** Starts the quiet time anew: something else than a request keeps the server needed. */
  touch(): void {
    this.#quietSinceMs = this.#clock.monotonicMs();
  }

  /** Milliseconds without any request; 0 while one is open. */
  get quietMs(): number {
    return this.#requests > 0 ? 0 : this.#clock.monotonicMs() - this.#quietSinceMs;
  }
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
