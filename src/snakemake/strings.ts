// Python's string literals: what they mean, and where each character of it is written.
export interface TextPlace {
  readonly start: number;
  readonly end: number;
}

/** `text`: one place for each UTF-16 unit. `expression`: the inside of braces in an f-string, as offsets in the source. */
export type StringPiece =
  | { readonly kind: 'text'; readonly text: string; readonly places: readonly TextPlace[] }
  | {
      readonly kind: 'expression';
      readonly start: number;
      readonly end: number;
      readonly isPlaceholder: boolean;
    };

export interface StringLiteral {
  readonly pieces: readonly StringPiece[];
  /** Bytes are no text. */
  readonly isBytes: boolean;
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Decodes the literal at `start` in `source`, which ends at `end`. */
export function readString(source: string, start: number, end: number): StringLiteral {
  const head = /^([A-Za-z]*)("""|'''|"|')/.exec(source.slice(start, Math.min(end, start + 6)));
  const prefix = (head?.[1] ?? '').toLowerCase();
  const quote = head?.[2] ?? '"';
  const from = start + prefix.length + quote.length;
  const reader = new StringReader(source, from, end - quote.length, {
    isRaw: prefix.includes('r'),
    isFormatted: prefix.includes('f'),
  });
  return { pieces: reader.read(), isBytes: prefix.includes('b') };
}

class StringReader {
  readonly #source: string;
  readonly #end: number;
  readonly #how: { readonly isRaw: boolean; readonly isFormatted: boolean };
  readonly #pieces: StringPiece[] = [];
  #at: number;
  #text = '';
  #places: TextPlace[] = [];

  constructor(source: string, start: number, end: number, how: { isRaw: boolean; isFormatted: boolean }) {
    this.#source = source;
    this.#at = start;
    this.#end = end;
    this.#how = how;
  }

  read(): readonly StringPiece[] {
    while (this.#at < this.#end) {
      const char = this.#source.charAt(this.#at);
      if (char === '\\' && !this.#how.isRaw) this.#readEscape();
      else if (this.#how.isFormatted && (char === '{' || char === '}')) this.#readBrace(char);
      else if (char === '\r') this.#add('\n', this.#source.startsWith('\r\n', this.#at) ? 2 : 1);
      else this.#add(char, 1);
    }
    this.#flush();
    return this.#pieces;
  }

  #add(text: string, length: number): void {
    const place = { start: this.#at, end: this.#at + length };
    for (let unit = 0; unit < text.length; unit++) this.#places.push(place);
    this.#text += text;
    this.#at += length;
  }

  #flush(): void {
    if (this.#text === '' && this.#pieces.length > 0) return;
    this.#pieces.push({ kind: 'text', text: this.#text, places: this.#places });
    this.#text = '';
    this.#places = [];
  }

  #readEscape(): void {
    const rest = this.#source.slice(this.#at, Math.min(this.#end, this.#at + 12));
    const lineBreak = /^\\(?:\r\n|\r|\n)/.exec(rest)?.[0];
    if (lineBreak !== undefined) {
      this.#at += lineBreak.length;
      return;
    }
    const code = /^\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3}))/.exec(rest);
    if (code !== null) {
      const [whole, x, u, wide, octal] = code;
      const point =
        octal === undefined ? Number.parseInt(x ?? u ?? wide ?? '0', 16) : Number.parseInt(octal, 8);
      this.#add(point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point), whole.length);
      return;
    }
    const letter = rest.charAt(1);
    const meant = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
    // Python keeps a backslash that means nothing.
    if (meant === undefined) this.#add('\\', 1);
    else this.#add(meant, 2);
  }

  #readBrace(char: string): void {
    if (this.#source.charAt(this.#at + 1) === char) {
      this.#add(char, 2);
      return;
    }
    if (char === '}') {
      this.#add('}', 1);
      return;
    }
    const isPlaceholder = this.#text.endsWith('%');
    this.#flush();
    const start = this.#at + 1;
    const end = endOfBraces(this.#source, start, this.#end);
    this.#pieces.push({ kind: 'expression', start, end, isPlaceholder });
    this.#at = Math.min(end + 1, this.#end);
  }
}

/** Where the expression in braces ends: at its closing brace. */
function endOfBraces(source: string, from: number, limit: number): number {
  let depth = 0;
  let quote = '';
  for (let at = from; at < limit; at++) {
    const char = source.charAt(at);
    if (quote !== '') {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '{' || char === '[' || char === '(') depth++;
    else if (char === '}' && depth === 0) return at;
    else if (char === '}' || char === ']' || char === ')') depth--;
  }
  return limit;
}
