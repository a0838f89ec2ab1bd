// The lines between two layers: where they leave and enter the boxes, and on which row each runs sideways.
import type { Connection, Place } from './layers.ts';

/** One line of the channel. It has either one start, or one end: lines that lead to the same box and mean the same
 *  are drawn as one. */
export interface Route {
  readonly look: string;
  /** Lines that cross are told apart by this. */
  readonly net: number;
  readonly starts: readonly { readonly place: Place; readonly column: number }[];
  readonly ends: readonly { readonly place: Place; readonly column: number }[];
  /** Row of its sideways part, from 0; `undefined` for a line that goes straight down. */
  readonly track: number | undefined;
}

export interface Channel {
  readonly routes: readonly Route[];
  readonly tracks: number;
}

interface Draft extends Route {
  readonly starts: { place: Place; column: number }[];
  readonly ends: { place: Place; column: number }[];
  track: number | undefined;
  /** It has one end, which further lines may share. */
  readonly isSharable: boolean;
}

/** Plans the lines below one layer; `undefined` when two of them cannot get out of each other's way. */
export function planChannel(connections: readonly Connection[]): Channel | undefined {
  const drafts: Draft[] = [];
  const entering = new Map<Place, Draft[]>();
  for (const connection of connections) {
    const start = { place: connection.from, column: startOf(connection, connections) };
    const [place, ...more] = connection.to;
    const joined =
      place?.box === undefined || more.length > 0
        ? undefined
        : entering.get(place)?.find((each) => each.look === connection.look && each.isSharable);
    if (joined !== undefined) {
      joined.starts.push(start);
      continue;
    }
    const { look, net } = connection;
    const draft = { look, net, starts: [start], ends: [], track: undefined, isSharable: more.length === 0 };
    drafts.push(draft);
    for (const target of connection.to) entering.set(target, [...(entering.get(target) ?? []), draft]);
  }
  for (const [place, own] of entering) {
    const columns = endColumns(place, own);
    own.forEach((draft, index) => draft.ends.push({ place, column: columns[index] ?? place.x }));
  }
  // A shifted entry can make room for another; more shifts than entries never help.
  for (let shifts = 0; shifts <= drafts.length; shifts++) {
    const tracks = assignTracks(drafts);
    if (typeof tracks === 'number') return { routes: drafts, tracks };
    if (!shift(tracks, entering)) return undefined;
  }
  return undefined;
}

/** Lines that leave the same box are spread over its lower border. */
function startOf(connection: Connection, all: readonly Connection[]): number {
  const { from } = connection;
  const siblings = all.filter((each) => each.from === from);
  return from.x + portOffset(from.width, siblings.indexOf(connection), siblings.length);
}

/** Columns at which lines enter a place, in the order of the given lines: from left to right as they come, and
 *  straight down where a single line allows it. */
function endColumns(place: Place, own: readonly Draft[]): number[] {
  const only = own.length === 1 ? own[0] : undefined;
  const start = only?.starts.length === 1 ? only.starts[0]?.column : undefined;
  const isStraight =
    start !== undefined && only?.isSharable === true && start > place.x && start < place.x + place.width - 1;
  if (isStraight) return [start];
  const byStart = [...own].sort((a, b) => meanStart(a) - meanStart(b));
  return own.map((draft) => place.x + portOffset(place.width, byStart.indexOf(draft), own.length));
}

function meanStart(draft: Draft): number {
  return draft.starts.reduce((sum, start) => sum + start.column, 0) / draft.starts.length;
}

/** The middle for one; for more, evenly over the width without the corners. */
function portOffset(width: number, index: number, count: number): number {
  if (count <= 1) return Math.floor((width - 1) / 2);
  return Math.min(width - 2, Math.max(1, Math.round(((index + 1) * (width - 1)) / (count + 1))));
}

/** Gives every line that bends the topmost free row. A line that starts in the column where another one ends must
 *  run above it, or both would share that column.
 *  @returns the number of rows, or lines that wait for each other in a circle */
function assignTracks(drafts: readonly Draft[]): number | readonly Draft[] {
  const bent = drafts.filter((draft) => columnsOf(draft).some((column, _, all) => column !== all[0]));
  for (const draft of drafts) draft.track = undefined;
  const above = new Map(
    bent.map((draft) => [
      draft,
      bent.filter((other) => other !== draft && draft.ends.some((end) => startsAt(other, end.column))),
    ]),
  );
  const taken: [number, number][][] = [];
  const open = new Set(bent);
  while (open.size > 0) {
    const next = [...open].find((draft) => (above.get(draft) ?? []).every((other) => !open.has(other)));
    if (next === undefined) return [...open];
    open.delete(next);
    const columns = columnsOf(next);
    const [left, right] = [Math.min(...columns), Math.max(...columns)];
    let track = Math.max(0, ...(above.get(next) ?? []).map((other) => (other.track ?? 0) + 1));
    while ((taken[track] ?? []).some(([from, to]) => left <= to + 1 && from <= right + 1)) track++;
    (taken[track] ??= []).push([left, right]);
    next.track = track;
  }
  return taken.length;
}

function columnsOf(route: Route): number[] {
  return [...route.starts, ...route.ends].map((port) => port.column);
}

function startsAt(route: Route, column: number): boolean {
  return route.starts.some((start) => start.column === column);
}

/** Moves one entry of the lines that block each other by a column, where its box has a free one. */
function shift(blocked: readonly Draft[], entering: ReadonlyMap<Place, readonly Draft[]>): boolean {
  for (const draft of blocked) {
    for (const end of draft.ends) {
      if (!blocked.some((other) => other !== draft && startsAt(other, end.column))) continue;
      const used = (entering.get(end.place) ?? []).flatMap((each) =>
        each.ends.filter((one) => one.place === end.place).map((one) => one.column),
      );
      const free = [end.column - 1, end.column + 1].find(
        (column) =>
          column > end.place.x && column < end.place.x + end.place.width - 1 && !used.includes(column),
      );
      if (free === undefined) continue;
      end.column = free;
      return true;
    }
  }
  return false;
}
