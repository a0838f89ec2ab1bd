// Documents by path: their version, the processes in them, and the types they define.
import type { Findings } from '../../base/finding.ts';
import { closest } from '../../base/closest.ts';
import type { Span } from '../../base/span.ts';
import { entryOf, keyText, spanOf, textOf, valueOf, type MapNode, type TreeNode } from '../../source/tree.ts';
import { knownVersions, type CwlVersion } from '../fields.ts';
import { namedTypes } from '../types/named.ts';
import type { TypeNames } from '../types/read.ts';
import { readVersion } from '../version.ts';
import { classSince, processClasses } from './grammar/processes.ts';
import { classOf, portsOf, readProcess, shortName, type Process } from './process.ts';
import { requirementNode } from './requirements.ts';
import { isUnknown, type Help, type Sources, type Target } from './sources.ts';

export interface Document {
  readonly path: string;
  readonly root: MapNode;
  /** As written; the newest one when it says none. */
  readonly version: CwlVersion;
  /** The one process, or those of its `$graph`. */
  readonly processes: readonly Process[];
  readonly isPacked: boolean;
  readonly prefixes: ReadonlySet<string>;
  /** Types that its `SchemaDefRequirement`s define. */
  readonly typeNames: TypeNames;
}

export class Library {
  readonly #sources: Sources;
  readonly #findings: Findings;
  readonly #documents = new Map<string, Document | undefined>();

  constructor(sources: Sources, findings: Findings) {
    this.#sources = sources;
    this.#findings = findings;
  }

  /** A document; `undefined` when it has no process that could be read, which is reported once.
   *  @param place where it is named; `undefined` for the first one */
  read(path: string, place: Span | undefined, help?: Help): Document | undefined {
    if (this.#documents.has(path)) return this.#documents.get(path);
    const root = this.#sources.read(path, place, help);
    // Who names a file that is not there is told so each time.
    if (root === undefined) return undefined;
    const document = this.#readRoot(path, root);
    this.#documents.set(path, document);
    return document;
  }

  /** The process that a step runs; `undefined` when there is none, which is reported.
   *  @param place where it is named */
  find(target: Target, place: Span, help?: Help): { document: Document; process: Process } | undefined {
    const document = this.read(target.path, place, help);
    if (document === undefined) return undefined;
    const wanted = target.fragment ?? '';
    const process = processBy(document, wanted);
    if (process !== undefined) return { document, process };
    // One whose class is faulty is there, and reported.
    if (!document.isPacked && wanted === '') return undefined;
    const ids = idsOf(document);
    const message =
      wanted === ''
        ? `\`${target.path}\` holds several processes, and none is called \`main\``
        : `there is no process \`${wanted}\` in \`${target.path}\``;
    const nearest = closest(wanted, ids);
    this.#findings.error('cwl/unknown-process', place, message, {
      help:
        wanted === ''
          ? `name one: ${ids
              .slice(0, 8)
              .map((id) => `\`${target.path}#${id}\``)
              .join(', ')}`
          : nearest === undefined
            ? undefined
            : `did you mean \`#${nearest}\`?`,
    });
    return undefined;
  }

  #readRoot(path: string, root: TreeNode): Document | undefined {
    if (isUnknown(root)) return undefined;
    if (root.kind !== 'map') {
      const message = 'a CWL document is a map with `cwlVersion` and `class`';
      this.#findings.error('cwl/not-a-workflow', spanOf(root), message);
      return undefined;
    }
    const version = readVersion(path, root, this.#findings);
    const graph = entryOf(root, '$graph');
    const nodes = graph === undefined ? [root] : this.#graphNodes(graph.value);
    let typeNames: Document['typeNames'] | undefined;
    return {
      path,
      root,
      version,
      isPacked: graph !== undefined,
      processes: nodes.flatMap((node) => this.process(node, version)),
      prefixes: prefixesOf(root),
      // Found only when it is asked for: the steps may be thousands.
      get typeNames() {
        return (typeNames ??= namedTypes(definedTypes(root)));
      },
    };
  }

  #graphNodes(graph: TreeNode): readonly MapNode[] {
    if (graph.kind === 'map') return [graph];
    if (graph.kind === 'scalar') {
      this.#findings.error('cwl/wrong-type', spanOf(graph), '`$graph` must be a list of processes');
      return [];
    }
    const ids = new Map<string, TreeNode>();
    return graph.items.flatMap((item) => {
      if (item.kind !== 'map') {
        this.#findings.error('cwl/wrong-type', spanOf(item), 'an item of `$graph` must be a map: a process');
        return [];
      }
      if (!isUnknown(item)) this.#graphId(item, ids);
      return [item];
    });
  }

  #graphId(item: MapNode, ids: Map<string, TreeNode>): void {
    const id = valueOf(item, 'id');
    const name = textOf(id)?.replace(/^#/, '');
    if (id === undefined || name === undefined) {
      const place = entryOf(item, 'class')?.key ?? item;
      this.#findings.error('cwl/missing-field', spanOf(place), 'a process in `$graph` needs an `id`');
      return;
    }
    const before = ids.get(name);
    if (before === undefined) ids.set(name, id);
    else {
      this.#findings.error('cwl/duplicate-id', spanOf(id), `the process \`${name}\` is repeated`, {
        related: [{ span: spanOf(before), message: 'first written here' }],
      });
    }
  }

  /** The process a map is: none when its class is missing or unknown, which is reported. */
  process(node: MapNode, version: CwlVersion): readonly Process[] {
    if (isUnknown(node)) return [];
    const name = classOf(node);
    const entry = entryOf(node, 'class');
    if (name === undefined) {
      this.#reportClass(node, entry?.value);
      return [];
    }
    const since = classSince[name];
    if (entry !== undefined && knownVersions.indexOf(since) > knownVersions.indexOf(version)) {
      const message = `\`${name}\` came with CWL ${since}; this document says ${version}`;
      const help = `write \`cwlVersion: ${since}\``;
      this.#findings.error('cwl/field-version', spanOf(entry.value), message, { help });
    }
    return [readProcess(node, name, version)];
  }

  #reportClass(node: MapNode, value: TreeNode | undefined): void {
    const known = processClasses.map((name) => `\`${name}\``).join(', ');
    if (value === undefined) {
      const first = node.entries[0]?.key;
      this.#findings.error('cwl/missing-class', spanOf(first ?? node), 'the document has no `class`', {
        help: `classes are ${known}`,
      });
      return;
    }
    const text = textOf(value);
    const nearest = text === undefined ? undefined : closest(text, processClasses);
    const told = text === undefined ? '`class` must be a text' : `there is no class \`${text}\``;
    this.#findings.error('cwl/unknown-class', spanOf(value), told, {
      help: nearest === undefined ? `classes are ${known}` : `did you mean \`${nearest}\`?`,
      fix: nearest === undefined ? undefined : { span: spanOf(value), text: nearest },
    });
  }
}

