// Faults of values in words: a wrong form, a name that is missing or repeated.
import { entryOf, spanOf, type ScalarNode, type TreeNode } from '../../source/tree.ts';
import { isNull } from '../document.ts';
import type { Shape } from './grammar/shape.ts';
import { quotes } from './shape-fit.ts';
import type { Place, ShapeCheck } from './shape-state.ts';
import { describe } from './words.ts';

/** Says that a value has not the form that it must have. */
export function wrongForm(check: ShapeCheck, shape: Shape, node: TreeNode, place: Place): void {
  const isEmpty = isNull(node);
  const message = `${place.what} must be ${describe(shape)}`;
  const span = spanOf(isEmpty ? place.node : node);
  check.findings.error('cwl/wrong-type', span, message, quotes(shape, node));
}

/** Says that an item of a list has no name, and takes a `name` for a misspelt `id`.
 *  @returns the key about which nothing more is to be said */
export function unnamedItem(
  { findings }: ShapeCheck,
  { by, title }: { readonly by: string; readonly title: string },
  item: TreeNode,
  empty: ScalarNode | undefined,
): ScalarNode | undefined {
  const name = item.kind === 'map' && by === 'id' ? entryOf(item, 'name') : undefined;
  const message = `${title} in a list needs \`${by}\``;
  findings.error('cwl/missing-field', spanOf(name?.key ?? empty ?? item), message, {
    help: name === undefined ? undefined : `write \`${by}\` in place of \`name\``,
    fix: name === undefined ? undefined : { span: spanOf(name.key), text: by },
  });
  return name?.key;
}

/** Says that a name was given before, or keeps it in `names`. */
export function repeatedName(
  { findings }: ShapeCheck,
  { by, name }: { readonly by: string; readonly name: string },
  node: TreeNode,
  names: Map<string, TreeNode>,
): void {
  const before = names.get(name);
  if (before === undefined) {
    names.set(name, node);
    return;
  }
  findings.error('cwl/duplicate-id', spanOf(node), `the ${by} \`${name}\` is repeated`, {
    related: [{ span: spanOf(before), message: 'first written here' }],
  });
}

/** What to do where this field is missing or empty; `undefined`: that depends. */
export function missingHelp(field: string): string | undefined {
  if (field === 'inputs' || field === 'outputs' || field === 'steps') {
    return `write \`${field}: []\` when there are none`;
  }
  if (field === 'requirements' || field === 'hints') return `take it out, or write \`${field}: {}\``;
  if (field === 'in') return 'write `in: {}` when it takes nothing';
  if (field === 'out') return 'write `out: []` when nothing is taken from it';
  return undefined;
}
