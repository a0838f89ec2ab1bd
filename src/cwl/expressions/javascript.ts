// Syntax of JavaScript, parsed but never run. The parser is loaded when the first piece is asked about.
import { createRequire } from 'node:module';
import type * as Acorn from 'acorn';

/** The first syntax error of a piece of JavaScript. */
export interface SyntaxFault {
  /** Offset in the piece; its length when something is missing at the end. */
  readonly at: number;
  /** What the parser says, in lower case: `unexpected token`. */
  readonly reason: string;
}

/** What kind of piece: a value between the brackets of `$(...)`, the body of a function between those of `${...}`, or a
 *  whole script of an `expressionLib`. */
export type PieceKind = 'value' | 'body' | 'script';

/** Expressions run in strict mode, scripts of the library as they are. The last line may be a comment. */
const frames: Readonly<Record<PieceKind, readonly [before: string, after: string]>> = {
  value: ['"use strict";(', '\n)'],
  body: ['"use strict";(function(){', '\n})'],
  script: ['', ''],
};

/** @returns `undefined` when the piece is JavaScript that Node understands */
export function syntaxFault(piece: string, kind: PieceKind): SyntaxFault | undefined {
  const [before, after] = frames[kind];
  try {
    // What the oldest Node we run on understands.
    parser().parse(before + piece + after, { ecmaVersion: 2023, sourceType: 'script' });
    return undefined;
  } catch (thrown) {
    // The parser calls itself for each bracket.
    if (thrown instanceof RangeError) return { at: 0, reason: 'it is nested too deeply' };
    if (!isSyntaxError(thrown)) throw thrown;
    const at = Math.min(Math.max(0, thrown.pos - before.length), piece.length);
    const reason = thrown.message.replace(/ \(\d+:\d+\)$/, '');
    return { at, reason: reason.charAt(0).toLowerCase() + reason.slice(1) };
  }
}

let loaded: typeof Acorn | undefined;

/** Loading takes longer than checking a whole workflow that has no JavaScript, and checks are synchronous. */
function parser(): typeof Acorn {
  loaded ??= createRequire(import.meta.url)('acorn') as typeof Acorn;
  return loaded;
}

/** The parser throws a SyntaxError that carries the offset of the fault. */
function isSyntaxError(thrown: unknown): thrown is SyntaxError & { readonly pos: number } {
  return thrown instanceof SyntaxError && 'pos' in thrown && typeof thrown.pos === 'number';
}
