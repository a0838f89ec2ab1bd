// The plain part of YAML, in which nearly all long documents are written, straight to nodes: maps and lists by indentation, flow
// collections, and scalars on one line, quoted or not. What a parser makes of ten thousand steps before there is a single node
// takes longer than all rules on them. Whatever is written in any other way is left to the parser: this reader only ever takes
// a document for which both make the same nodes, which `test/source/plain-document.test.ts` proves on made-up ones.
import { Names, Stack } from './open-collections.ts';
import { coreValue } from './scalar.ts';
import type {
  MapEntry,
  MapNode,
  ScalarNode,
  ScalarStyle,
  SequenceNode,
  TreeNode,
  TreeSource,
} from './nodes.ts';

/** Reads a document.
 *  @returns its root; `undefined` when anything in it is not plain, a fault or no content at all among that */
export function readPlainDocument(source: TreeSource): TreeNode | undefined {
  return plainCharacters.test(source.text) ? new PlainDocument(source).read() : undefined;
}

// No tabs, no line breaks of other systems, nothing invisible, nothing in two units.
const plainCharacters = /^[\n -~\u00a1-\ud7ff]*$/;

// Unquoted texts end before `: ` and ` #`, those in a flow collection before its signs, too. Markers of documents (`---`,
// `...`) begin none.
const first = String.raw`(?:[^\s\-.?:,[\]{}#&*!|>'"%@\`]|-(?=[^\s\-,[\]{}])|\.(?=[^\s.,[\]{}]))`;
const blockPlain = new RegExp(
  String.raw`${first}[^\s:#]*(?:(?::(?=\S)|(?<=\S)#| +(?=[^\s:#]|:\S))[^\s:#]*)*`,
  'y',
);
const flowPlain = new RegExp(
  String.raw`${first}[^\s:#,[\]{}]*(?:(?::(?=[^\s,[\]{}])|(?<=\S)#| +(?=[^\s:#,[\]{}]|:[^\s,[\]{}]))[^\s:#,[\]{}]*)*`,
  'y',
);
const doubleQuoted = /"[^"\\\n]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\n]*)*"/y;
const singleQuoted = /'[^'\n]*(?:''[^'\n]*)*'/y;
const lineEnd = / *(?:(?<= )#[^\n]*)?\n/y;
const colonAfterKey = / *:(?=[ \n])/y;
const blanks = / */y;
const blanksAndLines = /[ \n]*/y;

/** The parser takes a hundred; one level here is at most two there. */
const mostLevels = 40;
/** Short texts are kept once: keys, types of steps, names of outputs are the same thousands of times. */
const mostTexts = 256;
const longestKept = 60;

class PlainDocument {
  readonly #source: TreeSource;
  /** With a line break at its end. */
  readonly #text: string;
  readonly #kept = new Map<string, string>();
  #at = 0;
  /** Where on its line the content stands that comes next; -1 at the end. */
  #column = 0;
  /** Where what was read last ends; an empty value stands there. */
  #lastEnd = 0;
  #levels = 0;
  /** Members of the collections that are open, the innermost last: lists that grow by themselves would have room for sixteen
   *  more each, most of it never used. */
  readonly #entries = new Stack<MapEntry>();
  readonly #items = new Stack<TreeNode>();
  /** What may stand between the signs of a flow collection: line breaks only when it is the whole document. */
  #flowBlanks = blanks;

  constructor(source: TreeSource) {
    this.#source = source;
    this.#text = `${source.text}\n`;
  }

  read(): TreeNode | undefined {
    this.#toContent();
    const code = this.#code();
    if (code === openBrace || code === openBracket) this.#flowBlanks = blanksAndLines;
    const root = this.#column < 0 ? undefined : this.#node();
    return this.#column < 0 ? root : undefined;
  }

  /** Goes on to the next line with more than a comment. */
  #toContent(): void {
    const text = this.#text;
    let at = this.#at;
    for (;;) {
      const start = at;
      while (text.charCodeAt(at) === blank) at++;
      const code = text.charCodeAt(at);
      if (code === hash) at = text.indexOf('\n', at);
      else if (code !== lineBreak) {
        this.#column = at < text.length ? at - start : -1;
        break;
      }
      at++;
    }
    this.#at = at;
  }

  /** What begins on a line of its own, or behind a dash, with everything below it. */
  #node(): TreeNode | undefined {
    if (this.#isDash()) return this.#sequence();
    const node = this.#inline(blockPlain);
    if (node?.kind === 'scalar' && this.#take(colonAfterKey)) return this.#map(node);
    return node !== undefined && this.#endLine() ? node : undefined;
  }

  #map(firstKey: ScalarNode): MapNode | undefined {
    const column = this.#column;
    const below = this.#entries.size;
    const names = new Names(this.#entries, below);
    if (++this.#levels > mostLevels) return undefined;
    let key: ScalarNode | undefined = firstKey;
    for (;;) {
      const value = names.take(key) ? this.#entryValue(column) : undefined;
      if (value === undefined || this.#column > column) return undefined;
      this.#entries.push({ key, value });
      if (this.#column < column) break;
      key = this.#scalar(blockPlain);
      if (key === undefined || !this.#take(colonAfterKey)) return undefined;
    }
    this.#levels--;
    return this.#mapNode(firstKey.start, below);
  }

  /** What stands behind a colon, on the same line or below it. */
  #entryValue(column: number): TreeNode | undefined {
    if (!this.#take(lineEnd)) {
      this.#take(blanks);
      const node = this.#inline(blockPlain);
      return node !== undefined && this.#endLine() ? node : undefined;
    }
    this.#toContent();
    // A list may stand as far left as the key it belongs to.
    if (this.#column > column || (this.#column === column && this.#isDash())) return this.#node();
    const end = this.#lastEnd;
    const start = this.#code(end) === colon ? end + 1 : end;
    this.#lastEnd = start;
    return { kind: 'scalar', source: this.#source, start, end: start, style: 'plain', value: null };
  }

  #sequence(): SequenceNode | undefined {
    const column = this.#column;
    const start = this.#at;
    const below = this.#items.size;
    if (++this.#levels > mostLevels) return undefined;
    do {
      const mark = this.#at++;
      if (this.#take(lineEnd)) {
        this.#toContent();
        if (this.#column <= column) return undefined;
      } else {
        this.#take(blanks);
        this.#column = column + this.#at - mark;
      }
      const item = this.#node();
      if (item === undefined || this.#column > column) return undefined;
      this.#items.push(item);
    } while (this.#column === column && this.#isDash());
    this.#levels--;
    return this.#sequenceNode(start, below);
  }

  /** A scalar or a flow collection. */
  #inline(plain: RegExp): TreeNode | undefined {
    const code = this.#code();
    if (code === openBracket) return this.#flowSequence();
    return code === openBrace ? this.#flowMap() : this.#scalar(plain);
  }

  #flowSequence(): SequenceNode | undefined {
    const start = this.#at++;
    const below = this.#items.size;
    if (++this.#levels > mostLevels) return undefined;
    while (!this.#closes(closeBracket, this.#items.size > below)) {
      const item = this.#inline(flowPlain);
      if (item === undefined) return undefined;
      this.#items.push(item);
    }
    this.#levels--;
    return this.#sequenceNode(start, below);
  }

  #flowMap(): MapNode | undefined {
    const start = this.#at++;
    const below = this.#entries.size;
    const names = new Names(this.#entries, below);
    if (++this.#levels > mostLevels) return undefined;
    while (!this.#closes(closeBrace, this.#entries.size > below)) {
      const key = this.#scalar(flowPlain);
      if (key === undefined || !names.take(key)) return undefined;
      this.#take(this.#flowBlanks);
      if (this.#code() !== colon) return undefined;
      this.#at++;
      this.#take(this.#flowBlanks);
      const value = this.#inline(flowPlain);
      if (value === undefined) return undefined;
      this.#entries.push({ key, value });
    }
    this.#levels--;
    return this.#mapNode(start, below);
  }

  /** Whether a flow collection ends here; else goes on to its next member. */
  #closes(bracket: number, hasMembers: boolean): boolean {
    this.#take(this.#flowBlanks);
    const code = this.#code();
    if (code === bracket) {
      this.#lastEnd = ++this.#at;
      return true;
    }
    if (hasMembers) {
      // Without a comma there is no member either, which is then what cannot be read.
      if (code !== comma) this.#at = this.#text.length;
      else this.#at++;
      this.#take(this.#flowBlanks);
    }
    return false;
  }

  #scalar(plain: RegExp): ScalarNode | undefined {
    const start = this.#at;
    const code = this.#code();
    const style: ScalarStyle = code === doubleQuote ? 'double' : code === singleQuote ? 'single' : 'plain';
    if (!this.#take(style === 'plain' ? plain : style === 'double' ? doubleQuoted : singleQuoted))
      return undefined;
    const end = this.#at;
    this.#lastEnd = end;
    const quote = style === 'plain' ? 0 : 1;
    const written = this.#once(this.#text.slice(start + quote, end - quote));
    const value = style === 'plain' ? coreValue(written) : this.#decoded(written, style);
    return { kind: 'scalar', source: this.#source, start, end, style, value };
  }

  #decoded(written: string, style: ScalarStyle): string {
    if (style === 'single') return written.includes("'") ? written.replaceAll("''", "'") : written;
    // The escapes that are taken here mean the same in JSON.
    return written.includes('\\') ? (JSON.parse(`"${written}"`) as string) : written;
  }

  #once(text: string): string {
    if (text.length > longestKept) return text;
    const known = this.#kept.get(text);
    if (known !== undefined) return known;
    if (this.#kept.size >= mostTexts) this.#kept.clear();
    this.#kept.set(text, text);
    return text;
  }

  #mapNode(start: number, below: number): MapNode {
    const entries = this.#entries.takeFrom(below);
    return { kind: 'map', source: this.#source, start, end: this.#lastEnd, entries };
  }

  #sequenceNode(start: number, below: number): SequenceNode {
    const items = this.#items.takeFrom(below);
    return { kind: 'sequence', source: this.#source, start, end: this.#lastEnd, items };
  }

  #endLine(): boolean {
    if (!this.#take(lineEnd)) return false;
    this.#toContent();
    return true;
  }

  /** Goes past what fits; `false` where nothing does. */
  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #isDash(): boolean {
    if (this.#code() !== dash) return false;
    const next = this.#code(this.#at + 1);
    return next === blank || next === lineBreak;
  }

  #code(at = this.#at): number {
    return this.#text.charCodeAt(at);
  }
}

const lineBreak = 0x0a;
const blank = 0x20;
const doubleQuote = 0x22;
const hash = 0x23;
const singleQuote = 0x27;
const comma = 0x2c;
const dash = 0x2d;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
