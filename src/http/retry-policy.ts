// When a failed request is tried again, and after how long. Pure: the client asks and does the waiting.

/** How often and how long one request may be tried. */
export interface RetryPolicy {
  /** True when sending the request twice does no harm. Nothing else is ever sent twice, unless it was turned away at the
   *  door (429). */
  readonly repeatable: boolean;
  /** Tries in all, the first included. */
  readonly maxTries: number;
  /** The pause before the second try; it doubles from there, up to `longestDelayMs`. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** A server that asks for a longer pause than this is not waited for. */
  readonly longestRetryAfterMs: number;
  /** False: a server that said nothing for too long, or on whose behalf a gateway says so (504), is not asked again. */
  readonly outlastsSilence: boolean;
  /** Limit of the whole call: no pause begins that would end after it. */
  readonly callMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  repeatable: false,
  maxTries: 4,
  firstDelayMs: 500,
  longestDelayMs: 20_000,
  longestRetryAfterMs: 60_000,
  outlastsSilence: true,
  callMs: 300_000,
};

/** Why there is no usable answer. `timeout`: no connection, or no end, in time; `silence`: nothing was heard for too long;
 *  `incomplete`: it broke off; `damaged`: its size or checksum is wrong. */
export type NetworkReason =
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'silence'
  | 'unreachable'
  | 'unknown-host'
  | 'certificate'
  | 'incomplete'
  | 'damaged'
  | 'too-large'
  | 'redirect'
  | 'other';

export type Failure =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterMs: number | undefined }
  | { readonly kind: 'network'; readonly reason: NetworkReason };

/** What one call has used so far. */
export interface Spent {
  /** Tries made, at least 1. */
  readonly attempts: number;
  /** Since the first try began. */
  readonly ms: number;
  /** From 0 to 1: spreads the pauses of many clients. */
  readonly random: number;
}

/** `because`: the request must not be sent twice (`method`), would fail the same way again (`status`, `reason`),
 *  or the tries (`attempts`) or the time (`time`) are used up. */
export type Next =
  | { readonly retry: true; readonly delayMs: number }
  | { readonly retry: false; readonly because: 'method' | 'status' | 'reason' | 'attempts' | 'time' };

/** Decides what follows a failure. */
export function afterFailure(policy: RetryPolicy, failure: Failure, spent: Spent): Next {
  if (failure.kind === 'status' && !passingStatuses.has(failure.status))
    return { retry: false, because: 'status' };
  if (failure.kind === 'network' && !passingReasons.has(failure.reason))
    return { retry: false, because: 'reason' };
  if (!policy.outlastsSilence && failure.kind === 'network' && failure.reason === 'silence')
    return { retry: false, because: 'reason' };
  if (!policy.outlastsSilence && failure.kind === 'status' && failure.status === 504)
    return { retry: false, because: 'status' };
  // A server that limits says so before it does anything.
  const isUntouched = failure.kind === 'status' && failure.status === 429;
  if (!policy.repeatable && !isUntouched) return { retry: false, because: 'method' };
  if (spent.attempts >= policy.maxTries) return { retry: false, because: 'attempts' };
  const delayMs = pauseMs(policy, failure, spent);
  if (delayMs === undefined || spent.ms + delayMs >= policy.callMs) return { retry: false, because: 'time' };
  return { retry: true, delayMs };
}

const passingStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const passingReasons: ReadonlySet<NetworkReason> = new Set([
  'refused',
  'reset',
  'timeout',
  'silence',
  'unreachable',
  'incomplete',
  'damaged',
]);

/** `undefined` when the server asks for more patience than the policy has. */
function pauseMs(policy: RetryPolicy, failure: Failure, spent: Spent): number | undefined {
  const grown = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** (spent.attempts - 1));
  const spread = Math.round(grown * (0.5 + spent.random / 2));
  const asked = failure.kind === 'status' ? failure.retryAfterMs : undefined;
  if (asked === undefined) return spread;
  return asked > policy.longestRetryAfterMs ? undefined : Math.max(asked, spread);
}
