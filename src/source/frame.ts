// Code frames: the lines of a source text around a place, with carets under exactly that place. No colour here:
// a frame is made of pieces that say what they are, and the terminal paints them.
//
//   8 |     run: tools/align.cwl
//   9 |     scater: reads
//     |     ^^^^^^
import type { Span } from '../base/span.ts';
import { graphemes, textWidth } from '../base/text-width.ts';

/** `gutter`: line numbers and bars. `mark`: carets of the main place. `related`: dashes and words of another one. */
export interface FramePiece {
  readonly role: 'gutter' | 'path' | 'source' | 'mark' | 'related';
  readonly text: string;
}

export type FrameLine = readonly FramePiece[];

export interface FramePlace {
  readonly span: Span;
  /** Text of the file; `undefined` when it cannot be shown: then only its name is. */
  readonly source: SourceText | undefined;
  /** What is the matter there; drawn beside the dashes of a related place. */
  readonly message?: string | undefined;
}

export interface FrameOptions {
  /** May characters outside of ASCII be used for what the frame itself draws? */
  readonly unicode: boolean;
  /** Columns of the whole frame; source lines that are longer are shown in a window around the place. */
  readonly width: number;
  /** Columns from one tab stop to the next; 4 by default. */
  readonly tabWidth?: number;
}

/** A text whose lines were found once, for many frames. */
export interface SourceText {
  readonly text: string;
  /** Offset of the first character of each line; the first is 0. */
  readonly lineStarts: readonly number[];
}

/** Both from 1; columns count UTF-16 units, as editors and language servers do. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

/** Finds the lines of a text. A line ends with LF, CRLF or CR. */
export function sourceText(text: string): SourceText {
  const lineStarts = [0];
  const endOfLine = /\r\n|\n|\r/g;
  while (endOfLine.exec(text) !== null) lineStarts.push(endOfLine.lastIndex);
  return { text, lineStarts };
}

/** Line and column of an offset; offsets outside of the text count as its nearest end. */
export function lineColumn(source: SourceText, offset: number): LineColumn {
  const inside = Math.min(Math.max(0, Math.trunc(offset) || 0), source.text.length);
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((source.lineStarts[middle] ?? 0) <= inside) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: inside - (source.lineStarts[low] ?? 0) + 1 };
}

/** `file:line:column` of the start of a place; the file alone when its text is not at hand. */
export function placeName(place: Pick<FramePlace, 'span' | 'source'>): string {
  const file = showCharacters(place.span.file, false);
  if (place.source === undefined) return file;
  const at = lineColumn(place.source, place.span.start);
  return `${file}:${at.line}:${at.column}`;
}

/** Draws the main place and, under it, the related ones. Never throws: spans outside of the text are moved into it. */
export function codeFrame(
  main: FramePlace,
  related: readonly FramePlace[],
  options: FrameOptions,
): readonly FrameLine[] {
  const numberWidth = Math.max(
    1,
    ...[main, ...related].map(lastLineNumber).map((line) => String(line).length),
  );
  const bar: FrameLine = [{ role: 'gutter', text: `${' '.repeat(numberWidth + 1)} |` }];
  const lines: FrameLine[] = [];
  for (const [index, place] of [main, ...related].entries()) {
    const isMain = index === 0;
    if (!isMain && lines.length > 1) lines.push(bar);
    lines.push([
      { role: 'gutter', text: `${' '.repeat(numberWidth + 1)}${isMain ? '-->' : ':::'} ` },
      { role: 'path', text: placeName(place) },
      ...(place.source === undefined && place.message !== undefined
        ? [{ role: 'related' as const, text: ` ${place.message}` }]
        : []),
    ]);
    if (place.source !== undefined) {
      lines.push(bar, ...excerpt(place, place.source, numberWidth, isMain ? 'mark' : 'related', options));
    }
  }
  return lines;
}

/** A frame line as plain text. */
export function frameText(line: FrameLine): string {
  return line
    .map((piece) => piece.text)
    .join('')
    .trimEnd();
}

interface Range {
  readonly start: number;
  /** At least `start`; equal for a place between two characters. */
  readonly end: number;
}

