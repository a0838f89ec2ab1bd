// Faults of the expressions in one text: brackets that are not closed, JavaScript that cannot be read or is not switched
// on, and references to what does not exist.
import { closest } from '../../base/closest.ts';
import { syntaxFault, type SyntaxFault } from './javascript.ts';
import { readReference, type ParameterReference, type ReadReference } from './reference.ts';
import { expressionParts, type ExpressionPart, type Opened } from './scan.ts';

export interface ExpressionOptions {
  /** Whether an InlineJavascriptRequirement holds here. Without it only parameter references are evaluated. */
  readonly javascript: boolean;
  /** The scripts of that requirement. */
  readonly expressionLib: readonly string[];
  /** With `false` the whole text must be one expression, blanks around it aside. */
  readonly allowInterpolation?: boolean;
}

/** Offsets are those of the text, `end` exclusive. */
export interface ExpressionFault {
  readonly start: number;
  readonly end: number;
  readonly code: 'cwl/bad-expression' | 'cwl/missing-javascript' | 'cwl/unknown-variable';
  readonly message: string;
  readonly help?: string | undefined;
}

/** The faults of all expressions in a text, in their order; empty for a text without any.
 *  @param text as the document means it: decoded, not as it is written */
export function checkExpressionText(text: string, options: ExpressionOptions): readonly ExpressionFault[] {
  const parts = expressionParts(text);
  const faults = parts.flatMap((part) => checkPart(text, part, options) ?? []);
  if (options.allowInterpolation === false) {
    const beside = besideExpression(text, parts);
    if (beside !== undefined) faults.push(beside);
  }
  return faults;
}

/** The syntax error of one script of an `expressionLib`, if there is one. */
export function checkExpressionLibrary(script: string): readonly ExpressionFault[] {
  const fault = syntaxFault(script, 'script');
  return fault === undefined ? [] : [javascriptFault(script, 0, script.length, 'the script', fault)];
}

function checkPart(
  text: string,
  part: ExpressionPart,
  options: ExpressionOptions,
): ExpressionFault | undefined {
  if (part.unclosed !== undefined) return unclosedFault(text, part, part.unclosed);
  const start = part.start + 2;
  const end = part.end - 1;
  if (part.kind === 'body') return checkJavascript(text, part, options);
  if (text.slice(start, end).trim() === '') {
    return { start: part.start, end: part.end, code: 'cwl/bad-expression', message: '`$()` is empty' };
  }
  const read = readReference(text, start, end);
  if (read.reference === undefined) return checkJavascript(text, part, options, read);
  return checkRoot(read.reference, options);
}

const roots = ['inputs', 'self', 'runtime'];
const constants = ['null', 'true', 'false'];

function checkRoot(reference: ParameterReference, options: ExpressionOptions): ExpressionFault | undefined {
  const { root, start } = reference;
  if (roots.includes(root)) return undefined;
  const [first] = reference.path;
  // `$(null)` is a value; `$(null.size)` fails whenever it is evaluated.
  if (constants.includes(root) && (first === undefined || root !== 'null')) return undefined;
  if (root === 'null' && first !== undefined) {
    const message = '`null` has no fields';
    return { start: first.start, end: first.end, code: 'cwl/bad-expression', message };
  }
  const near = closest(root, roots);
  // JavaScript has names of its own, and those of its library: only a slip of the pen is certain there.
  if (options.javascript && (near === undefined || isJavascriptName(root, options.expressionLib)))
    return undefined;
  return {
    start,
    end: start + root.length,
    code: 'cwl/unknown-variable',
    message: `there is no \`${root}\` in expressions, only \`inputs\`, \`self\` and \`runtime\``,
    help: near === undefined ? shellHelp('$(') : `did you mean \`${near}\`?`,
  };
}

function isJavascriptName(name: string, expressionLib: readonly string[]): boolean {
  return Object.hasOwn(globalThis, name) || expressionLib.some((script) => script.includes(name));
}

/** @param read how far a `$(...)` is a parameter reference */
function checkJavascript(
  text: string,
  part: ExpressionPart,
  options: ExpressionOptions,
  read?: ReadReference,
): ExpressionFault | undefined {
  const start = part.start + 2;
  const end = part.end - 1;
  const piece = text.slice(start, end);
  const fault = syntaxFault(piece, part.kind === 'body' ? 'body' : 'value');
  if (fault === undefined) return options.javascript ? undefined : missingJavascript(text, part, read);
  const found = javascriptFault(text, start, end, part.kind === 'body' ? '`${…}`' : '`$(…)`', fault);
  const help = found.help ?? partHelp(piece, part);
  return { ...found, help };
}

function missingJavascript(
  text: string,
  part: ExpressionPart,
  read: ReadReference | undefined,
): ExpressionFault {
  const what = part.kind === 'body' ? '`${…}`' : `\`${shortened(text.slice(part.start, part.end))}\``;
  const why =
    read === undefined ? 'it is JavaScript' : 'it is JavaScript, not a reference like `inputs.name.size`';
  const piece = text.slice(part.start + 2, part.end - 1);
  const isVariable = part.kind === 'body' && isShellVariable(piece);
  const requirement = 'add `InlineJavascriptRequirement: {}` to `requirements`';
  const named = part.kind === 'body' ? undefined : dashedName(piece);
  return {
    start: part.start,
    end: part.end,
    code: 'cwl/missing-javascript',
    message: `${what} needs \`InlineJavascriptRequirement\`: ${why}`,
    help: named ?? (isVariable ? `${requirement}, or ${shellHelp('${')}` : requirement),
  };
}

