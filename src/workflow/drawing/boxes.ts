// A group of steps as boxes in layers, joined by lines; sub-workflows are boxes with boxes in them.
import { textWidth } from '../../base/text-width.ts';
import type { StepType } from '../model.ts';
import { Canvas, widest } from './canvas.ts';
import type { LineLook } from './canvas.ts';
import { planChannel } from './channel.ts';
import type { Channel } from './channel.ts';
import type { DrawnGroup, DrawnLink, DrawnStep } from './groups.ts';
import { layOut } from './layers.ts';
import type { Connection, Place } from './layers.ts';
import { describe } from './words.ts';

export interface DrawOptions {
  /** May characters outside of ASCII be used? */
  readonly unicode: boolean;
  /** No line is wider than this many columns. */
  readonly width: number;
}

// More crossing lines than this cannot be followed by eye.
const mostCrossings = 8;

/** The rows of a group, or `undefined` when boxes would not fit or would be no help. */
export function drawBoxes(group: DrawnGroup, options: DrawOptions): string[] | undefined {
  const texts: (readonly string[])[] = [];
  for (const step of group.steps) {
    const text = boxText(step, options);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  const sizes = texts.map((text, index) => {
    // Every line that enters needs a column of its own in the border, and one beside it.
    const entries = countEntries(group, index);
    return { width: Math.max(widest(text) + 4, 2 * entries + 3), height: text.length + 2 };
  });
  const edges = group.links.map((link) => ({ from: link.from, to: link.to, look: link.kind }));
  const placed = layOut(sizes, edges, options.width);
  if (placed === undefined || placed.crossings > mostCrossings) return undefined;

  const canvas = new Canvas(options.width);
  let top = 0;
  for (const [index, layer] of placed.layers.entries()) {
    const height = Math.max(1, ...layer.map((place) => place.height));
    for (const place of layer) {
      const step = place.box === undefined ? undefined : group.steps[place.box];
      if (step !== undefined)
        drawBox(canvas, top, place, step.type, texts[place.box ?? -1] ?? [], options.unicode);
    }
    drawPoints(canvas, top, height, layer, placed.connections);
    const below = placed.connections.filter((connection) => connection.from.layer === index);
    const channel = planChannel(below);
    if (channel === undefined) return undefined;
    const rows = channel.routes.length === 0 ? 0 : Math.max(1, channel.tracks) + 1;
    drawChannel(canvas, channel, top, height, rows, options.unicode);
    top += height + rows;
  }
  return canvas.rows(options.unicode);
}

/** How many lines enter a box at most: those from steps that feed nobody else are joined to one of each kind. */
function countEntries(group: DrawnGroup, to: number): number {
  const own = group.links.filter((link) => link.to === to);
  const isAlone = (link: DrawnLink): boolean =>
    group.links.every((other) => other === link || other.from !== link.from || other.kind !== link.kind);
  return (
    own.filter((link) => !isAlone(link)).length + new Set(own.filter(isAlone).map((link) => link.kind)).size
  );
}

/** The lines in a box; `undefined` when its own drawing does not fit. */
function boxText(step: DrawnStep, options: DrawOptions): readonly string[] | undefined {
  // Long conditions take several lines, not a wide box.
  const lines = [step.name, ...describe(step, options.unicode, Math.min(28, options.width - 4))];
  if (step.inner === undefined || step.inner.steps.length === 0) return lines;
  const inner = drawBoxes(step.inner, { ...options, width: options.width - 4 });
  return inner === undefined ? undefined : [...lines, ...inner];
}

interface Border {
  readonly top: string;
  readonly side: string;
  readonly bottom: string;
  /** Where a line leaves. */
  readonly exit: string;
}

const single: Border = { top: '┌─┐', side: '│', bottom: '└─┘', exit: '┬' };
const round: Border = { top: '╭─╮', side: '│', bottom: '╰─╯', exit: '┬' };
const double: Border = { top: '╔═╗', side: '║', bottom: '╚═╝', exit: '╤' };
const ascii: Border = { top: '+-+', side: '|', bottom: '+-+', exit: '+' };
const asciiDouble: Border = { top: '+=+', side: '|', bottom: '+=+', exit: '+' };

/** What runs elsewhere than in PanDA has a double border, what decides has round corners. */
function borderOf(type: StepType, unicode: boolean): Border {
  if (type === 'reana' || type === 'gitlab') return unicode ? double : asciiDouble;
  if (!unicode) return ascii;
  return type === 'junction' ? round : single;
}

function drawBox(
  canvas: Canvas,
  top: number,
  place: Place,
  type: StepType,
  lines: readonly string[],
  unicode: boolean,
): void {
  const border = borderOf(type, unicode);
  const edge = (shape: string): string =>
    shape.charAt(0) + shape.charAt(1).repeat(place.width - 2) + shape.charAt(2);
  canvas.put(top, place.x, edge(border.top));
  for (const [index, line] of lines.entries()) {
    const filled = line + ' '.repeat(Math.max(0, place.width - 4 - textWidth(line)));
    canvas.put(top + 1 + index, place.x, `${border.side} ${filled} ${border.side}`);
  }
  canvas.put(top + place.height - 1, place.x, edge(border.bottom));
}

function lookOf(kind: string): LineLook {
  return kind === 'started' ? 'streams' : 'waits';
}

/** Lines that pass a layer without ending there. */
function drawPoints(
  canvas: Canvas,
  top: number,
  height: number,
  layer: readonly Place[],
  connections: readonly Connection[],
): void {
  for (const connection of connections) {
    for (const place of connection.to) {
      if (place.box !== undefined || !layer.includes(place)) continue;
      const look = lookOf(connection.look);
      canvas.vertical(connection.net, place.x, top, top + height - 1, look);
      canvas.open(connection.net, top, place.x, 'above', look);
      canvas.open(connection.net, top + height - 1, place.x, 'below', look);
    }
  }
}

function drawChannel(
  canvas: Canvas,
  channel: Channel,
  top: number,
  height: number,
  rows: number,
  unicode: boolean,
): void {
  const first = top + height;
  const last = first + rows - 1;
  for (const { net, look: kind, starts, ends, track } of channel.routes) {
    const look = lookOf(kind);
    const bend = first + (track ?? 0);
    for (const { place, column } of starts) {
      // A box that is lower than its layer's others ends above the channel.
      const bottom = place.box === undefined ? first - 1 : top + place.height - 1;
      if (bottom + 1 <= bend) canvas.vertical(net, column, bottom + 1, bend, look);
      canvas.open(net, bottom + 1, column, 'above', look);
      if (place.box !== undefined) canvas.put(bottom, column, exitOf(canvas, bottom, column, unicode));
    }
    const columns = [...starts, ...ends].map((port) => port.column);
    if (track !== undefined) canvas.horizontal(net, bend, Math.min(...columns), Math.max(...columns), look);
    for (const { place, column } of ends) {
      canvas.vertical(net, column, bend, last, look);
      if (place.box === undefined) canvas.open(net, last, column, 'below', look);
      else canvas.put(last, column, arrow(kind, unicode));
    }
  }
}

/** The border where a line leaves it, as thick as the border is. */
function exitOf(canvas: Canvas, row: number, column: number, unicode: boolean): string {
  if (!unicode) return '+';
  return canvas.at(row, column) === '═' ? double.exit : single.exit;
}

/** The head of an arrow, by how its step waits. */
export function arrow(kind: string, unicode: boolean): string {
  if (kind === 'failed') return unicode ? '×' : 'x';
  if (!unicode) return 'v';
  return kind === 'started' ? '▽' : '▼';
}
