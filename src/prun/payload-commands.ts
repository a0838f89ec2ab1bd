// The simple commands of a payload (`opt_exec`), as far as they can be told without a shell. It is no shell: what it cannot
// tell is marked, so that whoever judges a payload can stay silent.
import { oncePerText } from '../base/once-per-text.ts';

/** A word of a command. `start` and `end` are UTF-16 offsets in the payload, quotes included, `end` exclusive. */
export interface PayloadWord {
  /** Without quotes and backslashes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** False when the shell would put something else in its place: `$x`, `` `date` ``, `*.root`, `~`. */
  readonly isLiteral: boolean;
}

export interface PayloadCommand {
  /** Its name first; empty for a lone redirection. Assignments (`A=b`) and words like `then` before it are left out. */
  readonly words: readonly PayloadWord[];
  /** Files that its output goes to with `>` or `>>`. */
  readonly writes: readonly PayloadWord[];
  /** True when it may not run: after `&&` or `||`, or anywhere in a payload with `if`, `case` or a loop. */
  readonly isConditional: boolean;
  /** True when its output is the input of another command. */
  readonly isPiped: boolean;
}

/** The commands of a payload, in order. Nothing is ever refused: an open quote ends with the text. */
export const payloadCommands: (text: string) => readonly PayloadCommand[] = oncePerText((text) => {
  const tokens = tokensOf(text);
  const branches = tokens.some((token) => token.is === 'word' && token.isBare && branching.has(token.text));
  const commands: PayloadCommand[] = [];
  let words: Token[] = [];
  let writes: PayloadWord[] = [];
  let isAfterTest = false;
  const close = (operator: string): void => {
    const first = words.findIndex((word) => !isPrefix(word));
    const own = first === -1 ? [] : words.slice(first).map(asWord);
    if (own.length > 0 || writes.length > 0) {
      const isConditional = branches || isAfterTest;
      commands.push({ words: own, writes, isConditional, isPiped: operator === '|' });
    }
    words = [];
    writes = [];
    if (operator === '&&' || operator === '||') isAfterTest = true;
    else if (operator !== '|') isAfterTest = false;
  };
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.is === 'end') close(token.text);
    else if (token.is === 'redirection') {
      const target = tokens[index + 1];
      if (target?.is !== 'word') continue;
      index++;
      if (token.text.endsWith('>') || token.text.endsWith('>|')) writes.push(asWord(target));
    } else words.push(token);
  }
  close('');
  return commands;
});

/** The text that `echo` or `printf` writes; `undefined` for other commands, and when the shell would change it. */
export function writtenByEcho(command: PayloadCommand): string | undefined {
  const [name, ...others] = command.words;
  if (name?.text !== 'echo' && name?.text !== 'printf') return undefined;
  const words = name.text === 'echo' ? withoutFlags(others) : others;
  if (!words.every((word) => word.isLiteral)) return undefined;
  if (name.text === 'echo') return words.map((word) => word.text).join(' ');
  const [format, ...values] = words;
  // Whatever printf fills in is not worked out here.
  if (format === undefined || values.length > 0 || format.text.includes('%')) return undefined;
  return format.text.replaceAll('\\n', '\n');
}

function withoutFlags(words: readonly PayloadWord[]): readonly PayloadWord[] {
  const first = words.findIndex((word) => !/^-[neE]+$/.test(word.text));
  return first === -1 ? [] : words.slice(first);
}

const branching: ReadonlySet<string> = new Set(['if', 'case', 'for', 'while', 'until', 'select', 'function']);
const before: ReadonlySet<string> = new Set([
  ...[
    'then',
    'else',
    'elif',
    'do',
    'if',
    'while',
    'until',
    '!',
    '{',
    '}',
    'time',
    'exec',
    'nohup',
    'fi',
    'done',
  ],
]);

interface Token extends PayloadWord {
  readonly is: 'word' | 'end' | 'redirection';
  /** Written without any quote or backslash. */
  readonly isBare: boolean;
}

function isPrefix(word: Token): boolean {
  return (word.isBare && before.has(word.text)) || /^[A-Za-z_]\w*=/.test(word.text);
}

