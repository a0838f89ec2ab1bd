// What a process may rely on: the requirements and hints of itself, and of the workflows around it.
import { keyText, textOf, valueOf, type TreeNode } from '../../source/tree.ts';
import { texts } from './process.ts';

export interface Features {
  /** Classes of requirements and hints. */
  readonly names: ReadonlySet<string>;
  /** Code that expressions share. */
  readonly expressionLib: readonly string[];
}

export const noFeatures: Features = { names: new Set(), expressionLib: [] };

/** Those of `around`, and those that a process or step says itself. */
export function featuresOf(node: TreeNode, around: Features): Features {
  if (node.kind !== 'map') return around;
  const own = [...sectionItems(valueOf(node, 'requirements')), ...sectionItems(valueOf(node, 'hints'))];
  if (own.length === 0) return around;
  const scripts = own.find((item) => item.name === 'InlineJavascriptRequirement')?.node;
  return {
    names: new Set([...around.names, ...own.map((item) => item.name)]),
    expressionLib:
      scripts?.kind === 'map'
        ? texts(valueOf(scripts, 'expressionLib')).map((line) => String(line.value))
        : around.expressionLib,
  };
}

/** The requirement of a class, where it stands. */
export function requirementNode(node: TreeNode, name: string): TreeNode | undefined {
  if (node.kind !== 'map') return undefined;
  const all = [...sectionItems(valueOf(node, 'requirements')), ...sectionItems(valueOf(node, 'hints'))];
  return all.find((item) => item.name === name)?.node;
}

function sectionItems(section: TreeNode | undefined): readonly { name: string; node: TreeNode }[] {
  if (section?.kind === 'map') {
    return section.entries.map(({ key, value }) => ({ name: bare(keyText(key)), node: value }));
  }
  if (section?.kind !== 'sequence') return [];
  return section.items.flatMap((node) => {
    const name = node.kind === 'map' ? textOf(valueOf(node, 'class')) : undefined;
    return name === undefined ? [] : [{ name: bare(name), node }];
  });
}

function bare(name: string): string {
  return name.replace(/^cwl:/, '');
}
