// Moments as people read them: how long something is still good.
import { elapsed } from './amounts.ts';

/** `in 3 h 05 min (2026-11-26 22:45 UTC)`, `expired 2 d 03 h ago (…)`; `no end is known` for `undefined`. */
export function until(momentMs: number | undefined, nowMs: number): string {
  if (momentMs === undefined) return 'no end is known';
  if (!Number.isFinite(momentMs)) return 'no end';
  const leftMs = momentMs - nowMs;
  const moment = `${new Date(momentMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return leftMs > 0 ? `in ${elapsed(leftMs)} (${moment})` : `expired ${elapsed(-leftMs)} ago (${moment})`;
}
