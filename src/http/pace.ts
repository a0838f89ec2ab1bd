// How often one server is asked. Free until the server says that it is too often; from then on just below its limit.

/** Of the limit a server names: other programs of the same user may ask it, too. */
const shareOfLimit = 0.75;
/** Where it names none. REANA's usual limit is 20. */
const cautiousPerSecond = 10;

/** Shared by all requests to one server. Times are of one monotonic clock, in milliseconds. */
export class Pace {
  #perSecond: number | undefined;
  #nextMs = 0;

  /** Takes the next free moment, and says how long it is until then. */
  reserve(nowMs: number): number {
    if (this.#perSecond === undefined) return 0;
    const atMs = Math.max(nowMs, this.#nextMs);
    this.#nextMs = atMs + 1000 / this.#perSecond;
    return atMs - nowMs;
  }

  /** After an answer 429. Nothing leaves for as long as the server asks; afterwards requests keep their distance.
   *  @param words of the server, such as `Only "20 per 1 second" allowed.` */
  slowDown(nowMs: number, retryAfterMs: number | undefined, words: string): void {
    this.#perSecond = Math.min(this.#perSecond ?? Infinity, perSecondIn(words) ?? cautiousPerSecond);
    this.#nextMs = Math.max(this.#nextMs, nowMs + (retryAfterMs ?? 1000));
  }
}

const unitSeconds: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600, day: 86_400 };

/** Requests per second that the words allow, with some distance. */
function perSecondIn(words: string): number | undefined {
  const found = /(\d+) per (?:(\d+) )?(second|minute|hour|day)/.exec(words);
  if (found === null) return undefined;
  const seconds = Number(found[2] ?? 1) * (unitSeconds[found[3] ?? ''] ?? 1);
  const perSecond = (Number(found[1]) / seconds) * shareOfLimit;
  return perSecond > 0 ? perSecond : undefined;
}
