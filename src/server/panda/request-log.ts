// The log that PanDA's server sends back with a workflow request: `<UTC time> : <message>`, one per entry.
import type { Clock } from '../../base/clock.ts';

export class RequestLog {
  readonly #clock: Clock;
  #text = '';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param message may have several lines; only the first gets the time, as on PanDA's server */
  add(message: string): void {
    this.#text += `${timeStamp(this.#clock.nowMs())} : ${message}\n`;
  }

  get text(): string {
    return this.#text;
  }
}

/** `2026-11-20 20:48:26.722000+00:00`: the form of Python's `datetime`, microseconds included. */
export function timeStamp(atMs: number): string {
  const iso = new Date(atMs).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}000+00:00`;
}
