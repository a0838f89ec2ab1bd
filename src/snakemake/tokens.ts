// A Snakefile as tokens: Python's own lexical rules, with lines and indentation. Nothing is run, nothing is guessed.

export type TokenKind =
  'name' | 'number' | 'string' | 'operator' | 'newline' | 'indent' | 'dedent' | 'unknown' | 'end';

/** Offsets are UTF-16, `end` exclusive. A string includes its prefix and quotes. */
export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** As written; empty for changes of indentation. */
  readonly text: string;
}

export interface LexicalFault {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly help?: string | undefined;
}

export interface TokenList {
  /** The last one is of kind `end`. */
  readonly tokens: readonly Token[];
  readonly faults: readonly LexicalFault[];
}

const namePattern = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{N}\p{M}_]*/uy;
const numberPattern =
  /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d+)?[jJ]?/y;
const stringHead = /[rRbBfFuUtT]{0,2}(?:"""|'''|"|')/y;
const operatorPattern = /\*\*=?|\/\/=?|<<=?|>>=?|->|:=|[-+*/%@&|^~<>=!]=|[-+*/%@&|^~<>=.,:;!?$`()[\]{}]/y;

/** Cuts a text into tokens. After a fault the rest is read as well as can be. */
export function tokenize(text: string): TokenList {
  return new Lexer(text).read();
}

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  readonly #faults: LexicalFault[] = [];
  /** Columns of the blocks that are open. */
  readonly #indents: number[] = [0];
  /** Brackets that are open. */
  readonly #brackets: Token[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): TokenList {
    if (this.#text.startsWith('\ufeff')) this.#at = 1;
    let isLineStart = true;
    while (this.#at < this.#text.length) {
      if (isLineStart && this.#brackets.length === 0) {
        if (this.#skipBlankLine()) continue;
        this.#readIndentation();
      } else if (isLineStart && this.#startsSection()) {
        // Where a rule or a section of it begins, whatever is open has been forgotten.
        this.#reportOpen();
        this.#push('newline', this.#at, this.#at);
        continue;
      }
      isLineStart = this.#readToken();
    }
    this.#reportOpen();
    const end = this.#text.length;
    if (this.#tokens.at(-1)?.kind !== 'newline' && this.#tokens.length > 0) this.#push('newline', end, end);
    while (this.#indents.length > 1) {
      this.#indents.pop();
      this.#push('dedent', end, end);
    }
    this.#push('end', end, end);
    return { tokens: this.#tokens, faults: this.#faults };
  }

  #push(kind: TokenKind, start: number, end: number): void {
    this.#tokens.push({ kind, start, end, text: this.#text.slice(start, end) });
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  /** Lines without anything but blanks and a comment have no indentation. */
  #skipBlankLine(): boolean {
    const line = this.#match(/[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|$)/y);
    if (line === undefined || line === '') return false;
    this.#at += line.length;
    return true;
  }

  #readIndentation(): void {
    const blanks = this.#match(/[ \t\f]*/y) ?? '';
    const start = this.#at;
    this.#at += blanks.length;
    const column = columnOf(blanks);
    const current = this.#indents.at(-1) ?? 0;
    if (column > current) {
      this.#indents.push(column);
      this.#push('indent', this.#at, this.#at);
      return;
    }
    while (column < (this.#indents.at(-1) ?? 0)) {
      this.#indents.pop();
      this.#push('dedent', this.#at, this.#at);
    }
    if (column !== (this.#indents.at(-1) ?? 0)) {
      const message = 'the line is indented like none of the blocks it could belong to';
      this.#faults.push({ start, end: this.#at, message });
      this.#indents.push(column);
      this.#push('indent', this.#at, this.#at);
    }
  }

  #startsSection(): boolean {
    const start =
      /(?:rule|checkpoint)[ \t]+\w+[ \t]*:|[ \t]*(?:params|input|output|scatter|loop|when|shell)[ \t]*:/y;
    return this.#match(start) !== undefined;
  }

  #reportOpen(): void {
    const [first] = this.#brackets;
    if (first !== undefined) {
      this.#faults.push({
        start: first.start,
        end: first.end,
        message: `the \`${first.text}\` is never closed`,
      });
    }
    this.#brackets.length = 0;
  }

  /** @returns whether the next token begins a line */
  #readToken(): boolean {
    const blanks = this.#match(/(?:[ \t\f]|\\(?:\r\n|\r|\n))+|#[^\r\n]*/y);
    if (blanks !== undefined) {
      this.#at += blanks.length;
      return false;
    }
    const start = this.#at;
    const lineBreak = this.#match(/\r\n|\r|\n/y);
    if (lineBreak !== undefined) {
      this.#at += lineBreak.length;
      if (this.#brackets.length === 0) this.#push('newline', start, this.#at);
      return true;
    }
    const head = this.#match(stringHead);
    if (head !== undefined) {
      this.#readString(head);
      return false;
    }
    const name = this.#match(namePattern);
    const number = name === undefined ? this.#match(numberPattern) : undefined;
    const operator = name ?? number ?? this.#match(operatorPattern);
    if (operator === undefined || operator === '') {
      const char = String.fromCodePoint(this.#text.codePointAt(start) ?? 0);
      this.#at += char.length;
      this.#push('unknown', start, this.#at);
      this.#faults.push({ start, end: this.#at, message: `\`${shown(char)}\` means nothing in Python` });
      return false;
    }
    this.#at += operator.length;
    this.#push(name !== undefined ? 'name' : number !== undefined ? 'number' : 'operator', start, this.#at);
    if (name === undefined && number === undefined) this.#bracket(operator);
    return false;
  }

  #bracket(operator: string): void {
    const token = this.#tokens.at(-1);
    if (token === undefined) return;
    if (operator === '(' || operator === '[' || operator === '{') this.#brackets.push(token);
    const opening = { ')': '(', ']': '[', '}': '{' }[operator];
    if (opening === undefined) return;
    const open = this.#brackets.pop();
    if (open?.text === opening) return;
    const message =
      open === undefined
        ? `a \`${operator}\` that nothing opens`
        : `a \`${operator}\` that does not close the \`${open.text}\` before`;
    this.#faults.push({ start: token.start, end: token.end, message });
  }

  #readString(head: string): void {
    const start = this.#at;
    const prefix = head.replace(/["']/g, '').toLowerCase();
    const quote = head.slice(prefix.length);
    const end = endOfString(this.#text, start + head.length, quote, prefix.includes('f'));
    if (end === undefined) {
      const message =
        quote.length === 3
          ? `the text in \`${quote}\` never ends`
          : 'the text in quotes does not end on its line';
      // The rest of the line, or of the file, is all that can be said to be in it.
      const line = /[^\r\n]*/y;
      line.lastIndex = start;
      const stop = quote.length === 3 ? this.#text.length : start + (line.exec(this.#text)?.[0].length ?? 0);
      this.#faults.push({
        start,
        end: Math.min(start + head.length, stop),
        message,
        help: 'close the quotes',
      });
      this.#at = stop;
      this.#push('unknown', start, stop);
      return;
    }
    this.#at = end;
    this.#push('string', start, end);
  }
}

/** Where a string ends, behind its quotes; `undefined` when it does not. In an f-string, quotes inside of braces are others. */
function endOfString(text: string, from: number, quote: string, isFormatted: boolean): number | undefined {
  let at = from;
  let depth = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '\\') {
      at += text.startsWith('\r\n', at + 1) ? 3 : 2;
      continue;
    }
    if (depth === 0 && text.startsWith(quote, at)) return at + quote.length;
    if (quote.length === 1 && (char === '\n' || char === '\r')) return undefined;
    if (isFormatted && char === '{') {
      if (depth === 0 && text.charAt(at + 1) === '{') at++;
      else depth++;
    } else if (isFormatted && char === '}' && depth > 0) {
      depth--;
    } else if (depth > 0 && (char === '"' || char === "'")) {
      // A quote of the same kind inside of braces ends the text for Python before 3.12, and begins another for later ones.
      const inner = endOfInner(text, at, char);
      if (inner === undefined) return char === quote ? at + 1 : undefined;
      at = inner;
      continue;
    }
    at++;
  }
  return undefined;
}

function endOfInner(text: string, at: number, quote: string): number | undefined {
  const pattern = quote === '"' ? /"(?:[^"\\\r\n]|\\.)*"/y : /'(?:[^'\\\r\n]|\\.)*'/y;
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  return match === null ? undefined : at + match[0].length;
}

/** A tab goes to the next multiple of eight, as for Python. */
function columnOf(blanks: string): number {
  let column = 0;
  for (const char of blanks)
    column = char === '\t' ? column + 8 - (column % 8) : char === '\f' ? 0 : column + 1;
  return column;
}

function shown(char: string): string {
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(char)
    ? `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
    : char;
}