function asWord({ text, start, end, isLiteral }: Token): PayloadWord {
  return { text, start, end, isLiteral };
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === ' ' || char === '\t' || char === '\r') at++;
    else if (char === '#') at = lineEnd(text, at);
    else {
      const token = operatorAt(text, at) ?? wordAt(text, at);
      tokens.push(token);
      at = token.end;
    }
  }
  return tokens;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function operatorAt(text: string, start: number): Token | undefined {
  const first = text.charCodeAt(start);
  // A digit may be the number of a stream: `2>`.
  if (isPlain(first) && !(first >= 0x30 && first <= 0x39)) return undefined;
  const rest = text.slice(start, start + 12);
  const redirection = /^(?:\d*|&)(?:>>|>\||>&|>|<<<|<<-?|<&|<)/.exec(rest)?.[0];
  const operator = redirection ?? /^(?:&&|\|\||;;|\|&|[;&|()\n])/.exec(rest)?.[0];
  if (operator === undefined) return undefined;
  const is = redirection === undefined ? 'end' : 'redirection';
  const name = operator === '|&' ? '|' : operator;
  return { is, text: name, start, end: start + operator.length, isLiteral: true, isBare: true };
}

function wordAt(text: string, start: number): Token {
  const bare = plainEnd(text, start);
  if (bare === text.length || text.charCodeAt(bare) === blank)
    return { is: 'word', text: text.slice(start, bare), start, end: bare, isLiteral: true, isBare: true };
  const parts: string[] = [];
  let isLiteral = true;
  let isBare = true;
  let at = start;
  while (at < text.length && !/[\s;&|()<>]/.test(text.charAt(at))) {
    const char = text.charAt(at);
    if (char === "'") {
      const end = text.indexOf("'", at + 1);
      const close = end === -1 ? text.length : end;
      parts.push(text.slice(at + 1, close));
      isBare = false;
      at = close + 1;
    } else if (char === '"') {
      const quoted = doubleQuoted(text, at + 1);
      parts.push(quoted.text);
      isLiteral &&= quoted.isLiteral;
      isBare = false;
      at = quoted.end;
    } else if (char === '\\') {
      parts.push(text.charAt(at + 1));
      isBare = false;
      at += 2;
    } else if (isPlain(text.charCodeAt(at))) {
      const end = plainEnd(text, at);
      parts.push(text.slice(at, end));
      at = end;
    } else {
      const end = substitutionEnd(text, at);
      if (end !== undefined || /[*?[~`$]/.test(char)) isLiteral = false;
      const next = end ?? at + 1;
      parts.push(text.slice(at, next));
      at = next;
    }
  }
  return { is: 'word', text: parts.join(''), start, end: Math.min(at, text.length), isLiteral, isBare };
}

const blank = 0x20;

function plainEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && isPlain(text.charCodeAt(end))) end++;
  return end;
}

/** Letters, digits and what stands in names and paths: nothing that a shell looks at. */
function isPlain(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    // - . / 0…9 :
    (code >= 0x2d && code <= 0x3a) ||
    code === 0x5f ||
    code === 0x25
  );
}

function doubleQuoted(text: string, start: number): { text: string; end: number; isLiteral: boolean } {
  const parts: string[] = [];
  let isLiteral = true;
  let at = start;
  while (at < text.length && text.charAt(at) !== '"') {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (char === '\\' && /["\\$`]/.test(next)) {
      parts.push(next);
      at += 2;
      continue;
    }
    const end = substitutionEnd(text, at);
    if (end !== undefined || char === '$' || char === '`') isLiteral = false;
    parts.push(text.slice(at, end ?? at + 1));
    at = end ?? at + 1;
  }
  return { text: parts.join(''), end: at + 1, isLiteral };
}

/** Where `$(…)`, `${…}` or a text in backticks ends; `undefined` when none starts here. */
function substitutionEnd(text: string, start: number): number | undefined {
  if (text.charAt(start) === '`') {
    const end = text.indexOf('`', start + 1);
    return end === -1 ? text.length : end + 1;
  }
  const open = text.charAt(start + 1);
  if (text.charAt(start) !== '$' || (open !== '(' && open !== '{')) return undefined;
  const close = open === '(' ? ')' : '}';
  let depth = 0;
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === open) depth++;
    else if (char === close && --depth === 0) return at + 1;
  }
  return text.length;
}
