// Inputs, outputs and options of a native workflow.
import {
  entryOf,
  keyText,
  spanOf,
  textOf,
  type MapNode,
  type ScalarNode,
  type TreeNode,
} from '../source/tree.ts';
import { closest } from '../base/closest.ts';
import type { Where, WorkflowInput, WorkflowOutput } from '../workflow/model.ts';
import { modelValue } from '../workflow/value.ts';
import { checkFields, isNull, missingField, textNodes, wrongType, type WfdDocument } from './document.ts';
import { fixOf, type Names } from './sources.ts';

/** Each input is a dataset; a list of them is there to be scattered over. */
export function readInputs(document: WfdDocument, section: MapNode | undefined): readonly WorkflowInput[] {
  return (section?.entries ?? []).map(({ key, value }) => {
    if (!isNull(value)) textNodes(document, value, `the input \`${keyText(key)}\``);
    const where = (): ReturnType<Where> => spanOf(key);
    return { name: keyText(key), default: modelValue(value), type: undefined, where };
  });
}

export function readOutputs(
  document: WfdDocument,
  section: MapNode | undefined,
  names: Names,
): readonly WorkflowOutput[] {
  return (section?.entries ?? []).map(({ key, value }) => {
    const where = (): ReturnType<Where> => spanOf(key);
    if (value.kind !== 'map') {
      wrongType(
        document,
        isNull(value) ? key : value,
        'an output is a map with `from`',
        `write \`{from: STEP/outDS}\``,
      );
      return { name: keyText(key), sources: [], where };
    }
    checkFields(document, 'output', value);
    const from = entryOf(value, 'from')?.value;
    if (from === undefined) missingField(document, key, `the output \`${keyText(key)}\` needs \`from\``);
    const source = from === undefined ? undefined : readFrom(document, from, names);
    const types = textNodes(document, entryOf(value, 'output_types')?.value, 'a type in `output_types`');
    return {
      name: keyText(key),
      sources: source === undefined ? [] : [source],
      types: types?.map((node) => ({ name: textOf(node) ?? '', where: () => spanOf(node) })),
      where,
    };
  });
}

function readFrom(document: WfdDocument, node: TreeNode, names: Names): string | undefined {
  const text = node.kind === 'scalar' ? textOf(node) : undefined;
  if (node.kind !== 'scalar' || text === undefined) {
    wrongType(document, node, '`from` must be a text like `STEP/outDS`');
    return undefined;
  }
  const [step = '', output] = text.split('/');
  if (!names.steps.has(step)) {
    const nearest = closest(step, names.steps);
    document.findings.error(
      'wfd/unknown-source',
      spanOf(node),
      `there is no step \`${step}\` to hand data out`,
      {
        help: nearest === undefined ? undefined : `did you mean \`${nearest}/outDS\`?`,
      },
    );
    return undefined;
  }
  if (output !== 'outDS') reportOutput(document, node, step);
  return `${step}/outDS`;
}

/** Only a complete name is found again when the workflow ends. */
function reportOutput({ findings }: WfdDocument, node: ScalarNode, step: string): void {
  findings.error('wfd/output-name', spanOf(node), `the data of the step \`${step}\` are \`${step}/outDS\``, {
    help: `write \`${step}/outDS\``,
    fix: fixOf(node, `${step}/outDS`),
  });
}

/** @returns whether steps may begin before all of their input is there */
export function readOptions(document: WfdDocument, section: MapNode | undefined): boolean {
  if (section === undefined) return false;
  checkFields(document, 'options', section);
  const partial = entryOf(section, 'allow_partial_inputs')?.value;
  const least = entryOf(section, 'min_input_files')?.value;
  const isTruth = partial?.kind === 'scalar' && typeof partial.value === 'boolean';
  if (partial !== undefined && !isTruth) {
    wrongType(document, partial, '`allow_partial_inputs` must be `true` or `false`');
  }
  const isCount = least?.kind === 'scalar' && Number.isInteger(least.value) && Number(least.value) > 0;
  if (least !== undefined && !isCount) {
    wrongType(document, least, '`min_input_files` must be a whole number of files, at least 1');
  }
  return isTruth && partial.value;
}
