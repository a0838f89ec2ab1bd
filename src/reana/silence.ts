// A server that has not answered for a while: the run it leads goes on, and so does the waiting for it, but not for ever.
import type { Clock } from '../base/clock.ts';
import type { RemoteError } from '../base/errors.ts';

/** After so long without any answer something is wrong that waiting does not repair. */
const longestMs = 60 * 60 * 1000;

export class Silence {
  readonly #clock: Clock;
  #sinceMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True from a question without answer to the next answer. */
  get lasts(): boolean {
    return this.#sinceMs !== undefined;
  }

  /** A question had no answer.
   *  @returns for how long that has been so, in milliseconds
   *  @throws the error itself after an hour */
  goesOn(error: RemoteError): number {
    this.#sinceMs ??= this.#clock.monotonicMs();
    const lastsMs = this.#clock.monotonicMs() - this.#sinceMs;
    if (lastsMs > longestMs) throw error;
    return lastsMs;
  }

  /** There is an answer again. */
  end(): void {
    this.#sinceMs = undefined;
  }
}
