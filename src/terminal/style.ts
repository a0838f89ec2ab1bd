// The palette: green success, red error, yellow warning, cyan hints and paths, bold for what a message says, and
// faint for what can be skipped. Nothing is told by colour alone.
import { Chalk } from 'chalk';

/** Paints a text that holds no line break; plain when the stream shows no colour. */
export interface Style {
  readonly success: (text: string) => string;
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly hint: (text: string) => string;
  readonly path: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** The palette for a stream that shows colour, or the one that leaves every text as it is. */
export function styleOf(color: boolean): Style {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    success: (text) => chalk.green(text),
    error: (text) => chalk.red(text),
    warning: (text) => chalk.yellow(text),
    hint: (text) => chalk.cyan(text),
    path: (text) => chalk.cyan(text),
    strong: (text) => chalk.bold(text),
    faint: (text) => chalk.dim(text),
  };
}
