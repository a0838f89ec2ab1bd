// A server that does not answer while a run is followed: told once, however long it lasts, and when it is over.
import type { Host } from '../host.ts';

export class SilenceVoice {
  readonly #host: Host;
  #isSilent = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** @param reason why the last question had no answer */
  tell(reason: string): void {
    const { terminal } = this.#host;
    if (this.#isSilent) terminal.detail(`REANA still does not answer (${reason})`);
    else terminal.warn(`REANA does not answer (${reason}); the run goes on, and so does the waiting`);
    this.#isSilent = true;
  }

  end(): void {
    if (this.#isSilent) this.#host.terminal.say('REANA answers again');
    this.#isSilent = false;
  }
}
