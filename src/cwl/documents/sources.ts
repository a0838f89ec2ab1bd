// The files of a document: read once each, with `$import`, `$include` and `$mixin` replaced by what they name.
import { posix } from 'node:path';
import type { Findings } from '../../base/finding.ts';
import type { ReadText } from '../../base/read-text.ts';
import type { Span } from '../../base/span.ts';
import {
  entryOf,
  keyText,
  readTree,
  spanOf,
  textOf,
  type MapEntry,
  type MapNode,
  type TreeNode,
} from '../../source/tree.ts';

/** Files that one document may bring in. More than any human writes; a bound for those that machines write. */
const mostFiles = 2_000;
/** Imports inside of imports. */
const deepestImport = 50;
/** Values that are copied while imports are put in. Imports of imports could repeat a value without end. */
const mostValues = 2_000_000;

/** Where something is that a document names: a file, and a name inside of it. */
export interface Target {
  readonly path: string;
  /** What stands behind `#`; `undefined` without it. */
  readonly fragment: string | undefined;
}

/** What a reference means, written in `file`; `undefined` for one that leads to another machine. */
export function targetOf(file: string, reference: string): Target | undefined {
  const local = reference.replace(/^file:\/\/(?:localhost)?(?=\/)/, '');
  if (/^[a-z][a-z0-9+.-]*:/i.test(local)) return undefined;
  const hash = local.indexOf('#');
  const name = hash < 0 ? local : local.slice(0, hash);
  const fragment = hash < 0 ? undefined : local.slice(hash + 1);
  if (name === '') return { path: file, fragment };
  return { path: posix.isAbsolute(name) ? name : posix.join(posix.dirname(file), name), fragment };
}

/** What may be done about a file that is not there; asked for only then. */
export type Help = () => string | undefined;

export class Sources {
  readonly #readText: ReadText;
  readonly #findings: Findings;
  readonly #roots = new Map<string, TreeNode | undefined>();
  readonly #open: string[] = [];
  #values = 0;
  #tooLarge = false;

  constructor(readText: ReadText, findings: Findings) {
    this.#readText = readText;
    this.#findings = findings;
  }

  /** Every path that was asked for. */
  get paths(): readonly string[] {
    return [...this.#roots.keys()];
  }

  /** The content of a file; `undefined` when there is none. Faults are reported, each file's own once.
   *  @param place where the file is named; `undefined` for the first one */
  read(path: string, place: Span | undefined, help?: Help): TreeNode | undefined {
    if (this.#roots.has(path)) return this.#roots.get(path);
    const text = this.#text(path, place ?? { file: path, start: 0, end: 0 }, help);
    if (text === undefined) return undefined;
    // Known before it is whole: a file that imports itself is reported by the stack of open ones.
    this.#roots.set(path, undefined);
    const root = readTree(path, text, this.#findings);
    const whole =
      root === undefined || !/\$(?:import|include|mixin)\b/.test(text) ? root : this.#within(path, root);
    this.#roots.set(path, whole);
    return whole;
  }

  #text(path: string, place: Span, help?: Help): string | undefined {
    if (this.#roots.size >= mostFiles) {
      this.#reportSize(place, `a document brings in more than ${mostFiles} files`);
      return undefined;
    }
    const answer = this.#readText(path);
    if (answer.ok) return answer.text;
    const isMissing = answer.reason === 'missing';
    const told = isMissing
      ? 'does not exist'
      : answer.reason === 'directory'
        ? 'is a directory'
        : answer.reason === 'unreadable'
          ? 'cannot be read'
          : answer.detail;
    this.#findings.error(
      isMissing ? 'cwl/missing-file' : 'cwl/unreadable-file',
      place,
      `the file \`${path}\` ${told}`,
      {
        help: help?.(),
      },
    );
    return undefined;
  }

  #within(path: string, root: TreeNode): TreeNode {
    this.#open.push(path);
    const whole = this.#expand(root);
    this.#open.pop();
    return whole;
  }

