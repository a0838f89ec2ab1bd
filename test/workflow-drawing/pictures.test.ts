import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawDot } from '../../src/workflow/drawing/dot.ts';
import { allSteps, type Graph } from '../../src/workflow/drawing/graph.ts';
import { layOutGraph, type Layout, type Place, type PlacedShape } from '../../src/workflow/drawing/layout.ts';
import { drawMermaid } from '../../src/workflow/drawing/mermaid.ts';
import { drawPng, zoomFor } from '../../src/workflow/drawing/png.ts';
import { drawSvg } from '../../src/workflow/drawing/svg.ts';
import { textLength } from '../../src/workflow/drawing/text-size.ts';
import { decodePng, elementsIn, parseDot, parseMermaid, parseXml, textIn } from './formats.ts';
import { deep, graphFrom, hostile, step, workflow } from './workflows.ts';

const one = { 'main.cwl': workflow({ only: step({}) }, { outputs: { outDS: 'only/outDS' } }) };
const none = { 'main.cwl': workflow({}) };
const circle = {
  'main.cwl': workflow({
    a: step({ in: { opt_inDS: 'b/outDS' } }),
    b: step({ in: { opt_inDS: 'a/outDS' } }),
  }),
};
const forty = {
  'main.cwl': workflow(
    Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `step_${index}`,
        step(
          index === 0 ? {} : { in: { opt_inDS: [`step_${index - 1}/outDS`, `step_${index >> 1}/outDS`] } },
        ),
      ]),
    ),
  ),
};
const cases: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['three workflows deep', deep],
  ['hostile names', hostile],
  ['one step', one],
  ['no steps', none],
  ['a circle', circle],
  ['forty steps', forty],
];

/** What every format must show: steps and ends by key, edges by the keys they join. */
function wantedOf(graph: Graph): { keys: string[]; edges: string[] } {
  const steps = [...allSteps(graph.steps)];
  const gates = steps.flatMap(({ key, gate }) => (gate === undefined ? [] : [{ key, gate: gate.key }]));
  return {
    keys: [...steps, ...graph.inputs, ...graph.outputs]
      .map(({ key }) => key)
      .concat(gates.map(({ gate }) => gate))
      .sort(),
    edges: graph.edges
      .map((edge) => `${edge.from}>${edge.gated ? edge.to.replace('step', 'gate') : edge.to}`)
      .concat(gates.map(({ key, gate }) => `${gate}>${key}`))
      .sort(),
  };
}

describe.each(cases)('a workflow with %s', (_, files) => {
  const graph = graphFrom(files);
  const wanted = wantedOf(graph);
  const names = new Map(
    [...allSteps(graph.steps), ...graph.inputs, ...graph.outputs].map(({ key, name }) => [key, name]),
  );

  test('has every step and every edge once in SVG, and is well-formed', async () => {
    const { svg } = drawSvg(graph, await layOutGraph(graph), 'both');
    const elements = [...elementsIn(parseXml(svg))];
    const keys = elements.flatMap(({ attributes }) => attributes['data-key'] ?? []);
    expect(keys.filter((key) => !key.endsWith('.round')).sort()).toEqual(wanted.keys);
    const gated = new Set(graph.edges.filter((edge) => edge.gated).map(({ from, to }) => `${from}>${to}`));
    const edges = elements.flatMap(({ attributes }) => {
      const [from, to] = [attributes['data-from'], attributes['data-to']];
      if (from === undefined || to === undefined) return [];
      return [gated.has(`${from}>${to}`) ? `${from}>${to.replace('step', 'gate')}` : `${from}>${to}`];
    });
    expect(edges.sort()).toEqual(wanted.edges);
    // No name became anything else than text.
    const allowed = ['svg', 'title', 'desc', 'style', 'rect', 'g', 'path', 'polygon', 'text'];
    expect(elements.filter(({ name }) => !allowed.includes(name))).toEqual([]);
    for (const [key, name] of names) {
      const shape = elements.find(({ attributes }) => attributes['data-key'] === key);
      const title = shape?.children.find((child) => typeof child !== 'string' && child.name === 'title');
      expect(typeof title === 'object' ? textIn(title) : '').toContain(
        name.replace(/\p{Surrogate}/gu, '\ufffd'),
      );
    }
  });

  test('has every step and every edge once in DOT', () => {
    const { nodes, clusters, edges } = parseDot(drawDot(graph));
    const groups = new Map([...clusters.keys()].map((cluster) => [cluster.replace('cluster_', ''), cluster]));
    expect([...nodes.keys(), ...groups.keys()].filter((key) => key !== '').sort()).toEqual(wanted.keys);
    const found = edges.map(({ from, to, attributes }) => {
      const ends = [attributes['ltail'] ?? from, attributes['lhead'] ?? to];
      return ends.map((end) => end.replace('cluster_', '')).join('>');
    });
    expect(found.sort()).toEqual(withoutRepeats(graph, wanted.edges));
    for (const [key, name] of names) expect(nodes.get(key) ?? clusters.get(`cluster_${key}`)).toContain(name);
  });

  test('has every step and every edge once in Mermaid', () => {
    const { nodes, subgraphs, edges } = parseMermaid(drawMermaid(graph));
    expect([...nodes.keys(), ...subgraphs.keys()].sort()).toEqual(wanted.keys);
    expect(edges.map(({ from, to }) => `${from}>${to}`).sort()).toEqual(withoutRepeats(graph, wanted.edges));
    for (const [key, name] of names) expect(nodes.get(key) ?? subgraphs.get(key)).toContain(name);
  });

  test('is drawn in the same bytes again', async () => {
    const again = graphFrom(files);
    expect(drawSvg(again, await layOutGraph(again), 'both').svg).toBe(
      drawSvg(graph, await layOutGraph(graph), 'both').svg,
    );
    expect(drawDot(again)).toBe(drawDot(graph));
    expect(drawMermaid(again)).toBe(drawMermaid(graph));
  });

  test('has no shape on another one, and no text wider than its shape', async () => {
    checkLayout(await layOutGraph(graph));
  });
});

