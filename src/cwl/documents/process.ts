// A process of a document, in the form that links and requirements are checked with: names and nodes, nothing reported.
import { keyText, textOf, valueOf, type MapNode, type ScalarNode, type TreeNode } from '../../source/tree.ts';
import type { CwlVersion } from '../fields.ts';
import { isNull, isUnreadSection } from '../document.ts';
import { processClasses, type ProcessClass } from './grammar/processes.ts';

export interface Process {
  readonly class: ProcessClass;
  readonly version: CwlVersion;
  readonly node: MapNode;
  /** The file it is written in. */
  readonly file: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** Something with a name: an input, an output, a step. */
export interface Port {
  readonly name: string;
  /** Where the name stands. */
  readonly key: TreeNode;
  /** What it is: a map, or the short form. */
  readonly node: TreeNode;
}

/** The class of a map, when it is one of CWL's. */
export function classOf(node: MapNode): ProcessClass | undefined {
  const name = textOf(valueOf(node, 'class'));
  return processClasses.find((known) => known === name);
}

export function readProcess(node: MapNode, name: ProcessClass, version: CwlVersion): Process {
  return {
    class: name,
    version,
    node,
    file: node.source.file,
    inputs: portsOf(valueOf(node, 'inputs')),
    outputs: portsOf(valueOf(node, 'outputs')),
  };
}

/** Whether what a process takes or gives cannot be known, because it is written as something else than a map or a list. */
export function isUnread(process: Process, section: 'inputs' | 'outputs' | 'steps'): boolean {
  return isUnreadSection(valueOf(process.node, section));
}

/** The things of a section: a map by name, or a list of maps with `id`. Those without a name are left out. */
export function portsOf(section: TreeNode | undefined): readonly Port[] {
  if (section?.kind === 'map') {
    return section.entries.map(({ key, value }) => ({ name: shortName(keyText(key)), key, node: value }));
  }
  if (section?.kind !== 'sequence') return [];
  return section.items.flatMap((node) => {
    const id = node.kind === 'map' ? valueOf(node, 'id') : undefined;
    const name = textOf(id);
    return id === undefined || name === undefined ? [] : [{ name: shortName(name), key: id, node }];
  });
}

/** `#main/step/in` is `in`: documents that a program packed write whole paths. */
export function shortName(id: string): string {
  return id.replace(/^.*[#/]/, '');
}

/** The type of an input or output; `undefined` when there is none. */
export function typeNode(port: Port): TreeNode | undefined {
  return port.node.kind === 'map' ? valueOf(port.node, 'type') : port.node;
}

/** A field of something that may have a short form. */
export function fieldOf(node: TreeNode, name: string): TreeNode | undefined {
  const value = node.kind === 'map' ? valueOf(node, name) : undefined;
  return isNull(value) ? undefined : value;
}

/** The texts of a text, or of a list of texts. */
export function texts(node: TreeNode | undefined): readonly ScalarNode[] {
  const items = node?.kind === 'sequence' ? node.items : node === undefined ? [] : [node];
  return items.flatMap((item) => (item.kind === 'scalar' && typeof item.value === 'string' ? [item] : []));
}
