// `when` of a step: which of its parents must have produced something, or must have failed.
//
//   $(self.opt_inDS)      $(!self.opt_inDS)      $((self.opt_inDS[0] || !self.opt_inDS[1]) && self.opt_secondaryDSs[0])
//
// Terms are combined from left to right: `&&` binds no stronger than `||`. Source: panda-server `pcwl_utils.py`.
import type { Condition } from '../workflow/model.ts';

/** Where an input is named; offsets in the text of the condition, `end` exclusive. */
export interface ConditionUse {
  readonly input: string;
  readonly index: number | undefined;
  readonly start: number;
  readonly end: number;
}

export interface ConditionFault {
  readonly message: string;
  readonly help?: string | undefined;
  readonly start: number;
  readonly end: number;
}

export type ConditionParse =
  | {
      readonly ok: true;
      readonly condition: Condition;
      readonly uses: readonly ConditionUse[];
      /** Where `&&` and `||` stand side by side without parentheses; `undefined` when they do not. */
      readonly mixed: { readonly start: number; readonly end: number } | undefined;
    }
  | { readonly ok: false; readonly fault: ConditionFault };

/** Reads a condition, with or without `$(…)` around it. */
export function parseCondition(text: string): ConditionParse {
  try {
    return { ok: true, ...new ConditionReader(text).read() };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { ok: false, fault: thrown.fault };
    throw thrown;
  }
}

/** Leaves the descent through a condition; never leaves this file. */
class Refusal extends Error {
  readonly fault: ConditionFault;

  constructor(fault: ConditionFault) {
    super(fault.message);
    this.fault = fault;
  }
}

interface Token {
  readonly kind: 'input' | 'and' | 'or' | 'not' | 'open' | 'close';
  readonly start: number;
  readonly end: number;
  readonly input: string;
  readonly index: number | undefined;
}

const deepestNesting = 50;

class ConditionReader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #uses: ConditionUse[] = [];
  #next = 0;
  #depth = 0;
  #mixed: { start: number; end: number } | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text, ...innerRange(text));
  }

  read(): {
    condition: Condition;
    uses: readonly ConditionUse[];
    mixed: { start: number; end: number } | undefined;
  } {
    const condition = this.#combination();
    const rest = this.#tokens[this.#next];
    if (rest !== undefined) {
      const message =
        rest.kind === 'close' ? 'a `)` without its `(`' : 'two terms without `&&` or `||` between them';
      throw new Refusal({ message, start: rest.start, end: rest.end });
    }
    return { condition, uses: this.#uses, mixed: this.#mixed };
  }

  #combination(): Condition {
    let left = this.#term();
    let before: Token | undefined;
    for (;;) {
      const token = this.#tokens[this.#next];
      if (token?.kind !== 'and' && token?.kind !== 'or') return left;
      if (before !== undefined && before.kind !== token.kind)
        this.#mixed ??= { start: token.start, end: token.end };
      before = token;
      this.#next++;
      left = { operator: token.kind, left, right: this.#term() };
    }
  }

  #term(): Condition {
    const token = this.#tokens[this.#next++];
    if (token?.kind === 'input') {
      this.#uses.push({ input: token.input, index: token.index, start: token.start, end: token.end });
      return { operator: 'input', input: token.input, index: token.index };
    }
    if (token?.kind === 'open') return this.#group(token);
    if (token?.kind === 'not') {
      const following = this.#tokens[this.#next];
      if (following?.kind === 'not') {
        throw new Refusal({ message: '`!` twice in a row', start: token.start, end: following.end });
      }
      return { operator: 'not', of: this.#term() };
    }
    const end = this.#text.trimEnd().length;
    const place = token ?? { start: end, end };
    throw new Refusal({
      message: 'an input of the step, `self.<name>`, is missing here',
      start: place.start,
      end: place.end,
    });
  }

  #group(open: Token): Condition {
    if (++this.#depth > deepestNesting) {
      throw new Refusal({ message: 'parentheses are nested too deeply', start: open.start, end: open.end });
    }
    const inner = this.#combination();
    this.#depth--;
    const close = this.#tokens[this.#next++];
    if (close?.kind === 'close') return inner;
    if (close === undefined)
      throw new Refusal({ message: 'a `(` without its `)`', start: open.start, end: open.end });
    throw new Refusal({
      message: 'two terms without `&&` or `||` between them',
      start: close.start,
      end: close.end,
    });
  }
}

/** The part between `$(` and its `)`; the whole text without them. */
function innerRange(text: string): [number, number] {
  const wrapped = /^(\s*\$\()[^]*\)\s*$/.exec(text);
  if (wrapped === null) return [0, text.length];
  return [wrapped[1]?.length ?? 0, text.lastIndexOf(')')];
}

function tokensOf(text: string, from: number, to: number): Token[] {
  const tokens: Token[] = [];
  const symbols = { '&&': 'and', '||': 'or', '!': 'not', '(': 'open', ')': 'close' } as const;
  const pattern = /\s+|(&&|\|\||!|[()])|self\.([^\s()!=&|<>+,'"[\]]+)(?:\[(\d+)\])?(?![\w.[=])/y;
  let at = from;
  while (at < to) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null || match.index + match[0].length > to) throw new Refusal(unknownToken(text, at, to));
    const [whole, symbol, input, index] = match;
    const place = { start: at, end: at + whole.length };
    at = place.end;
    if (symbol !== undefined) {
      tokens.push({ kind: symbols[symbol as keyof typeof symbols], ...place, input: '', index: undefined });
    } else if (input !== undefined) {
      tokens.push({ kind: 'input', ...place, input, index: index === undefined ? undefined : Number(index) });
    }
  }
  return tokens;
}

function unknownToken(text: string, at: number, to: number): ConditionFault {
  const word = /^(?:[^\s()!&|]+|[^])/.exec(text.slice(at, to))?.[0] ?? text.slice(at, at + 1);
  const place = { start: at, end: at + word.length };
  const message = `\`${word}\` is no part of a condition`;
  const input = /^inputs\.(.+)$/.exec(word)?.[1];
  if (input !== undefined) return { message, help: `write \`self.${input}\``, ...place };
  return {
    message,
    help: 'a condition consists of `self.<input>`, `!`, `&&`, `||` and parentheses',
    ...place,
  };
}
