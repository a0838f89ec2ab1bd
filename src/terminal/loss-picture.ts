// A search as an SVG picture: the loss of every point, the best one so far, for segments one line each. Readable on light and dark
// screens, without scripts or anything from elsewhere; the same search always gives the same bytes.
import type { Picture } from '../workflow/drawing/svg.ts';
import { decimal, escapeXml, svgPage, textElement } from '../workflow/drawing/svg-text.ts';
import { fitted, fontFamilies, textLength } from '../workflow/drawing/text-size.ts';
import type { PointAnswer, SearchAnswer } from '../panda/search-answer.ts';
import { bestSoFar, lossAxis, lossText, measured, pointText, type LossAxis } from './loss-axis.ts';

const width = 760;
const left = 84;
const right = 24;
const top = 86;
const plotHeight = 280;
const bottom = top + plotHeight;

/** Hues that are far apart for all kinds of colour blindness (after Okabe and Ito), on light and on dark screens. */
const hues = [
  ['#a5487f', '#e093c2'],
  ['#2f6fad', '#6fb0ec'],
  ['#0f7a5a', '#55c8a0'],
  ['#b8501a', '#f09a6b'],
  ['#7b4fa6', '#bd98e6'],
  ['#9a6a00', '#e3b341'],
] as const;

/** @param isLight without the dark colours that the reader's system may ask for */
export function drawLosses(label: string, search: SearchAnswer, isLight: boolean): Picture {
  const series = seriesOf(search);
  const notes = notesOf(search);
  const height = bottom + 62 + 20 * notes.length + (series.length > 1 ? 22 : 0);
  const axis = lossAxis(search.points);
  const known = measured(search.points).length;
  const body = [
    textElement(left - 60, 34, fitted(label, width - 48, 17, 'bold'), { className: 'title' }),
    textElement(left - 60, 56, fitted(search.steering.by, width - 48, 12, 'regular'), { className: 'note' }),
    ...(axis === undefined
      ? [
          textElement(width / 2, top + plotHeight / 2, 'no point is evaluated yet', {
            className: 'note',
            anchor: 'middle',
          }),
        ]
      : plot(search, axis, series)),
    ...(series.length > 1 ? legend(series, bottom + 62) : []),
    ...notes.map((note, index) =>
      textElement(
        left - 60,
        height - 20 * (notes.length - index) + 2,
        fitted(note, width - 48, 13, 'regular'),
        {
          className: 'found',
        },
      ),
    ),
  ];
  const svg = svgPage({
    className: 'pchain-losses',
    title: `losses of ${label}`,
    description: `${known} of ${search.max_points} points evaluated. ${notes.join('. ')}`,
    style: sheet(isLight),
    width,
    height,
    body,
  });
  return { svg, width, height };
}

interface Series {
  /** Of the segment; `undefined`: the search is not segmented. */
  readonly name: string | undefined;
  readonly points: readonly PointAnswer[];
}

function seriesOf({ segments, points }: SearchAnswer): readonly Series[] {
  if (segments === null) return [{ name: undefined, points }];
  return segments.map((name) => ({ name, points: points.filter((point) => point.segment === name) }));
}

function notesOf({ best, best_of_segments: own, segments }: SearchAnswer): readonly string[] {
  const bests = own === null ? [best] : own;
  return bests.flatMap((point, index) => {
    if (point === null) return [];
    const name = segments === null ? 'best' : `best of ${segments[index] ?? ''}`;
    return [`${name}: ${lossText(point.loss ?? 0)} at point ${point.id}, ${pointText(point.point)}`];
  });
}

