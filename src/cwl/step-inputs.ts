// `in` of a step: where each of its inputs gets its value from.
import { entryOf, keyText, spanOf, textOf, type ScalarNode, type TreeNode } from '../source/tree.ts';
import { spanWithin } from '../source/within.ts';
import type { Span } from '../base/span.ts';
import type { StepInput, Value } from '../workflow/model.ts';
import {
  checkFields,
  isNull,
  namedThings,
  textNodes,
  wrongType,
  type CwlDocument,
  type Named,
} from './document.ts';
import { modelValue } from '../workflow/value.ts';

/** Fields that CWL has and the server never looks at. */
const ignored = ['valueFrom', 'linkMerge', 'pickValue'];

export function readStepInputs(
  document: CwlDocument,
  section: TreeNode | undefined,
): readonly WrittenInput[] {
  return namedThings(document, section, 'step input').map((thing) => readStepInput(document, thing));
}

function readStepInput(document: CwlDocument, { name, key, value }: Named): WrittenInput {
  if (value.kind !== 'map')
    return new WrittenInput(name, shortSources(document, value), { key, source: value, default: undefined });
  checkFields(document, 'step input', value, key);
  for (const entry of value.entries) {
    const field = keyText(entry.key);
    if (!ignored.includes(field)) continue;
    document.findings.warning('panda/ignored', spanOf(entry.key), `the PanDA server ignores \`${field}\``);
  }
  const source = entryOf(value, 'source')?.value;
  const given = entryOf(value, 'default')?.value;
  return new WrittenInput(name, textNodes(document, source, 'a source'), { key, source, default: given });
}

/** `name: step/output`, `name: [step/output, …]`. */
function shortSources(document: CwlDocument, value: TreeNode): ScalarNode[] | undefined {
  if (isNull(value)) return undefined;
  if (value.kind === 'scalar' && typeof value.value !== 'string') {
    wrongType(document, value, 'a source must be a text', 'a fixed value goes under `default:`');
    return undefined;
  }
  return textNodes(document, value, 'a source');
}

/** An input that knows its nodes. Workflows have tens of thousands: three functions for the places of each would take more
 *  memory than all the rest of it. */
export class WrittenInput implements StepInput {
  readonly name: string;
  readonly default: Value;
  readonly source: StepInput['source'];
  readonly #key: TreeNode;
  readonly #source: TreeNode | undefined;
  readonly #default: TreeNode | undefined;
  readonly #sources: readonly ScalarNode[];

  constructor(name: string, sources: readonly ScalarNode[] | undefined, nodes: InputNodes) {
    this.name = name;
    this.default = nodes.default === undefined ? null : modelValue(nodes.default);
    this.source = sourceOf(nodes.source, sources);
    this.#key = nodes.key;
    this.#source = nodes.source;
    this.#default = nodes.default;
    this.#sources = sources ?? noSources;
  }

  /** The nodes its references stand in. */
  get sources(): readonly ScalarNode[] {
    return this.#sources;
  }

  where(): Span {
    return spanOf(this.#key);
  }

  whereValue(): Span {
    const source = this.#source;
    return spanOf(source !== undefined && !isNull(source) ? source : (this.#default ?? this.#key));
  }

  whereInText(start: number, end: number): Span | undefined {
    const text = this.#default;
    return text?.kind === 'scalar' && textOf(text) !== undefined ? spanWithin(text, start, end) : undefined;
  }
}

interface InputNodes {
  readonly key: TreeNode;
  readonly source: TreeNode | undefined;
  readonly default: TreeNode | undefined;
}

const noSources: readonly ScalarNode[] = [];

function sourceOf(
  node: TreeNode | undefined,
  sources: readonly ScalarNode[] | undefined,
): StepInput['source'] {
  if (sources === undefined) return undefined;
  if (node?.kind === 'scalar') return referenceOf(node.value);
  const references = sources.map((source) => referenceOf(source.value));
  // A list of none is no source, as for the server.
  if (node?.kind === 'sequence') return references.length === 0 ? undefined : references;
  return references[0];
}

/** `#step/output` is `step/output`: what stands before the sign is the document itself. */
export function referenceOf(value: ScalarNode['value']): string {
  const text = String(value);
  return text.startsWith('#') ? text.slice(1) : text;
}
