// Events of the YAML parser to nodes: anchors and aliases, merges, repeated keys, bounds against hostile documents.
import { COLLECTION_STYLE, EVENT_ID, getScalarValue, type Event } from 'js-yaml';
import type { Findings } from '../base/finding.ts';
import type { Span } from '../base/span.ts';
import { coreValue, scalarStyle, taggedValue } from './scalar.ts';
import type { MapEntry, MapNode, ScalarNode, SequenceNode, TreeNode, TreeSource } from './nodes.ts';

/** How many nodes a document may stand for when its aliases and merges are written out. */
const largestExpansion = 1_000_000;
/** How deep collections may lie in each other when aliases are written out; the parser itself stops at 100. */
const deepest = 200;

type ScalarEvent = Extract<Event, { type: (typeof EVENT_ID)['SCALAR'] }>;
type CollectionEvent = Extract<Event, { type: (typeof EVENT_ID)['MAPPING'] | (typeof EVENT_ID)['SEQUENCE'] }>;
type AliasEvent = Extract<Event, { type: (typeof EVENT_ID)['ALIAS'] }>;

/** A collection whose end has not been read yet. */
interface OpenCollection {
  readonly event: CollectionEvent;
  /** Of a map. */
  readonly entries: MapEntry[];
  /** Of a sequence. */
  readonly items: TreeNode[];
  /** Whether `<<` is among the keys. */
  merges: boolean;
  /** Keys seen so far, once there are more than a few. */
  index: Map<string, ScalarNode> | undefined;
  /** The key that waits for its value; `null` when the key was refused and its value is to be left out. */
  key: ScalarNode | null | undefined;
  weight: number;
  height: number;
}

interface Anchored {
  readonly node: TreeNode;
  readonly weight: number;
  readonly height: number;
}

export class TreeBuilder {
  readonly #source: TreeSource;
  readonly #findings: Findings;
  readonly #open: OpenCollection[] = [];
  readonly #anchors = new Map<string, Anchored>();
  /** Where what was read last ends; an empty value stands there. */
  #lastEnd = 0;
  #expanded = 0;
  #root: TreeNode | undefined;

  constructor(source: TreeSource, findings: Findings) {
    this.#source = source;
    this.#findings = findings;
  }

  /** The root of the first document; `undefined` when it has no content. */
  build(events: readonly Event[]): TreeNode | undefined {
    let documents = 0;
    for (const event of events) {
      if (event.type === EVENT_ID.DOCUMENT) {
        if (++documents === 2) this.#reportSecondDocument(events, events.indexOf(event));
        if (documents > 1) break;
      } else if (event.type === EVENT_ID.POP) this.#close();
      else if (event.type === EVENT_ID.SCALAR) this.#addScalar(event);
      else if (event.type === EVENT_ID.ALIAS) this.#addAlias(event);
      else this.#open.push(openCollection(event));
    }
    const root = this.#root;
    const isEmpty = root?.kind === 'scalar' && root.start === root.end && root.style === 'plain';
    return isEmpty ? undefined : root;
  }

  #addScalar(event: ScalarEvent): void {
    const { text } = this.#source;
    const style = scalarStyle(event.style);
    const quote = style === 'single' || style === 'double' ? 1 : 0;
    let start = event.valueStart - quote;
    let end = event.valueEnd + quote;
    if (event.valueStart === -1) {
      start = text.charCodeAt(this.#lastEnd) === colon ? this.#lastEnd + 1 : this.#lastEnd;
      end = start;
    }
    const decoded = this.#decoded(event, style);
    let value = style === 'plain' ? coreValue(decoded) : decoded;
    if (event.tagStart !== -1) {
      const tag = text.slice(event.tagStart, event.tagEnd);
      const tagged = taggedValue(tag, decoded);
      if (tagged === undefined) this.#refuseTag(event.tagStart, event.tagEnd, tag);
      else value = tagged;
    }
    if (end > this.#lastEnd) this.#lastEnd = end;
    const node: ScalarNode = { kind: 'scalar', source: this.#source, start, end, style, value };
    if (event.anchorStart !== -1) this.#anchor(event, node, 1, 0);
    this.#add(node, 1, 0);
  }

  #decoded(event: ScalarEvent, style: ScalarNode['style']): string {
    const { text } = this.#source;
    const decoded = getScalarValue(text, event);
    if (style !== 'literal' && style !== 'folded') return decoded;
    // A block text that ends with the file, without a line break, has none at its end: there is none to keep.
    const isCut = event.valueEnd === text.length && !text.endsWith('\n');
    return isCut && decoded.endsWith('\n') ? decoded.slice(0, -1) : decoded;
  }

  #addAlias(event: AliasEvent): void {
    // The star stands before the name.
    const start = event.anchorStart - 1;
    const end = event.anchorEnd;
    this.#lastEnd = Math.max(this.#lastEnd, end);
    const name = this.#source.text.slice(event.anchorStart, event.anchorEnd);
    const target = this.#anchors.get(name);
    const fault = this.#aliasFault(name, target);
    if (fault === undefined && target !== undefined) {
      this.#add(target.node, target.weight, target.height);
      return;
    }
    if (fault !== undefined) this.#findings.error(fault[0], this.#span(start, end), fault[1]);
    this.#add({ kind: 'scalar', source: this.#source, start, end, style: 'plain', value: null }, 1, 0);
  }