function plot(search: SearchAnswer, axis: LossAxis, series: readonly Series[]): string[] {
  const last = Math.max(1, search.points.length - 1);
  const x = (id: number): number => left + 14 + (id / last) * (width - left - right - 28);
  const y = (loss: number): number => bottom - 12 - axis.at(loss) * (plotHeight - 24);
  const middle = axis.isLog ? Math.sqrt(axis.low * axis.high) : (axis.low + axis.high) / 2;
  const ticks = axis.low === axis.high ? [axis.low] : [axis.low, middle, axis.high];
  const failed = search.points.filter((point) => point.status === 'failed');
  return [
    `<rect class="plot" x="${left}" y="${top}" width="${width - left - right}" height="${plotHeight}"/>`,
    ...ticks.flatMap((loss) => [
      `<line class="grid" x1="${left}" x2="${width - right}" y1="${decimal(y(loss))}" y2="${decimal(y(loss))}"/>`,
      textElement(left - 8, y(loss) + 4, lossText(loss), { className: 'tick', anchor: 'end' }),
    ]),
    ...idTicks(search.points.length).map((id) =>
      textElement(x(id), bottom + 18, String(id), { className: 'tick', anchor: 'middle' }),
    ),
    textElement((left + width - right) / 2, bottom + 38, 'point', { className: 'note', anchor: 'middle' }),
    textElement(left, top - 8, axis.isLog ? 'loss (logarithmic)' : 'loss', { className: 'note' }),
    ...series.flatMap(({ points }, index) => [
      `<path class="best hue${index % hues.length}" d="${steps(points, x, y, last)}"/>`,
      ...measured(points).map(
        ({ id, loss, point }) =>
          `<circle class="point hue${index % hues.length}" cx="${decimal(x(id))}" cy="${decimal(y(loss))}" r="4">` +
          `<title>${escapeXml(`point ${id}: ${lossText(loss)}, ${pointText(point)}`)}</title></circle>`,
      ),
    ]),
    ...failed.map(({ id }) => {
      const [at, up] = [decimal(x(id)), top + 8];
      return `<path class="failed" d="M${at} ${up}m-4 -4l8 8m0 -8l-8 8"><title>point ${id} failed</title></path>`;
    }),
  ];
}

/** The best loss so far goes down in steps, and on to the last point. */
function steps(
  points: readonly PointAnswer[],
  x: (id: number) => number,
  y: (loss: number) => number,
  last: number,
): string {
  const best = bestSoFar(points);
  const [first] = best;
  if (first === undefined) return '';
  const lines = best.slice(1).map(({ id, loss }) => `H${decimal(x(id))}V${decimal(y(loss))}`);
  return `M${decimal(x(first.id))} ${decimal(y(first.loss))}${lines.join('')}H${decimal(x(last))}`;
}

/** At most eight, the first and the last among them. */
function idTicks(count: number): readonly number[] {
  const last = count - 1;
  const step = Math.max(1, Math.ceil(last / 7));
  const ticks = Array.from({ length: Math.ceil(last / step) }, (_, index) => index * step);
  const isCrowded = last - (ticks.at(-1) ?? 0) < step / 2;
  return [...(isCrowded ? ticks.slice(0, -1) : ticks), last];
}

function legend(series: readonly Series[], y: number): string[] {
  let x = left - 60;
  return series.flatMap(({ name = '' }, index) => {
    const parts = [
      `<circle class="point hue${index % hues.length}" cx="${x + 6}" cy="${y - 4}" r="5"/>`,
      textElement(x + 18, y, name, { className: 'note' }),
    ];
    x += 40 + textLength(name, 12);
    return parts;
  });
}

interface Colors {
  readonly page: string;
  readonly ink: string;
  readonly soft: string;
  readonly grid: string;
  readonly failed: string;
}

const light: Colors = {
  page: '#ffffff',
  ink: '#1d2733',
  soft: '#566473',
  grid: '#dfe5eb',
  failed: '#c0392b',
};
const dark: Colors = { page: '#12171d', ink: '#e8edf2', soft: '#a3b1bf', grid: '#2b3641', failed: '#ff8a7a' };

function sheet(isLight: boolean): string {
  const families = fontFamilies.map((name) => (name.includes(' ') ? `'${name}'` : name)).join(',');
  const plain = [
    `text{font-family:${families};font-size:12px}`,
    '.title{font-size:17px;font-weight:600}',
    '.found{font-size:13px}',
    '.plot{fill:none;stroke-width:1}',
    '.grid{stroke-width:1}',
    '.best{fill:none;stroke-width:2;stroke-linejoin:round}',
    '.point{stroke-width:1.5;fill-opacity:.85}',
    '.failed{fill:none;stroke-width:2}',
  ];
  const colored = (colors: Colors, shade: 0 | 1): string[] => [
    `.page{fill:${colors.page}}`,
    `text{fill:${colors.ink}}`,
    `.note,.tick{fill:${colors.soft}}`,
    `.plot,.grid{stroke:${colors.grid}}`,
    `.point{stroke:${colors.page}}`,
    `.failed{stroke:${colors.failed}}`,
    ...hues.flatMap((hue, index) => [
      `.best.hue${index}{stroke:${hue[shade]}}`,
      `.point.hue${index}{fill:${hue[shade]}}`,
    ]),
  ];
  const inside = (rules: readonly string[]): string[] =>
    rules.map((rule) => `.pchain-losses ${rule}`.replaceAll(/,(?=\.)/g, ',.pchain-losses '));
  const rules = inside([...plain, ...colored(light, 0)]);
  if (isLight) return rules.join('\n');
  return [...rules, '@media (prefers-color-scheme:dark){', ...inside(colored(dark, 1)), '}'].join('\n');
}
