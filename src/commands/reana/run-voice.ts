// What an offload says on its way: lines in a log, and for a person a foot that shows where it is.
import { counted } from '../../base/text.ts';
import type { OffloadEvent } from '../../reana/offload/offload-options.ts';
import { bytes, elapsed } from '../../terminal/amounts.ts';
import type { Host } from '../host.ts';
import { tellFindings } from '../check/show-findings.ts';
import { textReader } from '../check/text-files.ts';
import { warnUnnoted } from './given-secrets.ts';
import { tellLeftOut } from './left-out.ts';
import { SilenceVoice } from './silence-voice.ts';
import { stateLine } from './start.ts';
import { tellSingly, TransferView } from './transfer-view.ts';

const drawEveryMs = 1000;

export class OffloadVoice {
  readonly #file: string;
  readonly #host: Host;
  readonly #uploads: TransferView;
  readonly #downloads: TransferView;
  readonly #silence: SilenceVoice;
  /** When the status was told that is being waited at; `undefined` while there is something to do. */
  #toldMs: number | undefined;

  /** @param file the specification, as typed */
  constructor(file: string, host: Host) {
    this.#file = file;
    this.#host = host;
    this.#uploads = new TransferView('uploading', host);
    this.#downloads = new TransferView('downloading', host);
    this.#silence = new SilenceVoice(host);
  }

  tell(event: OffloadEvent): void {
    const { terminal } = this.#host;
    switch (event.type) {
      case 'checked':
        tellFindings(
          {
            findings: event.warnings,
            readText: textReader(this.#host.workingDirectory),
            filesChecked: 1,
          },
          this.#host,
        );
        tellLeftOut(event.leftOut, this.#host);
        break;
      case 'connected':
        terminal.say(`REANA at ${event.server}, as ${event.user}`);
        break;
      case 'secrets':
        this.#tellSecrets(event);
        break;
      case 'run':
        terminal.say(
          `${event.resumed ? 'going on with run' : 'created run'} ${event.runName} from ${this.#file}`,
        );
        for (const warning of event.warnings) terminal.warn(warning);
        break;
      case 'upload':
        this.#uploads.update(event);
        if (event.doneFiles === event.files) {
          this.#uploads.clear();
          const skipped = event.skipped === 0 ? '' : `, ${event.skipped} of them before`;
          terminal.say(`uploaded ${counted(event.files, 'file')} (${bytes(event.bytes)}${skipped})`);
        }
        break;
      case 'started':
        terminal.say(`started ${event.runName}`);
        break;
      case 'status':
        this.#toldMs = this.#host.clock.monotonicMs();
        terminal.say(stateLine(event.state));
        break;
      case 'silence':
        this.#silence.tell(event.reason);
        break;
      case 'answers':
        this.#silence.end();
        break;
      case 'missing':
        terminal.warn(`the run did not make ${event.outputs.map((output) => `\`${output}\``).join(', ')}`);
        break;
      case 'download':
        this.#toldMs = undefined;
        this.#downloads.update(event);
        if (event.doneFiles === event.files) {
          this.#downloads.clear();
          terminal.say(`downloaded ${counted(event.files, 'file')} (${bytes(event.bytes)})`);
        }
        break;
      case 'singly':
        tellSingly(event.output, this.#host);
        break;
      case 'packed':
        terminal.say(
          event.isEarlier
            ? `${event.runName} is done, and nothing has changed since: its outputs are in ${event.tar} (${bytes(event.sizeBytes)}); another \`--name\` makes a new run`
            : `packed the outputs into ${event.tar} (${bytes(event.sizeBytes)})`,
        );
        break;
      case 'deleted':
        if (event.problem === undefined) terminal.say(`deleted ${event.runName} and its files`);
        else terminal.warn(`${event.runName} could not be deleted: ${event.problem}`);
        break;
    }
  }

  #tellSecrets(event: OffloadEvent & { readonly type: 'secrets' }): void {
    const { terminal } = this.#host;
    if (event.added.length > 0) terminal.say(`gave REANA the secrets ${event.added.join(', ')}`);
    if (event.replaced.length > 0) terminal.say(`replaced the secrets ${event.replaced.join(', ')}`);
    if (event.kept.length > 0) {
      terminal.say(
        `secrets that REANA has already are used as they are: ${event.kept.join(', ')} (\`--replace-secrets\` replaces them)`,
      );
    }
    if (event.unnoted !== undefined) warnUnnoted(event.unnoted, this.#host);
  }

  /** Shows for a person how long the run has been where it is. */
  async whileLive<Result>(work: () => Promise<Result>): Promise<Result> {
    const ended = new AbortController();
    const drawing = this.#host.terminal.interactive ? this.#drawUntil(ended.signal) : Promise.resolve();
    try {
      return await work();
    } finally {
      ended.abort();
      await drawing;
      this.#host.terminal.drawLive([]);
    }
  }

  async #drawUntil(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      if (this.#toldMs !== undefined) {
        const since = elapsed(this.#host.clock.monotonicMs() - this.#toldMs);
        this.#host.terminal.drawLive([`unchanged for ${since}`]);
      }
      await this.#host.clock.sleep(drawEveryMs, ended).catch(() => undefined);
    }
  }
}
