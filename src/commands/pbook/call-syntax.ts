// What is typed at the prompt of pbook: calls as people know them from Python, or the words of batch.
//   set_secret('GITLAB_TOKEN', 'abc', is_file=False)
//   list_secrets full=True
// Values are read, never evaluated: texts, numbers, True, False, None, and lists of them.
import { splitShellWords } from '../../prun/shell-words.ts';

/** `named` holds what was given as `name=value`; a list is its members joined by commas, as batch takes it. */
export type Typed =
  | {
      readonly is: 'call';
      readonly command: string;
      readonly values: readonly string[];
      readonly named: ReadonlyMap<string, string>;
    }
  | { readonly is: 'words'; readonly words: readonly string[] }
  | { readonly is: 'nothing' }
  | { readonly is: 'fault'; readonly message: string };

/** Reads one line. */
export function readTyped(line: string): Typed {
  const call = /^\s*([A-Za-z_]\w*)\s*\(/.exec(line);
  if (call?.[1] !== undefined) return new CallReader(line, call[0].length).read(call[1]);
  const split = splitShellWords(line.replace(/^\s*#.*$/, ''));
  if (!split.ok) return { is: 'fault', message: 'a quote is opened and never closed' };
  const words = split.words.map((word) => word.text);
  return words.length === 0 ? { is: 'nothing' } : { is: 'words', words };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };

class CallReader {
  readonly #line: string;
  #at: number;

  constructor(line: string, at: number) {
    this.#line = line;
    this.#at = at;
  }

  read(command: string): Typed {
    const values: string[] = [];
    const named = new Map<string, string>();
    this.#skipBlanks();
    while (this.#next() !== ')') {
      const name = /^([A-Za-z_]\w*)\s*=(?!=)/.exec(this.#rest());
      if (name !== null) this.#at += name[0].length;
      const value = this.#value(command);
      if (value === undefined) return this.#fault();
      if (name?.[1] === undefined) values.push(value);
      else named.set(name[1], value);
      this.#skipBlanks();
      if (this.#next() === ',') this.#at++;
      else if (this.#next() !== ')') return this.#fault();
      this.#skipBlanks();
    }
    this.#at++;
    if (/^\s*(?:#.*)?$/.test(this.#rest())) return { is: 'call', command, values, named };
    return { is: 'fault', message: `\`${this.#rest().trim()}\` stands behind the call` };
  }

  #value(command: string): string | undefined {
    this.#skipBlanks();
    const open = this.#next();
    if (open === '"' || open === "'") return this.#text(open);
    if (open === '[' || open === '(') return this.#list(command, open === '[' ? ']' : ')');
    const word = /^(?:True|False|None|[-+]?\d+(?:\.\d+)?)(?![\w.])/.exec(this.#rest())?.[0];
    // `help(show)` names a command, which in Python is a thing of its own.
    const found = word ?? (command === 'help' ? /^[A-Za-z_]\w*/.exec(this.#rest())?.[0] : undefined);
    if (found !== undefined) this.#at += found.length;
    return found === 'None' ? '' : found;
  }

  #text(quote: string): string | undefined {
    let text = '';
    for (this.#at++; this.#at < this.#line.length; this.#at++) {
      const char = this.#next();
      if (char === quote) {
        this.#at++;
        return text;
      }
      if (char !== '\\') text += char;
      else {
        const escaped = this.#line.charAt(++this.#at);
        text += escapes[escaped] ?? (escaped === quote || escaped === '\\' ? escaped : `\\${escaped}`);
      }
    }
    return undefined;
  }

  #list(command: string, close: string): string | undefined {
    const members: string[] = [];
    this.#at++;
    this.#skipBlanks();
    while (this.#next() !== close) {
      const member = this.#value(command);
      if (member === undefined) return undefined;
      members.push(member);
      this.#skipBlanks();
      if (this.#next() === ',') this.#at++;
      else if (this.#next() !== close) return undefined;
      this.#skipBlanks();
    }
    this.#at++;
    return members.join(',');
  }

  #fault(): Typed {
    const message =
      this.#at >= this.#line.length
        ? 'the line ends before the call does'
        : 'only texts in quotes, numbers, `True`, `False`, `None` and lists of them can be given; nothing is evaluated';
    return { is: 'fault', message };
  }

  #skipBlanks(): void {
    while (this.#next() === ' ' || this.#next() === '\t') this.#at++;
  }

  #next(): string {
    return this.#line.charAt(this.#at);
  }

  #rest(): string {
    return this.#line.slice(this.#at);
  }
}
