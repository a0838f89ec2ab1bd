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

/** An input of a step, with the nodes its references stand in. */
export interface StepInputDraft {
  readonly input: StepInput;
  readonly sources: readonly ScalarNode[];
}

/** Fields that CWL has and the server never looks at. */
const ignored = ['valueFrom', 'linkMerge', 'pickValue'];

export function readStepInputs(
  document: CwlDocument,
  section: TreeNode | undefined,
): readonly StepInputDraft[] {
  return namedThings(document, section, 'step input').map((thing) => readStepInput(document, thing));
}

function readStepInput(document: CwlDocument, { name, key, value }: Named): StepInputDraft {
  if (value.kind !== 'map') return draft(name, key, value, undefined, shortSources(document, value));
  checkFields(document, 'step input', value, key);
  for (const entry of value.entries) {
    const field = keyText(entry.key);
    if (!ignored.includes(field)) continue;
    document.findings.warning('panda/ignored', spanOf(entry.key), `the PanDA server ignores \`${field}\``);
  }
  const sourceNode = entryOf(value, 'source')?.value;
  const defaultNode = entryOf(value, 'default')?.value;
  return draft(name, key, sourceNode, defaultNode, textNodes(document, sourceNode, 'a source'));
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

function draft(
  name: string,
  key: TreeNode,
  sourceNode: TreeNode | undefined,
  defaultNode: TreeNode | undefined,
  sources: ScalarNode[] | undefined,
): StepInputDraft {
  const value = sourceNode !== undefined && !isNull(sourceNode) ? sourceNode : (defaultNode ?? key);
  const input = new WrittenInput(
    name,
    defaultNode === undefined ? null : modelValue(defaultNode),
    sourceOf(sourceNode, sources),
    { key, value, text: defaultNode },
  );
  return { input, sources: sources ?? noSources };
}

const noSources: readonly ScalarNode[] = [];

/** An input that knows its nodes. Workflows have tens of thousands: three functions for the places of each would take more
 *  memory than all the rest of it. */
class WrittenInput implements StepInput {
  readonly name: string;
  readonly default: Value;
  readonly source: StepInput['source'];
  readonly #nodes: InputNodes;

  constructor(name: string, given: Value, source: StepInput['source'], nodes: InputNodes) {
    this.name = name;
    this.default = given;
    this.source = source;
    this.#nodes = nodes;
  }

  where(): Span {
    return spanOf(this.#nodes.key);
  }

  whereValue(): Span {
    return spanOf(this.#nodes.value);
  }

  whereInText(start: number, end: number): Span | undefined {
    const { text } = this.#nodes;
    return text?.kind === 'scalar' && textOf(text) !== undefined ? spanWithin(text, start, end) : undefined;
  }
}

interface InputNodes {
  readonly key: TreeNode;
  /** What gives it its value; the key when nothing does. */
  readonly value: TreeNode;
  readonly text: TreeNode | undefined;
}

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
