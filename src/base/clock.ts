// Time is handed in, so that tests decide what it is.

export interface Clock {
  /** Milliseconds since 1970, UTC. It may jump; use `monotonicMs` for durations. */
  nowMs(): number;
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonicMs(): number;
  /** Resolves after `delayMs`; rejects with the signal's reason as soon as it is aborted. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}
