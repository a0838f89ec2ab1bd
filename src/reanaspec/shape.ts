// Compares a tree with the fields it may have. REANA only warns about fields it does not know; so does this.
import type { Findings, FindingExtras } from '../base/finding.ts';
import { meantName, writtenInstead } from '../base/misspelling.ts';
import { entryOf, keyText, spanOf } from '../source/tree.ts';
import type { MapEntry, MapNode, ScalarNode, TreeNode } from '../source/tree.ts';
import { requiredOf } from './fields.ts';
import type { Fields, Shape } from './fields.ts';

/** Checks a node that must be an object with these fields.
 *  @param place how the object is called in messages: `workflow.resources`, or `the specification` at the top */
export function checkFields(node: TreeNode, fields: Fields, place: string, findings: Findings): void {
  if (node.kind !== 'map') {
    wrongType(node, place, 'a mapping', findings);
    return;
  }
  const known = Object.keys(fields);
  const misspelt = misspellings(requiredOf(fields, node), node, known);
  for (const entry of node.entries) {
    if (misspelt.has(entry)) continue;
    const name = keyText(entry.key);
    const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (shape === undefined) {
      const message = `unknown field \`${name}\` in \`${place}\``;
      findings.warning(
        'reana/unknown-field',
        spanOf(entry.key),
        message,
        meantInstead(entry.key, node, known),
      );
      continue;
    }
    checkShape(entry.value, shape, place === 'reana.yaml' ? name : `${place}.${name}`, findings);
  }
}

/** What seems to have been meant as fields that are missing: nothing more is said of it as an unknown field. */
export function misspellings(
  required: readonly string[],
  node: MapNode,
  known: readonly string[],
): ReadonlySet<MapEntry> {
  return new Set(required.flatMap((field) => misspellingOf(field, node, known) ?? []));
}

function misspellingOf(field: string, node: MapNode, known: readonly string[]): MapEntry | undefined {
  if (entryOf(node, field) !== undefined) return undefined;
  const instead = writtenInstead(
    field,
    node.entries.map(({ key }) => keyText(key)),
    known,
  );
  return instead === undefined ? undefined : entryOf(node, instead);
}

export interface MissingField {
  /** What was written instead, if anything seems to be; otherwise the first key, or the empty mapping. */
  readonly at: TreeNode;
  /** Ends the message: empty, or what was written instead. */
  readonly instead: string;
  readonly extras: FindingExtras;
}

/** Where a field is missing, and what was written instead.
 *  @param known all fields of the object */
export function missingField(field: string, node: MapNode, known: readonly string[]): MissingField {
  const misspelt = misspellingOf(field, node, known);
  if (misspelt === undefined) return { at: node.entries[0]?.key ?? node, instead: '', extras: {} };
  return {
    at: misspelt.key,
    instead: `, but \`${keyText(misspelt.key)}\``,
    extras: meantInstead(misspelt.key, node, known),
  };
}

/** What an unknown field may have been meant as, and the mend where that is certain. */
export function meantInstead(key: ScalarNode, node: MapNode, known: readonly string[]): FindingExtras {
  return meantName(keyText(key), spanOf(key), known, (field) => isWritten(field, node));
}

/** What a loader has filled in stands where its object stands. */
function isWritten(field: string, node: MapNode): boolean {
  const entry = entryOf(node, field);
  return entry !== undefined && !(entry.key.start === node.start && entry.key.end === node.end);
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
      else node.items.forEach((item, index) => checkShape(item, 'text', `${place}[${index}]`, findings));
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
  const isFraction = node.kind === 'scalar' && typeof node.value === 'number' && wanted === 'a whole number';
  const given = isFraction ? 'a fraction' : kindName(node);
  findings.error('reana/wrong-type', spanOf(node), `\`${place}\` must be ${wanted}, not ${given}`, {
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
