// `${name}` in the commands of serial workflows: REANA's engine fills them in as Python's `string.Template` does,
// and leaves alone what it does not know, so that shell variables work (reana-commons 0.9).
import { pythonText, type PythonValue } from './python-value.ts';

/** `$$`, `${name}` or `$name`; group 1 or 2 is the name. */
const reference = /\$(?:\$|\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g;

/** Fills in parameters; `$$` becomes `$`, unknown names stay as they are. Values that are not texts read as Python prints them. */
export function substituteParameters(
  command: string,
  parameters: Readonly<Record<string, PythonValue>>,
): string {
  return command.replace(reference, (found, braced: string | undefined, bare: string | undefined) => {
    if (found === '$$') return '$';
    const name = braced ?? bare ?? '';
    if (!Object.hasOwn(parameters, name)) return found;
    return pythonText(parameters[name] ?? null);
  });
}

/** A place in a command that refers to a parameter, or to a variable of the shell. */
export interface ReferencedName {
  readonly name: string;
  /** Written as `${name}`; the other form is mostly the shell's own. */
  readonly braced: boolean;
  /** Offsets in the command, end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** The names that a command refers to, `$$` not counted. */
export function referencedNames(command: string): readonly ReferencedName[] {
  return [...command.matchAll(reference)].flatMap((match) => {
    const name = match[1] ?? match[2];
    if (name === undefined) return [];
    const start = match.index;
    return [{ name, braced: match[1] !== undefined, start, end: start + match[0].length }];
  });
}

/** True for names that the shell, not the specification, gives a value: those in capitals (`${HOME}`), and those the
 *  command sets itself. */
export function isShellVariable(name: string, command: string): boolean {
  if (!/[a-z]/.test(name)) return true;
  return new RegExp(`\\b${name}=|\\b(?:for|read|local|export)\\s+(?:-\\S+\\s+)*${name}\\b`).test(command);
}
