// Where everything of a picture stands: sizes from the texts, places and routes from ELK's layered algorithm.
import type { ELK, ElkEdgeSection, ElkExtendedEdge, ElkNode, ElkPort } from 'elkjs/lib/elk-api.js';
import { UnsupportedError } from '../../base/errors.ts';
import { allSteps, type Graph, type GraphEdge, type GraphEnd, type GraphStep } from './graph.ts';
import { chipSize, endSize, gateSize, groupHead, roundSize, stepSize, type Size } from './sizes.ts';

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Sub-workflows before what is in them. */
  readonly shapes: readonly PlacedShape[];
  readonly routes: readonly Route[];
}

export type PlacedShape = Place &
  (
    | { readonly is: 'group'; readonly step: GraphStep; readonly depth: number; readonly headX: number }
    | { readonly is: 'step'; readonly step: GraphStep; readonly chips: readonly Chip[] }
    | { readonly is: 'gate'; readonly step: GraphStep }
    /** Where a loop begins its next round. */
    | { readonly is: 'round'; readonly step: GraphStep }
    | { readonly is: 'input' | 'output'; readonly end: GraphEnd }
  );

/** Pixels from the upper left corner of the picture. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The type of a dataset, on the lower border of the step that makes it. */
export interface Chip extends Place {
  readonly text: string;
}

export interface Route {
  /** `undefined`: from a condition to its step. */
  readonly edge: GraphEdge | undefined;
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Steps and edges together: more take minutes to place, and nobody could read them. */
const mostParts = 1000;
/** Up to here the placement that looks best is quick enough; its time grows with the cube. */
const mostPartsForBest = 160;

const spacing = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.randomSeed': '1',
  'elk.spacing.nodeNode': '30',
  'elk.spacing.edgeNode': '20',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.portPort': '14',
  'elk.spacing.componentComponent': '36',
  'elk.layered.spacing.nodeNodeBetweenLayers': '44',
  'elk.layered.spacing.edgeNodeBetweenLayers': '18',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
};

const best = { 'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX', 'elk.layered.thoroughness': '10' };
const quick = { 'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF', 'elk.layered.thoroughness': '4' };

/** Places a graph. The same graph always gives the same layout.
 *  @throws UnsupportedError for more than a thousand steps and edges */
export async function layOutGraph(graph: Graph): Promise<Layout> {
  const count = [...allSteps(graph.steps)].length;
  if (count + graph.edges.length > mostParts) {
    throw new UnsupportedError(
      `a picture of ${count} steps and ${graph.edges.length} edges could not be read`,
      {
        hint: 'use --format text, dot or mermaid, or draw one of the sub-workflows alone',
      },
    );
  }
  const { default: Elk } = await import('elkjs/lib/elk.bundled.js');
  const elk: ELK = new Elk.default();
  const drawing = new Drawing(graph);
  return drawing.read(await elk.layout(drawing.root));
}

class Drawing {
  readonly root: ElkNode;
  readonly #graph: Graph;
  readonly #shapes = new Map<string, (place: Place, chips: readonly Chip[]) => PlacedShape>();
  readonly #chipTexts = new Map<string, string>();
  readonly #routes = new Map<string, Omit<Route, 'points'>>();
  readonly #ports = new Map<string, ElkPort[]>();
  readonly #groups = new Set<string>();

