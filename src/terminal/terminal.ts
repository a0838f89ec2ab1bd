// The one place that knows stdout and stderr: data goes out on the first, talk on the second. Everything that
// passes is redacted here; what came from outside is made printable by whoever puts it into a sentence.
import { Readable, Writable } from 'node:stream';
import { WriteStream } from 'node:tty';
import { LocalError, messageOf, systemCode } from '../base/errors.ts';
import { Secret, redact } from '../base/secret.ts';
import { textWidth } from '../base/text-width.ts';
import { printable } from '../base/text.ts';
import type { Environment } from './abilities.ts';
import { readLine, type InputStream } from './ask.ts';
import { columnsOf, isContinuousIntegration, showsColor, showsLinks, showsUnicode } from './abilities.ts';
import type { LineEditing, LineEditor } from './line-editor.ts';
import type { Style } from './style.ts';
import { styleOf } from './style.ts';

/** What is needed of `process.stdout` and `process.stderr`; both fit. */
export interface OutputStream {
  write(chunk: string | Uint8Array): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
  once(event: 'drain' | 'close', listener: () => void): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** `silent`: data only. `quiet`: data, warnings and errors. `verbose`: each request as well. */
export type Loudness = 'silent' | 'quiet' | 'normal' | 'verbose';

export interface TerminalOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Where answers are typed; `undefined` when nobody can answer. */
  readonly stdin?: InputStream | undefined;
  readonly env: Environment;
  /** `--color` or `--no-color`; `undefined` when neither was given. */
  readonly color?: boolean | undefined;
  readonly loudness?: Loudness | undefined;
  /** Called once when stdout takes no more. `undefined`: its reader went away (a closed pager), which is no error.
   *  Else why, for example a full disk. */
  readonly onOutputLost?: ((why: LocalError | undefined) => void) | undefined;
}

/** What one stream can show; renderers take this and give back text. */
export interface View {
  readonly isTty: boolean;
  readonly unicode: boolean;
  readonly style: Style;
  /** Columns right now; a terminal may be resized. */
  readonly width: number;
  /** Rows right now; 24 where the stream does not say. */
  readonly rows: number;
  /** A text that leads to an address when clicked, where the terminal can; else the text alone. */
  readonly link: (text: string, address: string) => string;
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const clearToEnd = '\u001b[0J';

/** Streams, loudness and the live block at the bottom of the screen. Created once, in main. */
export class Terminal {
  readonly stdout: View;
  readonly stderr: View;
  readonly loudness: Loudness;
  /** A person watches stderr: things may be redrawn in place. */
  readonly interactive: boolean;
  /** A person can be asked: keyboard and screen are there and no service runs us. */
  readonly canAsk: boolean;

  readonly #options: TerminalOptions;
  /** Lines of the live block as last drawn, without their style's width. */
  #live: readonly string[] = [];
  #cursorHidden = false;
  #editor: LineEditor | undefined;
  #outputLost = false;
  #talkBroken = false;

