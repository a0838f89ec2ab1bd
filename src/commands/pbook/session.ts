// Runs lines of pbook, from the prompt, a pipe or `-c`: each is read, its command looked up and run, and what goes wrong is told.
import { closest } from '../../base/closest.ts';
import { Interrupted, PchainError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { codeFrame, sourceText } from '../../source/frame.ts';
import { told } from '../command-line.ts';
import type { Host } from '../host.ts';
import { readTyped, type Typed } from './call-syntax.ts';
import { ArgumentFault, argumentsOfWords, type PbookCommand } from './command.ts';
import { commandNamed, pbookCommands } from './commands.ts';
import type { GivenArguments, Word } from './given.ts';

export interface SessionOptions {
  readonly host: Host;
  /** Options with dashes that hold for all lines. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Ctrl-C ends a command that runs, and not all of it. */
  readonly atPrompt: boolean;
  /** Other users of this machine can read the lines. */
  readonly isOnCommandLine: boolean;
  /** Runs words as batch does: `help`, `secrets …`, and lines with options. */
  readonly runWords: (words: readonly string[], host: Host) => Promise<ExitCode>;
}

/** Commands that are no calls of PanDA. */
const otherCommands: readonly string[] = ['help', 'secrets'];
const endings: readonly string[] = ['exit', 'quit'];

export class Session {
  readonly #options: SessionOptions;
  readonly #ids = new Set<number>();

  constructor(options: SessionOptions, ids: readonly number[] = []) {
    this.#options = options;
    for (const id of ids) this.#ids.add(id);
  }

  /** Ids of tasks and requests that were seen, the latest last. */
  get ids(): readonly number[] {
    return [...this.#ids];
  }

  /** @returns `undefined` when the line asks for the end */
  async run(line: string): Promise<ExitCode | undefined> {
    const typed = readTyped(line);
    if (typed.is === 'nothing') return ExitCode.done;
    if (typed.is === 'fault') return this.#fault(line, typed.message, typed.at);
    const name = typed.is === 'call' ? typed.command : (typed.words[0]?.text ?? '');
    if (endings.includes(name)) return undefined;
    const command = commandNamed(name);
    if (command !== undefined && (typed.is === 'call' || !hasOptions(typed.words)))
      return this.#runCommand(line, command, typed);
    if (command !== undefined || otherCommands.includes(name)) return this.#runWords(wordsOf(typed));
    return this.#unknown(line, name);
  }

  async #runCommand(
    line: string,
    command: PbookCommand,
    typed: Exclude<Typed, { is: 'nothing' | 'fault' }>,
  ): Promise<ExitCode> {
    const { host, options, isOnCommandLine } = this.#options;
    const onIds = (ids: readonly number[]): void => ids.forEach((id) => this.#see(id));
    try {
      const given: GivenArguments =
        typed.is === 'call' ? typed.given : argumentsOfWords(command, typed.words.slice(1));
      const run = command.prepare(given);
      return await this.#interruptible((inner) => run({ host: inner, options, isOnCommandLine, onIds }));
    } catch (thrown) {
      if (!(thrown instanceof ArgumentFault)) throw thrown;
      const exitCode = this.#fault(line, thrown.message, thrown.at, command.mayHoldSecret === true);
      if (thrown.hint !== undefined)
        host.terminal.alert(`${host.terminal.stderr.style.hint('hint')}: ${thrown.hint}`);
      return exitCode;
    }
  }

  #see(id: number): void {
    this.#ids.delete(id);
    this.#ids.add(id);
  }

  #runWords(words: readonly string[]): Promise<ExitCode> {
    return this.#interruptible((inner) => this.#options.runWords(words, inner));
  }

  /** Ctrl-C ends the command that runs, not the session; a second one does. */
  async #interruptible(run: (host: Host) => Promise<ExitCode>): Promise<ExitCode> {
    const { host, atPrompt } = this.#options;
    if (!atPrompt) return told(() => run(host), host);
    return host.untilInterrupted(async (signal) => {
      const inner = { ...host, signal };
      return told(() => this.#unlessStopped(run(inner), signal), inner);
    });
  }

  /** That it was stopped is no failure of a command. */
  async #unlessStopped(work: Promise<ExitCode>, signal: AbortSignal): Promise<ExitCode> {
    try {
      return await work;
    } catch (thrown) {
      const isOther = thrown instanceof PchainError && !(thrown instanceof Interrupted);
      if (isOther || !signal.aborted) throw thrown;
      this.#options.host.terminal.alert('interrupted');
      return ExitCode.interrupted;
    }
  }

  #unknown(line: string, name: string): ExitCode {
    const near = closest(name, [
      ...pbookCommands.map((command) => command.name),
      ...otherCommands,
      ...endings,
    ]);
    const next = near === undefined ? '`help` lists the commands' : `did you mean \`${near}\`?`;
    // What is no command may be anything: a token, pasted into the wrong window. It is not repeated.
    const isName = /^[A-Za-z_]\w{0,30}$/.test(name);
    const what = isName ? `unknown command \`${name}\`` : 'this is no command, and nothing is evaluated';
    return this.#fault(line, `${what}; ${next}`, isName ? Math.max(0, line.indexOf(name)) : undefined);
  }

  /** Says what is wrong, and where.
   *  @param isSecret the line must not be shown once more */
  #fault(line: string, message: string, at: number | undefined, isSecret = /secret/i.test(line)): ExitCode {
    const { terminal } = this.#options.host;
    const { style } = terminal.stderr;
    const text = [`${style.error('error')}: ${style.strong(message)}`];
    if (at !== undefined && !isSecret) text.push(...pointing(line, at, terminal.stderr));
    terminal.alert(text.join('\n'));
    return ExitCode.usage;
  }
}

function hasOptions(words: readonly Word[]): boolean {
  return words.slice(1).some(({ text }) => /^-(?:[a-z]|-[a-z])/i.test(text));
}

/** Of `help(show)` and `secrets list`; a call has no options. */
function wordsOf(typed: Exclude<Typed, { is: 'nothing' | 'fault' }>): readonly string[] {
  if (typed.is === 'words') return typed.words.map(({ text }) => text);
  const values = typed.given.positional.map(({ value }) => (typeof value === 'string' ? value : ''));
  return [typed.command, ...values];
}

/** The line and a caret below the place, without what a file has around it. */
function pointing(
  line: string,
  at: number,
  view: { readonly unicode: boolean; readonly width: number },
): readonly string[] {
  const end = at + Math.max(1, /^[\w.]+/.exec(line.slice(at))?.[0].length ?? 1);
  const source = sourceText(line);
  const frame = codeFrame({ span: { file: '', start: at, end }, source }, [], view);
  return frame
    .map((pieces) =>
      pieces
        .filter(({ role }) => role === 'source' || role === 'mark')
        .map(({ text }) => text)
        .join(''),
    )
    .filter((text) => text.trim() !== '')
    .map((text) => `  ${text}`.trimEnd());
}
