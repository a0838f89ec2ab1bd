// How far an upload or a download is: a line that is redrawn for a person, and nothing for a log, which hears of the end.
import { bytes } from '../../terminal/amounts.ts';
import type { Host } from '../host.ts';

export interface TransferState {
  readonly doneFiles: number;
  readonly doneBytes: number;
  readonly files: number;
  readonly bytes: number;
}

const drawEveryMs = 200;

export class TransferView {
  readonly #what: string;
  readonly #host: Host;
  #drawnMs = -Infinity;

  /** @param what `uploading` or `downloading` */
  constructor(what: string, host: Host) {
    this.#what = what;
    this.#host = host;
  }

  update(state: TransferState): void {
    const nowMs = this.#host.clock.monotonicMs();
    if (nowMs - this.#drawnMs < drawEveryMs) return;
    this.#drawnMs = nowMs;
    this.#host.terminal.drawLive([
      `${this.#what} ${state.doneFiles} of ${state.files} files, ${bytes(state.doneBytes)} of ${bytes(state.bytes)}`,
    ]);
  }

  /** Takes the line away. */
  clear(): void {
    this.#host.terminal.drawLive([]);
    this.#drawnMs = -Infinity;
  }

  async whileShown<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } finally {
      this.clear();
    }
  }
}

/** @param declared the output that the server does not pack in time */
export function tellSingly(declared: string, host: Host): void {
  host.terminal.say(`REANA takes too long to pack \`${declared}\` into a zip; files come one by one`);
}
