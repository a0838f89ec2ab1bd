// `$ref` in Yadage documents: `{$ref: 'steps.yml#/select'}` stands for what it names. In the document that reana.yaml names,
// a path starts at the toplevel; in every other document, at the document itself.
// @see https://datatracker.ietf.org/doc/html/draft-pbryan-zyp-json-ref-03, jsonref 1.1, yadage-schemas 0.10.8
import { posix } from 'node:path';
import type { Findings } from '../../base/finding.ts';
import type { ReadText } from '../../base/read-text.ts';
import { closest } from '../../base/closest.ts';
import { entryOf, keyText, spanOf, textOf } from '../../source/tree.ts';
import type { ScalarNode, TreeNode } from '../../source/tree.ts';
import { readPythonTree } from '../python-yaml.ts';

/** What a node stands for. */
export interface Resolved {
  readonly node: TreeNode;
  /** True when it was named by `$ref`: the loader fills nothing into such an object. */
  readonly isReference: boolean;
}

export interface DocumentPlace {
  /** Directory of the specification: the root of the workspace; what `readText` gets begins with it. */
  readonly workspace: string;
  /** Below the workspace; `''` is the workspace itself. */
  readonly toplevel: string;
  /** Below the toplevel. */
  readonly file: string;
}

/** Follows references, and reads each document once. */
export class References {
  readonly #place: DocumentPlace;
  readonly #readText: ReadText;
  readonly #findings: Findings;
  /** By path in the workspace; `undefined` for one that cannot be read. */
  readonly #documents = new Map<string, TreeNode | undefined>();
  /** Where references in a document start, by the name of its text. */
  readonly #bases = new Map<string, string>();
  /** Paths of documents that have been reported as missing. */
  readonly #missing = new Set<string>();
  /** Documents that lie elsewhere, as named. */
  readonly elsewhere = new Set<string>();

  constructor(place: DocumentPlace, readText: ReadText, findings: Findings) {
    this.#place = place;
    this.#readText = readText;
    this.#findings = findings;
  }

  /** The document that the specification names.
   *  @returns why there is none, in words that follow its name; a fault of its syntax has been reported: `undefined` */
  top(): { readonly root: TreeNode | undefined; readonly fault: string | undefined } {
    const { toplevel, file } = this.#place;
    return this.#document(posix.normalize(posix.join(toplevel, file)), toplevel);
  }

  /** What a node stands for; `undefined` after a finding, or when it lies on another machine. */
  resolve(node: TreeNode): Resolved | undefined {
    const passed = new Set<TreeNode>();
    let current = node;
    for (let reference = referenceOf(current); reference !== undefined; reference = referenceOf(current)) {
      if (passed.has(current)) {
        this.#findings.error(
          'yadage/reference-circle',
          spanOf(reference),
          'this reference leads back to itself',
        );
        return undefined;
      }
      passed.add(current);
      const target = this.#target(reference);
      if (target === undefined) return undefined;
      current = target;
    }
    return { node: current, isReference: current !== node };
  }

  #target(reference: ScalarNode): TreeNode | undefined {
    const text = textOf(reference) ?? '';
    const [path, pointer] = splitOnce(text, '#');
    const document = path === '' ? this.#ownDocument(reference) : this.#named(reference, path);
    return document === undefined ? undefined : this.#pointed(reference, document, pointer, text);
  }

  #ownDocument(reference: ScalarNode): TreeNode | undefined {
    for (const root of this.#documents.values()) {
      if (root?.source.file === reference.source.file) return root;
    }
    return undefined;
  }

  #named(reference: ScalarNode, path: string): TreeNode | undefined {
    if (/^[a-z][a-z0-9+.-]*:/i.test(path)) {
      this.elsewhere.add(path);
      return undefined;
    }
    const base = this.#bases.get(reference.source.file) ?? '';
    const inWorkspace = posix.normalize(posix.join(base, decoded(path)));
    if (path.startsWith('/') || inWorkspace === '..' || inWorkspace.startsWith('../')) {
      const message = `\`${path}\` lies outside of the workspace, so it is not there when the workflow runs`;
      this.#findings.error('yadage/missing-file', spanOf(reference), message);
      return undefined;
    }
    const { root, fault } = this.#document(inWorkspace, posix.dirname(inWorkspace));
    // A file that several references name is missing once.
    if (fault !== undefined && !this.#missing.has(inWorkspace)) {
      this.#missing.add(inWorkspace);
      this.#findings.error('yadage/missing-file', spanOf(reference), `\`${inWorkspace}\` ${fault}`, {
        help: this.#help(reference, path),
      });
    }
    return root;
  }

  /** The path that would have been right, when the one given was meant from the document's own directory. */
  #help(reference: ScalarNode, path: string): string | undefined {
    const { workspace, toplevel, file } = this.#place;
    if (reference.source.file !== posix.join(workspace, toplevel, file)) return undefined;
    const beside = posix.normalize(posix.join(posix.dirname(file), path));
    if (beside === posix.normalize(path)) return undefined;
    if (!this.#readText(posix.join(workspace, toplevel, beside)).ok) return undefined;
    return `in this document paths start at the ${toplevel === '' ? 'workspace' : 'toplevel'}: \`${beside}\``;
  }

  #document(
    path: string,
    base: string,
  ): { readonly root: TreeNode | undefined; readonly fault: string | undefined } {
    if (this.#documents.has(path)) return { root: this.#documents.get(path), fault: undefined };
    const file = posix.join(this.#place.workspace, path);
    const answer = this.#readText(file);
    if (!answer.ok) return { root: undefined, fault: answer.detail };
    const root = readPythonTree(file, answer.text, this.#findings);
    this.#documents.set(path, root);
    this.#bases.set(file, base);
    return { root, fault: undefined };
  }

  #pointed(reference: ScalarNode, document: TreeNode, pointer: string, text: string): TreeNode | undefined {
    let node = document;
    for (const part of partsOf(pointer)) {
      // What a pointer passes through may be a reference itself.
      const through = referenceOf(node) === undefined ? node : this.resolve(node)?.node;
      if (through === undefined) return undefined;
      const next = memberOf(through, part);
      if (next === undefined) {
        const near =
          through.kind === 'map'
            ? closest(
                part,
                through.entries.map((entry) => keyText(entry.key)),
              )
            : undefined;
        this.#findings.error(
          'yadage/unknown-reference',
          spanOf(reference),
          `\`${text}\` leads to nothing: there is no \`${part}\``,
          {
            help: near === undefined ? undefined : `did you mean \`${near}\`?`,
          },
        );
        return undefined;
      }
      node = next;
    }
    return node;
  }
}

/** The text of `$ref`, when the node is a reference. Whatever stands beside it does not count. */
export function referenceOf(node: TreeNode): ScalarNode | undefined {
  if (node.kind !== 'map') return undefined;
  const value = entryOf(node, '$ref')?.value;
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value : undefined;
}

function memberOf(node: TreeNode, part: string): TreeNode | undefined {
  if (node.kind === 'map') return entryOf(node, part)?.value;
  if (node.kind !== 'sequence' || !/^-?\d+$/.test(part)) return undefined;
  return node.items.at(Number(part));
}

function partsOf(pointer: string): readonly string[] {
  if (pointer === '') return [];
  return decoded(pointer.replace(/^\/+/, ''))
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function splitOnce(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
