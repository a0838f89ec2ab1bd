// Whether a value fits a form, told without reporting anything: the questions that the walk over a document asks first.
import type { FindingExtras } from '../../base/finding.ts';
import { coreValue } from '../../source/scalar.ts';
import { entryOf, keyText, scalarText, spanOf, type MapNode, type TreeNode } from '../../source/tree.ts';
import type { CwlVersion } from '../fields.ts';
import { recordOf } from './grammar/records.ts';
import type { Shape } from './grammar/shape.ts';

/** Texts that any version of CWL evaluates. */
export function holdsExpression(text: string): boolean {
  return text.includes('$(') || text.includes('${');
}

/** Quotes that are missing around a text, or too many around a number or truth value. */
export function quotes(shape: Shape, node: TreeNode): FindingExtras {
  if (node.kind !== 'scalar' || node.value === null) return {};
  const shapes = flat([shape]);
  const mended = (text: string): FindingExtras => ({
    help: `write \`${text}\``,
    fix: { span: spanOf(node), text },
  });
  if (typeof node.value !== 'string') {
    return shapes.some((one) => one.is === 'text') ? mended(`"${scalarText(node)}"`) : {};
  }
  const isQuoted = node.style === 'single' || node.style === 'double';
  const bare = { ...node, style: 'plain' as const, value: coreValue(node.value) };
  const isMeant = shapes.some((one) => (one.is === 'number' || one.is === 'truth') && fits(one, bare));
  return isQuoted && isMeant ? mended(node.value) : {};
}

/** The forms of a choice, and of the choices in it. */
export function flat(shapes: readonly Shape[]): readonly Shape[] {
  if (!shapes.some((shape) => shape.is === 'either')) return shapes;
  return shapes.flatMap((shape) => (shape.is === 'either' ? flat(shape.of) : [shape]));
}

/** Whether a value is of the right kind, without a look at what is in it. */
export function fitsAtFirst(shape: Shape, node: TreeNode): boolean {
  switch (shape.is) {
    case 'anything':
      return true;
    case 'either':
      return shape.of.some((one) => fitsAtFirst(one, node));
    case 'list':
      return node.kind === 'sequence';
    case 'record':
    case 'process':
      return node.kind === 'map';
    case 'named list':
    case 'requirements':
      return node.kind !== 'scalar';
    case 'type':
      return true;
    default:
      return fits(shape, node);
  }
}

/** The same, with a look at the items of lists. */
export function fitsAtHand(shape: Shape, node: TreeNode): boolean {
  if (shape.is === 'either') return shape.of.some((one) => fitsAtHand(one, node));
  if (shape.is !== 'list') return fitsAtFirst(shape, node);
  return node.kind === 'sequence' && node.items.every((item) => fitsAtHand(shape.of, item));
}

/** Whether a scalar fits. */
export function fits(shape: Shape, node: TreeNode): boolean {
  if (node.kind !== 'scalar') return false;
  const { value } = node;
  switch (shape.is) {
    case 'text':
      return typeof value === 'string';
    case 'expression':
      return typeof value === 'string' && holdsExpression(value);
    case 'number':
      // Whole numbers too large for a number of JavaScript stay texts, and are whole numbers all the same.
      return (
        (typeof value === 'number' && (!shape.whole || Number.isInteger(value))) ||
        (typeof value === 'string' && node.style === 'plain' && /^[-+]?\d+$/.test(value))
      );
    case 'truth':
      return typeof value === 'boolean';
    case 'null':
      return value === null;
    case 'word':
      return typeof value === 'string' && shape.words.includes(value);
    default:
      return false;
  }
}

/** How far a map is from a record: what it has too much and too little; most of all a `class` or `type` of another kind. */
export function distance(shape: Shape, map: MapNode, version: CwlVersion): number {
  if (shape.is !== 'record') return Number.POSITIVE_INFINITY;
  const table = recordOf(shape.name, version);
  let found = 0;
  for (const { key, value } of map.entries) {
    const field = table.fields.get(keyText(key));
    if (field === undefined) found += 1;
    else if (field.shape.is === 'word') found += fits(field.shape, value) ? -5 : 5;
  }
  return found + table.required.filter((name) => entryOf(map, name) === undefined).length;
}
