import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { retryAfterMs } from '../../src/http/retry-after.ts';
import {
  afterFailure,
  defaultRetryPolicy,
  type Failure,
  type RetryPolicy,
} from '../../src/http/retry-policy.ts';

const policy: RetryPolicy = { ...defaultRetryPolicy, repeatable: true };
const status = (code: number, retryAfter?: number): Failure => ({
  kind: 'status',
  status: code,
  retryAfterMs: retryAfter,
});
const first = { attempts: 1, ms: 10, random: 1 };

describe('what follows a failure', () => {
  it.each([429, 502, 503, 504])('tries a repeatable request again after %i', (code) => {
    expect(afterFailure(policy, status(code), first)).toEqual({ retry: true, delayMs: 500 });
  });

  it.each([400, 401, 403, 404, 409, 500, 501])('does not try again after %i', (code) => {
    expect(afterFailure(policy, status(code), first)).toEqual({ retry: false, because: 'status' });
  });

  it.each(['refused', 'reset', 'timeout', 'silence', 'unreachable', 'incomplete', 'damaged'] as const)(
    'tries a repeatable request again when the network failed with %s',
    (reason) => {
      expect(afterFailure(policy, { kind: 'network', reason }, first).retry).toBe(true);
    },
  );

  it.each(['certificate', 'unknown-host', 'redirect', 'too-large', 'other'] as const)(
    'does not try again when the network failed with %s',
    (reason) => {
      expect(afterFailure(policy, { kind: 'network', reason }, first)).toEqual({
        retry: false,
        because: 'reason',
      });
    },
  );

  it('leaves a silent server alone when that is wanted', () => {
    const hasty = { ...policy, outlastsSilence: false };
    const silent: Failure = { kind: 'network', reason: 'silence' };
    expect(afterFailure(hasty, silent, first)).toEqual({ retry: false, because: 'reason' });
    expect(afterFailure(hasty, status(504), first)).toEqual({ retry: false, because: 'status' });
    expect(afterFailure(hasty, status(503), first).retry).toBe(true);
    expect(afterFailure(hasty, { kind: 'network', reason: 'timeout' }, first).retry).toBe(true);
  });

  it('never sends twice what must not be sent twice', () => {
    const once = { ...policy, repeatable: false };
    expect(afterFailure(once, status(503), first)).toEqual({ retry: false, because: 'method' });
    const refused: Failure = { kind: 'network', reason: 'refused' };
    expect(afterFailure(once, refused, first)).toEqual({ retry: false, because: 'method' });
    // Turned away at the door, so it was not sent at all.
    expect(afterFailure(once, status(429, 1000), first)).toEqual({ retry: true, delayMs: 1000 });
  });

  it('doubles the pause up to its limit and spreads it downwards only', () => {
    const pauses = [1, 2, 3].map((attempts) =>
      afterFailure(policy, status(503), { attempts, ms: 0, random: 1 }),
    );
    expect(pauses).toEqual([
      { retry: true, delayMs: 500 },
      { retry: true, delayMs: 1000 },
      { retry: true, delayMs: 2000 },
    ]);
    expect(afterFailure(policy, status(503), { attempts: 3, ms: 0, random: 0 })).toEqual({
      retry: true,
      delayMs: 1000,
    });
    const patient = { ...policy, maxTries: 40 };
    expect(afterFailure(patient, status(503), { attempts: 30, ms: 0, random: 1 })).toEqual({
      retry: true,
      delayMs: 20_000,
    });
  });

  it('waits as long as the server asks, unless that is too long', () => {
    expect(afterFailure(policy, status(429, 7000), first)).toEqual({ retry: true, delayMs: 7000 });
    expect(afterFailure(policy, status(429, 0), first)).toEqual({ retry: true, delayMs: 500 });
    expect(afterFailure(policy, status(429, 60_001), first)).toEqual({ retry: false, because: 'time' });
  });

  it('stops when tries or time are used up', () => {
    expect(afterFailure(policy, status(503), { ...first, attempts: 4 })).toEqual({
      retry: false,
      because: 'attempts',
    });
    expect(afterFailure(policy, status(503), { ...first, ms: 299_600 })).toEqual({
      retry: false,
      because: 'time',
    });
  });

  it('always ends, and never plans beyond the limit of the call', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(100_000), (random, tookMs) => {
        let ms = 0;
        for (let attempts = 1; attempts <= policy.maxTries; attempts++) {
          ms += tookMs;
          const next = afterFailure(policy, status(503), { attempts, ms, random });
          if (!next.retry) return;
          expect(next.delayMs).toBeGreaterThan(0);
          ms += next.delayMs;
          expect(ms).toBeLessThan(policy.callMs);
        }
        throw new Error('it went on after the last try');
      }),
    );
  });
});

describe('the Retry-After header', () => {
  const now = Date.UTC(2026, 10, 21, 4, 0, 0);
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 3 ', 3000],
    ['Sat, 21 Nov 2026 04:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 03:00:00 GMT', 0],
    ['Saturday, 21-Nov-26 04:00:05 GMT', 5000],
    ['soon', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['2026', 2_026_000],
    ['99999999999', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j means %j ms', (value, expected) => {
    expect(retryAfterMs(value, now)).toBe(expected);
  });
});
