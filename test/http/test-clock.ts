// A clock for tests: it stands still but for the pauses somebody takes, and remembers those.
import type { Clock } from '../../src/base/clock.ts';

export interface TestClock extends Clock {
  readonly pauses: readonly number[];
}

export function testClock(nowMs = Date.UTC(2026, 10, 21, 4, 0, 0)): TestClock {
  const pauses: number[] = [];
  let passedMs = 0;
  return {
    pauses,
    nowMs: () => nowMs + passedMs,
    monotonicMs: () => passedMs,
    sleep: (delayMs, signal) => {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
      pauses.push(delayMs);
      passedMs += delayMs;
      return Promise.resolve();
    },
  };
}
