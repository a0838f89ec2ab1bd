// What a document says, as values that workflows compute with.
import { keyText, type TreeNode } from '../../source/tree.ts';
import type { Value } from '../../workflow/model.ts';

/** Every unquoted number is a number, even where it is not exact any more: CWL has `long` and `double`. */
export function numbersIn(node: TreeNode): Value {
  if (node.kind === 'sequence') return node.items.map(numbersIn);
  if (node.kind === 'map')
    return Object.fromEntries(node.entries.map((entry) => [keyText(entry.key), numbersIn(entry.value)]));
  const { value } = node;
  return typeof value === 'string' && node.style === 'plain' && /^[-+]?\d+$/.test(value)
    ? Number(value)
    : value;
}
