// The `Retry-After` header: how long a server asks us to stay away.

/** Reads the delay a server asks for.
 *  @param value the `Retry-After` header: whole seconds, or an HTTP date
 *  @returns milliseconds from `nowMs`, at least 0; `undefined` when `value` is missing or neither form
 *  @see RFC 9110 section 10.2.3 */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // `Date.parse` also takes numbers and half dates, so only the shape of an HTTP date gets that far.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
