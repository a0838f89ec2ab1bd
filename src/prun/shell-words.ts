// Words of a POSIX shell line, exactly as the server cuts `opt_args`: Python's `shlex.split` and `shlex.quote`.
import { oncePerText } from '../base/once-per-text.ts';

/** One word; `start` and `end` are UTF-16 offsets of it in the text, quotes included, `end` exclusive. */
export interface ShellWord {
  /** The word after quotes and backslashes are taken away. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** `at` is where the quote opens that is never closed, or where the last backslash stands; `words` are those before it. */
export type ShellSplit =
  | { readonly ok: true; readonly words: readonly ShellWord[] }
  | {
      readonly ok: false;
      readonly reason: 'unclosed-quote' | 'trailing-escape';
      readonly at: number;
      readonly words: readonly ShellWord[];
    };

/** Cuts a line into words as Python 3's `shlex.split` does in POSIX mode: no comments, no variables, no line continuation
 *  (a backslash before a line break keeps the line break). */
export const splitShellWords: (text: string) => ShellSplit = oncePerText(cutShellWords);

/** The same for those who keep what they have read themselves. */
export function cutShellWords(text: string): ShellSplit {
  const words: ShellWord[] = [];
  let index = 0;
  while (index < text.length) {
    if (isBlank(text.charCodeAt(index))) {
      index++;
      continue;
    }
    const end = bareEnd(text, index);
    const word =
      end === undefined ? readWord(text, index) : { text: text.slice(index, end), start: index, end };
    if ('reason' in word) return { ok: false, reason: word.reason, at: word.at, words };
    words.push(word);
    index = word.end;
  }
  return { ok: true, words };
}

/** Where a word ends that has neither quotes nor backslashes, as most have; `undefined` for any other. */
function bareEnd(text: string, start: number): number | undefined {
  let index = start;
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isBlank(code)) break;
    if (code === backslash || code === singleQuote || code === doubleQuote) return undefined;
  }
  return index;
}

const backslash = 0x5c;
const singleQuote = 0x27;
const doubleQuote = 0x22;

/** Writes a word so that a shell, and `splitShellWords`, read it back unchanged; Python's `shlex.quote`. */
export function quoteShellWord(word: string): string {
  if (word === '') return "''";
  if (!/[^\w@%+=:,./-]/.test(word)) return word;
  return `'${word.replaceAll("'", `'"'"'`)}'`;
}

/** Plain words as words of the line that `quoteShellWord` and single blanks would make of them. */
export function asShellWords(words: readonly string[]): readonly ShellWord[] {
  let start = 0;
  return words.map((text) => {
    const word = { text, start, end: start + quoteShellWord(text).length };
    start = word.end + 1;
    return word;
  });
}

type WordFault = { readonly reason: 'unclosed-quote' | 'trailing-escape'; readonly at: number };

function readWord(text: string, start: number): ShellWord | WordFault {
  const parts: string[] = [];
  let index = start;
  while (index < text.length && !isBlank(text.charCodeAt(index))) {
    const char = text.charAt(index);
    if (char === '\\') {
      if (index + 1 >= text.length) return { reason: 'trailing-escape', at: index };
      parts.push(text.charAt(index + 1));
      index += 2;
    } else if (char === "'" || char === '"') {
      const quoted = readQuoted(text, index, char);
      if ('reason' in quoted) return quoted;
      parts.push(quoted.text);
      index = quoted.end;
    } else {
      parts.push(char);
      index++;
    }
  }
  return { text: parts.join(''), start, end: index };
}

function readQuoted(text: string, open: number, quote: string): { text: string; end: number } | WordFault {
  const parts: string[] = [];
  let index = open + 1;
  while (index < text.length) {
    const char = text.charAt(index);
    if (char === quote) return { text: parts.join(''), end: index + 1 };
    if (char === '\\' && quote === '"') {
      const next = text.charAt(index + 1);
      if (next === '') return { reason: 'trailing-escape', at: index };
      // Inside double quotes a backslash only takes away the meaning of a quote or of another backslash.
      parts.push(next === '"' || next === '\\' ? next : char + next);
      index += 2;
    } else {
      parts.push(char);
      index++;
    }
  }
  return { reason: 'unclosed-quote', at: open };
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}
