// A workflow in the language of Graphviz.
import type { StepType } from '../model.ts';
import { meanings } from './meanings.ts';
import { firstLeaves, type Graph, type GraphEdge, type GraphStep } from './graph.ts';
import { noteOf } from './sizes.ts';

/** A digraph; sub-workflows are clusters. */
export function drawDot(graph: Graph): string {
  const groups = firstLeaves(graph.steps);
  return [
    `digraph ${quoted(graph.title)} {`,
    '  graph [compound=true, fontname="Helvetica", fontsize=12, style="rounded"];',
    '  node [fontname="Helvetica", fontsize=12, shape=box, style="rounded,filled", fillcolor="#e6f0fa", color="#2f6fad"];',
    '  edge [fontname="Helvetica", fontsize=10, color="#4a5866"];',
    ...graph.inputs.map(
      (end) => `  ${end.key} ${attributes({ label: lines(end.name, end.type ?? 'input'), ...endLook })}`,
    ),
    ...graph.steps.flatMap((step) => stepLines(step, '  ')),
    ...graph.outputs.map(
      (end) => `  ${end.key} ${attributes({ label: lines(end.name, 'output'), ...endLook })}`,
    ),
    ...graph.edges.map((edge) => edgeLine(edge, groups)),
    ...gatesOf(graph.steps).map((step) => {
      const inside = groups.get(step.key);
      const rest = inside === undefined ? '' : ` ${attributes({ lhead: clusterOf(step.key) })}`;
      return `  ${step.gate?.key ?? ''} -> ${inside ?? step.key}${rest};`;
    }),
    '}',
    '',
  ].join('\n');
}

const endLook = { shape: 'parallelogram', style: 'filled', fillcolor: '#f1f3f5', color: '#8d99a6' };

const looks: Readonly<Record<StepType, Readonly<Record<string, string>>>> = {
  prun: {},
  phpo: { shape: 'octagon', style: 'filled', fillcolor: '#f8eaf3', color: '#a5487f' },
  junction: { shape: 'ellipse', style: 'filled', fillcolor: '#fdf2d6', color: '#9a6a00' },
  reana: { fillcolor: '#e0f4ec', color: '#0f7a5a', peripheries: '2' },
  gitlab: { fillcolor: '#fce9df', color: '#b8501a', peripheries: '2' },
  workflow: { fillcolor: '#f5f7fa', color: '#b4bfca' },
};

function stepLines(step: GraphStep, indent: string): string[] {
  const gate =
    step.gate === undefined
      ? []
      : [
          `${indent}${step.gate.key} ${attributes({
            label: step.gate.text,
            shape: 'diamond',
            style: step.gate.negated ? 'dashed' : 'solid',
            color: step.gate.negated ? '#c0392b' : '#4a5866',
          })}`,
        ];
  if ((step.inner ?? []).length === 0) {
    const label = lines(step.name, noteOf(step));
    return [...gate, `${indent}${step.key} ${attributes({ label, ...looks[step.type] })}`];
  }
  const parameters = step.parameters.length === 0 ? '' : `: ${step.parameters.join(', ')}`;
  const label = lines(step.name, `${step.loop ? '↻ ' : ''}${noteOf(step)}${parameters}`);
  return [
    ...gate,
    `${indent}subgraph ${clusterOf(step.key)} {`,
    `${indent}  label=${quoted(label)}; color="${step.loop ? '#9a6a00' : '#b4bfca'}"; bgcolor="#f5f7fa";`,
    ...(step.inner ?? []).flatMap((inner) => stepLines(inner, `${indent}  `)),
    `${indent}}`,
  ];
}

/** Graphviz draws edges between nodes only: an edge of a cluster is one of a step in it that is cut at its border. */
function edgeLine(edge: GraphEdge, groups: ReadonlyMap<string, string>): string {
  const target = edge.gated ? edge.to.replace(/^step/, 'gate') : edge.to;
  const from = groups.get(edge.from) ?? edge.from;
  const to = groups.get(target) ?? target;
  const look = {
    ...(edge.types.length === 0 && edge.kind !== 'repeats' ? {} : { label: labelOf(edge) }),
    ...(from === edge.from ? {} : { ltail: clusterOf(edge.from) }),
    ...(to === target ? {} : edge.kind === 'repeats' ? {} : { lhead: clusterOf(target) }),
    ...lineLook(edge),
  };
  return `  ${from} -> ${to}${Object.keys(look).length === 0 ? '' : ` ${attributes(look)}`}`.replace(
    /;?$/,
    ';',
  );
}

function labelOf(edge: GraphEdge): string {
  return edge.kind === 'repeats' ? `↻ ${meanings.repeats}` : edge.types.join(', ');
}

function lineLook(edge: GraphEdge): Readonly<Record<string, string>> {
  const secondary: Readonly<Record<string, string>> =
    edge.data === 'secondary' ? { color: '#7b4fa6:#7b4fa6' } : {};
  switch (edge.kind) {
    case 'processed':
      return secondary;
    case 'given':
      return { ...secondary, arrowsize: '0.7' };
    case 'started':
      return { ...secondary, style: 'dotted', arrowhead: 'empty' };
    case 'failed':
      return { color: '#c0392b', style: 'dashed', arrowhead: 'tee' };
    case 'repeats':
      return { color: '#9a6a00', style: 'dashed', constraint: 'false' };
  }
}

function gatesOf(steps: readonly GraphStep[]): GraphStep[] {
  return steps.flatMap((step) => [...(step.gate === undefined ? [] : [step]), ...gatesOf(step.inner ?? [])]);
}

function clusterOf(key: string): string {
  return `cluster_${key}`;
}

function lines(...texts: string[]): string {
  return texts.join('\n');
}

function attributes(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([name, value]) =>
    /^[a-z0-9_.]+$/.test(value) && name !== 'label' ? `${name}=${value}` : `${name}=${quoted(value)}`,
  );
  return `[${pairs.join(', ')}];`;
}

/** A quoted string; a backslash would begin an escape such as `\N`, and entities such as `&lt;` would be replaced. */
function quoted(text: string): string {
  return `"${text.replace(/&/g, '&amp;').replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`;
}
