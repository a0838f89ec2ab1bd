// What lines stand for, in words: for legends and descriptions.
import type { Graph, GraphEdge } from './graph.ts';

export type LineMeaning = 'processed' | 'started' | 'failed' | 'secondary' | 'repeats';

export const meanings: Readonly<Record<LineMeaning, string>> = {
  processed: 'waits for its end',
  started: 'starts with its first files',
  failed: 'runs when it failed',
  secondary: 'secondary dataset',
  repeats: 'decides on the next round',
};

/** The kinds of lines that a graph has, in a fixed order. */
export function meaningsIn(graph: Graph): readonly LineMeaning[] {
  const found = new Set(graph.edges.flatMap(meaningsOf));
  return (['processed', 'started', 'failed', 'secondary', 'repeats'] as const).filter((meaning) =>
    found.has(meaning),
  );
}

function meaningsOf(edge: GraphEdge): readonly LineMeaning[] {
  return [
    ...(edge.kind === 'given' ? [] : [edge.kind]),
    ...(edge.data === 'secondary' ? (['secondary'] as const) : []),
  ];
}

/** An edge in a few words: `klm.root, waits for its end`. */
export function edgeText(edge: GraphEdge): string {
  return [...edge.types, ...meaningsOf(edge).map((meaning) => meanings[meaning])].join(', ');
}
