// What every part of one CWL document is read with: checks of fields, lists of named things, texts.
import { closest } from '../base/closest.ts';
import type { Findings } from '../base/finding.ts';
import { misspeltName } from '../base/misspelling.ts';
import type { Span } from '../base/span.ts';
import {
  entryOf,
  keyText,
  spanOf,
  textOf,
  type MapNode,
  type ScalarNode,
  type TreeNode,
} from '../source/tree.ts';
import { fieldsOf, requiredFields, versionOf, type CwlVersion, type ObjectKind } from './fields.ts';

export interface CwlDocument {
  readonly file: string;
  readonly version: CwlVersion;
  readonly findings: Findings;
}

/** A thing with a name: an input, an output, a step. */
export interface Named {
  readonly name: string;
  /** Where the name stands. */
  readonly key: TreeNode;
  readonly value: TreeNode;
}

/** Reports fields an object does not have, and those it lacks.
 *  @param place what stands for the whole object: mostly its name */
export function checkFields(document: CwlDocument, kind: ObjectKind, map: MapNode, place: TreeNode): void {
  const fields = fieldsOf(kind, document.version);
  for (const { key } of map.entries) {
    const name = keyText(key);
    // `$namespaces` and the like are directives; `prefix:name` is an extension, which readers pass over.
    if (fields.has(name) || name.startsWith('$') || name.includes(':')) continue;
    reportField(document, kind, map, key, name, fields);
  }
  for (const field of requiredFields(kind)) {
    if (entryOf(map, field) !== undefined) continue;
    const message = `${withArticle(kind)} needs the field \`${field}\``;
    document.findings.error('cwl/missing-field', spanOf(place), message, { help: missingHelp(kind, field) });
  }
}

function reportField(
  document: CwlDocument,
  kind: ObjectKind,
  map: MapNode,
  key: ScalarNode,
  name: string,
  fields: ReadonlySet<string>,
): void {
  const since = versionOf(kind, name);
  if (since !== undefined) {
    const message = `\`${name}\` came with CWL ${since}; this document says ${document.version}`;
    const help = `write \`cwlVersion: ${since}\``;
    document.findings.error('cwl/field-version', spanOf(key), message, { help });
    return;
  }
  const nearest = closest(name, fields);
  const certain = misspeltName(name, fields);
  const isFree = certain !== undefined && entryOf(map, certain) === undefined;
  document.findings.error(
    'cwl/unknown-field',
    spanOf(key),
    `unknown field \`${name}\` in ${withArticle(kind)}`,
    {
      help: nearest === undefined ? undefined : `did you mean \`${nearest}\`?`,
      fix: isFree ? { span: spanOf(key), text: certain } : undefined,
    },
  );
}

function missingHelp(kind: ObjectKind, field: string): string | undefined {
  if (kind === 'step' && field === 'out') return 'write `out: [outDS]`';
  if (field === 'inputs' || field === 'outputs') return `write \`${field}: []\` when there are none`;
  return undefined;
}

/** The things of a section, which is a map by name or a list of maps with `id`. A map is sorted by name, as the server's
 *  reader does it; a list keeps its order. */
export function namedThings(
  document: CwlDocument,
  section: TreeNode | undefined,
  kind: ObjectKind,
): readonly Named[] {
  if (section === undefined) return [];
  if (section.kind === 'map') return sortedByName(namedEntries(document, section, kind));
  if (section.kind === 'sequence')
    return withoutRepeats(document, kind, namedItems(document, section.items, kind));
  wrongType(document, section, `${kind}s are a map, or a list of maps with \`id\``);
  return [];
}

function namedEntries(document: CwlDocument, map: MapNode, kind: ObjectKind): Named[] {
  const things: Named[] = [];
  for (const { key, value } of map.entries) {
    const name = textOf(key);
    if (name !== undefined && name !== '') things.push({ name, key, value });
    else wrongType(document, key, `the name of ${withArticle(kind)} must be a text`);
  }
  return things;
}

