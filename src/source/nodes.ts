// Nodes of a document: what stands where, and the few questions everybody asks of them.
import type { Span } from '../base/span.ts';

/** A text and the name it has for the user. */
export interface TreeSource {
  readonly file: string;
  readonly text: string;
}

interface NodePlace {
  readonly source: TreeSource;
  /** UTF-16 offsets, `end` exclusive. Those of a quoted scalar include the quotes. */
  readonly start: number;
  readonly end: number;
}

export interface MapNode extends NodePlace {
  readonly kind: 'map';
  /** In the order written; keys merged by `<<` come last. Keys are unique: a repeated one is left out. */
  readonly entries: readonly MapEntry[];
}

export interface MapEntry {
  readonly key: ScalarNode;
  readonly value: TreeNode;
}

export interface SequenceNode extends NodePlace {
  readonly kind: 'sequence';
  readonly items: readonly TreeNode[];
}

export interface ScalarNode extends NodePlace {
  readonly kind: 'scalar';
  readonly style: ScalarStyle;
  /** Whole numbers that a JavaScript number cannot hold exactly stay texts. */
  readonly value: string | number | boolean | null;
}

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

export type TreeNode = MapNode | SequenceNode | ScalarNode;

/** What a node stands for, without positions. */
export type TreeValue =
  string | number | boolean | null | readonly TreeValue[] | { readonly [key: string]: TreeValue };

/** Where a node stands. A block text (`|`, `>`) is its lines without the blanks around them. */
export function spanOf(node: TreeNode): Span {
  const { file, text } = node.source;
  let { start, end } = node;
  if (node.kind === 'scalar' && (node.style === 'literal' || node.style === 'folded')) {
    while (start < end && isBlank(text.charCodeAt(start))) start++;
    while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  }
  return { file, start, end };
}

/** What a node stands for. Aliases are written out; the reader has limited how much that can be. */
export function toValue(node: TreeNode): TreeValue {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'sequence') return node.items.map(toValue);
  return Object.fromEntries(node.entries.map((entry) => [keyText(entry.key), toValue(entry.value)]));
}

/** A key as text: `1` and `"1"` are the same. */
export function keyText(key: ScalarNode): string {
  return typeof key.value === 'string' ? key.value : scalarText(key);
}

/** The text of a scalar: decoded when it is a text, as written when it is a number, a truth value or null. */
export function scalarText(node: ScalarNode): string {
  return typeof node.value === 'string' ? node.value : node.source.text.slice(node.start, node.end);
}

// Small maps are searched through; the rest get an index when they are first asked.
const smallMap = 8;
const indexes = new WeakMap<MapNode, ReadonlyMap<string, MapEntry>>();

/** The entry of a key, or `undefined`. */
export function entryOf(map: MapNode, name: string): MapEntry | undefined {
  const { entries } = map;
  if (entries.length <= smallMap) {
    // The most frequent question of all: an iterator would cost more than the answer.
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index];
      if (entry !== undefined && keyText(entry.key) === name) return entry;
    }
    return undefined;
  }
  let index = indexes.get(map);
  if (index === undefined) {
    index = new Map(map.entries.map((entry) => [keyText(entry.key), entry]));
    indexes.set(map, index);
  }
  return index.get(name);
}

/** The value of a key, or `undefined`. */
export function valueOf(map: MapNode, name: string): TreeNode | undefined {
  return entryOf(map, name)?.value;
}

/** The text of a scalar that is a text, or `undefined` for anything else. */
export function textOf(node: TreeNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
