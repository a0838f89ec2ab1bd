// A Yadage workflow as its loader makes it: references replaced by what they name, short forms written out, defaults filled in.
// Everything keeps the place where it was written. @see yadage-schemas 0.10.8, as reana-commons 0.9 calls it
import { posix } from 'node:path';
import type { Findings } from '../../base/finding.ts';
import type { ReadText } from '../../base/read-text.ts';
import { entryOf, keyText, spanOf, textOf } from '../../source/tree.ts';
import type { MapEntry, MapNode, ScalarNode, TreeNode } from '../../source/tree.ts';
import { defaultsOf, firstTypes } from './defaults.ts';
import { References, referenceOf } from './references.ts';
import type { Resolved } from './references.ts';

export interface YadageSource {
  /** Directory of the specification, as `readText` knows it: the root of the workspace. */
  readonly workspace: string;
  /** `workflow.file`. */
  readonly file: string;
  /** The operational option; `undefined`: the workspace. */
  readonly toplevel?: string | undefined;
}

export interface LoadedYadage {
  /** The whole workflow; `toValue` gives the JSON that the loader makes. With errors among the findings it is what could be
   *  loaded, and must not be run. `undefined`: it cannot be read, or lies elsewhere. */
  readonly root: TreeNode | undefined;
  /** Why the workflow's own file cannot be read, in words that follow its name. */
  readonly fault: string | undefined;
  /** What lies on other machines and has not been read, as named. */
  readonly elsewhere: readonly string[];
}

/** How many nodes a workflow may come to with its references written out. */
const mostNodes = 200_000;

/** Loads a workflow. Faults of references are findings; the form of the result is checked by `readYadageWorkflow`. */
export function loadYadage(source: YadageSource, readText: ReadText, findings: Findings): LoadedYadage {
  const { workspace, file, toplevel = '' } = source;
  const remote = [toplevel, file].find((path) => /^[a-z][a-z0-9+.-]*:/i.test(path));
  if (remote !== undefined) return { root: undefined, fault: undefined, elsewhere: [remote] };
  const place = { workspace, toplevel: toplevel === '' ? '' : posix.normalize(toplevel), file };
  const references = new References(place, readText, findings);
  const { root, fault } = references.top();
  const loaded = root === undefined ? undefined : new Loader(references, findings).load(root);
  return { root: loaded, fault, elsewhere: [...references.elsewhere] };
}

class Loader {
  readonly #references: References;
  readonly #findings: Findings;
  /** What is being written out, from the root to here. */
  readonly #open = new Set<TreeNode>();
  #nodes = 0;
  #isTooLarge = false;

  constructor(references: References, findings: Findings) {
    this.#references = references;
    this.#findings = findings;
  }

  load(root: TreeNode): TreeNode {
    return this.#with(root, (resolved) => this.#workflow(resolved));
  }

