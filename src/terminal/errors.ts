// What is printed when something was thrown: one sentence and the next thing to do, or, for a fault of this
// program itself, what is needed to report it.
import { messageOf, PchainError } from '../base/errors.ts';
import { redact } from '../base/secret.ts';
import { printable } from '../base/text.ts';
import type { View } from './terminal.ts';

export interface ErrorOptions {
  readonly view: View;
  /** `--verbose`: causes are shown as well. */
  readonly verbose: boolean;
  readonly about: AboutProgram;
}

/** What a report of a fault needs. */
export interface AboutProgram {
  readonly version: string;
  /** `node v20.19.0, linux x64`. */
  readonly platform: string;
  /** Arguments as typed; redacted before they are shown. */
  readonly argv: readonly string[];
  /** Address for reports. */
  readonly reportAt: string;
  /** Where the full log is; `undefined` when there is none. */
  readonly logPath?: string | undefined;
}

/** The text for stderr, ending in a line break. */
export function renderError(thrown: unknown, options: ErrorOptions): string {
  const { style } = options.view;
  const lines =
    thrown instanceof PchainError
      ? [
          `${style.error('error')}: ${style.strong(clean(thrown.message))}`,
          ...(options.verbose ? causesOf(thrown).map((cause) => `  caused by ${cause}`) : []),
          ...hintLines(thrown, options.view),
        ]
      : bugLines(thrown, options);
  return redact(`${lines.join('\n')}\n`);
}

function hintLines(error: PchainError, view: View): string[] {
  if (error.hint === undefined) return [];
  return clean(error.hint)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => `${view.style.hint('hint')}: ${line.trim()}`);
}

// A chain of causes can be a circle when somebody else built it.
const mostCauses = 8;

function causesOf(error: Error): string[] {
  const causes: string[] = [];
  let cause: unknown = error.cause;
  while (cause !== undefined && causes.length < mostCauses) {
    const name = cause instanceof Error && cause.name !== 'Error' ? `${cause.name}: ` : '';
    causes.push(`${name}${clean(textOf(cause)).replaceAll('\n', ' ')}`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

function bugLines(thrown: unknown, options: ErrorOptions): string[] {
  const { style } = options.view;
  const { about } = options;
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  // The first lines of a stack repeat the message.
  const places = clean(stack)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  const name = thrown instanceof Error ? thrown.name : 'thrown';
  return [
    `${style.error('error')}: ${style.strong(`a fault in pchain itself: ${name}: ${clean(textOf(thrown))}`)}`,
    ...places.map((line) => style.faint(line)),
    ...(thrown instanceof Error ? causesOf(thrown).map((cause) => `  caused by ${cause}`) : []),
    `  version   pchain ${about.version}, ${about.platform}`,
    `  command   pchain ${about.argv.map((word) => clean(word)).join(' ')}`.trimEnd(),
    ...(about.logPath === undefined ? [] : [`  log       ${style.path(about.logPath)}`]),
    `${style.hint('hint')}: please report this with the lines above at ${style.path(about.reportAt)}`,
  ];
}

function textOf(thrown: unknown): string {
  try {
    return messageOf(thrown);
  } catch {
    // A thrown object may have no way to become a string.
    return 'a value without a text';
  }
}

function clean(text: string): string {
  return printable(text);
}
