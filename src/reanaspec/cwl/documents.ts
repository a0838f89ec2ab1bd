// The CWL documents of an analysis: the one that the specification names, and those that its steps run.
import { posix } from 'node:path';
import { Findings } from '../../base/finding.ts';
import type { ReadText } from '../../base/read-text.ts';
import { entryOf, keyText, readTree, textOf, valueOf } from '../../source/tree.ts';
import type { MapNode, TreeNode } from '../../source/tree.ts';

export interface CwlDocuments {
  /** The main one, in whatever form it is; `undefined` when it cannot be read. */
  readonly root: TreeNode | undefined;
  /** By path, the main one first; without those that hold several processes. */
  readonly documents: ReadonlyMap<string, MapNode>;
  /** All that can be read: those that are documents, and those of `$graph`. */
  readonly processes: readonly CwlProcess[];
  /** False when something is written in a form, or lies in a place, that is not followed here. */
  readonly isComplete: boolean;
}

/** A process as CWL names it. */
export interface CwlReference {
  /** Empty for one in the same document. */
  readonly file: string;
  /** What stands behind the `#`; `undefined` when nothing does. */
  readonly process: string | undefined;
}

/** Takes `tools.cwl#fit` apart. */
export function referenceOf(text: string): CwlReference {
  const [file = '', ...behind] = text.split('#');
  return { file, process: behind.join('#') || undefined };
}

export interface CwlProcess {
  readonly node: MapNode;
  /** `cwlVersion` of its document. */
  readonly version: string | undefined;
}

/** Reads the documents. What is wrong with them is said by the check of CWL itself. */
export function readCwlDocuments(main: string, readText: ReadText): CwlDocuments {
  const documents = new Map<string, MapNode>();
  const processes: CwlProcess[] = [];
  const pending = [main];
  const seen = new Set<string>();
  let isComplete = true;
  let first: TreeNode | undefined;
  for (let path = pending.shift(); path !== undefined; path = pending.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const answer = readText(path);
    const root = answer.ok ? readTree(path, answer.text, new Findings(), { allowEmpty: true }) : undefined;
    if (path === main) first = root;
    if (root?.kind !== 'map') {
      isComplete = false;
      continue;
    }
    if (entryOf(root, '$graph') !== undefined) isComplete = false;
    else documents.set(path, root);
    if (answer.ok && /\$(?:import|include|mixin)\b/.test(answer.text)) isComplete = false;
    const version = textOf(valueOf(root, 'cwlVersion'));
    for (const node of processesIn(root)) {
      processes.push({ node, version });
      for (const step of itemsOf(valueOf(node, 'steps'))) {
        const run = step.node.kind === 'map' ? textOf(valueOf(step.node, 'run')) : undefined;
        if (run === undefined) continue;
        const { file } = referenceOf(run);
        if (/^[a-z]+:|#/i.test(run)) isComplete = false;
        if (file !== '' && !/^[a-z]+:/i.test(file)) pending.push(posix.join(posix.dirname(path), file));
      }
    }
  }
  return { root: first, documents, processes, isComplete };
}

function processesIn(root: MapNode): readonly MapNode[] {
  const graph = valueOf(root, '$graph');
  if (graph === undefined) return [root];
  return graph.kind === 'sequence' ? graph.items.filter((item) => item.kind === 'map') : [];
}

/** The process of a document that a name means: one of `$graph`, or the document itself.
 *  @param name what stands behind the `#`; `undefined`: the main one */
export function processIn(root: TreeNode | undefined, name: string | undefined): MapNode | undefined {
  if (root?.kind !== 'map') return undefined;
  const graph = valueOf(root, '$graph');
  if (graph?.kind !== 'sequence') {
    const id = textOf(valueOf(root, 'id'))?.replace(/^.*#/, '');
    return name === undefined || name === id ? root : undefined;
  }
  const items = itemsOf(graph);
  const found =
    items.find(({ id }) => id === (name ?? 'main')) ??
    (name === undefined && items.length === 1 ? items[0] : undefined);
  return found?.node.kind === 'map' ? found.node : undefined;
}

export interface NamedItem {
  readonly id: string;
  readonly node: TreeNode;
}

/** The items of a list with ids, or of a mapping, which are sorted by name as cwltool does. */
export function itemsOf(node: TreeNode | undefined): readonly NamedItem[] {
  if (node?.kind === 'map') {
    return node.entries
      .map(({ key, value }) => ({ id: keyText(key), node: value }))
      .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  }
  return (node?.kind === 'sequence' ? node.items : []).flatMap((item) => {
    const id = item.kind === 'map' ? textOf(valueOf(item, 'id')) : undefined;
    return id === undefined ? [] : [{ id: id.replace(/^.*[#/]/, ''), node: item }];
  });
}

/** Requirements or hints by class, in either form. */
export function classesOf(
  node: TreeNode | undefined,
): readonly { readonly name: string; readonly node: MapNode }[] {
  if (node?.kind === 'map') {
    return node.entries.flatMap(({ key, value }) =>
      value.kind === 'map' ? [{ name: keyText(key), node: value }] : [],
    );
  }
  return (node?.kind === 'sequence' ? node.items : []).flatMap((item) => {
    const name = item.kind === 'map' ? textOf(valueOf(item, 'class')) : undefined;
    return item.kind === 'map' && name !== undefined ? [{ name, node: item }] : [];
  });
}
