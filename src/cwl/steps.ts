// Steps of a workflow.
import {
  entryOf,
  keyText,
  spanOf,
  textOf,
  type MapNode,
  type ScalarNode,
  type TreeNode,
} from '../source/tree.ts';
import type { Span } from '../base/span.ts';
import type { Step, Workflow } from '../workflow/model.ts';
import {
  checkFields,
  isNull,
  isUnreadSection,
  namedThings,
  textNodes,
  wrongType,
  type CwlDocument,
  type Named,
} from './document.ts';
import { readRun } from './run.ts';
import { readStepInputs, type WrittenInput } from './step-inputs.ts';
import { readWhen } from './when.ts';

export interface WrittenStep extends Step {
  readonly inputs: readonly WrittenInput[];
}

/** Reads the workflow that a step runs. `place`: where the step says so. */
export type ReadWorkflow = (path: string, place: Span) => Workflow | undefined;

export function readSteps(
  document: CwlDocument,
  section: TreeNode | undefined,
  readWorkflow: ReadWorkflow,
): readonly WrittenStep[] {
  return namedThings(document, section, 'step').flatMap((thing) => {
    const { value, key, name } = thing;
    if (value.kind === 'map') return [readStep(document, thing, value, readWorkflow)];
    wrongType(
      document,
      isNull(value) ? key : value,
      `the step \`${name}\` must be a map with \`run\`, \`in\` and \`out\``,
    );
    return [];
  });
}

function readStep(
  document: CwlDocument,
  { name, key }: Named,
  map: MapNode,
  readWorkflow: ReadWorkflow,
): WrittenStep {
  checkFields(document, 'step', map, key);
  const inSection = entryOf(map, 'in')?.value;
  const inputs = readStepInputs(document, inSection);
  const isUnread = isUnreadSection(inSection);
  const runNode = entryOf(map, 'run')?.value;
  const run = readRun(document, runNode);
  return {
    name,
    type: run.is === 'leaf' ? run.type : 'workflow',
    inputs,
    outputs: readOut(document, entryOf(map, 'out')?.value),
    scatter: readScatter(document, map, isUnread ? undefined : inputs),
    // Which inputs it may name is not known.
    condition: isUnread ? undefined : readWhen(document, entryOf(map, 'when')?.value, inputs),
    loop: readLoop(document, map),
    workflow: run.is === 'workflow' ? readWorkflow(run.path, spanOf(runNode ?? key)) : undefined,
    ...(isUnread ? { hasUnreadInputs: true } : {}),
    where: () => spanOf(key),
  };
}

/** What most steps have. */
const alone: readonly string[] = ['outDS'];

/** A step without any output has `outDS`, because those after it are tied to it by outputs. */
function readOut(document: CwlDocument, node: TreeNode | undefined): readonly string[] {
  if (node !== undefined && node.kind !== 'sequence')
    wrongType(document, node, '`out` must be a list of names');
  if (node?.kind !== 'sequence') return alone;
  if (node.items.length === 1 && textOf(node.items[0]) === 'outDS') return alone;
  const names = node.items.flatMap((item) => {
    if (item.kind === 'map') checkFields(document, 'step output', item, item);
    const name = textOf(item.kind === 'map' ? entryOf(item, 'id')?.value : item);
    if (name === undefined && item.kind !== 'map')
      wrongType(document, item, 'the name of an output must be a text');
    if (item.kind === 'map' && name !== undefined) {
      const message = 'the PanDA server fails on outputs with an `id`';
      document.findings.warning('panda/out-form', spanOf(item), message, {
        help: `write \`${name}\` alone`,
        fix: item.entries.length === 1 ? { span: spanOf(item), text: name } : undefined,
      });
    }
    return name === undefined || name === '' ? [] : [name];
  });
  return names.length === 0 ? alone : [...new Set(names)];
}

function readScatter(
  document: CwlDocument,
  map: MapNode,
  inputs: readonly WrittenInput[] | undefined,
): readonly string[] {
  const node = entryOf(map, 'scatter')?.value;
  checkScatterMethod(document, entryOf(map, 'scatterMethod')?.value);
  if (node === undefined) return [];
  const names = textNodes(document, node, 'an input in `scatter`') ?? [];
  if (node.kind === 'scalar' && names.length > 0) {
    const name = scatterName(names[0]);
    document.findings.error(
      'panda/scatter-form',
      spanOf(node),
      'the PanDA server takes `scatter` only as a list',
      {
        help: `write \`[${name}]\``,
        fix: { span: spanOf(node), text: `[${name}]` },
      },
    );
  }
  if (inputs === undefined) return [];
  const known = new Set(inputs.map((input) => input.name));
  return names.flatMap((item) => {
    const name = scatterName(item);
    if (known.has(name)) return [name];
    document.findings.error(
      'cwl/unknown-scatter',
      spanOf(item),
      `the step has no input \`${name}\` to scatter over`,
    );
    return [];
  });
}

function scatterName(node: ScalarNode | undefined): string {
  return String(node?.value).replace(/^.*[#/]/, '');
}

function checkScatterMethod(document: CwlDocument, node: TreeNode | undefined): void {
  if (node === undefined || isNull(node)) return;
  const method = textOf(node);
  if (method === 'dotproduct') return;
  if (method === 'nested_crossproduct' || method === 'flat_crossproduct') {
    const message = `the PanDA server treats \`${method}\` as \`dotproduct\``;
    document.findings.error('cwl/unsupported', spanOf(node), message, {
      help: 'write the combinations out in the inputs',
    });
    return;
  }
  document.findings.error('cwl/wrong-type', spanOf(node), '`scatterMethod` must be `dotproduct`');
}

/** The hint that makes a sub-workflow a loop: `hints: [loop]`. */
function readLoop(document: CwlDocument, map: MapNode): boolean {
  const node = entryOf(map, 'hints')?.value;
  if (node === undefined || isNull(node)) return false;
  if (node.kind === 'sequence') {
    if (node.items.some((item) => textOf(item) === 'loop')) return true;
    const form = node.items.find(
      (item) => item.kind === 'map' && textOf(entryOf(item, 'class')?.value) === 'loop',
    );
    if (form?.kind === 'map') warnOfLoopForm(document, form, form.entries.length === 1 ? 'loop' : undefined);
    return form !== undefined;
  }
  if (node.kind === 'map') {
    const key = node.entries.find((entry) => keyText(entry.key) === 'loop')?.key;
    if (key !== undefined) {
      // A fix takes the whole map away, so there must be nothing else in it.
      const isAlone = node.entries.length === 1;
      warnOfLoopForm(document, key, isAlone ? '[loop]' : undefined, node);
    }
    return key !== undefined;
  }
  wrongType(
    document,
    node,
    '`hints` must be a list or a map',
    textOf(node) === 'loop' ? 'write `[loop]`' : undefined,
  );
  return textOf(node) === 'loop';
}

function warnOfLoopForm(
  document: CwlDocument,
  node: TreeNode,
  replacement: string | undefined,
  replaced = node,
): void {
  const message = 'the PanDA server does not see a loop here: it would run the sub-workflow once';
  const fix = replacement === undefined ? undefined : { span: spanOf(replaced), text: replacement };
  document.findings.warning('panda/loop-form', spanOf(node), message, { help: 'write `hints: [loop]`', fix });
}
