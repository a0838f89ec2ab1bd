// Compares a tree with the fields it may have. REANA only warns about fields it does not know; so does this.
import { closest } from '../base/closest.ts';
import type { Findings } from '../base/finding.ts';
import { entryOf, keyText, spanOf } from '../source/tree.ts';
import type { MapEntry, MapNode, TreeNode } from '../source/tree.ts';
import { requiredFields } from './fields.ts';
import type { Fields, Shape } from './fields.ts';

/** Checks a node that must be an object with these fields.
 *  @param place how the object is called in messages: `workflow.resources`, or `the specification` at the top */
export function checkFields(node: TreeNode, fields: Fields, place: string, findings: Findings): void {
  if (node.kind !== 'map') {
    wrongType(node, place, 'a mapping', findings);
    return;
  }
  const misspelt = (requiredFields.get(fields) ?? []).map((field) => misspellingOf(field, node, fields));
  for (const entry of node.entries) {
    if (misspelt.includes(entry)) continue;
    const name = keyText(entry.key);
    const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (shape === undefined) {
      const near = closest(name, Object.keys(fields));
      findings.warning(
        'reana/unknown-field',
        spanOf(entry.key),
        `unknown field \`${name}\` in \`${place}\``,
        {
          help: near === undefined ? undefined : `did you mean \`${near}\`?`,
        },
      );
      continue;
    }
    checkShape(entry.value, shape, place === 'reana.yaml' ? name : `${place}.${name}`, findings);
  }
}

/** What seems to have been meant as a field that is missing.
 *  @returns `undefined` when the field is there, or nothing is like it */
export function misspellingOf(field: string, node: MapNode, fields: Fields): MapEntry | undefined {
  if (entryOf(node, field) !== undefined) return undefined;
  return node.entries.find((entry) => {
    const name = keyText(entry.key);
    return !Object.hasOwn(fields, name) && closest(name, Object.keys(fields)) === field;
  });
}

/** Checks a value.
 *  @param place what the value is called in messages */
export function checkShape(node: TreeNode, shape: Shape, place: string, findings: Findings): void {
  if (typeof shape !== 'string') {
    if ('fields' in shape) checkFields(node, shape.fields, place, findings);
    else if (node.kind !== 'sequence') wrongType(node, place, 'a list', findings);
    else node.items.forEach((item, index) => checkFields(item, shape.listOf, `${place}[${index}]`, findings));
    return;
  }
  switch (shape) {
    case 'any':
      return;
    case 'map':
      if (node.kind !== 'map') wrongType(node, place, 'a mapping', findings);
      return;
    case 'texts':
      if (node.kind !== 'sequence') wrongType(node, place, 'a list of texts', findings);
      else for (const item of node.items) checkShape(item, 'text', place, findings);
      return;
    case 'text':
      if (node.kind === 'scalar' && typeof node.value === 'string') return;
      wrongType(node, place, 'a text', findings);
      return;
    case 'flag':
      if (node.kind === 'scalar' && typeof node.value === 'boolean') return;
      wrongType(node, place, '`true` or `false`', findings);
      return;
    case 'whole':
      if (node.kind === 'scalar' && typeof node.value === 'number' && Number.isInteger(node.value)) return;
      wrongType(node, place, 'a whole number', findings);
  }
}

function wrongType(node: TreeNode, place: string, wanted: string, findings: Findings): void {
  const isBareNumber = node.kind === 'scalar' && typeof node.value === 'number' && wanted === 'a text';
  findings.error('reana/wrong-type', spanOf(node), `\`${place}\` must be ${wanted}, not ${kindName(node)}`, {
    help: isBareNumber ? 'put it in quotes' : undefined,
  });
}

/** What a node is, in words: `a text`. */
export function kindName(node: TreeNode): string {
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'sequence') return 'a list';
  if (node.value === null) return 'empty';
  return typeof node.value === 'string'
    ? 'a text'
    : typeof node.value === 'number'
      ? 'a number'
      : 'a truth value';
}
