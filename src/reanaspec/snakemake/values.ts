// Arguments of a directive: texts, numbers, lists and `config["name"]`. Everything else is Python, and is not followed.
import type { SnakeItem, SnakePlace, SnakeText, SnakeValue } from './model.ts';

type Source = SnakePlace['source'];

/** The arguments between two offsets. */
export function readItems(source: Source, start: number, end: number): readonly SnakeItem[] {
  return splitAtCommas(source, start, end).map(([from, to]) => {
    const named = /^([A-Za-z_]\w*)\s*=(?!=)/.exec(source.text.slice(from, to));
    const name = named?.[1];
    if (named === null || name === undefined) return { name: undefined, value: readValue(source, from, to) };
    return { name: plainText(source, from, name), value: readValue(source, from + named[0].length, to) };
  });
}

/** A text that is written as it is. */
export function plainText(source: Source, start: number, text: string): SnakeText {
  return {
    source,
    start,
    end: start + text.length,
    text,
    offsets: Array.from(text, (_, index) => start + index),
  };
}

function readValue(source: Source, from: number, to: number): SnakeValue {
  const [start, end] = trimmed(source.text, from, to);
  const place = { source, start, end };
  const written = source.text.slice(start, end);
  if (written.startsWith('[') && written.endsWith(']')) {
    const items = splitAtCommas(source, start + 1, end - 1).map(([a, b]) => readValue(source, a, b));
    return { kind: 'list', ...place, items };
  }
  const config = /^config\[\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*\]$/.exec(written);
  if (config !== null) return { kind: 'config', ...place, name: config[1] ?? config[2] ?? '' };
  if (/^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(written))
    return { kind: 'scalar', ...place, value: Number(written) };
  if (written === 'True' || written === 'False')
    return { kind: 'scalar', ...place, value: written === 'True' };
  if (written === 'None') return { kind: 'scalar', ...place, value: null };
  const text = readTexts(source, start, end);
  return text === undefined ? { kind: 'unknown', ...place } : { kind: 'text', ...text };
}

/** Texts that stand side by side are one. */
function readTexts(source: Source, start: number, end: number): SnakeText | undefined {
  let text = '';
  const offsets: number[] = [];
  let at = start;
  while (at < end) {
    const [next] = trimmed(source.text, at, end);
    at = next;
    if (at >= end) break;
    const literal = literalAt(source.text, at);
    if (literal === undefined || literal.end > end || /[fF]/.test(literal.prefix)) return undefined;
    for (let index = literal.bodyStart; index < literal.bodyEnd; index++) {
      const char = source.text.charAt(index);
      if (char !== '\\' || /[rR]/.test(literal.prefix)) {
        text += char;
        offsets.push(index);
        continue;
      }
      const escaped = source.text.charAt(index + 1);
      const meant =
        { n: '\n', t: '\t', r: '\r', '\n': '' }[escaped] ??
        (/["'\\]/.test(escaped) ? escaped : `\\${escaped}`);
      for (const unit of meant) {
        text += unit;
        offsets.push(index);
      }
      index++;
    }
    at = literal.end;
  }
  return { source, start, end, text, offsets };
}

export interface Literal {
  readonly prefix: string;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** After the quotes. */
  readonly end: number;
}

/** The text literal that begins at an offset, or `undefined`. One that is never ended ends with the file. */
export function literalAt(text: string, at: number): Literal | undefined {
  const opening = /([rRbBuUfF]{0,2})("""|'''|"|')/y;
  opening.lastIndex = at;
  const match = opening.exec(text);
  if (match === null) return undefined;
  const [, prefix = '', quotes = ''] = match;
  const bodyStart = opening.lastIndex;
  for (let index = bodyStart; index < text.length; index++) {
    if (text.charAt(index) === '\\') index++;
    else if (text.startsWith(quotes, index))
      return { prefix, bodyStart, bodyEnd: index, end: index + quotes.length };
    else if (quotes.length === 1 && text.charAt(index) === '\n') break;
  }
  const end = quotes.length === 1 ? lineEnd(text, bodyStart) : text.length;
  return { prefix, bodyStart, bodyEnd: end, end };
}

function lineEnd(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  return found === -1 ? text.length : found;
}

/** Pieces between commas that stand in no brackets and in no text; empty ones are left out. */
function splitAtCommas({ text }: Source, start: number, end: number): readonly (readonly [number, number])[] {
  const pieces: (readonly [number, number])[] = [];
  let from = start;
  let depth = 0;
  const add = (to: number): void => {
    const piece = trimmed(text, from, to);
    if (piece[0] < piece[1]) pieces.push(piece);
    from = to + 1;
  };
  for (let at = start; at < end; at++) {
    const char = text.charAt(at);
    const literal =
      /["'rRbBuUfF]/.test(char) && !/\w/.test(text.charAt(at - 1)) ? literalAt(text, at) : undefined;
    if (literal !== undefined) at = Math.max(at, literal.end - 1);
    else if (char === '#') at = lineEnd(text, at) - 1;
    else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
    else if (char === ',' && depth === 0) add(at);
  }
  add(end);
  return pieces;
}

/** Without blanks and comments at either end. */
function trimmed(text: string, start: number, end: number): readonly [number, number] {
  let from = start;
  let to = end;
  for (;;) {
    while (from < to && /\s/.test(text.charAt(from))) from++;
    if (from >= to || text.charAt(from) !== '#') break;
    from = Math.min(to, lineEnd(text, from));
  }
  for (;;) {
    while (to > from && /\s/.test(text.charAt(to - 1))) to--;
    // A comment on a line of its own, behind the last argument.
    const last = text.lastIndexOf('\n', to - 1) + 1;
    if (last <= from || !/^\s*#/.test(text.slice(last, to))) return [from, to];
    to = last;
  }
}
