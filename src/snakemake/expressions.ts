// The expressions a Snakefile for PanDA is made of: texts, numbers, lists, names with what hangs on them, calls. Everything else
// is Python, and is kept as a place that only Python can say something about.
import type { LexicalFault, Token } from './tokens.ts';
import { tokenize } from './tokens.ts';
import { readString, type StringPiece } from './strings.ts';

interface Place {
  readonly start: number;
  readonly end: number;
}

export type Expression = Place &
  (
    | { readonly kind: 'text'; readonly pieces: readonly TextPiece[] }
    | { readonly kind: 'number'; readonly text: string }
    | { readonly kind: 'constant'; readonly value: boolean | null }
    | { readonly kind: 'name'; readonly name: string }
    | {
        readonly kind: 'attribute';
        readonly of: Expression;
        readonly name: string;
        readonly namePlace: Place;
      }
    | { readonly kind: 'item'; readonly of: Expression; readonly index: Expression }
    | { readonly kind: 'call'; readonly of: Expression; readonly arguments: readonly Argument[] }
    | { readonly kind: 'list'; readonly items: readonly Expression[] }
    | { readonly kind: 'sum'; readonly left: Expression; readonly right: Expression }
    /** `what` names it: `a lambda`, `an operator`. */
    | { readonly kind: 'python'; readonly what: string }
    /** No Python either, which is reported already. */
    | { readonly kind: 'broken' }
  );

export type TextPiece =
  | Extract<StringPiece, { kind: 'text' }>
  | (Place & { readonly kind: 'expression'; readonly of: Expression; readonly isPlaceholder: boolean });

export interface Argument {
  readonly name: string | undefined;
  readonly namePlace: Place | undefined;
  readonly value: Expression;
}

/** Deeper ones are written by no human, and each level is a call. */
const deepestNesting = 60;

const keywords = new Set([
  'lambda',
  'if',
  'else',
  'for',
  'not',
  'and',
  'or',
  'in',
  'is',
  'await',
  'yield',
  'async',
]);

/** Reads arguments: expressions parted by commas, with names or without. Faults go to `report`. */
export function readArguments(
  source: string,
  tokens: readonly Token[],
  report: (fault: LexicalFault & { readonly comma?: number }) => void,
): readonly Argument[] {
  return new ExpressionReader(source, tokens, report, 0).readAll();
}

class ExpressionReader {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  readonly #report: (fault: LexicalFault & { readonly comma?: number }) => void;
  #depth: number;
  #next = 0;

  constructor(
    source: string,
    tokens: readonly Token[],
    report: (fault: LexicalFault & { readonly comma?: number }) => void,
    depth: number,
  ) {
    this.#source = source;
    this.#tokens = tokens;
    this.#report = report;
    this.#depth = depth;
  }

  /** All arguments up to the end of the tokens. */
  readAll(): readonly Argument[] {
    const found = this.#arguments(undefined);
    const rest = this.#tokens[this.#next];
    if (rest !== undefined)
      this.#report({ start: rest.start, end: rest.end, message: `\`${rest.text}\` is unexpected here` });
    return found;
  }

  /** A single expression, as in the braces of an f-string. */
  readOne(): Expression | undefined {
    const found = this.#expression();
    return this.#tokens[this.#next] === undefined ? found : this.#python(found?.start ?? 0, 'an expression');
  }

