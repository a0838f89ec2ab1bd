// Tables: aligned and fitted for a person, tab-separated with full values for a pipe.
import { clip, padEnd, padStart, textWidth } from '../base/text-width.ts';
import { printable } from '../base/text.ts';
import type { Style } from './style.ts';
import type { View } from './terminal.ts';

export interface Column {
  readonly title: string;
  /** `number`: right-aligned, never cut. `name`: ids, names and paths, never cut. `text`: sentences, cut where the
   *  terminal is too narrow. */
  readonly kind: 'number' | 'name' | 'text';
}

export interface Cell {
  /** For a person. */
  readonly shown: string;
  /** For a pipe; the shown text when missing. A time is RFC 3339 here, a size a number of bytes. */
  readonly full?: string | undefined;
  readonly paint?: keyof Style | undefined;
}

export type Row = readonly (Cell | string)[];

// A cut sentence shorter than this says nothing.
const leastText = 12;
const gap = 2;

/** Who reads a table. `data`: a program, when it goes into a pipe, and then it gets tabs and full values.
 *  `talk`: always a person, who reads a log later. */
export type TablePurpose = 'data' | 'talk';

/** The table as text ending in a line break; empty without rows. For a person it never cuts ids and names: where
 *  the columns do not fit a terminal, sentences are cut first, and then every row becomes a block of `title  value` lines. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly Row[],
  view: View,
  purpose: TablePurpose = 'data',
): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => columns.map((_, index) => cellOf(row[index])));
  if (!view.isTty && purpose === 'data') {
    const line = (values: readonly string[]): string => `${values.join('\t')}\n`;
    return (
      line(columns.map((column) => column.title)) +
      cells.map((row) => line(row.map((cell) => oneLine(cell.full ?? cell.shown)))).join('')
    );
  }
  // A log has no width that could be too narrow.
  const widths = fit(columns, cells, view.isTty ? view.width : Infinity);
  return widths === undefined ? blocks(columns, cells, view) : aligned(columns, cells, widths, view);
}

function cellOf(cell: Cell | string | undefined): Cell {
  if (cell === undefined) return { shown: '' };
  return typeof cell === 'string' ? { shown: oneLine(cell) } : { ...cell, shown: oneLine(cell.shown) };
}

// A tab or a line break inside of a value would become a column or a row.
function oneLine(text: string): string {
  return printable(text).replace(/[\t\n]+/g, ' ');
}

/** Widths of the columns, or `undefined` when even cut sentences do not make the table narrow enough. */
function fit(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
): readonly number[] | undefined {
  const widths = columns.map((column, index) =>
    rows.reduce((most, row) => Math.max(most, textWidth(row[index]?.shown ?? '')), textWidth(column.title)),
  );
  const over = (): number => widths.reduce((sum, each) => sum + each, gap * (columns.length - 1)) - width;
  while (over() > 0) {
    let widest: number | undefined;
    for (const [index, column] of columns.entries()) {
      const own = widths[index] ?? 0;
      if (column.kind !== 'text' || own <= Math.max(leastText, textWidth(column.title))) continue;
      if (widest === undefined || own > (widths[widest] ?? 0)) widest = index;
    }
    if (widest === undefined) return undefined;
    const least = Math.max(leastText, textWidth(columns[widest]?.title ?? ''));
    widths[widest] = Math.max(least, (widths[widest] ?? 0) - over());
  }
  return widths;
}

function aligned(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  widths: readonly number[],
  view: View,
): string {
  const { style } = view;
  const line = (values: readonly Cell[]): string =>
    values
      .map((cell, index) => {
        const column = columns[index];
        const width = widths[index] ?? 0;
        const text =
          column?.kind === 'text' ? clip(cell.shown, width, view.unicode ? '…' : '...') : cell.shown;
        const isLast = index === values.length - 1;
        const padded =
          column?.kind === 'number' ? padStart(text, width) : isLast ? text : padEnd(text, width);
        // Painted without the padding, so that only the words are coloured.
        return cell.paint === undefined
          ? padded
          : padded.replace(text, () => style[cell.paint ?? 'strong'](text));
      })
      .join(' '.repeat(gap))
      .trimEnd();
  const header = line(columns.map((column) => ({ shown: column.title, paint: 'strong' })));
  return `${[header, ...rows.map(line)].join('\n')}\n`;
}

function blocks(columns: readonly Column[], rows: readonly (readonly Cell[])[], view: View): string {
  const titleWidth = Math.max(...columns.map((column) => textWidth(column.title)));
  return rows
    .map((row) =>
      columns
        .map((column, index) => {
          const cell = row[index] ?? { shown: '' };
          const value = cell.paint === undefined ? cell.shown : view.style[cell.paint](cell.shown);
          return `${view.style.strong(padEnd(column.title, titleWidth))}  ${value}`.trimEnd();
        })
        .join('\n'),
    )
    .join('\n\n')
    .concat('\n');
}
