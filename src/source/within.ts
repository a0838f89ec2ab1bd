// Places inside a text value: offsets in what a scalar means, mapped to offsets in how it is written.
import type { Span } from '../base/span.ts';
import { spanOf, type ScalarNode } from './nodes.ts';

/** The span of `value.slice(from, to)` of a scalar. Quotes, escapes, folded lines and indentation are taken into account;
 *  where that is not possible, and for values that are no text, it is the whole scalar. */
export function spanWithin(scalar: ScalarNode, from: number, to: number): Span {
  const whole = spanOf(scalar);
  const { value } = scalar;
  if (typeof value !== 'string' || from < 0 || to > value.length || from > to) return whole;
  const places = placesOf(scalar, value, to);
  const first = places?.[from];
  if (places === undefined || first === undefined) return whole;
  const last = to > from ? places[to - 1] : undefined;
  return { file: whole.file, start: first.start, end: last?.end ?? first.start };
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** Where each of the first `count` units of the value is written, and one place behind them. */
function placesOf(scalar: ScalarNode, value: string, count: number): readonly Place[] | undefined {
  const { text } = scalar.source;
  const quote = scalar.style === 'single' || scalar.style === 'double' ? 1 : 0;
  const end = scalar.end - quote;
  let at = scalar.start + quote;
  const places: Place[] = [];
  let index = 0;
  while (index < count) {
    if (at >= end) return undefined;
    const step = readUnit(text, at, value, index, scalar.style);
    if (step === undefined) return undefined;
    for (let unit = 0; unit < step.units; unit++) places.push({ start: at, end: at + step.length });
    index += step.units;
    at += step.length;
  }
  places.push({ start: at, end: at });
  return places;
}

interface Step {
  /** Units of the value that are written here; 0 for indentation and the like. */
  readonly units: number;
  /** Characters it takes in the source. */
  readonly length: number;
}

function readUnit(
  text: string,
  at: number,
  value: string,
  index: number,
  style: ScalarNode['style'],
): Step | undefined {
  const char = text.charAt(at);
  const wanted = value.charAt(index);
  if (style === 'double' && char === '\\') return readEscape(text, at, value, index);
  if (style === 'single' && char === "'") return wanted === "'" ? { units: 1, length: 2 } : undefined;
  if (char === '\r' || char === '\n') {
    const length = text.startsWith('\r\n', at) ? 2 : 1;
    // A line break is itself, or folded into a blank, or dropped beside other line breaks.
    return { units: wanted === '\n' || wanted === ' ' ? 1 : 0, length };
  }
  if (char === wanted && !isIndentation(text, at, style)) return { units: 1, length: 1 };
  return char === ' ' || char === '\t' ? { units: 0, length: 1 } : undefined;
}

/** In quoted and plain texts over several lines, blanks at the start of a line do not count. */
function isIndentation(text: string, at: number, style: ScalarNode['style']): boolean {
  if (style === 'literal' || style === 'folded') return false;
  const char = text.charAt(at);
  if (char !== ' ' && char !== '\t') return false;
  let before = at;
  while (text.charAt(before) === ' ' || text.charAt(before) === '\t') before--;
  return text.charAt(before) === '\n' || text.charAt(before) === '\r';
}

function readEscape(text: string, at: number, value: string, index: number): Step {
  const letter = text.charAt(at + 1);
  if (letter === '\n' || letter === '\r')
    return { units: 0, length: text.startsWith('\r\n', at + 1) ? 3 : 2 };
  const digits = letter === 'x' ? 2 : letter === 'u' ? 4 : letter === 'U' ? 8 : 0;
  const isPair = digits === 8 && (value.codePointAt(index) ?? 0) > 0xffff;
  return { units: isPair ? 2 : 1, length: 2 + digits };
}
