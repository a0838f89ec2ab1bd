// Values of a document, or of an inputs file, as the rest of the program carries them.
import { keyText, type ScalarNode, type TreeNode } from '../source/tree.ts';
import type { Value } from './model.ts';
import { pythonFloat } from './python-number.ts';

/** What a node stands for. Every value ends up as text in a command line. A number that Python writes differently from
 *  JavaScript (`1.0`, `1e-05`) is therefore that text. */
export function modelValue(node: TreeNode): Value {
  if (node.kind === 'scalar') return scalarValue(node);
  if (node.kind === 'sequence') return node.items.map(modelValue);
  return Object.fromEntries(node.entries.map((entry) => [keyText(entry.key), modelValue(entry.value)]));
}

function scalarValue(node: ScalarNode): Value {
  const { value } = node;
  if (typeof value !== 'number') return value;
  const written = node.source.text.slice(node.start, node.end);
  const isFloat = node.style !== 'plain' || /[.eE]|inf|nan/i.test(written.replace(/^0x.*/, ''));
  const python = isFloat ? pythonFloat(value) : String(value);
  return python === String(value) ? value : python;
}
