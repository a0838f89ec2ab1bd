// How many columns of a terminal a text takes: wide characters take two, combining ones none.
import stringWidth from 'string-width';

/** What a reader sees as one character, with the columns it takes. */
export interface Grapheme {
  readonly text: string;
  /** UTF-16 offset in the text it was cut from. */
  readonly start: number;
  /** 0, 1 or 2 columns; rarely more for unusual sequences. */
  readonly width: number;
}

// Made when it is first needed: that takes longer than everything else a short command does.
let segmenter: Intl.Segmenter | undefined;
const plainAscii = /^[\u0020-\u007e]*$/;

/** Columns of one line; escape sequences for colour count nothing. Tabs must be expanded before. */
export function textWidth(line: string): number {
  return plainAscii.test(line) ? line.length : stringWidth(line);
}

/** A line without escape sequences, cut into what a reader sees as characters. */
export function graphemes(line: string): Grapheme[] {
  const found: Grapheme[] = [];
  if (plainAscii.test(line)) {
    for (let start = 0; start < line.length; start++) {
      found.push({ text: line.charAt(start), start, width: 1 });
    }
    return found;
  }
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (const { segment, index } of segmenter.segment(line)) {
    found.push({ text: segment, start: index, width: stringWidth(segment) });
  }
  return found;
}

/** Cuts a line without escape sequences to at most `width` columns; what was cut ends in `mark` where that fits. */
export function clip(line: string, width: number, mark = '…'): string {
  if (textWidth(line) <= width) return line;
  const markWidth = textWidth(mark);
  const ending = markWidth <= width ? mark : '';
  let left = width - textWidth(ending);
  let kept = '';
  for (const grapheme of graphemes(line)) {
    if (grapheme.width > left) break;
    kept += grapheme.text;
    left -= grapheme.width;
  }
  return kept + ending;
}

/** Fills with spaces up to `width` columns; longer texts stay as they are. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

/** The same, with the spaces in front. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text))) + text;
}