  #workflow({ node }: Resolved): TreeNode {
    return this.#fields(node, { stages: (stages) => this.#items(stages, (stage) => this.#stage(stage)) });
  }

  #stage({ node, isReference }: Resolved): TreeNode {
    const stage = this.#fields(node, {
      dependencies: (value) => this.#with(value, (found) => this.#dependencies(found)),
      scheduler: (value) => this.#with(value, (found) => this.#scheduler(found)),
    });
    return this.#filled(stage, 'stage', isReference);
  }

  /** The short form is a list. */
  #dependencies({ node, isReference }: Resolved): TreeNode {
    const deep = this.#deep(node);
    if (deep.kind !== 'sequence' || isReference) return deep;
    return mapAt(deep, [
      entry(deep, 'dependency_type', textAt(deep, 'jsonpath_ready')),
      entry(deep, 'expressions', deep),
    ]);
  }

  #scheduler({ node, isReference }: Resolved): TreeNode {
    const type = node.kind === 'map' ? textOf(entryOf(node, 'scheduler_type')?.value) : undefined;
    const takesParameters = type === 'singlestep-stage' || type === 'multistep-stage';
    const scheduler = this.#fields(node, {
      ...this.#runs(),
      ...(takesParameters && {
        parameters: (value: TreeNode) => this.#with(value, (found) => this.#parameters(found)),
      }),
      cases: (value) => this.#items(value, (item) => this.#fields(item.node, this.#runs())),
    });
    return type === 'jq-stage' ? this.#filled(scheduler, 'jq-stage', isReference) : scheduler;
  }

  #runs(): Readonly<Record<string, (value: TreeNode) => TreeNode>> {
    return {
      step: (value) => this.#with(value, (found) => this.#step(found)),
      workflow: (value) => this.#with(value, (found) => this.#workflow(found)),
    };
  }

  /** The short form is a mapping. Only in it is a value with `step`, `steps` or `stages` taken for a link. */
  #parameters({ node, isReference }: Resolved): TreeNode {
    if (node.kind !== 'map' || isReference) return this.#deep(node);
    const items = node.entries.map(({ key, value }) => {
      const isPlain = referenceOf(value) === undefined;
      const deep = this.#with(value, (found) => this.#deep(found.node));
      const isLink =
        isPlain &&
        deep.kind === 'map' &&
        ['step', 'steps', 'stages'].some((name) => entryOf(deep, name) !== undefined);
      const written = isLink
        ? withEntry(deep, 'expression_type', textAt(deep, 'stage-output-selector'))
        : deep;
      const name = textAt(key, keyText(key));
      return mapAt(key, [
        { key: textAt(key, 'key'), value: name },
        { key: textAt(key, 'value'), value: written },
      ]);
    });
    return { kind: 'sequence', source: node.source, start: node.start, end: node.end, items };
  }

  #step({ node }: Resolved): TreeNode {
    return this.#fields(node, {
      process: (value) => this.#with(value, (found) => this.#typed(found, 'process_type')),
      publisher: (value) => this.#with(value, (found) => this.#typed(found, 'publisher_type')),
      environment: (value) => this.#with(value, (found) => this.#typed(found, 'environment_type')),
    });
  }

  /** A process, a publisher or an environment: what is filled in depends on its type. */
  #typed({ node, isReference }: Resolved, typeField: keyof typeof firstTypes): TreeNode {
    const deep = this.#deep(node);
    if (deep.kind !== 'map' || isReference) return deep;
    const first = firstTypes[typeField];
    const isUntyped =
      first !== undefined &&
      entryOf(deep, typeField) === undefined &&
      entryOf(deep, first.mark) !== undefined;
    const typed = isUntyped ? withEntry(deep, typeField, textAt(deep, first.type)) : deep;
    return this.#filled(typed, textOf(entryOf(typed, typeField)?.value) ?? '', false);
  }

  #filled(node: TreeNode, object: string, isReference: boolean): TreeNode {
    if (node.kind !== 'map' || isReference) return node;
    const defaults = defaultsOf(object);
    return Object.entries(defaults).reduce<MapNode>(
      (filled, [name, make]) =>
        entryOf(filled, name) === undefined ? withEntry(filled, name, make(filled)) : filled,
      node,
    );
  }

  /** A map with some fields handled; the others are written out as they are. */
  #fields(node: TreeNode, handlers: Readonly<Record<string, (value: TreeNode) => TreeNode>>): TreeNode {
    if (node.kind !== 'map') return this.#deep(node);
    const entries = node.entries.map(({ key, value }): MapEntry => {
      const name = keyText(key);
      const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
      return {
        key,
        value: handler === undefined ? this.#with(value, (found) => this.#deep(found.node)) : handler(value),
      };
    });
    return { ...node, entries };
  }

  #items(value: TreeNode, each: (item: Resolved) => TreeNode): TreeNode {
    return this.#with(value, ({ node }) =>
      node.kind === 'sequence'
        ? { ...node, items: node.items.map((item) => this.#with(item, each)) }
        : this.#deep(node),
    );
  }

  /** A node with all references in it written out. */
  #deep(node: TreeNode): TreeNode {
    if (node.kind === 'scalar') return node;
    if (node.kind === 'sequence') {
      return {
        ...node,
        items: node.items.map((item) => this.#with(item, (found) => this.#deep(found.node))),
      };
    }
    return this.#fields(node, {});
  }

  /** Goes into a node, through its reference if it is one. */
  #with(node: TreeNode, then: (found: Resolved) => TreeNode): TreeNode {
    if (++this.#nodes > mostNodes) {
      if (!this.#isTooLarge) {
        const message = `with its references written out the workflow has more than ${mostNodes} values`;
        this.#findings.error('yadage/too-large', spanOf(node), message);
      }
      this.#isTooLarge = true;
      return nothingAt(node);
    }
    const reference = referenceOf(node);
    const found = reference === undefined ? { node, isReference: false } : this.#references.resolve(node);
    if (found === undefined) return nothingAt(node);
    if (found.node.kind === 'scalar') return then(found);
    if (this.#open.has(found.node)) {
      const message = 'this reference leads into what it is a part of';
      this.#findings.error('yadage/reference-circle', spanOf(reference ?? node), message);
      return nothingAt(node);
    }
    this.#open.add(found.node);
    const written = then(found);
    this.#open.delete(found.node);
    return written;
  }
}

/** What stands for something that cannot be had: the checks say nothing about it. */
export function isUnavailable(node: TreeNode | undefined): boolean {
  return node?.kind === 'scalar' && unavailable.has(node);
}

const unavailable = new WeakSet<TreeNode>();

function nothingAt(node: TreeNode): ScalarNode {
  const nothing: ScalarNode = { ...placeOf(node), kind: 'scalar', style: 'plain', value: null };
  unavailable.add(nothing);
  return nothing;
}

function textAt(node: TreeNode, value: string): ScalarNode {
  return { ...placeOf(node), kind: 'scalar', style: 'plain', value };
}

function mapAt(node: TreeNode, entries: readonly MapEntry[]): MapNode {
  return { ...placeOf(node), kind: 'map', entries };
}

function entry(at: TreeNode, name: string, value: TreeNode): MapEntry {
  return { key: textAt(at, name), value };
}

function withEntry(map: MapNode, name: string, value: TreeNode): MapNode {
  const others = map.entries.filter((other) => keyText(other.key) !== name);
  return { ...map, entries: [...others, entry(map, name, value)] };
}

function placeOf({ source, start, end }: TreeNode): Pick<TreeNode, 'source' | 'start' | 'end'> {
  return { source, start, end };
}
