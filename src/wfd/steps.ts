// Steps of a native workflow: their types, and what tasks are made from.
import { closest } from '../base/closest.ts';
import { misspeltName, writtenInstead } from '../base/misspelling.ts';
import {
  entryOf,
  keyText,
  spanOf,
  textOf,
  type MapNode,
  type ScalarNode,
  type TreeNode,
} from '../source/tree.ts';
import { spanWithin } from '../source/within.ts';
import { leafTypes, type Step, type StepInput, type StepType } from '../workflow/model.ts';
import { parametersOf } from '../workflow/rules/parameters-of.ts';
import { modelValue } from '../workflow/value.ts';
import { checkFields, isNull, listed, wrongType, type WfdDocument } from './document.ts';
import { fieldsOf, parameterFields, unusableTypes } from './fields.ts';
import { readSource, type Names } from './sources.ts';

const stepTypes: readonly StepType[] = [...leafTypes, 'workflow'];

/** The type of a step, `prun` when it names none; `undefined` for one that PanDA does not have, which is reported. */
export function readType(document: WfdDocument, map: MapNode): StepType | undefined {
  const node = entryOf(map, 'type')?.value;
  if (node === undefined) return 'prun';
  const text = node.kind === 'scalar' ? textOf(node) : undefined;
  if (text === undefined) {
    wrongType(
      document,
      node,
      isNull(node) ? '`type` is blank' : '`type` must be a text',
      `types are ${listed(stepTypes)}`,
    );
    return undefined;
  }
  const type = stepTypes.find((name) => name === text);
  if (type === undefined) {
    const nearest = closest(text, stepTypes);
    const certain = misspeltName(text, stepTypes);
    document.findings.error('wfd/unknown-type', spanOf(node), `there is no type of step \`${text}\``, {
      help: nearest === undefined ? `types are ${listed(stepTypes)}` : `did you mean \`${nearest}\`?`,
      fix: certain === undefined ? undefined : { span: spanOf(node), text: certain },
    });
    return undefined;
  }
  const unusable = type === 'workflow' ? undefined : unusableTypes[type];
  if (unusable !== undefined) document.findings.error('wfd/unsupported', spanOf(node), unusable);
  return type;
}

/** A step that becomes a task. */
export function readTaskStep(
  document: WfdDocument,
  {
    key,
    map,
    type,
    names,
  }: { key: ScalarNode; map: MapNode; type: Exclude<StepType, 'workflow'>; names: Names },
): Step {
  checkFields(document, 'task step', map);
  return {
    name: nameOf(key),
    type,
    inputs: parameterFields.flatMap(([field, parameter]) => {
      const entry = entryOf(map, field);
      if (entry === undefined) return [];
      const reads = field === 'inDS' || field === 'secondaryDSs';
      if (type === 'phpo' && reads) {
        reportUnreadable(document, entry.key);
        return [];
      }
      const source = reads ? readSource(document, map, field, names) : undefined;
      return [stepInput(parameter, entry.key, entry.value, reads, source)];
    }),
    outputs: ['outDS'],
    scatter: [],
    condition: undefined,
    loop: false,
    workflow: undefined,
    ...misspelt(map, type),
    where: () => spanOf(key),
  };
}

/** Parameters that a step needs, and whose fields are misspelt. */
function misspelt(map: MapNode, type: Exclude<StepType, 'workflow'>): Pick<Step, 'misspeltInputs'> {
  const { required } = parametersOf[type];
  const lacking = parameterFields.filter(
    ([field, parameter]) => required.includes(parameter) && entryOf(map, field) === undefined,
  );
  if (lacking.length === 0) return {};
  const written = map.entries.map((entry) => keyText(entry.key));
  const names = lacking.flatMap(([field, parameter]) =>
    writtenInstead(field, written, fieldsOf['task step']) === undefined ? [] : [parameter],
  );
  return { misspeltInputs: new Set(names) };
}

/** The server hands data to a `phpo` task under a name that no field has. */
function reportUnreadable({ findings }: WfdDocument, key: ScalarNode): void {
  const message =
    'a native workflow cannot hand data to a `phpo` step: the PanDA server has no field for its training data';
  findings.error('wfd/unsupported', spanOf(key), message, {
    help: 'name the dataset in `args`, with `--trainingDS`',
  });
}

function stepInput(
  name: string,
  key: ScalarNode,
  value: TreeNode,
  isSource: boolean,
  source: StepInput['source'],
): StepInput {
  const place = isNull(value) ? key : value;
  return {
    name,
    default: isSource ? null : modelValue(value),
    source,
    where: () => spanOf(key),
    whereValue: () => spanOf(place),
    whereInText:
      !isSource && value.kind === 'scalar' && textOf(value) !== undefined
        ? (start, end) => spanWithin(value, start, end)
        : undefined,
  };
}

/** The name of a step, whatever YAML takes it for. */
export function nameOf(key: ScalarNode): string {
  return typeof key.value === 'string' ? key.value : key.source.text.slice(key.start, key.end);
}