function namedItems(document: CwlDocument, items: readonly TreeNode[], kind: ObjectKind): Named[] {
  return items.flatMap((item) => {
    const id = item.kind === 'map' ? entryOf(item, 'id')?.value : undefined;
    const name = textOf(id)?.replace(/^#/, '');
    if (id !== undefined && name !== undefined && name !== '') return [{ name, key: id, value: item }];
    document.findings.error(
      'cwl/missing-field',
      spanOf(id ?? item),
      `${withArticle(kind)} in a list needs an \`id\``,
    );
    return [];
  });
}

function withoutRepeats(document: CwlDocument, kind: ObjectKind, things: readonly Named[]): Named[] {
  const first = new Map<string, Named>();
  return things.filter((thing) => {
    const before = first.get(thing.name);
    if (before === undefined) {
      first.set(thing.name, thing);
      return true;
    }
    document.findings.error(
      'cwl/duplicate-id',
      spanOf(thing.key),
      `the ${kind} \`${thing.name}\` is repeated`,
      {
        related: [{ span: spanOf(before.key), message: 'first written here' }],
      },
    );
    return false;
  });
}

/** By code point, as Python compares texts; in place. */
function sortedByName(things: Named[]): readonly Named[] {
  const isSorted = things.every(
    (thing, index) => index === 0 || compareCodePoints(things[index - 1]?.name ?? '', thing.name) <= 0,
  );
  if (isSorted) return things;
  return things.length > few
    ? things.sort((a, b) => compareCodePoints(a.name, b.name))
    : insertionSorted(things);
}

const few = 8;

/** For the few inputs of a step: V8's own sort takes working memory for every one of ten thousand steps. */
function insertionSorted(things: Named[]): readonly Named[] {
  things.forEach((thing, index) => {
    let to = index;
    for (let before = things[to - 1]; before !== undefined; before = things[to - 1]) {
      if (compareCodePoints(before.name, thing.name) <= 0) break;
      things[to--] = before;
    }
    things[to] = thing;
  });
  return things;
}

/** Orders texts as Python does; plain comparison goes by UTF-16 units and differs outside of the first plane. */
function compareCodePoints(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  let at = 0;
  while (at < shorter && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === shorter) return a.length - b.length;
  const left = a.charCodeAt(at);
  const right = b.charCodeAt(at);
  // A surrogate stands for a character behind all others of one unit.
  const isLeftPair = isSurrogate(left);
  return isLeftPair === isSurrogate(right) ? left - right : isLeftPair ? 1 : -1;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

/** A field that is a text, or a list of texts; everything else is reported.
 *  @returns the nodes of the texts; `undefined` when there is no such field, or nothing in it */
export function textNodes(
  document: CwlDocument,
  node: TreeNode | undefined,
  what: string,
): ScalarNode[] | undefined {
  if (node === undefined || isNull(node)) return undefined;
  if (node.kind === 'scalar' && typeof node.value === 'string') return [node];
  const items = node.kind === 'sequence' ? node.items : [node];
  return items.flatMap((item) => {
    if (item.kind === 'scalar' && typeof item.value === 'string') return [item];
    wrongType(document, item, `${what} must be a text`);
    return [];
  });
}

/** Where a document begins: its first field, or its first character when it has none. */
export function startOf(file: string, root: MapNode): Span {
  const first = root.entries[0]?.key;
  return first === undefined ? { file, start: root.start, end: root.start } : spanOf(first);
}

/** Whether a section is there, but is neither a map nor a list, which is reported: nobody knows what was to be in it. */
export function isUnreadSection(section: TreeNode | undefined): boolean {
  return section?.kind === 'scalar';
}

export function isNull(node: TreeNode | undefined): boolean {
  return node?.kind === 'scalar' && node.value === null;
}

export function wrongType(document: CwlDocument, node: TreeNode, message: string, help?: string): void {
  document.findings.error('cwl/wrong-type', spanOf(node), message, { help });
}

function withArticle(kind: ObjectKind): string {
  return /^[io]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}
