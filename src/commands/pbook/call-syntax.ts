// What is typed at the prompt of pbook: calls as people know them from Python, or the words of batch.
//   retry([123, 456], newOpts={'excludedSite': 'A,B'})
//   retry 123,456 excludedSite=A,B
// Values are read, never evaluated: texts, numbers, True, False, None, and lists and dictionaries of them.
import { splitShellWords } from '../../prun/shell-words.ts';
import type { Given, GivenArguments, GivenValue, NamedValue, Word } from './given.ts';

export type Typed =
  | { readonly is: 'call'; readonly command: string; readonly given: GivenArguments }
  | { readonly is: 'words'; readonly words: readonly Word[] }
  | { readonly is: 'nothing' }
  /** `at`: where in the line it goes wrong, a UTF-16 offset. */
  | { readonly is: 'fault'; readonly message: string; readonly at: number };

/** Reads one line. */
export function readTyped(line: string): Typed {
  const call = /^\s*([A-Za-z_]\w*)\s*\(/.exec(line);
  if (call?.[1] !== undefined) return readCall(line, call[1], call[0].length);
  const split = splitShellWords(line.replace(/^\s*#.*$/, ''));
  if (!split.ok) return { is: 'fault', message: 'a quote is opened here and never closed', at: split.at };
  const words = split.words.map(({ text, start }) => ({ text, at: start }));
  return words.length === 0 ? { is: 'nothing' } : { is: 'words', words };
}

/** Reading stops with the first thing that cannot be. */
class Fault extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

function readCall(line: string, command: string, open: number): Typed {
  try {
    return { is: 'call', command, given: new CallReader(line, open, command === 'help').read() };
  } catch (thrown) {
    if (thrown instanceof Fault) return { is: 'fault', message: thrown.message, at: thrown.at };
    throw thrown;
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };
const closing: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };
/** Nobody types deeper lists, and a line must not exhaust the stack. */
const deepest = 20;

class CallReader {
  readonly #line: string;
  /** `help(show)` names a command, which in Python is a thing of its own. */
  readonly #takesNames: boolean;
  #at: number;

  constructor(line: string, at: number, takesNames: boolean) {
    this.#line = line;
    this.#at = at;
    this.#takesNames = takesNames;
  }

  /** Everything behind the bracket that opens the call. */
  read(): GivenArguments {
    const positional: GivenValue[] = [];
    const named: NamedValue[] = [];
    this.#members(')', () => {
      const at = this.#at;
      const name = /^([A-Za-z_]\w*)\s*=(?!=)/.exec(this.#rest());
      if (name !== null) this.#at += name[0].length;
      const value = this.#value(0);
      if (name?.[1] !== undefined) named.push({ name: name[1], value, at });
      else if (named.length > 0) throw new Fault('a value without a name stands behind one with a name', at);
      else positional.push({ value, at });
    });
    this.#skipBlanks();
    const rest = this.#rest().trim();
    if (rest === '' || rest.startsWith('#')) return { positional, named };
    throw new Fault(`\`${rest}\` stands behind the call; one call a line, nothing is evaluated`, this.#at);
  }

  /** Members up to the bracket that closes, with commas between them and perhaps one behind the last. */
  #members(close: string, readMember: () => void): void {
    this.#skipBlanks();
    while (this.#next() !== close) {
      readMember();
      this.#skipBlanks();
      if (this.#next() === ',') this.#at++;
      else if (this.#next() !== close) throw this.#unreadable(`a comma or \`${close}\` is missing here`);
      this.#skipBlanks();
    }
    this.#at++;
  }

  #value(depth: number): Given {
    this.#skipBlanks();
    const open = this.#next();
    if (open === '"' || open === "'") return this.#text(open);
    const close = closing[open];
    if (close !== undefined) {
      if (depth >= deepest) throw new Fault('lists are nested too deeply here', this.#at);
      this.#at++;
      return open === '{' ? this.#dictionary(depth) : this.#list(close, depth);
    }
    const word = /^(?:True|False|None|[-+]?\d+(?:\.\d+)?)(?![\w.])/.exec(this.#rest())?.[0];
    const found = word ?? (this.#takesNames ? /^[A-Za-z_]\w*/.exec(this.#rest())?.[0] : undefined);
    if (found === undefined) throw this.#unreadable();
    this.#at += found.length;
    return found === 'None' ? null : found;
  }

  #list(close: string, depth: number): Given {
    const members: Given[] = [];
    this.#members(close, () => members.push(this.#value(depth + 1)));
    return members;
  }

  #dictionary(depth: number): Given {
    const entries = new Map<string, Given>();
    this.#members('}', () => {
      const at = this.#at;
      const key = this.#value(depth + 1);
      if (typeof key !== 'string') throw new Fault('the key of a dictionary must be a text', at);
      this.#skipBlanks();
      if (this.#next() !== ':') throw this.#unreadable('`:` is missing here, behind the key');
      this.#at++;
      entries.set(key, this.#value(depth + 1));
    });
    return entries;
  }

  #text(quote: string): string {
    const open = this.#at;
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
    throw new Fault('a quote is opened here and never closed; the line ends before the call does', open);
  }

  #unreadable(missing?: string): Fault {
    if (this.#at >= this.#line.length) return new Fault('the line ends before the call does', this.#at);
    if (missing !== undefined) return new Fault(`${missing}; nothing is evaluated`, this.#at);
    const name = /^[A-Za-z_]\w*(?=\s*[,)\]}])/.exec(this.#rest())?.[0];
    const what =
      name === undefined
        ? 'only texts in quotes, numbers, `True`, `False`, `None` and lists of them can be given'
        : `\`${name}\` needs quotes, \`'${name}'\`, if it is a text`;
    return new Fault(`${what}; nothing is evaluated`, this.#at);
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