function rangeInside(span: Span, source: SourceText): Range {
  const size = source.text.length;
  const start = Math.min(Math.max(0, Math.trunc(span.start) || 0), size);
  const end = Math.min(Math.max(start, Math.trunc(span.end) || 0), size);
  return { start, end };
}

/** The last line that a range shows: one that ends right behind a line break belongs to the line before. */
function lastLineOf(range: Range, source: SourceText): number {
  return lineColumn(source, Math.max(range.start, range.end - 1)).line;
}

function lastLineNumber(place: FramePlace): number {
  return place.source === undefined ? 1 : lastLineOf(rangeInside(place.span, place.source), place.source);
}

// More lines than this are shown by their first two and their last.
const mostLines = 4;

function excerpt(
  place: FramePlace,
  source: SourceText,
  numberWidth: number,
  role: 'mark' | 'related',
  options: FrameOptions,
): FrameLine[] {
  const range = rangeInside(place.span, source);
  const first = lineColumn(source, range.start).line;
  const last = lastLineOf(range, source);
  const room = Math.max(16, options.width - numberWidth - 4);
  const shown: (number | 'gap')[] = [];
  // The line above tells where in the document this is; an empty one tells nothing.
  if (role === 'mark' && first > 1 && lineText(source, first - 1).trim() !== '') shown.push(first - 1);
  if (last - first < mostLines) for (let line = first; line <= last; line++) shown.push(line);
  else shown.push(first, first + 1, 'gap', last);

  const drawn = new Map(
    shown
      .filter((line) => line !== 'gap')
      .map((line) => [line, drawLine(source, line, range, options.tabWidth ?? 4, options.unicode)]),
  );
  const anchor = drawn.get(first);
  const window = anchor === undefined ? { from: 0, to: room } : windowAround(anchor, room);
  const ellipsis = options.unicode ? '…' : '...';
  const lines: FrameLine[] = [];
  for (const line of shown) {
    const cells = line === 'gap' ? undefined : drawn.get(line);
    if (line === 'gap' || cells === undefined) {
      lines.push([{ role: 'gutter', text: `${' '.repeat(numberWidth + 1)} : ` }]);
      continue;
    }
    lines.push([
      { role: 'gutter', text: ` ${String(line).padStart(numberWidth)} | ` },
      { role: 'source', text: inWindow(cells, window, ellipsis) },
    ]);
    if (line < first) continue;
    const marks = marksOf(cells, window, role === 'mark' ? '^' : '-');
    if (marks !== '') {
      lines.push([
        { role: 'gutter', text: `${' '.repeat(numberWidth + 1)} | ` },
        { role, text: marks },
      ]);
    }
  }
  if (place.message !== undefined) addMessage(lines, place.message, numberWidth, options.width);
  return lines;
}

/** Puts the words beside the last dashes, or on a line of their own where they do not fit. */
function addMessage(lines: FrameLine[], message: string, numberWidth: number, width: number): void {
  const last = lines.pop() ?? [];
  const used = last.reduce((sum, piece) => sum + textWidth(piece.text), 0);
  if (used + 1 + textWidth(message) <= width) {
    lines.push([...last, { role: 'related', text: ` ${message}` }]);
    return;
  }
  lines.push(last, [
    { role: 'gutter', text: `${' '.repeat(numberWidth + 1)} | ` },
    { role: 'related', text: message },
  ]);
}

function lineText(source: SourceText, line: number): string {
  const start = source.lineStarts[line - 1] ?? source.text.length;
  const next = source.lineStarts[line] ?? source.text.length + 1;
  return source.text.slice(start, next).replace(/(?:\r\n|\n|\r)$/, '');
}

/** One character as drawn. */
interface Cell {
  readonly text: string;
  readonly width: number;
  readonly column: number;
  readonly marked: boolean;
}

interface DrawnLine {
  readonly cells: readonly Cell[];
  readonly width: number;
  /** Column (from 0) of a caret that stands at no character: an empty range, or one that lies in the line break. */
  readonly point: number | undefined;
}

// A line of a minified document can have megabytes; only this much on either side of the place is looked at.
const farthest = 2000;

