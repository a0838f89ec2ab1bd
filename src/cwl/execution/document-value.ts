// What a document says, as values that workflows compute with.
import { keyText, type ScalarNode, type TreeNode } from '../../source/tree.ts';
import type { Value } from '../../workflow/model.ts';
import { wholeFloat } from './values.ts';

/** Every unquoted number is a number, even where it is not exact any more: CWL has `long` and `double`. What the document itself is
 *  made of needs no floats; the defaults of its inputs do. */
export function numbersIn(node: TreeNode): Value {
  if (node.kind === 'sequence') return node.items.map(numbersIn);
  if (node.kind === 'scalar') return numberOf(node);
  return Object.fromEntries(
    node.entries.map(({ key, value }) => {
      const name = keyText(key);
      return [name, name === 'default' ? inputsIn(value) : numbersIn(value)];
    }),
  );
}

/** The same of values that are given to a workflow: `500.0` is no `500`. What is written with an exponent is plain digits in commands,
 *  with other runners as well. */
export function inputsIn(node: TreeNode): Value {
  if (node.kind === 'sequence') return node.items.map(inputsIn);
  if (node.kind === 'map')
    return Object.fromEntries(node.entries.map((entry) => [keyText(entry.key), inputsIn(entry.value)]));
  const value = numberOf(node);
  const isFloat =
    Number.isInteger(node.value) && /^[-+\d_]*\.0*$/.test(node.source.text.slice(node.start, node.end));
  return typeof value === 'number' && isFloat ? { ...wholeFloat(value) } : value;
}

function numberOf({ value, style }: ScalarNode): Value {
  return typeof value === 'string' && style === 'plain' && /^[-+]?\d+$/.test(value) ? Number(value) : value;
}