  #expand(node: TreeNode): TreeNode {
    if (node.kind === 'scalar') return node;
    if (++this.#values > mostValues) {
      this.#reportSize(spanOf(node), `imports make this document larger than ${mostValues} values`);
      return node;
    }
    if (node.kind === 'sequence') {
      const items = node.items.flatMap((item) => {
        const whole = this.#expand(item);
        // A list that is imported into a list becomes part of it.
        const isImported = item.kind === 'map' && entryOf(item, '$import') !== undefined;
        return isImported && whole.kind === 'sequence' ? whole.items : [whole];
      });
      return { ...node, items };
    }
    const include = entryOf(node, '$include');
    if (include !== undefined) return this.#included(node, include);
    const imported = entryOf(node, '$import');
    if (imported !== undefined) return this.#imported(node, imported);
    const mixin = entryOf(node, '$mixin');
    if (mixin !== undefined) return this.#mixed(node, mixin);
    return { ...node, entries: node.entries.map(({ key, value }) => ({ key, value: this.#expand(value) })) };
  }

  #imported(node: MapNode, directive: MapEntry): TreeNode {
    this.#mustStandAlone(node, directive);
    return this.#fileOf(directive) ?? empty(directive);
  }

  #mixed(node: MapNode, directive: MapEntry): TreeNode {
    const base = this.#fileOf(directive);
    const own = node.entries.filter((entry) => entry !== directive);
    const entries = own.map(({ key, value }) => ({ key, value: this.#expand(value) }));
    if (base?.kind !== 'map') return { ...node, entries };
    const names = new Set(entries.map((entry) => keyText(entry.key)));
    return {
      ...node,
      entries: [...entries, ...base.entries.filter((entry) => !names.has(keyText(entry.key)))],
    };
  }

  #included(node: MapNode, directive: MapEntry): TreeNode {
    this.#mustStandAlone(node, directive);
    const target = this.#targetOf(directive);
    if (target === undefined) return empty(directive);
    const text = this.#text(target.path, spanOf(directive.value));
    if (text === undefined) return empty(directive);
    const source = { file: target.path, text };
    return { kind: 'scalar', style: 'literal', value: text, source, start: 0, end: text.length };
  }

  #fileOf(directive: MapEntry): TreeNode | undefined {
    const target = this.#targetOf(directive);
    if (target === undefined) return undefined;
    const place = spanOf(directive.value);
    if (this.#open.includes(target.path)) {
      const circle = [...this.#open.slice(this.#open.indexOf(target.path)), target.path];
      const message = `files import each other in a circle: ${circle.map((file) => `\`${file}\``).join(' imports ')}`;
      this.#findings.error('cwl/import-circle', place, message);
      return undefined;
    }
    if (this.#open.length >= deepestImport) {
      this.#reportSize(place, `more than ${deepestImport} imports lie inside of each other`);
      return undefined;
    }
    const root = this.read(target.path, place);
    if (root === undefined || target.fragment === undefined || target.fragment === '') return root;
    const found = findById(root, target.fragment);
    if (found !== undefined) return found;
    const message = `there is no \`${target.fragment}\` in \`${target.path}\``;
    this.#findings.error('cwl/unknown-process', place, message);
    return undefined;
  }

  #targetOf(directive: MapEntry): Target | undefined {
    const name = textOf(directive.value);
    if (name === undefined || name === '') {
      const message = `\`${keyText(directive.key)}\` must be the name of a file`;
      this.#findings.error('cwl/wrong-type', spanOf(directive.value), message);
      return undefined;
    }
    return targetOf(directive.value.source.file, name);
  }

  #mustStandAlone(node: MapNode, directive: MapEntry): void {
    const other = node.entries.find((entry) => entry !== directive);
    if (other === undefined) return;
    const message = `\`${keyText(directive.key)}\` stands alone: \`${keyText(other.key)}\` beside it would be lost`;
    this.#findings.error('cwl/import-form', spanOf(other.key), message);
  }

  #reportSize(place: Span, message: string): void {
    if (this.#tooLarge) return;
    this.#tooLarge = true;
    this.#findings.error('yaml/too-large', place, message);
  }
}

/** An import that could not be followed: nothing is known of what would stand here. */
const unknownNodes = new WeakSet<TreeNode>();

function empty({ value }: MapEntry): TreeNode {
  const node: TreeNode = { ...value, kind: 'map', entries: [] };
  unknownNodes.add(node);
  return node;
}

/** Whether a node stands for an import that could not be followed, and was reported. */
export function isUnknown(node: TreeNode): boolean {
  return unknownNodes.has(node);
}

/** The map with an `id`, at any depth of lists and maps. */
function findById(root: TreeNode, id: string): TreeNode | undefined {
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.kind === 'sequence') waiting.push(...node.items);
    if (node.kind !== 'map') continue;
    const own = textOf(entryOf(node, 'id')?.value) ?? textOf(entryOf(node, 'name')?.value);
    if (own?.replace(/^#/, '') === id) return node;
    waiting.push(...node.entries.map((entry) => entry.value));
  }
  return undefined;
}