/** DOT and Mermaid lead the edge of a junction to the first step of its loop: an edge cannot end at what it is in. */
function withoutRepeats(graph: Graph, edges: readonly string[]): string[] {
  const heads = new Map(
    [...allSteps(graph.steps)].map(({ key, inner }) => [
      key,
      [...allSteps(inner ?? [])].find((step) => (step.inner ?? []).length === 0)?.key,
    ]),
  );
  const repeats = new Set(
    graph.edges.filter(({ kind }) => kind === 'repeats').map(({ from, to }) => `${from}>${to}`),
  );
  return edges
    .map((edge) =>
      repeats.has(edge) ? edge.replace(/>(.*)/, (_, key: string) => `>${heads.get(key) ?? key}`) : edge,
    )
    .sort();
}

function checkLayout(layout: Layout): void {
  const solid = layout.shapes.filter(({ is }) => is !== 'group');
  for (const [index, shape] of solid.entries()) {
    expect(within(shape, { x: 0, y: 0, width: layout.width, height: layout.height })).toBe(true);
    for (const other of solid.slice(index + 1))
      expect(overlap(shape, other), `${keyOf(shape)} and ${keyOf(other)}`).toBe(false);
    if (shape.is === 'step')
      for (const chip of shape.chips) expect(chip.width).toBeLessThanOrEqual(shape.width);
  }
  for (const { points } of layout.routes) expect(points.length).toBeGreaterThanOrEqual(2);
}

function keyOf(shape: PlacedShape): string {
  return `${shape.is} ${'step' in shape ? shape.step.name : shape.end.name}`.slice(0, 80);
}

function within(inner: Place, outer: Place): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

function overlap(a: Place, b: Place): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

describe('the SVG', () => {
  test('is a picture with a title and a description in words', async () => {
    const graph = graphFrom(deep);
    const root = parseXml(drawSvg(graph, await layOutGraph(graph), 'both').svg);
    expect(root.attributes).toMatchObject({
      role: 'img',
      'aria-labelledby': 'pchain-graph-title pchain-graph-desc',
    });
    const words = Object.fromEntries(
      root.children.flatMap((child) => (typeof child === 'object' ? [[child.name, textIn(child)]] : [])),
    );
    expect(words['title']).toBe('workflow main.cwl');
    expect(words['desc']).toMatch(/^12 steps: prepare \(prun\); per_sample \(sub-workflow · ×n\); /);
    expect(words['desc']).toContain('apology (prun, when summarise failed)');
    expect(words['desc']).toContain(
      'prepare to simulate (calib.db, starts with its first files, secondary dataset)',
    );
  });

  test('has every text inside of the shape it belongs to', async () => {
    for (const files of [deep, hostile, one]) {
      const graph = graphFrom(files);
      const { svg } = drawSvg(graph, await layOutGraph(graph), 'light');
      for (const shape of elementsIn(parseXml(svg))) {
        if (shape.attributes['data-key'] === undefined) continue;
        const borders = shape.children.flatMap((child) => (typeof child === 'object' ? boundsOf(child) : []));
        const right = Math.max(...borders.map(([, end]) => end));
        const left = Math.min(...borders.map(([start]) => start));
        for (const text of shape.children) {
          if (typeof text === 'string' || text.name !== 'text') continue;
          const look = text.attributes['class'] ?? '';
          const size = look === 'name' ? 14 : look === 'endname' ? 12 : 11;
          const length = textLength(textIn(text), size, look.endsWith('name') ? 'bold' : 'regular');
          const x =
            Number(text.attributes['x']) - (text.attributes['text-anchor'] === 'middle' ? length / 2 : 0);
          expect(x, textIn(text)).toBeGreaterThan(left);
          expect(x + length, textIn(text)).toBeLessThan(right);
        }
      }
    }
  });

  test('has colours for dark screens, and none of them in the light one', async () => {
    const graph = graphFrom(one);
    const layout = await layOutGraph(graph);
    const both = drawSvg(graph, layout, 'both').svg;
    const light = drawSvg(graph, layout, 'light').svg;
    expect(both).toContain('@media (prefers-color-scheme:dark)');
    expect(light).not.toContain('@media');
    expect(both.replace(/@media[^]*?\n\}\n/, '')).toBe(light);
    // Viewers that know no variables would draw everything black.
    expect(both).not.toContain('var(');
  });

  test('explains only the lines that occur', async () => {
    const legendOf = async (files: Readonly<Record<string, string>>): Promise<string> => {
      const graph = graphFrom(files);
      return drawSvg(graph, await layOutGraph(graph), 'light').svg.replace(/^[^]*<\/g>\n/, '');
    };
    expect(await legendOf(one)).not.toContain('<text');
    expect(await legendOf(circle)).toMatch(/waits for its end/);
    expect(await legendOf(circle)).not.toMatch(/failed|secondary|round|first files/);
    expect(await legendOf(deep)).toMatch(/waits[^]*first files[^]*failed[^]*secondary[^]*next round/);
  });

  test('refuses more steps than anybody could read', async () => {
    const names = Array.from({ length: 1001 }, (_, index) => [`s${index}`, step({})]);
    const graph = graphFrom({ 'main.cwl': workflow(Object.fromEntries(names) as Record<string, unknown>) });
    await expect(layOutGraph(graph)).rejects.toMatchObject({
      message: 'a picture of 1001 steps and 0 edges could not be read',
      exitCode: 33,
    });
  });
});

