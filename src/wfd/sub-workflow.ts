// A step that is a workflow of its own: written there, in a named block, or in another file; once, or for each element of lists.
import { posix } from 'node:path';
import { closest } from '../base/closest.ts';
import { entryOf, keyText, spanOf, textOf, type MapNode, type ScalarNode } from '../source/tree.ts';
import type { Step, StepInput, Workflow } from '../workflow/model.ts';
import { modelValue } from '../workflow/value.ts';
import {
  checkFields,
  isNull,
  listed,
  missingField,
  sectionMap,
  wrongType,
  type WfdDocument,
} from './document.ts';
import { fixOf, looksLikeReference, type Names } from './sources.ts';
import { nameOf } from './steps.ts';

/** How a step gets at the workflow it is. */
export interface SubWorkflows {
  /** One that is written inside of the step. */
  readonly inline: (map: MapNode, key: ScalarNode) => Workflow;
  /** One of the blocks of the document. */
  readonly block: (name: string, node: ScalarNode) => Workflow | undefined;
  readonly blockNames: readonly string[];
  /** One in another file, by its path from the top of the sandbox. */
  readonly file: (path: string, node: ScalarNode) => Workflow | undefined;
}

export function readWorkflowStep(
  document: WfdDocument,
  { key, map, names, around }: { key: ScalarNode; map: MapNode; names: Names; around: SubWorkflows },
): Step {
  checkFields(document, 'workflow step', map);
  const given = sectionMap(document, map, 'inputs', '[]');
  const scattered = sectionMap(document, map, 'scatter_inputs', 'blank');
  checkScatterMode(document, map);
  const scatter = readScatter(document, scattered, names);
  const scatteredNames = new Set(scatter.map((input) => input.name));
  return {
    name: nameOf(key),
    type: 'workflow',
    // A scattered input takes the place of one that is given.
    inputs: [
      ...readGiven(document, given, names).filter((input) => !scatteredNames.has(input.name)),
      ...scatter,
    ],
    outputs: ['outDS'],
    scatter: scatter.map((input) => input.name),
    condition: undefined,
    loop: false,
    workflow: readWorkflow(document, key, map, around),
    where: () => spanOf(key),
  };
}

function readWorkflow(
  document: WfdDocument,
  key: ScalarNode,
  map: MapNode,
  around: SubWorkflows,
): Workflow | undefined {
  const steps = entryOf(map, 'steps');
  const reference = entryOf(map, 'workflow_ref');
  if (steps !== undefined) {
    if (reference !== undefined) {
      const message = '`workflow_ref` is not used: the step has `steps` of its own';
      document.findings.error('wfd/conflicting-fields', spanOf(reference.key), message, {
        related: [{ span: spanOf(steps.key), message: 'these are run' }],
      });
    }
    return around.inline(map, key);
  }
  if (reference === undefined) {
    missingField(document, key, `the step \`${nameOf(key)}\` needs \`workflow_ref\` or \`steps\``);
    return undefined;
  }
  const node = reference.value;
  const text = node.kind === 'scalar' ? textOf(node) : undefined;
  if (node.kind !== 'scalar' || text === undefined || text === '') {
    wrongType(
      document,
      isNull(node) ? reference.key : node,
      '`workflow_ref` must be the name of a block or a file',
    );
    return undefined;
  }
  if (around.blockNames.includes(text)) return around.block(text, node);
  const path = posix.normalize(text);
  if (posix.isAbsolute(path) || path === '..' || path.startsWith('../')) {
    const message = `\`${text}\` leads out of the sandbox, where the PanDA server looks for it`;
    document.findings.error('wfd/outside-sandbox', spanOf(node), message, {
      help: 'paths count from the directory of the main document',
    });
    return undefined;
  }
  const nearest = posix.extname(path) === '' ? closest(text, around.blockNames) : undefined;
  if (nearest !== undefined) {
    document.findings.error('wfd/unknown-block', spanOf(node), `there is no block \`${text}\``, {
      help: `did you mean \`${nearest}\`?`,
    });
    return undefined;
  }
  return around.file(path, node);
}

/** `inputs` of a step are taken as they are: names of datasets. */
function readGiven(document: WfdDocument, section: MapNode | undefined, names: Names): readonly StepInput[] {
  return (section?.entries ?? []).map(({ key, value }) => {
    const texts = value.kind === 'sequence' ? value.items : [value];
    for (const node of texts) {
      const text = node.kind === 'scalar' ? textOf(node) : undefined;
      if (text === undefined || !looksLikeReference(text, names)) continue;
      const message = `\`${text}\` is taken as the name of a dataset: \`inputs\` of a step cannot refer to the workflow around it`;
      document.findings.error('wfd/literal-input', spanOf(node), message, {
        help: /^\{/.test(text) ? 'only `scatter_inputs` names inputs of the workflow around' : undefined,
      });
    }
    return {
      name: keyText(key),
      default: modelValue(value),
      source: undefined,
      where: () => spanOf(key),
      whereValue: () => spanOf(isNull(value) ? key : value),
    };
  });
}

/** `scatter_inputs`: inputs of the sub-workflow, with the lists of the workflow around they get their values from. */
function readScatter(
  document: WfdDocument,
  section: MapNode | undefined,
  names: Names,
): readonly StepInput[] {
  return (section?.entries ?? []).flatMap(({ key, value }) => {
    const written = value.kind === 'scalar' ? textOf(value) : undefined;
    if (value.kind !== 'scalar' || written === undefined) {
      wrongType(
        document,
        isNull(value) ? key : value,
        '`scatter_inputs` names an input of the workflow around for each of its inputs',
      );
      return [];
    }
    const braced = /^\{([^]*)\}$/.exec(written)?.[1];
    const source = braced ?? written;
    if (!names.inputs.has(source)) reportScatter(document, value, source, names);
    else if (braced !== undefined) {
      document.findings.error('wfd/braces', spanOf(value), `\`{${braced}}\` is replaced in \`inDS\` only`, {
        help: `write \`${braced}\``,
        fix: fixOf(value, braced),
      });
    }
    return [
      {
        name: keyText(key),
        default: null,
        source,
        where: () => spanOf(key),
        whereValue: () => spanOf(value),
      },
    ];
  });
}

function reportScatter({ findings }: WfdDocument, node: ScalarNode, name: string, names: Names): void {
  const isStep = names.steps.has(name.split('/')[0] ?? '');
  const nearest = closest(name, names.inputs);
  const message = isStep
    ? 'a native workflow cannot be scattered over the data of a step, only over a list in `inputs`'
    : `there is no input \`${name}\` to scatter over`;
  const offered = names.inputs.size === 0 ? undefined : `its inputs are ${listed([...names.inputs])}`;
  findings.error('wfd/unknown-source', spanOf(node), message, {
    help: nearest === undefined ? offered : `did you mean \`${nearest}\`?`,
  });
}

function checkScatterMode(document: WfdDocument, map: MapNode): void {
  const node = entryOf(map, 'scatter_mode')?.value;
  if (node === undefined || isNull(node) || (node.kind === 'scalar' && node.value === 'zip')) return;
  const message = 'native workflows are scattered over lists side by side: `scatter_mode` is `zip`';
  document.findings.error('wfd/scatter-mode', spanOf(node), message, {
    help: 'write the combinations out in the lists',
  });
}