  #peek(text: string): boolean {
    const token = this.#tokens[this.#next];
    return token?.kind === 'operator' && token.text === text;
  }

  #arguments(closing: ')' | ']' | undefined): Argument[] {
    const found: Argument[] = [];
    for (;;) {
      const token = this.#tokens[this.#next];
      if (token === undefined || (closing !== undefined && this.#peek(closing))) return found;
      if (this.#peek(',')) {
        this.#report({ start: token.start, end: token.end, message: 'nothing stands before this comma' });
        this.#next++;
        continue;
      }
      const argument = this.#argument();
      if (argument === undefined) return found;
      found.push(argument);
      if (this.#peek(',')) this.#next++;
      else if (!this.#missingComma(closing)) return found;
    }
  }

  /** Two things side by side: a comma was forgotten.
   *  @returns whether there is something to go on with */
  #missingComma(closing: string | undefined): boolean {
    const token = this.#tokens[this.#next];
    const before = this.#tokens[this.#next - 1];
    // Behind a text that never ends, everything is lost that stood on its line.
    if (before?.kind === 'unknown') return token !== undefined;
    if (token === undefined || before === undefined || (closing !== undefined && this.#peek(closing)))
      return false;
    if (token.kind !== 'name' && token.kind !== 'string' && token.kind !== 'number' && !this.#peek('['))
      return false;
    const message = `a comma is missing before \`${token.text.length > 30 ? `${token.text.slice(0, 30)}…` : token.text}\``;
    this.#report({ start: token.start, end: token.end, message, comma: before.end });
    return true;
  }

  #argument(): Argument | undefined {
    const [name, equals] = [this.#tokens[this.#next], this.#tokens[this.#next + 1]];
    const isNamed = name?.kind === 'name' && equals?.kind === 'operator' && equals.text === '=';
    if (isNamed) this.#next += 2;
    const value = this.#expression();
    if (value === undefined) {
      if (!isNamed) return undefined;
      this.#report({ start: name.start, end: name.end, message: `\`${name.text}\` has no value` });
      const place = { start: equals.end, end: equals.end };
      return { name: name.text, namePlace: name, value: { kind: 'constant', value: null, ...place } };
    }
    return { name: isNamed ? name.text : undefined, namePlace: isNamed ? name : undefined, value };
  }

  #expression(): Expression | undefined {
    const first = this.#tokens[this.#next];
    if (first === undefined) return undefined;
    if (++this.#depth > deepestNesting) return this.#python(first.start, 'an expression nested this deeply');
    let left = this.#operand();
    while (left !== undefined && this.#peek('+')) {
      this.#next++;
      const right = this.#operand();
      if (right === undefined) return this.#python(left.start, 'an operator');
      left = { kind: 'sum', left, right, start: left.start, end: right.end };
    }
    this.#depth--;
    if (left === undefined) return undefined;
    const after = this.#tokens[this.#next];
    const isOver =
      after === undefined ||
      [',', ')', ']', '}'].some((sign) => this.#peek(sign)) ||
      (after.kind !== 'operator' &&
        after.kind !== 'unknown' &&
        !(after.kind === 'name' && keywords.has(after.text)));
    return isOver
      ? left
      : this.#python(left.start, after.kind === 'name' ? `\`${after.text}\`` : 'an operator');
  }

  #operand(): Expression | undefined {
    let found = this.#primary();
    while (found !== undefined) {
      const next = this.#trailer(found);
      if (next === undefined) return found;
      found = next;
    }
    return undefined;
  }

  #primary(): Expression | undefined {
    const token = this.#tokens[this.#next];
    if (token === undefined) return undefined;
    const { start, end, text, kind } = token;
    if (kind === 'string') return this.#text();
    if (kind === 'number') {
      this.#next++;
      return { kind: 'number', text, start, end };
    }
    if (kind === 'name') {
      if (keywords.has(text)) return this.#python(start, text === 'lambda' ? 'a lambda' : `\`${text}\``);
      this.#next++;
      const constants: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null };
      const value = Object.hasOwn(constants, text) ? constants[text] : undefined;
      return value === undefined
        ? { kind: 'name', name: text, start, end }
        : { kind: 'constant', value, start, end };
    }
    if (kind === 'unknown') {
      this.#next++;
      return { kind: 'broken', start, end };
    }
    if (this.#peek('[')) return this.#list(']');
    if (this.#peek('(')) return this.#list(')');
    if (this.#peek('-')) {
      const number = this.#tokens[this.#next + 1];
      if (number?.kind === 'number') {
        this.#next += 2;
        return { kind: 'number', text: `-${number.text}`, start, end: number.end };
      }
    }
    if (kind === 'operator' && [')', ']', '}', ',', ':'].includes(text)) return undefined;
    return this.#python(start, text === '{' ? 'a dictionary' : 'an operator');
  }

  /** Texts side by side are one. */
  #text(): Expression {
    const first = this.#tokens[this.#next];
    const start = first?.start ?? 0;
    let end = start;
    const pieces: TextPiece[] = [];
    for (let token = first; token?.kind === 'string'; token = this.#tokens[this.#next]) {
      const literal = readString(this.#source, token.start, token.end);
      if (literal.isBytes) return this.#python(token.start, 'a text of bytes');
      pieces.push(...literal.pieces.map((piece) => this.#piece(piece)));
      end = token.end;
      this.#next++;
    }
    return { kind: 'text', pieces, start, end };
  }

  #piece(piece: StringPiece): TextPiece {
    if (piece.kind === 'text') return piece;
    const { start, end, isPlaceholder } = piece;
    const tokens = tokenize(this.#source.slice(start, end))
      .tokens.filter(({ kind }) => !['newline', 'indent', 'dedent', 'end'].includes(kind))
      .map((token) => ({ ...token, start: token.start + start, end: token.end + start }));
    const reader = new ExpressionReader(this.#source, tokens, () => undefined, this.#depth + 1);
    const of = reader.readOne() ?? { kind: 'python' as const, what: 'an expression', start, end };
    return { kind: 'expression', of, isPlaceholder, start, end };
  }

  #trailer(of: Expression): Expression | undefined {
    if (this.#peek('.')) {
      const name = this.#tokens[this.#next + 1];
      if (name?.kind !== 'name') return this.#python(of.start, 'this');
      this.#next += 2;
      return { kind: 'attribute', of, name: name.text, namePlace: name, start: of.start, end: name.end };
    }
    if (this.#peek('(')) {
      this.#next++;
      const given = this.#arguments(')');
      return { kind: 'call', of, arguments: given, start: of.start, end: this.#close(')') };
    }
    if (!this.#peek('[')) return undefined;
    this.#next++;
    const index = this.#expression();
    if (index === undefined || !this.#peek(']')) {
      const found = this.#python(of.start, 'a slice');
      this.#close(']');
      return found;
    }
    return { kind: 'item', of, index, start: of.start, end: this.#close(']') };
  }

  /** A list, or what stands in parentheses: one thing alone is itself there. */
  #list(closing: ')' | ']'): Expression {
    const start = this.#tokens[this.#next]?.start ?? 0;
    this.#next++;
    const given = this.#arguments(closing);
    const hasComma = this.#tokens[this.#next - 1]?.text === ',';
    const token = this.#tokens[this.#next];
    if (token?.text !== closing) {
      // At the end of everything, that the bracket is open has been told.
      if (token === undefined) return { kind: 'broken', start, end: this.#close(closing) };
      const found = this.#python(start, 'an expression');
      this.#close(closing);
      return found;
    }
    const end = this.#close(closing);
    const [only, other] = given;
    if (closing === ')' && only !== undefined && other === undefined && !hasComma)
      return { ...only.value, start, end };
    return { kind: 'list', items: given.map(({ value }) => value), start, end };
  }

  #close(closing: string): number {
    const token = this.#tokens[this.#next];
    if (token !== undefined && token.text === closing) {
      this.#next++;
      return token.end;
    }
    return this.#tokens[this.#next - 1]?.end ?? 0;
  }

  /** Goes on to where this expression ends: at a comma or a bracket that it does not open itself. */
  #python(start: number, what: string): Expression {
    let depth = 0;
    let end = start;
    for (let token = this.#tokens[this.#next]; token !== undefined; token = this.#tokens[this.#next]) {
      const isOperator = token.kind === 'operator';
      if (isOperator && depth === 0 && [',', ')', ']', '}'].includes(token.text)) break;
      if (isOperator && ['(', '[', '{'].includes(token.text)) depth++;
      if (isOperator && [')', ']', '}'].includes(token.text)) depth--;
      end = token.end;
      this.#next++;
    }
    return { kind: 'python', what, start, end: Math.max(start, end) };
  }
}