  #aliasFault(name: string, target: Anchored | undefined): readonly [string, string] | undefined {
    if (target === undefined) {
      const isInside = this.#open.some((open) => this.#anchorName(open.event) === name);
      if (isInside) return ['yaml/alias-cycle', `the alias \`*${name}\` stands inside of what it repeats`];
      return ['yaml/unknown-alias', `there is no anchor \`&${name}\` before this alias`];
    }
    if (this.#open.length + target.height > deepest) {
      return ['yaml/too-deep', `the alias \`*${name}\` makes the document more than ${deepest} levels deep`];
    }
    if (!this.#expand(target.weight)) {
      return [
        'yaml/too-large',
        `with its aliases written out the document has more than ${largestExpansion} values`,
      ];
    }
    return undefined;
  }

  /** Counts nodes that stand in the document by repetition alone; `false` when they are too many. */
  #expand(weight: number): boolean {
    if (this.#expanded + weight > largestExpansion) return false;
    this.#expanded += weight;
    return true;
  }

  #close(): void {
    const open = this.#open.pop();
    // The last event closes the document itself.
    if (open === undefined) return;
    const { event, height } = open;
    const isFlow = event.style === COLLECTION_STYLE.FLOW;
    const end = isFlow ? this.#closingBracket(Math.max(this.#lastEnd, event.start + 1)) : this.#lastEnd;
    this.#lastEnd = Math.max(this.#lastEnd, end);
    const { start } = event;
    const place = { source: this.#source, start, end: Math.max(end, start) };
    const node: MapNode | SequenceNode =
      event.type === EVENT_ID.MAPPING
        ? { kind: 'map', source: place.source, start, end: place.end, entries: this.#merged(open) }
        : { kind: 'sequence', source: place.source, start, end: place.end, items: open.items };
    if (event.tagStart !== -1) {
      const tag = this.#source.text.slice(event.tagStart, event.tagEnd);
      const expected = event.type === EVENT_ID.MAPPING ? '!!map' : '!!seq';
      if (tag !== expected && tag !== '!') this.#refuseTag(event.tagStart, event.tagEnd, tag);
    }
    this.#anchor(event, node, open.weight, height + 1);
    this.#add(node, open.weight, height + 1);
  }

  /** Puts a finished node where it belongs: into the innermost open collection, or at the root. */
  #add(node: TreeNode, weight: number, height: number): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) {
      this.#root ??= node;
      return;
    }
    parent.weight += weight;
    if (height > parent.height) parent.height = height;
    if (parent.event.type === EVENT_ID.SEQUENCE) {
      parent.items.push(node);
    } else if (parent.key === undefined) {
      parent.key = this.#acceptKey(parent, node);
    } else {
      if (parent.key !== null) parent.entries.push({ key: parent.key, value: node });
      parent.key = undefined;
    }
  }

  #acceptKey(parent: OpenCollection, node: TreeNode): ScalarNode | null {
    if (node.kind !== 'scalar') {
      this.#findings.error(
        'yaml/complex-key',
        this.#span(node.start, node.end),
        'a key must be a plain text',
      );
      return null;
    }
    const name = keyName(node);
    const first = parent.index === undefined ? findKey(parent.entries, name) : parent.index.get(name);
    const isMerge = name === '<<' && isMergeKey(node);
    if (isMerge) parent.merges = true;
    // It may be repeated: each merges another map.
    if (first !== undefined && !isMerge) {
      this.#findings.error(
        'yaml/duplicate-key',
        this.#span(node.start, node.end),
        `the key \`${name}\` is repeated`,
        {
          related: [{ span: this.#span(first.start, first.end), message: 'first written here' }],
        },
      );
      return null;
    }
    if (parent.index !== undefined) parent.index.set(name, node);
    else if (parent.entries.length >= 8) {
      parent.index = new Map(parent.entries.map((entry) => [keyName(entry.key), entry.key]));
      parent.index.set(name, node);
    }
    return node;
  }

  /** The entries of a map with those of `<<: *other` put in behind its own; its own win, then the first merged. */
  #merged(open: OpenCollection): readonly MapEntry[] {
    if (!open.merges) return open.entries;
    const own = open.entries.filter((entry) => !isMergeKey(entry.key));
    const names = new Set(own.map((entry) => keyName(entry.key)));
    for (const { key, value } of open.entries) {
      if (!isMergeKey(key)) continue;
      for (const merged of value.kind === 'sequence' ? value.items : [value]) {
        if (merged.kind !== 'map') {
          this.#findings.error(
            'yaml/merge',
            this.#span(key.start, key.end),
            '`<<` takes a map or a list of maps',
          );
          continue;
        }
        if (!this.#expand(merged.entries.length)) {
          const message = `with its merges written out the document has more than ${largestExpansion} values`;
          this.#findings.error('yaml/too-large', this.#span(key.start, key.end), message);
          break;
        }
        open.weight += merged.entries.length;
        for (const entry of merged.entries) {
          if (names.has(keyName(entry.key))) continue;
          names.add(keyName(entry.key));
          own.push(entry);
        }
      }
    }
    return own;
  }

  #anchor(event: ScalarEvent | CollectionEvent, node: TreeNode, weight: number, height: number): void {
    const name = this.#anchorName(event);
    if (name !== undefined) this.#anchors.set(name, { node, weight, height });
  }

  #anchorName(event: ScalarEvent | CollectionEvent): string | undefined {
    return event.anchorStart === -1 ? undefined : this.#source.text.slice(event.anchorStart, event.anchorEnd);
  }

  /** The offset after the bracket that closes a flow collection; only blanks, commas and comments can be before it. */
  #closingBracket(from: number): number {
    const closing = /(?:[\s,]|#[^\n]*)*[\]}]/y;
    closing.lastIndex = from;
    return closing.test(this.#source.text) ? closing.lastIndex : from;
  }

  #reportSecondDocument(events: readonly Event[], index: number): void {
    const next = events.slice(index + 1, index + 2).map(startOf);
    const start = next[0] ?? this.#source.text.length;
    const message = 'the file has more than one document; only the first is read';
    this.#findings.error('yaml/several-documents', this.#span(start, start), message);
  }

  #refuseTag(start: number, end: number, tag: string): void {
    this.#findings.error('yaml/tag', this.#span(start, end), `the tag \`${tag}\` is not supported here`);
  }

  #span(start: number, end: number): Span {
    return { file: this.#source.file, start, end };
  }
}

function openCollection(event: CollectionEvent): OpenCollection {
  const isMap = event.type === EVENT_ID.MAPPING;
  return {
    event,
    entries: isMap ? [] : noEntries,
    items: isMap ? noItems : [],
    merges: false,
    index: undefined,
    key: undefined,
    weight: 1,
    height: 0,
  };
}

const colon = 0x3a;
const noEntries: MapEntry[] = [];
const noItems: TreeNode[] = [];

function findKey(entries: readonly MapEntry[], name: string): ScalarNode | undefined {
  for (const { key } of entries) if (keyName(key) === name) return key;
  return undefined;
}

function keyName(key: ScalarNode): string {
  return typeof key.value === 'string' ? key.value : key.source.text.slice(key.start, key.end);
}

function isMergeKey(key: ScalarNode): boolean {
  return key.value === '<<' && key.style === 'plain';
}

function startOf(event: Event): number | undefined {
  if (event.type === EVENT_ID.SCALAR && event.valueStart !== -1) return event.valueStart;
  return event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE ? event.start : undefined;
}
