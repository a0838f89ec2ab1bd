// What every part of one native workflow description is read with: checks of fields and of what stands in them.
import { closest } from '../base/closest.ts';
import type { Findings } from '../base/finding.ts';
import { misspeltName } from '../base/misspelling.ts';
import {
  entryOf,
  keyText,
  spanOf,
  textOf,
  type MapNode,
  type ScalarNode,
  type TreeNode,
} from '../source/tree.ts';
import { fieldsOf, partNames, type PartKind } from './fields.ts';

export interface WfdDocument {
  readonly file: string;
  readonly findings: Findings;
}

/** Reports fields that a part does not have. The server passes over them without a word. */
export function checkFields(document: WfdDocument, kind: PartKind, map: MapNode): void {
  const fields = fieldsOf[kind];
  for (const { key } of map.entries) {
    const name = keyText(key);
    if (!fields.includes(name)) reportField(document, kind, map, key);
  }
}

function reportField(document: WfdDocument, kind: PartKind, map: MapNode, key: ScalarNode): void {
  const name = keyText(key);
  const fields = fieldsOf[kind];
  const nearest = closest(name, fields);
  const certain = misspeltName(name, fields);
  const isFree = certain !== undefined && entryOf(map, certain) === undefined;
  const extras = {
    help: nearest === undefined ? helpFor(kind, name) : `did you mean \`${nearest}\`?`,
    fix: isFree ? { span: spanOf(key), text: certain } : undefined,
  };
  const message = `unknown field \`${name}\` in ${partNames[kind]}; the PanDA server passes over it`;
  // Notes of one's own at the top of a document do no harm.
  const isHarmless = kind === 'document' && nearest === undefined;
  if (isHarmless) document.findings.warning('wfd/unknown-field', spanOf(key), message, extras);
  else document.findings.error('wfd/unknown-field', spanOf(key), message, extras);
}

function helpFor(kind: PartKind, name: string): string | undefined {
  if (kind === 'task step' && fieldsOf['workflow step'].includes(name)) {
    return 'it belongs to steps with `type: workflow`';
  }
  if (kind === 'workflow step' && fieldsOf['task step'].includes(name)) {
    return 'it belongs to the steps inside of the workflow';
  }
  if (['when', 'condition', 'loop', 'hints'].includes(name)) {
    return 'native workflows have no conditions and no loops; CWL and Snakefiles do';
  }
  if (name === 'scatter') return 'write `scatter_inputs` in a step with `type: workflow`';
  return fieldsOf[kind].length > 8 ? undefined : `its fields are ${listed(fieldsOf[kind])}`;
}

/** Names in backticks, separated by commas. */
export function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

export function missingField(document: WfdDocument, place: TreeNode, message: string, help?: string): void {
  document.findings.error('wfd/missing-field', spanOf(place), message, { help });
}

export function wrongType(document: WfdDocument, node: TreeNode, message: string, help?: string): void {
  document.findings.error('wfd/wrong-type', spanOf(node), message, { help });
}

export function isNull(node: TreeNode | undefined): boolean {
  return node?.kind === 'scalar' && node.value === null;
}

/** The map of a section; `undefined` when there is none, or something else stands there, which is reported.
 *  @param empty how the server wants to have nothing in it */
export function sectionMap(
  document: WfdDocument,
  map: MapNode,
  name: string,
  empty: '{}' | '[]' | 'blank',
): MapNode | undefined {
  const entry = entryOf(map, name);
  if (entry === undefined) return undefined;
  const { key, value } = entry;
  if (value.kind === 'map') return value;
  const isEmptyList = value.kind === 'sequence' && value.items.length === 0;
  if (isEmptyList && empty === '[]') return undefined;
  if (isNull(value) || isEmptyList) {
    if (empty !== 'blank') reportBlank(document, key, value);
    return undefined;
  }
  wrongType(document, value, `\`${name}\` must be a map`);
  return undefined;
}

/** Python finds nothing to go through there. */
function reportBlank({ findings }: WfdDocument, key: ScalarNode, value: TreeNode): void {
  const name = keyText(key);
  const written = spanOf(value);
  const isBlank = written.start === written.end;
  const message = isBlank
    ? `\`${name}\` is blank, and the PanDA server fails on that`
    : `the PanDA server fails on \`${name}\` that is no map`;
  // A blank value stands right behind the colon, whatever comments follow.
  const colon = key.source.text.indexOf(':', key.end);
  const span = isBlank ? { ...written, start: colon + 1, end: colon + 1 } : written;
  findings.error('wfd/blank-section', spanOf(key), message, {
    help: `write \`${name}: {}\``,
    fix: colon === -1 ? undefined : { span, text: isBlank ? ' {}' : '{}' },
  });
}

/** The texts of a list, or of a text alone; everything else is reported.
 *  @returns `undefined` when there is no value */
export function textNodes(
  document: WfdDocument,
  node: TreeNode | undefined,
  what: string,
): readonly ScalarNode[] | undefined {
  if (node === undefined || isNull(node)) return undefined;
  const items = node.kind === 'sequence' ? node.items : [node];
  return items.flatMap((item) => {
    if (item.kind === 'scalar' && textOf(item) !== undefined) return [item];
    wrongType(document, item, `${what} must be a text`);
    return [];
  });
}
