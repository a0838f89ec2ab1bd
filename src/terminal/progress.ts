// Shows a request while it runs: in place for a person, line by line for a log. Both are drawn from the same
// snapshots.
import type { Clock } from '../base/clock.ts';
import { clockTime } from './amounts.ts';
import { progressChanges } from './progress-changes.ts';
import { progressLines } from './progress-lines.ts';
import type { ProgressState } from './progress-state.ts';
import type { Terminal } from './terminal.ts';

/** Between two drawings; five a second is as often as an eye can follow counts. */
const drawEveryMs = 200;

/** A life: `start`, any number of `update`s, `stop`. */
export class ProgressView {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  #state: ProgressState | undefined;
  #stopping: AbortController | undefined;
  #drawing: Promise<void> = Promise.resolve();

  constructor(terminal: Terminal, clock: Clock) {
    this.#terminal = terminal;
    this.#clock = clock;
  }

  /** Begins to draw; a second call does nothing. */
  start(): void {
    if (this.#stopping !== undefined) return;
    this.#stopping = new AbortController();
    if (this.#terminal.interactive) this.#drawing = this.#drawUntil(this.#stopping.signal);
  }

  /** Takes the newest snapshot. A log gets its lines at once; a screen with the next drawing. */
  update(state: ProgressState): void {
    const before = this.#state;
    this.#state = state;
    if (this.#terminal.interactive) return;
    const stamp = clockTime(this.#clock.nowMs());
    for (const line of progressChanges(before, state)) this.#terminal.say(`${stamp} ${line}`);
  }

  /** Draws the last snapshot once more, leaves it on the screen and gives the cursor back. */
  async stop(): Promise<void> {
    this.#stopping?.abort();
    await this.#drawing;
    if (this.#stopping !== undefined) this.#draw(undefined);
    this.#stopping = undefined;
    this.#terminal.release();
  }

  async #drawUntil(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // One row is left for the line on which the cursor stands.
      this.#draw(this.#terminal.stderr.rows - 1);
      try {
        await this.#clock.sleep(drawEveryMs, signal);
      } catch {
        return;
      }
    }
  }

  /** @param rows most lines; `undefined` for the last drawing, which may scroll */
  #draw(rows: number | undefined): void {
    if (this.#state === undefined || !this.#terminal.interactive) return;
    const { stderr } = this.#terminal;
    this.#terminal.drawLive(
      progressLines(this.#state, {
        // A line that fills the last column makes some terminals wrap.
        width: stderr.width - 1,
        rows,
        nowMs: this.#clock.nowMs(),
        unicode: stderr.unicode,
        style: stderr.style,
      }),
    );
  }
}
