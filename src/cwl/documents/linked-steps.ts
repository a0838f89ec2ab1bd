// The steps of one workflow as its links see them: what each takes and gives, and the names that stand for it.
import { keyText, scalarText, textOf, valueOf, type ScalarNode, type TreeNode } from '../../source/tree.ts';
import type { Findings } from '../../base/finding.ts';
import type { CwlType } from '../types/type.ts';
import { isUnreadSection } from '../document.ts';
import { recordOf } from './grammar/records.ts';
import { fieldOf, shortName, texts, type Port, type Process } from './process.ts';
import type { Features } from './requirements.ts';

/** A workflow, with the steps that could be read. */
export interface Links {
  readonly workflow: Process;
  readonly findings: Findings;
  readonly steps: readonly LinkedStep[];
  /** The type of an input or output of the workflow itself. */
  readonly typeOf: (port: Port) => CwlType;
}

export interface LinkedStep {
  readonly name: string;
  readonly key: TreeNode;
  readonly node: TreeNode;
  readonly inputs: readonly Port[];
  /** As written under `out`. */
  readonly outputs: readonly { readonly name: string; readonly node: TreeNode }[];
  /** What holds inside of the step. */
  readonly features: Features;
  /** What it runs; `undefined` when that is not known. */
  readonly program: Program | undefined;
}

export interface Program {
  readonly process: Process;
  readonly typeOf: (port: Port) => CwlType;
  /** In words: the name of its file. */
  readonly name: string;
}

/** What a source stands for. */
export interface Giver {
  /** The unknown type when only the name is known. */
  readonly type: CwlType;
  readonly step: LinkedStep | undefined;
}

export function scatterNames(step: { readonly node: TreeNode }): readonly ScalarNode[] {
  return texts(fieldOf(step.node, 'scatter'));
}

/** The name of an input of a step: `#main/step/input` is `input`. */
export function inputName(node: ScalarNode): string {
  return shortName(scalarText(node));
}

/** Whether what an input of a step takes may stand in a field that is misspelt. */
export function isUnreadable({ node }: Port): boolean {
  if (node.kind !== 'map' || node.entries.length === 0) return false;
  const known = recordOf('step input', 'v1.2').fields;
  return node.entries.some(({ key }) => !known.has(keyText(key)) && !/[$:]/.test(keyText(key)));
}

/** Whether what a step takes or gives cannot be known, because it is written as something else than a map or a list. */
export function isUnreadStep({ node }: LinkedStep, section: 'in' | 'out'): boolean {
  return node.kind === 'map' && isUnreadSection(valueOf(node, section));
}

/** The source of an input of a step, in its long or its short form. */
export function sourceOf(node: TreeNode): TreeNode | undefined {
  return node.kind === 'map' ? fieldOf(node, 'source') : node;
}

/** `#main/step/output` in the workflow `main` is `step/output`. */
export function sourceName(workflow: Process, written: string): string {
  const name = written.replace(/^[^#]*#/, '');
  const id = textOf(valueOf(workflow.node, 'id'))?.replace(/^#/, '');
  return id !== undefined && written.includes('#') && name.startsWith(`${id}/`)
    ? name.slice(id.length + 1)
    : name;
}

export function hasDefault(node: TreeNode): boolean {
  return fieldOf(node, 'default') !== undefined;
}