/** The names of the processes in a document. */
export function idsOf(document: Document): readonly string[] {
  return document.processes.flatMap(({ node }) => {
    const id = textOf(valueOf(node, 'id'));
    return id === undefined ? [] : [id.replace(/^#/, '')];
  });
}

/** @param name without its `#`; empty for the only one, or for `main` */
function processBy(document: Document, name: string): Process | undefined {
  if (!document.isPacked && (name === '' || name === 'main')) return document.processes[0];
  const wanted = name === '' ? 'main' : name;
  const id = (process: Process): string | undefined => textOf(valueOf(process.node, 'id'))?.replace(/^#/, '');
  return (
    document.processes.find((process) => id(process) === wanted) ??
    document.processes.find((process) => shortName(id(process) ?? '') === shortName(wanted)) ??
    (name === '' && document.processes.length === 1 ? document.processes[0] : undefined)
  );
}

function prefixesOf(root: MapNode): ReadonlySet<string> {
  const namespaces = valueOf(root, '$namespaces');
  return new Set(namespaces?.kind === 'map' ? namespaces.entries.map((entry) => keyText(entry.key)) : []);
}

/** The `types` of every `SchemaDefRequirement` of a document: of its processes, their steps, and what those hold. */
function definedTypes(root: MapNode): readonly TreeNode[] {
  const graph = valueOf(root, '$graph');
  const waiting: TreeNode[] = graph?.kind === 'sequence' ? [...graph.items] : [root];
  const found: TreeNode[] = [];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.kind !== 'map') continue;
    const types = requirementNode(node, 'SchemaDefRequirement');
    const items = types?.kind === 'map' ? valueOf(types, 'types') : undefined;
    if (items?.kind === 'sequence') found.push(...items.items);
    const run = valueOf(node, 'run');
    if (run !== undefined) waiting.push(run);
    waiting.push(...portsOf(valueOf(node, 'steps')).map((step) => step.node));
  }
  return found;
}