  constructor(graph: Graph) {
    this.#graph = graph;
    for (const step of allSteps(graph.steps)) if ((step.inner ?? []).length > 0) this.#groups.add(step.key);
    const edges = this.#edges();
    const isSmall = [...allSteps(graph.steps)].length + edges.length <= mostPartsForBest;
    this.root = {
      id: 'root',
      layoutOptions: {
        ...spacing,
        ...(isSmall ? best : quick),
        'elk.padding': '[top=24,left=24,bottom=24,right=24]',
      },
      children: [
        ...graph.inputs.map((end) => this.#end('input', end)),
        ...graph.steps.flatMap((step) => this.#step(step, 0)),
        ...graph.outputs.map((end) => this.#end('output', end)),
      ],
      edges,
    };
  }

  #edges(): ElkExtendedEdge[] {
    const edges: ElkExtendedEdge[] = [];
    const add = (
      edge: GraphEdge | undefined,
      from: string,
      to: string,
      source: string,
      target: string,
    ): void => {
      const id = `edge${edges.length}`;
      this.#routes.set(id, { edge, from, to });
      edges.push({ id, sources: [source], targets: [target] });
    };
    for (const edge of this.#graph.edges) {
      if (edge.kind === 'repeats') {
        const round = roundKey(edge.to);
        add(edge, edge.from, edge.to, this.#port(edge.from, 'EAST'), this.#port(round, 'EAST'));
        continue;
      }
      const target = edge.gated ? gateKey(edge.to) : edge.to;
      add(edge, edge.from, edge.to, this.#exit(edge), this.#port(target, 'NORTH'));
    }
    for (const step of allSteps(this.#graph.steps)) {
      if (step.gate === undefined) continue;
      const gate = gateKey(step.key);
      add(undefined, step.gate.key, step.key, this.#port(gate, 'SOUTH'), this.#port(step.key, 'NORTH'));
    }
    return edges;
  }

  /** Edges that carry datasets of the same types leave from the same chip. */
  #exit(edge: GraphEdge): string {
    const text = edge.types.join(', ');
    if (text === '' || this.#groups.has(edge.from)) return this.#port(edge.from, 'SOUTH');
    const ports = this.#portsOf(edge.from);
    const known = ports.find(({ id }) => this.#chipTexts.get(id) === text);
    if (known !== undefined) return known.id;
    const { width, height } = chipSize(text);
    const port: ElkPort = {
      id: `${edge.from}.chip${ports.length}`,
      width,
      height,
      layoutOptions: { 'elk.port.side': 'SOUTH', 'elk.port.borderOffset': String(-height / 2) },
    };
    ports.push(port);
    this.#chipTexts.set(port.id, text);
    return port.id;
  }

  #port(key: string, side: 'NORTH' | 'SOUTH' | 'EAST'): string {
    // Edges to and from a sub-workflow may use all of its border.
    if (this.#groups.has(key)) return key;
    const ports = this.#portsOf(key);
    const id = `${key}.port${ports.length}`;
    ports.push({ id, width: 0, height: 0, layoutOptions: { 'elk.port.side': side } });
    return id;
  }

  #portsOf(key: string): ElkPort[] {
    const ports = this.#ports.get(key) ?? [];
    this.#ports.set(key, ports);
    return ports;
  }

  #step(step: GraphStep, depth: number): ElkNode[] {
    const gate =
      step.gate === undefined
        ? []
        : [this.#leaf(gateKey(step.key), gateSize(step.gate), (place) => ({ is: 'gate', step, ...place }))];
    if (!this.#groups.has(step.key)) {
      const node = this.#leaf(step.key, this.#roomFor(step), (place, chips) => ({
        is: 'step',
        step,
        chips,
        ...place,
      }));
      return [...gate, node];
    }
    this.#shapes.set(step.key, (place) => ({ is: 'group', step, depth, headX: place.x, ...place }));
    const head = groupHead(step);
    const rounds = step.loop
      ? [
          this.#leaf(roundKey(step.key), roundSize(step), (place) => ({ is: 'round', step, ...place }), {
            'elk.layered.layering.layerConstraint': 'FIRST',
          }),
        ]
      : [];
    return [
      ...gate,
      {
        id: step.key,
        layoutOptions: {
          ...spacing,
          'elk.padding': `[top=${head.height + 14},left=22,bottom=24,right=22]`,
          'elk.nodeSize.constraints': 'MINIMUM_SIZE',
          'elk.nodeSize.minimum': `(${head.width}, ${head.height})`,
        },
        children: [...rounds, ...(step.inner ?? []).flatMap((inner) => this.#step(inner, depth + 1))],
      },
    ];
  }

  /** Chips stand side by side on the lower border, and take a little of the box. */
  #roomFor(step: GraphStep): Size {
    const size = stepSize(step);
    const ports = this.#portsOf(step.key).filter((port) => port.layoutOptions?.['elk.port.side'] === 'SOUTH');
    if (!ports.some(({ id }) => this.#chipTexts.has(id))) return size;
    const row = ports.reduce((sum, port) => sum + (port.width ?? 0), 0) + 14 * (ports.length - 1);
    return { width: Math.max(size.width, row + 32), height: size.height + 6 };
  }

  #end(is: 'input' | 'output', end: GraphEnd): ElkNode {
    return this.#leaf(end.key, endSize(end), (place) => ({ is, end, ...place }));
  }

  #leaf(
    key: string,
    size: Size,
    shape: (place: Place, chips: readonly Chip[]) => PlacedShape,
    options: Readonly<Record<string, string>> = {},
  ): ElkNode {
    this.#shapes.set(key, shape);
    return {
      id: key,
      ...size,
      ports: this.#portsOf(key),
      layoutOptions: {
        'elk.portConstraints': 'FIXED_SIDE',
        'elk.nodeSize.constraints': '[PORTS, MINIMUM_SIZE]',
        'elk.nodeSize.minimum': `(${size.width}, ${size.height})`,
        'elk.alignment': 'TOP',
        'elk.portAlignment.default': 'CENTER',
        ...options,
      },
    };
  }

  /** The places that ELK found. */
  read(root: ElkNode): Layout {
    const shapes: PlacedShape[] = [];
    const visit = (node: ElkNode): void => {
      for (const child of node.children ?? []) {
        const place = placeOf(child);
        const chips = (child.ports ?? []).flatMap((port) => {
          const text = this.#chipTexts.get(port.id);
          return text === undefined ? [] : [{ ...placeOf(port), text }];
        });
        const shape = this.#shapes.get(child.id);
        if (shape !== undefined) shapes.push(shape(place, chips));
        visit(child);
      }
    };
    visit(root);
    const routes: Route[] = [];
    const collect = (node: ElkNode): void => {
      for (const edge of node.edges ?? []) {
        const route = this.#routes.get(edge.id);
        if (route !== undefined) routes.push({ ...route, points: (edge.sections ?? []).flatMap(pointsOf) });
      }
      node.children?.forEach(collect);
    };
    collect(root);
    return {
      width: root.width ?? 0,
      height: root.height ?? 0,
      shapes: shapes.map((shape) =>
        shape.is === 'group' ? { ...shape, headX: headPlace(shape, routes) } : shape,
      ),
      routes,
    };
  }
}

/** Where the title of a sub-workflow begins: as far left as no line crosses it. */
function headPlace(group: PlacedShape & { is: 'group' }, routes: readonly Route[]): number {
  const head = groupHead(group.step);
  const crossings = routes
    .flatMap(({ points }) => points.slice(1).map((to, index) => ({ from: points[index] ?? to, to })))
    .filter(
      ({ from, to }) =>
        from.x === to.x &&
        Math.min(from.y, to.y) < group.y + head.height &&
        Math.max(from.y, to.y) > group.y &&
        from.x > group.x &&
        from.x < group.x + group.width,
    )
    .map(({ from }) => from.x)
    .sort((a, b) => a - b);
  const starts = [group.x, ...crossings];
  const free = starts.find(
    (start, index) => (crossings[index] ?? group.x + group.width) - start >= head.width,
  );
  return free ?? group.x;
}

function gateKey(key: string): string {
  return `${key}.gate`;
}

function roundKey(key: string): string {
  return `${key}.round`;
}

function placeOf(shape: ElkNode | ElkPort): Place {
  return { x: shape.x ?? 0, y: shape.y ?? 0, width: shape.width ?? 0, height: shape.height ?? 0 };
}

function pointsOf(section: ElkEdgeSection): Point[] {
  return [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(({ x, y }) => ({ x, y }));
}