/** From left to right, of rectangles and polygons. */
function boundsOf(element: {
  name: string;
  attributes: Readonly<Record<string, string>>;
}): [number, number][] {
  const { x, width, points } = element.attributes;
  if (element.name === 'rect') return [[Number(x), Number(x) + Number(width)]];
  if (points === undefined) return [];
  const all = points.split(' ').map((point) => Number(point.split(',')[0]));
  return [[Math.min(...all), Math.max(...all)]];
}

test('any workflow is placed without overlaps, with every edge', async () => {
  const graphs = fc.array(
    fc.record({
      from: fc.array(fc.nat({ max: 11 }), { maxLength: 3 }),
      name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
      secondary: fc.boolean(),
      negated: fc.constantFrom(undefined, true, false),
    }),
    { minLength: 1, maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(graphs, async (drafts) => {
      const names = drafts.map(({ name }, index) => `${index} ${name.replaceAll('/', '')}`);
      const steps = drafts.map(({ from, secondary, negated }, index) => {
        const parents = from
          .filter((parent) => parent < index)
          .map((parent) => `${names[parent] ?? ''}/outDS`);
        const data = parents.length === 0 ? {} : { [secondary ? 'opt_secondaryDSs' : 'opt_inDS']: parents };
        const when = parents.length > 0 && !secondary && negated !== undefined;
        return [
          names[index],
          step({ in: data, more: when ? { when: `$(${negated ? '!' : ''}self.opt_inDS)` } : {} }),
        ];
      });
      const graph = graphFrom({ 'main.cwl': workflow(Object.fromEntries(steps) as Record<string, unknown>) });
      const layout = await layOutGraph(graph);
      checkLayout(layout);
      const gates = graph.steps.filter(({ gate }) => gate !== undefined).length;
      expect(layout.routes).toHaveLength(graph.edges.length + gates);
      parseXml(drawSvg(graph, layout, 'both').svg);
      parseDot(drawDot(graph));
      parseMermaid(drawMermaid(graph));
    }),
    { numRuns: 40, seed: 3 },
  );
});

describe('the PNG', () => {
  const require = createRequire(import.meta.url);
  const fontFiles = ['400Regular/Inter_400Regular.ttf', '600SemiBold/Inter_600SemiBold.ttf'].map((path) =>
    require.resolve(`@expo-google-fonts/inter/${path}`),
  );

  test('has two pixels for each unit, and shows boxes and text', async () => {
    const graph = graphFrom(deep);
    const picture = drawSvg(graph, await layOutGraph(graph), 'light');
    const { width, height, bytes } = decodePng(await drawPng(picture, { fontFiles }));
    expect([width, height]).toEqual([picture.width * 2, picture.height * 2]);
    const colors = new Map<number, number>();
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (let at = 0; at < bytes.length; at += 4) {
      const color = view.getUint32(at);
      colors.set(color, (colors.get(color) ?? 0) + 1);
    }
    const share = (color: number): number => (colors.get(color) ?? 0) / (width * height);
    expect(share(0xffffffff)).toBeGreaterThan(0.1);
    // Boxes of prun steps, and the ink of their names: without a font there would be none.
    expect(share(0xe6f0faff)).toBeGreaterThan(0.02);
    expect(share(0x1d2733ff)).toBeGreaterThan(0.001);
  });

  test('is the same again', async () => {
    const graph = graphFrom(one);
    const picture = drawSvg(graph, await layOutGraph(graph), 'light');
    expect(await drawPng(picture, { fontFiles })).toEqual(await drawPng(picture, { fontFiles }));
  });

  test('has smaller pixels where two for each unit would fill the memory', () => {
    expect(zoomFor({ width: 1000, height: 500 })).toBe(2);
    expect(zoomFor({ width: 20_000, height: 10_000 })).toBe(0.5);
    expect(zoomFor({ width: 60_000, height: 100 })).toBe(0.5);
  });
});
