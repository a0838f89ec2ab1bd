// The card of a failed step: what ran, how it ended in words, the end of its log, where it lies, what to do.
import { padEnd } from '../base/text-width.ts';
import { lastLines, printable } from '../base/text.ts';
import { duration } from './amounts.ts';
import type { View } from './terminal.ts';

export interface FailedStep {
  readonly step: string;
  /** Of the loops around it; `undefined` outside of loops. */
  readonly iteration?: string | undefined;
  /** As the shell reports it; `undefined` when it never ended by itself or is not known. */
  readonly exitStatus: number | undefined;
  /** Why, in words of the server or the engine; `undefined` when the exit status says it all. */
  readonly error: string | undefined;
  /** What the shell was given. */
  readonly command: string | undefined;
  readonly attempt: number | undefined;
  readonly attempts: number | undefined;
  readonly ranMs: number | undefined;
  /** `this machine`, or the name of a site. */
  readonly ranOn: string | undefined;
  /** The end of what the payload printed; the last 20 lines are shown. */
  readonly log: string | undefined;
  /** Path of the whole log. */
  readonly logPath: string | undefined;
  readonly directory: string | undefined;
  /** Memory the step asks for, as written (`--memory 4000`); `undefined` when it asks for none. */
  readonly memoryRequest?: string | undefined;
  /** What to type after the fix. */
  readonly retryCommand: string | undefined;
}

const logLines = 20;

/** The card as text for stderr, ending in a line break. */
export function renderFailure(failed: FailedStep, view: View): string {
  const { style } = view;
  const how =
    failed.exitStatus === undefined || failed.exitStatus === 0
      ? 'failed'
      : `failed with status ${failed.exitStatus} (${exitMeaning(failed.exitStatus)})`;
  const of = failed.iteration === undefined ? '' : ` of iteration ${clean(failed.iteration)}`;
  const lines = [`${style.error('error')}: ${style.strong(`step \`${clean(failed.step)}\`${of} ${how}`)}`];
  const field = (name: string, value: string | undefined): void => {
    if (value === undefined || value.trim() === '') return;
    const [first = '', ...rest] = value.split('\n');
    lines.push(
      `  ${padEnd(name, 10)}${first}`.trimEnd(),
      ...rest.map((line) => `  ${' '.repeat(10)}${line}`.trimEnd()),
    );
  };
  field('command', failed.command === undefined ? undefined : clean(failed.command).trim());
  field('why', failed.error === undefined ? undefined : clean(failed.error));
  field('attempt', attemptText(failed));
  if (failed.log !== undefined) {
    const tail = lastLines(clean(lastOverwrites(failed.log)), logLines);
    field(
      'log',
      tail.length === 0 || tail.every((line) => line.trim() === '')
        ? '(nothing was printed)'
        : tail.join('\n'),
    );
  }
  field('whole log', failed.logPath === undefined ? undefined : style.path(failed.logPath));
  field('work dir', failed.directory === undefined ? undefined : style.path(failed.directory));
  const hint = exitHint(failed);
  if (hint !== undefined) lines.push(`${style.hint('hint')}: ${hint}`);
  if (failed.retryCommand !== undefined) {
    lines.push(`${style.hint('hint')}: after the fix, run \`${failed.retryCommand}\``);
  }
  return `${lines.join('\n')}\n`;
}

// Signals that have the same number on Linux and macOS.
const signals: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
};

/** What an exit status of a shell means, in words.
 *  @see https://www.gnu.org/software/bash/manual/html_node/Exit-Status.html */
export function exitMeaning(exitStatus: number): string {
  if (exitStatus === 0) return 'success';
  if (exitStatus === 124) return 'timed out, when the command is `timeout`';
  if (exitStatus === 126) return 'found, but not executable';
  if (exitStatus === 127) return 'command not found';
  if (exitStatus > 128 && exitStatus < 128 + 65) {
    const number = exitStatus - 128;
    return `ended by ${signals[number] ?? `signal ${number}`}`;
  }
  return 'the command said that it failed';
}

function exitHint(failed: FailedStep): string | undefined {
  switch (failed.exitStatus) {
    case 126:
      return 'make the program executable (`chmod +x`), or call it through its interpreter';
    case 127:
      return 'the program is neither in the sandbox nor in the image';
    case 137:
      return failed.memoryRequest === undefined
        ? '137 usually means out of memory; ask for more with `--memory`'
        : `137 usually means out of memory; the step asks for \`${failed.memoryRequest}\``;
    case 139:
      return '139 is a crash inside of the program (invalid memory access), not of the workflow';
    case 152:
      return '152 means that the limit on CPU time was reached';
    case 153:
      return '153 means that the limit on file size was reached';
    default:
      return undefined;
  }
}

function attemptText(failed: FailedStep): string | undefined {
  const parts: string[] = [];
  if (failed.attempt !== undefined) {
    parts.push(
      failed.attempts === undefined ? String(failed.attempt) : `${failed.attempt} of ${failed.attempts}`,
    );
  }
  if (failed.ranMs !== undefined) {
    parts.push(`ran ${duration(failed.ranMs)}${failed.ranOn === undefined ? '' : ` on ${failed.ranOn}`}`);
  } else if (failed.ranOn !== undefined) {
    parts.push(`on ${failed.ranOn}`);
  }
  return parts.length === 0 ? undefined : parts.join(', ');
}

// A progress bar overwrites its line with carriage returns: only its last state was ever left on a screen.
function lastOverwrites(log: string): string {
  return log
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => {
      const left = line.replace(/\r+$/, '');
      return left.slice(left.lastIndexOf('\r') + 1);
    })
    .join('\n');
}

function clean(text: string): string {
  return printable(text);
}
