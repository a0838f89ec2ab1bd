// Runs pbook inside of this process, in a home and an environment of its own.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { systemClock } from '../../src/base/system-clock.ts';
import type { World } from '../../src/commands/host.ts';
import { runProgram } from '../../src/commands/pbook/program.ts';

export interface PbookResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class PbookRig {
  readonly directory = mkdtempSync(join(tmpdir(), 'pchain-pbook-'));
  readonly work = join(this.directory, 'work');
  readonly dataDirectory = join(this.directory, 'data');

  constructor() {
    mkdirSync(this.work);
  }

  /** @param input what comes through a pipe; without it standard input is empty */
  async run(
    words: readonly string[],
    env: Readonly<Record<string, string>> = {},
    input = '',
  ): Promise<PbookResult> {
    const stdout = new Sink();
    const stderr = new Sink();
    const world = this.#world(env, { stdin: Readable.from([input]), stdout, stderr });
    const exitCode = await runProgram(words, world);
    return { exitCode, stdout: stdout.text, stderr: stderr.text };
  }

  /** Types keys at the prompt, each time it waits for some; then Ctrl-D. A Tab is typed by itself: in a paste it is none. */
  async type(
    keys: readonly string[],
    env: Readonly<Record<string, string>> = {},
    words: readonly string[] = [],
  ): Promise<PbookResult> {
    const keyboard = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
    const waiting = [...keys];
    const screen = Object.assign(
      new Sink(() => {
        // Line editors draw the prompt, then put the cursor behind it.
        // eslint-disable-next-line no-control-regex -- that is a control sequence
        if (/>>> (?:\u001b\[\d*[A-Z])?$/.test(screen.text))
          void typeKeys(keyboard, waiting.shift() ?? '\u0004');
      }),
      { isTTY: true, columns: 100 },
    );
    const stdout = new Sink();
    const world = this.#world(
      { NO_COLOR: '1', TERM: 'xterm', ...env },
      { stdin: keyboard, stdout, stderr: screen },
    );
    const exitCode = await runProgram(words, world);
    return { exitCode, stdout: stdout.text, stderr: screen.text };
  }

  #world(
    env: Readonly<Record<string, string>>,
    streams: { readonly stdin: Readable; readonly stdout: Sink; readonly stderr: Sink },
  ): World {
    const { signal } = new AbortController();
    return {
      env: { HOME: this.directory, PCHAIN_HOME: this.dataDirectory, LANG: 'C.UTF-8', ...env },
      workingDirectory: this.work,
      homeDirectory: this.directory,
      userName: 'alice',
      userId: 1000,
      ...streams,
      signal,
      onInterrupt: () => undefined,
      untilInterrupted: (work) => work(signal),
      pid: 1,
      version: '1.2.3',
      program: ['node', 'pchain'],
      platform: 'test',
      cores: 2,
      exit: () => {
        throw new Error('it ended early');
      },
    };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

async function typeKeys(keyboard: Writable, keys: string): Promise<void> {
  for (const key of keys.split(/(?<=\t)/)) {
    keyboard.write(key);
    if (key.endsWith('\t')) await systemClock.sleep(50);
  }
}

class Sink extends Writable {
  text = '';
  readonly #onText: () => void;

  constructor(onText: () => void = () => undefined) {
    super();
    this.#onText = onText;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
    this.#onText();
  }
}
