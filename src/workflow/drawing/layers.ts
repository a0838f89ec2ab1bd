// Where boxes stand: in layers from top to bottom, every box below all it waits for, with few crossings and
// neighbours above each other. After Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical
// system structures" (1981): layers, then order, then positions.

export interface BoxSize {
  readonly width: number;
  readonly height: number;
}

export interface Edge {
  readonly from: number;
  readonly to: number;
  /** Edges with the same start and the same look share their line. */
  readonly look: string;
}

/** A box, or a point where a line passes through a layer. */
export interface Place {
  /** Index of the box; `undefined` for a point. */
  readonly box: number | undefined;
  readonly width: number;
  readonly height: number;
  readonly layer: number;
  /** Leftmost column. */
  x: number;
}

/** A line from one place to places of the next layer. */
export interface Connection {
  /** Lines of one net belong together, through all layers. */
  readonly net: number;
  readonly look: string;
  readonly from: Place;
  readonly to: readonly Place[];
}

export interface Layers {
  /** From top to bottom, each from left to right. */
  readonly layers: readonly (readonly Place[])[];
  readonly connections: readonly Connection[];
  readonly crossings: number;
}

const gap = 2;

/** Places boxes within `width` columns; `undefined` when they do not fit or wait for each other in a circle. */
export function layOut(sizes: readonly BoxSize[], edges: readonly Edge[], width: number): Layers | undefined {
  const order = sortedByParents(sizes.length, edges);
  if (order === undefined) return undefined;
  // Lines that pass through a layer need room, too: with less for boxes there is more for them.
  for (const share of [1, 0.8, 0.6, 0.45]) {
    const layerOf = chooseLayers(sizes, edges, order, Math.floor(width * share));
    const made = makePlaces(sizes, edges, layerOf);
    const layers = leastCrossings(made.layers, made.connections);
    if (layers.some((layer) => span(layer) > width)) continue;
    position(layers, made.connections, width);
    return { layers, connections: made.connections, crossings: crossingsOf(layers, made.connections) };
  }
  return undefined;
}

/** Boxes, each behind all that it waits for and else as they came; `undefined` when there is a circle. */
function sortedByParents(count: number, edges: readonly Edge[]): number[] | undefined {
  const waiting = Array.from({ length: count }, () => 0);
  for (const edge of edges) waiting[edge.to] = (waiting[edge.to] ?? 0) + 1;
  const ready = waiting.flatMap((open, box) => (open === 0 ? [box] : []));
  const sorted: number[] = [];
  for (let box = ready.shift(); box !== undefined; box = ready.shift()) {
    sorted.push(box);
    for (const edge of edges) {
      if (edge.from !== box) continue;
      const open = (waiting[edge.to] ?? 0) - 1;
      waiting[edge.to] = open;
      if (open === 0) ready.push(edge.to);
    }
  }
  return sorted.length === count ? sorted : undefined;
}

function chooseLayers(
  sizes: readonly BoxSize[],
  edges: readonly Edge[],
  order: readonly number[],
  width: number,
): number[] {
  const layerOf = sizes.map(() => 0);
  const used: number[] = [];
  for (const box of order) {
    let layer = 0;
    for (const edge of edges) if (edge.to === box) layer = Math.max(layer, (layerOf[edge.from] ?? 0) + 1);
    const own = sizes[box]?.width ?? 0;
    while ((used[layer] ?? 0) > 0 && (used[layer] ?? 0) + gap + own > width) layer++;
    used[layer] = (used[layer] ?? 0) === 0 ? own : (used[layer] ?? 0) + gap + own;
    layerOf[box] = layer;
  }
  return layerOf;
}

function makePlaces(
  sizes: readonly BoxSize[],
  edges: readonly Edge[],
  layerOf: readonly number[],
): { layers: Place[][]; connections: Connection[] } {
  const boxes = sizes.map((size, box): Place => ({ box, ...size, layer: layerOf[box] ?? 0, x: 0 }));
  const layers: Place[][] = Array.from({ length: Math.max(0, ...layerOf) + 1 }, () => []);
  for (const place of boxes) layers[place.layer]?.push(place);
  const nets = new Map<string, Edge[]>();
  for (const edge of edges) {
    const key = `${edge.from} ${edge.look}`;
    nets.set(key, [...(nets.get(key) ?? []), edge]);
  }
  const connections: Connection[] = [];
  for (const [net, own] of [...nets.values()].entries()) {
    const start = own[0] === undefined ? undefined : boxes[own[0].from];
    if (start === undefined) continue;
    const targets = own.flatMap((edge) => boxes[edge.to] ?? []);
    const last = Math.max(...targets.map((target) => target.layer));
    let from = start;
    for (let layer = start.layer + 1; layer <= last; layer++) {
      const to = targets.filter((target) => target.layer === layer);
      let point: Place | undefined;
      if (layer < last) {
        point = { box: undefined, width: 1, height: 1, layer, x: 0 };
        layers[layer]?.push(point);
        to.push(point);
      }
      connections.push({ net, look: own[0]?.look ?? '', from, to });
      if (point !== undefined) from = point;
    }
  }
  return { layers, connections };
}

