// A laid-out workflow as an SVG document: readable on light and dark screens, without scripts, fonts or anything from elsewhere.
// The same workflow always gives the same bytes.
import { counted } from '../../base/text.ts';
import { allSteps, type Graph } from './graph.ts';
import type { Layout, Point } from './layout.ts';
import { edgeText, meanings, meaningsIn, type LineMeaning } from './meanings.ts';
import { noteOf, noteSize } from './sizes.ts';
import { drawRoute, edgeClasses } from './svg-edges.ts';
import { drawShape } from './svg-shapes.ts';
import { styleSheet, type Theme } from './svg-style.ts';
import { decimal, svgPage, textElement } from './svg-text.ts';
import { fitted, textLength } from './text-size.ts';

export interface Picture {
  /** The document, with a line break at its end. */
  readonly svg: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

const margin = 24;
const headHeight = 34;
const legendRow = 22;

export function drawSvg(graph: Graph, layout: Layout, theme: Theme): Picture {
  const title = fitted(graph.title, 560, 17, 'bold');
  const width = Math.ceil(Math.max(layout.width, textLength(title, 17, 'bold') + 2 * margin, 260));
  const legend = placeLegend(meaningsIn(graph), width);
  const left = (width - layout.width) / 2;
  const height = Math.ceil(headHeight + layout.height + legend.height);
  const body = [
    textElement(margin, 34, title, { className: 'title' }),
    `<g transform="translate(${decimal(left)} ${headHeight})">`,
    ...drawLayout(layout),
    '</g>',
    ...legend.parts.map((part) => part(headHeight + layout.height)),
  ];
  const svg = svgPage({
    className: 'pchain-graph',
    title: `workflow ${graph.title}`,
    description: describe(graph),
    style: styleSheet(theme),
    width,
    height,
    body,
  });
  return { svg, width, height };
}

/** Sub-workflows lie under the lines, everything else above them. */
function drawLayout(layout: Layout): string[] {
  const routes = layout.routes.map(({ edge, from, to, points }) => {
    const { line, head } = drawRoute(points, edgeClasses(edge));
    return { line: `<g data-from="${from}" data-to="${to}">${line}</g>`, head };
  });
  return [
    ...layout.shapes.filter(({ is }) => is === 'group').map(drawShape),
    ...routes.map(({ line }) => line),
    ...routes.map(({ head }) => head),
    ...layout.shapes.filter(({ is }) => is !== 'group').map(drawShape),
  ].filter((part) => part !== '');
}

interface Legend {
  readonly height: number;
  readonly parts: readonly ((top: number) => string)[];
}

/** Only what occurs; entries that do not fit into a row begin another one. */
function placeLegend(found: readonly LineMeaning[], width: number): Legend {
  if (found.length === 0) return { height: 0, parts: [] };
  let x = margin;
  let row = 0;
  const parts = found.map((meaning) => {
    const text = meanings[meaning];
    const needed = 44 + textLength(text, noteSize) + 20;
    if (x > margin && x + needed - 20 > width - margin) {
      x = margin;
      row++;
    }
    const at = { x, row };
    x += needed;
    return (top: number): string => legendEntry(meaning, text, at.x, top + 10 + at.row * legendRow);
  });
  return { height: (row + 1) * legendRow + 16, parts };
}

function legendEntry(meaning: LineMeaning, text: string, x: number, y: number): string {
  const points: Point[] = [
    { x, y },
    { x: x + 36, y },
  ];
  const { line, head } = drawRoute(points, meaning === 'secondary' ? 'secondary processed' : meaning);
  return line + head + textElement(x + 44, y + 4, text, { className: 'note' });
}

/** The whole graph in words, for those who cannot see it. */
function describe(graph: Graph): string {
  const steps = [...allSteps(graph.steps)];
  const names = new Map([
    ...graph.inputs.map((end) => [end.key, `input ${end.name}`] as const),
    ...steps.map((step) => [step.key, step.name] as const),
    ...graph.outputs.map((end) => [end.key, `output ${end.name}`] as const),
  ]);
  const stepTexts = steps.map((step) => {
    const when = step.gate === undefined ? '' : `, when ${step.gate.text}`;
    return `${step.name} (${noteOf(step)}${when})`;
  });
  const edgeTexts = graph.edges.map((edge) => {
    const text = edgeText(edge);
    return `${names.get(edge.from) ?? ''} to ${names.get(edge.to) ?? ''}${text === '' ? '' : ` (${text})`}`;
  });
  return [
    `${counted(steps.length, 'step')}: ${stepTexts.join('; ')}.`,
    edgeTexts.length === 0 ? '' : `Edges: ${edgeTexts.join('; ')}.`,
  ]
    .join(' ')
    .trim();
}
