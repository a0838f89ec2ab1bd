// A search on the terminal: what makes its points, the losses as a curve, the best point.
//
//   window  24 of 24 points, best -11.7 (point 21)
//   local approximation by a Gaussian process with expected improvement (…)
//     -3.1 ┤•    •
//          │━━┓ •    •
//          │  ┃•   •    •
//    -11.7 ┤  ┗━━━━━━━━━━━━
//          └───────────────
//           0            23
//   best: centre 124.8, half_width 4.5, selection tight
import { clip, padStart, textWidth } from '../base/text-width.ts';
import { counted, printable } from '../base/text.ts';
import type { PointAnswer, SearchAnswer } from '../panda/search-answer.ts';
import { wrapped } from './findings-page.ts';
import { bestSoFar, lossAxis, lossText, measured, pointText, type LossAxis } from './loss-axis.ts';
import type { Style } from './style.ts';

export interface CurveOptions {
  /** No line is wider than this many columns. */
  readonly width: number;
  readonly unicode: boolean;
  readonly style: Style;
}

/** @param label what the search is called */
export function searchLines(label: string, search: SearchAnswer, options: CurveOptions): string[] {
  const { style } = options;
  const { steering, best } = search;
  const lines = [
    { texts: [headline(label, search)], paint: style.strong },
    {
      texts: wrapped(printable(steering.by), options.width),
      paint: steering.is_local_approximation ? style.warning : style.faint,
    },
    ...(steering.error === null
      ? []
      : [
          { texts: wrapped(printable(`the steering: ${steering.error}`), options.width), paint: style.error },
        ]),
  ].flatMap(({ texts, paint }) => texts.map((text) => paint(fitted(text, options))));
  lines.push(...curve(search, options));
  const bests =
    search.best_of_segments === null
      ? [{ name: 'best', point: best }]
      : search.best_of_segments.map((point, index) => ({
          name: `best of ${search.segments?.[index] ?? String(index)}`,
          point,
        }));
  for (const { name, point } of bests) {
    if (point === null) continue;
    const loss = search.segments === null ? '' : ` (${lossText(point.loss ?? 0)})`;
    lines.push(fitted(`${name}${loss}: ${pointText(point.point)}`, options));
  }
  return lines;
}

function headline(label: string, search: SearchAnswer): string {
  const { points, best } = search;
  const known = measured(points).length;
  const counts: readonly (readonly [PointAnswer['status'], string])[] = [
    ['evaluating', 'running'],
    ['waiting', 'waiting'],
    ['failed', 'failed'],
  ];
  const others = counts.flatMap(([status, word]) => {
    const number = points.filter((point) => point.status === status).length;
    return number === 0 ? [] : [`, ${number} ${word}`];
  });
  const found = best === null ? '' : `, best ${lossText(best.loss ?? 0)} (point ${best.id})`;
  return `${label}  ${known} of ${counted(search.max_points, 'point')}${others.join('')}${found}`;
}

/** What a line of the curve is drawn with. */
const signs = {
  unicode: {
    point: '•',
    both: '●',
    flat: '━',
    down: '┃',
    from: '┓',
    to: '┗',
    tick: '┤',
    side: '│',
    corner: '└',
    floor: '─',
  },
  ascii: {
    point: 'o',
    both: 'O',
    flat: '-',
    down: '|',
    from: '.',
    to: "'",
    tick: '+',
    side: '|',
    corner: '+',
    floor: '-',
  },
} as const;

const rows = 8;
const leastColumns = 10;
/** A curve of a few points is not drawn out over a wide screen. */
const mostColumnsPerPoint = 3;

function curve(search: SearchAnswer, options: CurveOptions): string[] {
  const axis = lossAxis(search.points);
  if (axis === undefined) return [];
  const labels = [lossText(axis.high), lossText(axis.low)];
  const margin = Math.max(...labels.map(textWidth)) + 2;
  const last = Math.max(1, search.points.length - 1);
  const columns = Math.min(options.width - margin - 2, last * mostColumnsPerPoint + 1);
  if (columns < leastColumns && columns <= last) return [];
  const column = (id: number): number => Math.round((id / last) * (columns - 1));
  const sign = signs[options.unicode ? 'unicode' : 'ascii'];
  const grid = Array.from({ length: rows }, () => Array.from({ length: columns }, () => ' '));
  drawBest(grid, bestSoFar(search.points), axis, column, sign);
  for (const { id, loss } of measured(search.points)) {
    const line = grid[rowOf(axis, loss)];
    const at = column(id);
    if (line !== undefined) line[at] = line[at] === ' ' ? sign.point : sign.both;
  }
  const text = grid.map((cells, row) => {
    const label = row === 0 ? labels[0] : row === rows - 1 ? labels[1] : '';
    const edge = label === '' ? sign.side : sign.tick;
    return `${padStart(label ?? '', margin)} ${edge}${cells.join('').trimEnd()}`;
  });
  const end = String(search.points.length - 1);
  const gap = Math.max(1, columns - 1 - textWidth(end));
  return [
    ...text,
    `${' '.repeat(margin + 1)}${sign.corner}${sign.floor.repeat(columns)}`,
    `${' '.repeat(margin + 2)}0${' '.repeat(gap)}${end}${axis.isLog ? '  (logarithmic)' : ''}`,
  ].map((line) => clip(line, options.width, ''));
}

const rowOf = (axis: LossAxis, loss: number): number => Math.round((1 - axis.at(loss)) * (rows - 1));

/** The lowest loss so far, as steps that go down. */
function drawBest(
  grid: string[][],
  best: readonly { readonly id: number; readonly loss: number }[],
  axis: LossAxis,
  column: (id: number) => number,
  sign: (typeof signs)['unicode' | 'ascii'],
): void {
  const put = (row: number, at: number, text: string): void => {
    const line = grid[row];
    if (line !== undefined) line[at] = text;
  };
  for (const [index, { id, loss }] of best.entries()) {
    const next = best[index + 1];
    const row = rowOf(axis, loss);
    const end = next === undefined ? column(id) : column(next.id);
    for (let at = column(id); at <= end; at++) put(row, at, sign.flat);
    const below = next === undefined ? row : rowOf(axis, next.loss);
    if (below === row) continue;
    put(row, end, sign.from);
    for (let between = row + 1; between < below; between++) put(between, end, sign.down);
    put(below, end, sign.to);
  }
}

function fitted(text: string, options: CurveOptions): string {
  return clip(printable(text), Math.max(1, options.width), options.unicode ? '…' : '.');
}

/** A curve in one line; of many values every so-many-th, the last among them. */
export function sparks(curve: readonly number[]): string {
  const width = 16;
  const step = Math.max(1, curve.length / width);
  const chosen = Array.from({ length: Math.min(curve.length, width) }, (_, index) =>
    Number(curve[Math.ceil((index + 1) * step) - 1]),
  );
  const low = Math.min(...chosen);
  const height = Math.max(...chosen) - low;
  const signs = '▁▂▃▄▅▆▇█';
  return chosen
    .map((loss) => signs.charAt(height === 0 ? 0 : Math.round(((loss - low) / height) * (signs.length - 1))))
    .join('');
}
