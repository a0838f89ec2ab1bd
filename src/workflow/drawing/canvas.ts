// A grid of characters with lines on it. Lines are kept as directions in each cell, so that they join into the
// right corner or branch where they belong together, and pass over each other where they do not.
import { graphemes, textWidth } from '../../base/text-width.ts';

/** `waits`: drawn solid. `streams`: drawn broken. */
export type LineLook = 'waits' | 'streams';

const north = 1;
const east = 2;
const south = 4;
const west = 8;

interface LineCell {
  directions: number;
  readonly look: LineLook;
}

/** A grid that grows downwards; `width` columns. */
export class Canvas {
  readonly width: number;
  /** `''` in a cell that a wide character to its left covers. */
  readonly #texts: (string | undefined)[][] = [];
  /** Lines by what they belong to: those of the same owner join. */
  readonly #lines: Map<number, LineCell>[][] = [];

  constructor(width: number) {
    this.width = width;
  }

  get height(): number {
    return this.#texts.length;
  }

  /** Puts one line of text; what would stand outside of the grid is left out. */
  put(row: number, column: number, text: string): void {
    this.#grow(row);
    const cells = this.#texts[row];
    if (cells === undefined) return;
    let at = column;
    for (const grapheme of graphemes(text)) {
      if (grapheme.width === 0) {
        const before = at - 1;
        if (before >= column) cells[before] = (cells[before] ?? '') + grapheme.text;
        continue;
      }
      if (at >= 0 && at + grapheme.width <= this.width) {
        cells[at] = grapheme.text;
        for (let covered = 1; covered < grapheme.width; covered++) cells[at + covered] = '';
      }
      at += grapheme.width;
    }
  }

  /** What was put into a cell; `undefined` for an empty one. */
  at(row: number, column: number): string | undefined {
    return this.#texts[row]?.[column];
  }

  /** Draws a vertical line from the middle of one row to the middle of another. */
  vertical(owner: number, column: number, from: number, to: number, look: LineLook): void {
    const [top, bottom] = from <= to ? [from, to] : [to, from];
    for (let row = top; row <= bottom; row++) {
      this.#mark(owner, row, column, (row > top ? north : 0) | (row < bottom ? south : 0), look);
    }
  }

  /** Draws a horizontal line from the middle of one column to the middle of another. */
  horizontal(owner: number, row: number, from: number, to: number, look: LineLook): void {
    const [left, right] = from <= to ? [from, to] : [to, from];
    for (let column = left; column <= right; column++) {
      this.#mark(owner, row, column, (column > left ? west : 0) | (column < right ? east : 0), look);
    }
  }

  /** Opens a line to the border above or below, which lies outside of the line itself. */
  open(owner: number, row: number, column: number, side: 'above' | 'below', look: LineLook): void {
    this.#mark(owner, row, column, side === 'above' ? north : south, look);
  }

  /** The rows, without blanks at their ends. */
  rows(unicode: boolean): string[] {
    return this.#texts.map((cells, row) => {
      let text = '';
      for (let column = 0; column < this.width; column++) {
        const put = cells[column];
        text += put ?? lineCharacter(this.#lines[row]?.[column], unicode);
      }
      return text.trimEnd();
    });
  }

  #mark(owner: number, row: number, column: number, directions: number, look: LineLook): void {
    if (directions === 0 || row < 0 || column < 0 || column >= this.width) return;
    this.#grow(row);
    const lines = this.#lines[row];
    if (lines === undefined) return;
    const cell = (lines[column] ??= new Map<number, LineCell>());
    const own = cell.get(owner);
    if (own === undefined) cell.set(owner, { directions, look });
    else own.directions |= directions;
  }

  #grow(row: number): void {
    while (this.#texts.length <= row) {
      this.#texts.push([]);
      this.#lines.push([]);
    }
  }
}

/** Widest of some lines, in columns. */
export function widest(lines: readonly string[]): number {
  return lines.reduce((most, line) => Math.max(most, textWidth(line)), 0);
}

// By the sum of directions; the ends of a line look like the line.
const unicodeLines = [
  ' ',
  '│',
  '─',
  '└',
  '│',
  '│',
  '┌',
  '├',
  '─',
  '┘',
  '─',
  '┴',
  '┐',
  '┤',
  '┬',
  '┼',
] as const;
const asciiLines = [' ', '|', '-', '+', '|', '|', '+', '+', '-', '+', '-', '+', '+', '+', '+', '+'] as const;

function lineCharacter(cell: ReadonlyMap<number, LineCell> | undefined, unicode: boolean): string {
  if (cell === undefined) return ' ';
  const lines = [...cell.values()];
  // Lines of different owners that cross: the vertical one passes over.
  const line = lines.find((each) => (each.directions & (north | south)) !== 0) ?? lines[0];
  if (line === undefined) return ' ';
  const { directions, look } = line;
  if (look === 'streams') {
    if ((directions & (east | west)) === 0) return unicode ? '┆' : ':';
    if ((directions & (north | south)) === 0) return unicode ? '┄' : '.';
  }
  return (unicode ? unicodeLines : asciiLines)[directions] ?? ' ';
}
