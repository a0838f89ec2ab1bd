// A workflow in the language of Mermaid, which many web pages draw by themselves.
import type { StepType } from '../model.ts';
import { allSteps, firstLeaves, type Graph, type GraphEdge, type GraphStep } from './graph.ts';
import { meanings } from './meanings.ts';
import { noteOf } from './sizes.ts';

/** A flowchart from top to bottom; sub-workflows are subgraphs. */
export function drawMermaid(graph: Graph): string {
  const heads = firstLeaves(graph.steps);
  const edges = graph.edges.map((edge) => ({ line: edgeLine(edge, heads), look: lookOf(edge) }));
  const gates = [...allSteps(graph.steps)].flatMap(({ key, gate }) =>
    gate === undefined ? [] : [`  ${gate.key} --> ${key}`],
  );
  const lineLooks = edges.flatMap(({ look }, index) => (look === '' ? [] : [`  linkStyle ${index} ${look}`]));
  return [
    '---',
    `title: ${JSON.stringify(graph.title)}`,
    '---',
    'flowchart TB',
    ...graph.inputs.map((end) => `  ${end.key}[/${quoted(end.name, end.type ?? 'input')}/]:::given`),
    ...graph.steps.flatMap((step) => stepLines(step, '  ')),
    ...graph.outputs.map((end) => `  ${end.key}[/${quoted(end.name, 'output')}/]:::given`),
    ...edges.map(({ line }) => line),
    ...gates,
    ...lineLooks,
    ...classLines(graph),
    '',
  ].join('\n');
}

// Text is dark on every light fill, on dark pages, too.
const looks: Readonly<Record<StepType | 'given' | 'gate' | 'negated', string>> = {
  given: 'fill:#f1f3f5,stroke:#8d99a6',
  prun: 'fill:#e6f0fa,stroke:#2f6fad',
  phpo: 'fill:#f8eaf3,stroke:#a5487f',
  junction: 'fill:#fdf2d6,stroke:#9a6a00',
  reana: 'fill:#e0f4ec,stroke:#0f7a5a',
  gitlab: 'fill:#fce9df,stroke:#b8501a',
  workflow: 'fill:#f5f7fa,stroke:#b4bfca',
  gate: 'fill:#ffffff,stroke:#4a5866',
  negated: 'fill:#ffffff,stroke:#c0392b,stroke-dasharray:5 3',
};

function classLines(graph: Graph): string[] {
  const steps = [...allSteps(graph.steps)];
  const used = new Set<string>(steps.map((step) => step.type));
  if (graph.inputs.length + graph.outputs.length > 0) used.add('given');
  for (const { gate } of steps) if (gate !== undefined) used.add(gate.negated ? 'negated' : 'gate');
  return Object.entries(looks).flatMap(([name, look]) =>
    used.has(name) ? [`  classDef ${name} ${look},color:#1d2733`] : [],
  );
}

const shapes: Readonly<Record<StepType, readonly [string, string]>> = {
  prun: ['[', ']'],
  phpo: ['{{', '}}'],
  junction: ['([', '])'],
  reana: ['[[', ']]'],
  gitlab: ['[(', ')]'],
  workflow: ['(', ')'],
};

function stepLines(step: GraphStep, indent: string): string[] {
  const gate =
    step.gate === undefined
      ? []
      : [`${indent}${step.gate.key}{${quoted(step.gate.text)}}:::${step.gate.negated ? 'negated' : 'gate'}`];
  if ((step.inner ?? []).length === 0) {
    const [open, close] = shapes[step.type];
    return [...gate, `${indent}${step.key}${open}${quoted(step.name, noteOf(step))}${close}:::${step.type}`];
  }
  const parameters = step.parameters.length === 0 ? '' : `: ${step.parameters.join(', ')}`;
  const note = `${step.loop ? '↻ ' : ''}${noteOf(step)}${parameters}`;
  return [
    ...gate,
    `${indent}subgraph ${step.key}[${quoted(`${step.name} (${note})`)}]`,
    ...(step.inner ?? []).flatMap((inner) => stepLines(inner, `${indent}  `)),
    `${indent}end`,
    `${indent}class ${step.key} workflow`,
  ];
}

/** A line from a junction to the very subgraph it is in would make Mermaid lose its way: it leads to the first step there. */
function edgeLine(edge: GraphEdge, heads: ReadonlyMap<string, string>): string {
  const end = edge.kind === 'repeats' ? (heads.get(edge.to) ?? edge.to) : edge.to;
  const target = edge.gated ? end.replace(/^step/, 'gate') : end;
  const text = [edge.data === 'secondary' ? 'secondary' : '', edge.types.join(', ')]
    .filter((part) => part !== '')
    .join(': ');
  const label = edge.kind === 'repeats' ? `↻ ${meanings.repeats}` : text;
  return `  ${edge.from} ${arrows[edge.kind]}${label === '' ? '' : `|${quoted(label)}|`} ${target}`;
}

const arrows: Readonly<Record<GraphEdge['kind'], string>> = {
  processed: '-->',
  given: '-->',
  started: '-.->',
  failed: '--x',
  repeats: '-.->',
};

function lookOf(edge: GraphEdge): string {
  if (edge.kind === 'failed') return 'stroke:#c0392b';
  if (edge.kind === 'repeats') return 'stroke:#9a6a00';
  if (edge.data === 'secondary') return 'stroke:#7b4fa6,stroke-width:3px';
  return '';
}

/** Lines of text in quotes. What could end the quotes, begin a tag, a directive (`%%{`) or a line break (`\\n`), or be read as
 *  Markdown is written by its number. */
function quoted(...lines: string[]): string {
  const escaped = lines.map((line) =>
    line.replace(/["#&<>`\\%]/g, (sign) => `#${sign.codePointAt(0) ?? 0};`),
  );
  return `"${escaped.join('<br/>')}"`;
}