function drawLine(
  source: SourceText,
  line: number,
  range: Range,
  tabWidth: number,
  unicode: boolean,
): DrawnLine {
  const lineStart = source.lineStarts[line - 1] ?? source.text.length;
  const whole = lineText(source, line);
  const from = Math.max(0, Math.min(range.start - lineStart - farthest, whole.length));
  const text = whole.slice(from, Math.max(0, range.start - lineStart) + 2 * farthest);
  const offset = lineStart + from;
  const cells: Cell[] = [];
  let column = 0;
  let anyMarked = false;
  // On the lines after the first, the indentation is not part of what is meant.
  let isIndent = range.start < offset;
  for (const grapheme of graphemes(text)) {
    const start = offset + grapheme.start;
    const end = start + grapheme.text.length;
    const width = grapheme.text === '\t' ? tabWidth - (column % tabWidth) : undefined;
    const shown = width === undefined ? showCharacters(grapheme.text, unicode) : ' '.repeat(width);
    if (isIndent && shown.trim() !== '') isIndent = false;
    const marked = start < range.end && end > range.start && !isIndent;
    const columns = width ?? (shown === grapheme.text ? grapheme.width : textWidth(shown));
    cells.push({ text: shown, width: columns, column, marked });
    anyMarked ||= marked && columns > 0;
    column += columns;
  }
  const pointsHere = !anyMarked && range.start >= offset && range.start <= lineStart + whole.length + 1;
  return {
    cells,
    width: column,
    point: pointsHere ? columnAt(cells, range.start - offset, column) : undefined,
  };
}

function columnAt(cells: readonly Cell[], units: number, end: number): number {
  let passed = 0;
  for (const cell of cells) {
    if (passed >= units) return cell.column;
    passed += cell.text.length;
  }
  return end;
}

interface Window {
  readonly from: number;
  readonly to: number;
}

function windowAround(line: DrawnLine, room: number): Window {
  if (line.width + 1 <= room) return { from: 0, to: room };
  const marked = line.cells.filter((cell) => cell.marked);
  const start = marked[0]?.column ?? line.point ?? 0;
  const lastCell = marked.at(-1);
  const end = lastCell === undefined ? start + 1 : lastCell.column + lastCell.width;
  if (end <= room - 4) return { from: 0, to: room };
  // The place stands in the middle when it fits, else its start is a little inside of the window.
  const before = end - start < room - 8 ? Math.floor((room - (end - start)) / 2) : 4;
  const from = Math.max(0, Math.min(start - before, line.width + 1 - room));
  return { from, to: from + room };
}

function inWindow(line: DrawnLine, window: Window, ellipsis: string): string {
  const before = window.from > 0 && line.cells.length > 0 ? ellipsis : '';
  const after = line.width > window.to ? ellipsis : '';
  const from = window.from + textWidth(before);
  const to = window.to - textWidth(after);
  let text = before;
  let column = window.from + textWidth(before);
  for (const cell of line.cells) {
    if (cell.column < from || cell.column + cell.width > to) continue;
    text += ' '.repeat(Math.max(0, cell.column - column)) + cell.text;
    column = cell.column + cell.width;
  }
  return text + (after === '' ? '' : ' '.repeat(Math.max(0, to - column)) + after);
}

function marksOf(line: DrawnLine, window: Window, mark: string): string {
  let text = '';
  const put = (column: number, width: number): void => {
    const from = Math.max(column, window.from) - window.from;
    const to = Math.min(column + width, window.to) - window.from;
    if (to <= from) return;
    text += ' '.repeat(Math.max(0, from - text.length)) + mark.repeat(to - Math.max(from, text.length));
  };
  for (const cell of line.cells) if (cell.marked) put(cell.column, cell.width);
  if (line.point !== undefined) put(line.point, 1);
  return text;
}

// Escape sequences would act on the terminal, and characters that turn the direction of writing would show the
// line in another order than the program reads it.
const unsafe =
  // eslint-disable-next-line no-control-regex -- control characters are exactly what this finds
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu;

function showCharacters(text: string, unicode: boolean): string {
  return text.replace(unsafe, (character) => {
    const code = character.charCodeAt(0);
    if (!unicode) return '?';
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
  });
}