function span(layer: readonly Place[]): number {
  return layer.reduce((sum, place) => sum + place.width, 0) + gap * Math.max(0, layer.length - 1);
}

type Neighbours = ReadonlyMap<Place, readonly Place[]>;

function neighbours(connections: readonly Connection[]): { above: Neighbours; below: Neighbours } {
  const above = new Map<Place, Place[]>();
  const below = new Map<Place, Place[]>();
  for (const { from, to } of connections) {
    for (const place of to) {
      above.set(place, [...(above.get(place) ?? []), from]);
      below.set(from, [...(below.get(from) ?? []), place]);
    }
  }
  return { above, below };
}

/** Sorts each layer by the mean position of its neighbours, down and up in turn, and keeps the best order seen. */
function leastCrossings(layers: Place[][], connections: readonly Connection[]): Place[][] {
  const { above, below } = neighbours(connections);
  let best = layers.map((layer) => [...layer]);
  let fewest = crossingsOf(best, connections);
  const current = layers.map((layer) => [...layer]);
  for (let round = 0; round < 12 && fewest > 0; round++) {
    const down = round % 2 === 0;
    const rank = new Map<Place, number>();
    const visit = down ? current : current.toReversed();
    for (const layer of visit) {
      const means = new Map(
        layer.map((place, index) => {
          const near = (down ? above : below).get(place) ?? [];
          const mean = near.reduce((sum, each) => sum + (rank.get(each) ?? 0), 0) / near.length;
          return [place, near.length === 0 ? index : mean] as const;
        }),
      );
      layer.sort((a, b) => (means.get(a) ?? 0) - (means.get(b) ?? 0));
      layer.forEach((place, index) => rank.set(place, index));
    }
    const crossings = crossingsOf(current, connections);
    if (crossings < fewest) {
      fewest = crossings;
      best = current.map((layer) => [...layer]);
    }
  }
  return best;
}

function crossingsOf(layers: readonly (readonly Place[])[], connections: readonly Connection[]): number {
  const rank = new Map<Place, number>();
  for (const layer of layers) layer.forEach((place, index) => rank.set(place, index));
  let crossings = 0;
  const edges = connections.flatMap(({ from, to, net }) => to.map((place) => ({ from, to: place, net })));
  for (const [index, a] of edges.entries()) {
    for (const b of edges.slice(index + 1)) {
      if (a.net === b.net || a.from.layer !== b.from.layer) continue;
      const top = (rank.get(a.from) ?? 0) - (rank.get(b.from) ?? 0);
      const bottom = (rank.get(a.to) ?? 0) - (rank.get(b.to) ?? 0);
      if (top * bottom < 0) crossings++;
    }
  }
  return crossings;
}

/** Gives every place its column: near the middle of its neighbours, never over another place. */
function position(
  layers: readonly (readonly Place[])[],
  connections: readonly Connection[],
  width: number,
): void {
  const { above, below } = neighbours(connections);
  const total = Math.max(...layers.map(span));
  for (const layer of layers) {
    let x = Math.floor((total - span(layer)) / 2);
    for (const place of layer) {
      place.x = x;
      x += place.width + gap;
    }
  }
  const sweep = (order: readonly (readonly Place[])[], near: readonly Neighbours[]): void => {
    for (const layer of order) {
      const wanted = layer.map((place) => {
        const all = near.flatMap((each) => each.get(place) ?? []);
        return all.length === 0
          ? middle(place)
          : all.reduce((sum, each) => sum + middle(each), 0) / all.length;
      });
      settle(layer, wanted, width);
    }
  };
  for (let round = 0; round < 4; round++) {
    sweep(layers.slice(1), [above]);
    sweep(layers.toReversed().slice(1), [below]);
  }
  sweep(layers, [above, below]);
  sweep(layers.slice(1), [above]);
  const left = Math.min(...layers.flat().map((place) => place.x));
  for (const place of layers.flat()) place.x -= left;
}

function middle(place: Place): number {
  return place.x + (place.width - 1) / 2;
}

/** The positions nearest to the wanted middles (least squares) that keep the order and the gaps: neighbours that
 *  want the same room share it as one block. */
function settle(layer: readonly Place[], wantedMiddles: readonly number[], width: number): void {
  const blocks: { sum: number; count: number }[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const [index, place] of layer.entries()) {
    offsets.push(offset);
    blocks.push({ sum: (wantedMiddles[index] ?? 0) - (place.width - 1) / 2 - offset, count: 1 });
    for (;;) {
      const last = blocks.at(-1);
      const before = blocks.at(-2);
      if (last === undefined || before === undefined || before.sum / before.count <= last.sum / last.count)
        break;
      blocks.splice(-2, 2, { sum: before.sum + last.sum, count: before.count + last.count });
    }
    offset += place.width + gap;
  }
  const most = Math.max(0, width - span(layer));
  const starts = blocks.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
  for (const [index, place] of layer.entries()) {
    place.x = Math.round(Math.min(most, Math.max(0, starts[index] ?? 0))) + (offsets[index] ?? 0);
  }
}
