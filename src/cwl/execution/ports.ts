// What running CWL needs from outside: JavaScript, and a look at files. Everything else in this folder is computed.
import type { Value } from '../../workflow/model.ts';

/** Runs JavaScript where it can do no harm.
 *  @param scripts run first, in order, in the same world
 *  @param expression a JavaScript expression
 *  @param names variables it may use
 *  @returns its value; what JSON cannot say (`undefined`, a function) is `null`
 *  @throws PchainError when the scripts or the expression throw, or take too long or too much memory */
export type EvaluateJavaScript = (
  scripts: readonly string[],
  expression: string,
  names: Readonly<Record<string, Value>>,
) => Value;

/** Files as they are now. Paths are absolute; links are followed. */
export interface FileView {
  /** `undefined`: there is nothing. */
  kindOf(path: string): 'file' | 'directory' | undefined;
  sizeOf(path: string): number;
  /** The first bytes, as UTF-8. */
  textOf(path: string, maxBytes: number): string;
  /** Names in a directory, in order. */
  namesIn(path: string): readonly string[];
  /** Where the path leads when all links are followed. */
  realPath(path: string): string;
}
