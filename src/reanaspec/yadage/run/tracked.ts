// Values that know which node each of their leaves comes from, so that a step depends on what it uses and on nothing else.
import { isList, PythonFloat, type PythonValue } from '../../python-value.ts';
import { YadageFault } from './fault.ts';
import { findByPath, type Opening } from './json-path.ts';
import type { YadageNode } from './scope.ts';

/** A leaf: a value without members, and the node that has published it; `undefined`: it stands in the workflow itself. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly value: PythonValue;
  readonly node: YadageNode | undefined;
}

export type Tracked =
  | Leaf
  | { readonly kind: 'list'; readonly items: readonly Tracked[] }
  | { readonly kind: 'object'; readonly members: Readonly<Record<string, Tracked>> };

/** @param node where all of it comes from */
export function tracked(value: PythonValue, node?: YadageNode): Tracked {
  if (isList(value)) return { kind: 'list', items: value.map((member) => tracked(member, node)) };
  if (typeof value !== 'object' || value === null || value instanceof PythonFloat)
    return { kind: 'leaf', value, node };
  const members: Record<string, Tracked> = {};
  for (const [key, member] of Object.entries(value)) members[key] = tracked(member, node);
  return { kind: 'object', members };
}

/** The plain value, and the nodes it comes from, each once. */
export function untracked(value: Tracked): {
  readonly value: PythonValue;
  readonly nodes: readonly YadageNode[];
} {
  const nodes = new Set<YadageNode>();
  const plain = (part: Tracked): PythonValue => {
    switch (part.kind) {
      case 'leaf':
        if (part.node !== undefined) nodes.add(part.node);
        return part.value;
      case 'list':
        return part.items.map(plain);
      case 'object':
        return Object.fromEntries(Object.entries(part.members).map(([key, member]) => [key, plain(member)]));
    }
  };
  return { value: plain(value), nodes: [...nodes] };
}

/** The one part of a value that a JSONPath names; all of it without a path.
 *  @throws YadageFault when there is none, or there are several */
export function selected(value: Tracked, path: string | undefined, place: string): Tracked {
  if (path === undefined || path === '') return value;
  const found = findByPath(path, value, openTracked);
  const [only] = found;
  if (only === undefined) throw new YadageFault(`there is no output \`${path}\` of ${place}`);
  if (found.length > 1) throw new YadageFault(`\`${path}\` names ${found.length} outputs of ${place}`);
  return only;
}

const openTracked: Opening<Tracked> = {
  list: (part) => (part.kind === 'list' ? part.items : undefined),
  object: (part) => (part.kind === 'object' ? part.members : undefined),
};