/** `inputs.sample-name`: JavaScript reads a subtraction. */
function dashedName(piece: string): string | undefined {
  const match = /^(inputs|self)\.([\w-]+)$/.exec(piece);
  return match === null ? undefined : `write \`$(${match[1] ?? ''}['${match[2] ?? ''}'])\``;
}

function javascriptFault(
  text: string,
  start: number,
  end: number,
  what: string,
  fault: SyntaxFault,
): ExpressionFault {
  const at = start + fault.at;
  const token = tokenAt(text, at, end);
  const isToken = fault.reason === 'unexpected token';
  const told = isToken
    ? token === ''
      ? 'something is missing at its end'
      : `unexpected \`${token}\``
    : fault.reason.replaceAll("'", '`');
  return {
    start: at,
    end: at + Math.max(token.length, at < text.length ? 1 : 0),
    code: 'cwl/bad-expression',
    message: `${what} is not JavaScript: ${told}`,
    help: isToken ? wordHelp(token, text, at) : undefined,
  };
}

/** The word, number or sign at a place; empty at the end. */
function tokenAt(text: string, at: number, end: number): string {
  return /^(?:[\p{L}\p{N}_$]+|[^])/u.exec(text.slice(at, end))?.[0] ?? '';
}

/** Words of Python and the shell, and what JavaScript writes for them. */
const otherWords: Readonly<Record<string, string>> = {
  and: '&&',
  or: '||',
  not: '!',
  is: '===',
  elif: 'else if',
};

function wordHelp(token: string, text: string, at: number): string | undefined {
  const word = otherWords[token] ?? (/\bnot $/.test(text.slice(0, at)) ? '!' : undefined);
  return word === undefined ? undefined : `JavaScript writes \`${word}\``;
}

function partHelp(piece: string, part: ExpressionPart): string | undefined {
  if (part.kind === 'reference') {
    if (/^\s*(?:return|var|let|const|if|for)\b|;\s*$/.test(piece)) {
      return '`$(…)` holds one value; statements go into `${ … return …; }`';
    }
    return isShellCommand(piece) ? shellHelp('$(') : undefined;
  }
  if (isShellVariable(piece)) return shellHelp('${');
  return /^\s*["'\w]+\s*:/.test(piece) ? 'return the map: `${ return {…}; }`' : undefined;
}

/** `$(date +%s)`, `$(ls -l)`: a word, a blank and another word, or an option. */
function isShellCommand(piece: string): boolean {
  const word = /^\s*([a-z][\w./-]*)\s+[\w"'/${+-]/.exec(piece)?.[1];
  return word !== undefined && !/^(?:inputs|self|runtime|typeof|new|void|delete|function)\b/.test(word);
}

/** `${HOME}`, `${1}`, `${NAME:-default}` */
function isShellVariable(piece: string): boolean {
  return /^(?:[A-Z_][A-Z0-9_]*|[a-z_]\w*(?=:[-=+?])|\d+|[@#?*])(?:[:%#/].*)?$/s.test(piece);
}

function shellHelp(opening: '$(' | '${'): string {
  return `write \`\\${opening}\` where the shell shall see \`${opening}\``;
}

function unclosedFault(text: string, part: ExpressionPart, { what, at }: Opened): ExpressionFault {
  const opening = text.slice(part.start, part.start + 2);
  if (what === 'bracket') {
    const isOuter = at === part.start + 1;
    const start = isOuter ? part.start : at;
    const shown = isOuter ? opening : text.charAt(at);
    const message = isOuter
      ? `\`${shown}\` is never closed`
      : `\`${shown}\` is never closed, so \`${opening}\` is not either`;
    return { start, end: at + 1, code: 'cwl/bad-expression', message };
  }
  const message = `the ${what} that begins here does not end, so \`${opening}\` is never closed`;
  return { start: at, end: at + (what === 'comment' ? 2 : 1), code: 'cwl/bad-expression', message };
}

/** The first text outside of expressions, or the second expression, where only one expression may stand. */
function besideExpression(text: string, parts: readonly ExpressionPart[]): ExpressionFault | undefined {
  const [first, second] = parts;
  if (first === undefined || first.unclosed !== undefined) return undefined;
  const code = 'cwl/bad-expression';
  const help = 'leave only the expression; what is beside it makes the value a text';
  const before = text.slice(0, first.start);
  const message = 'only one expression may stand here';
  if (before.trim() !== '') {
    const start = before.length - before.trimStart().length;
    return { start, end: before.trimEnd().length, code, message, help };
  }
  const after = text.slice(first.end, second?.start);
  if (after.trim() !== '') {
    const start = first.end + after.length - after.trimStart().length;
    return { start, end: first.end + after.trimEnd().length, code, message, help };
  }
  return second === undefined ? undefined : { start: second.start, end: second.end, code, message, help };
}

const longestShown = 40;

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= longestShown ? line : `${line.slice(0, longestShown - 1)}…`;
}