  constructor(options: TerminalOptions) {
    const { stdout, stderr, stdin, env } = options;
    this.#options = options;
    this.loudness = options.loudness ?? 'normal';
    this.stdout = viewOf(stdout, options);
    this.stderr = viewOf(stderr, options);
    const service = isContinuousIntegration(env);
    this.interactive = this.stderr.isTty && !service && env['TERM'] !== 'dumb';
    this.canAsk = stdin?.isTTY === true && this.stderr.isTty && !service;
    stdout.on('error', (error) => this.#onOutputError(error));
    // Nothing can be said about a broken stderr, and it must not stop the work.
    stderr.on('error', () => (this.#talkBroken = true));
  }

  /** Data for stdout, as lines: a missing line break at the end is added; empty text prints nothing. */
  out(text: string): void {
    if (text === '') return;
    this.#aside(() => this.#writeOut(redact(text.endsWith('\n') ? text : `${text}\n`)));
  }

  /** Bytes for stdout exactly as they are (a file, a log). Resolves when more may follow. */
  async outBytes(chunk: Uint8Array): Promise<void> {
    const flowing = this.#aside(() => this.#writeOut(chunk));
    if (flowing || this.#outputLost) return;
    await new Promise<void>((resolve) => {
      this.#options.stdout.once('drain', resolve);
      this.#options.stdout.once('close', resolve);
    });
  }

  /** What goes on, for a person; not with `--quiet`. */
  say(text: string): void {
    if (this.loudness === 'normal' || this.loudness === 'verbose') this.#talk(text);
  }

  /** Details that are asked for with `--verbose`. */
  detail(text: string): void {
    if (this.loudness === 'verbose') this.#talk(text);
  }

  /** Errors and warnings, outcomes: shown unless everything is silenced. */
  alert(text: string): void {
    if (this.loudness !== 'silent') this.#talk(text);
  }

  /** `warning: …` on stderr. */
  warn(message: string): void {
    this.alert(`${this.stderr.style.warning('warning')}: ${message}`);
  }

  /** Says what is being waited for while `work` runs: with a sign that moves for a person, as one line otherwise. */
  async whileWaiting<Result>(text: string, work: () => Promise<Result>): Promise<Result> {
    const { stderr } = this.#options;
    const watched = this.interactive && this.#live.length === 0 && stderr instanceof WriteStream;
    if (!watched || this.loudness === 'silent' || this.loudness === 'quiet') {
      this.say(text);
      return work();
    }
    const { default: ora } = await import('ora');
    const spinner = ora({
      text: redact(text),
      stream: stderr,
      isEnabled: true,
      // The keyboard stays with whoever reads it.
      discardStdin: false,
      color: this.stderr.style.hint('x') === 'x' ? false : 'cyan',
      spinner: this.stderr.unicode ? 'dots' : 'line',
    }).start();
    try {
      return await work();
    } finally {
      spinner.stop();
    }
  }

  /** Asks for a line; to be called where `canAsk` says that somebody is there.
   *  @returns `undefined` when there is no answer (Ctrl-D)
   *  @throws Interrupted on Ctrl-C */
  ask(question: string): Promise<string | undefined> {
    return this.#ask(question, (text) => this.#writeTalk(text));
  }

  /** As `ask`, with the keys of a line editor where the keyboard allows it. The question may be painted. */
  async edit(question: string, editing: LineEditing): Promise<string | undefined> {
    const { stdin, stderr } = this.#options;
    if (!(stdin instanceof Readable && stderr instanceof Writable)) return this.ask(question);
    const { LineEditor } = await import('./line-editor.ts');
    this.#editor ??= new LineEditor(stdin, stderr);
    return this.#editor.read(question, editing);
  }

  /** As `ask`; what is typed is not shown. */
  async askHidden(question: string): Promise<Secret | undefined> {
    const line = await this.#ask(question, (text) => {
      if (text === '\n') this.#writeTalk(text);
    });
    return line === undefined ? undefined : new Secret(line);
  }

  /** True for a yes. */
  async confirm(question: string): Promise<boolean> {
    return /^\s*y(es)?\s*$/i.test((await this.ask(`${question} [y/N] `)) ?? '');
  }

  async #ask(question: string, echo: (text: string) => void): Promise<string | undefined> {
    const { stdin } = this.#options;
    if (stdin === undefined) return undefined;
    this.#writeTalk(redact(question));
    return readLine(stdin, echo);
  }

  /** Draws the block at the bottom of an interactive terminal anew, in place; no lines take it away. Other
   *  output appears above it. Where nobody watches, nothing happens. */
  drawLive(lines: readonly string[]): void {
    if (!this.interactive || this.loudness === 'silent' || this.loudness === 'quiet') return;
    const shown = lines.map(redact);
    let text = this.#eraseLive();
    if (shown.length > 0 && !this.#cursorHidden) text += hideCursor;
    if (shown.length === 0 && this.#cursorHidden) text += showCursor;
    this.#cursorHidden = shown.length > 0;
    text += shown.map((line) => `${line}\n`).join('');
    this.#live = shown;
    if (text !== '') this.#writeTalk(text);
  }

  /** Leaves the live block where it is, as ordinary lines, and gives the cursor back. To be called at the very
   *  end and on signals too; a second call does nothing. */
  release(): void {
    this.#live = [];
    if (this.#cursorHidden) this.#writeTalk(showCursor);
    this.#cursorHidden = false;
  }

  #talk(text: string): void {
    this.#aside(() => this.#writeTalk(redact(text.endsWith('\n') ? text : `${text}\n`)));
  }

  /** Prints above the live block. */
  #aside<Result>(print: () => Result): Result {
    const live = this.#live;
    if (live.length > 0) this.#writeTalk(this.#eraseLive());
    const result = print();
    if (live.length > 0) this.#writeTalk(live.map((line) => `${line}\n`).join(''));
    return result;
  }

  /** Moves to the first row of the live block and clears from there. A terminal that became narrower has broken
   *  the old lines into more rows. */
  #eraseLive(): string {
    if (this.#live.length === 0) return '';
    const columns = this.stderr.width;
    const rows = this.#live.reduce((sum, line) => sum + Math.max(1, Math.ceil(textWidth(line) / columns)), 0);
    return `\u001b[${Math.min(rows, this.stderr.rows - 1)}A\r${clearToEnd}`;
  }

  #writeOut(chunk: string | Uint8Array): boolean {
    return this.#outputLost ? true : this.#options.stdout.write(chunk);
  }

  #writeTalk(text: string): void {
    if (!this.#talkBroken) this.#options.stderr.write(text);
  }

  #onOutputError(error: Error): void {
    if (this.#outputLost) return;
    this.#outputLost = true;
    const readerLeft = systemCode(error) === 'EPIPE';
    this.#options.onOutputLost?.(
      readerLeft
        ? undefined
        : new LocalError(`cannot write to standard output: ${messageOf(error)}`, { cause: error }),
    );
  }
}

function viewOf(stream: OutputStream, options: TerminalOptions): View {
  const { env } = options;
  const isTty = stream.isTTY === true;
  const links = showsLinks(env, isTty);
  return {
    isTty,
    unicode: showsUnicode(env),
    style: styleOf(showsColor(options.color, env, isTty)),
    get width() {
      return columnsOf(stream.columns, env, isTty);
    },
    get rows() {
      return stream.rows !== undefined && stream.rows > 0 ? stream.rows : 24;
    },
    link: (text, address) =>
      links ? `\u001b]8;;${printable(address)}\u001b\\${text}\u001b]8;;\u001b\\` : text,
  };
}
