// Which files of the steps before a step reads: `workflow/unknown-data-type`, `workflow/no-outputs`, `workflow/type-count`,
// `panda/shared-outputs`, `panda/training-type`.
import { closest } from '../../base/closest.ts';
import { counted } from '../../base/text.ts';
import { typeOfPattern } from '../../prun/outputs.ts';
import { isList, isTruthy, leavesOf, passedValue, textsIn, type Draft, type DraftInput } from '../draft.ts';
import { isAssumed } from './context.ts';
import { listed, type StepRule } from './rule.ts';
import type { StepView } from './step-view.ts';

/** The input that names the types of the files of another. */
const typeInputs: readonly { readonly dataName: string; readonly typeName: string }[] = [
  { dataName: 'opt_inDS', typeName: 'opt_inDsType' },
  { dataName: 'opt_secondaryDSs', typeName: 'opt_secondaryDsTypes' },
  { dataName: 'opt_trainingDS', typeName: 'opt_trainingDsType' },
];

/** A type that the step before does not make: its dataset will never be there. */
export const unknownDataType: StepRule = (draft, findings, view) => {
  for (const { dataName, typeName } of typeInputs) {
    const data = draft.inputs.get(dataName);
    const types = draft.inputs.get(typeName);
    if (data === undefined || data.suppressed || types === undefined || types.suppressed) continue;
    for (const [leaf, type] of pairs(data, types)) {
      const made = isAssumed(view.context, type) ? undefined : madeTypesOf(leaf, view);
      if (made === undefined || type.includes('%{')) continue;
      const wanted = typeOfPattern(type);
      if (type === '' || made.some((name) => name === type || typeOfPattern(name) === wanted)) continue;
      const nearest = closest(type, made);
      const message =
        made.length === 0
          ? `\`${leaf.step.name}\` makes no \`${type}\`: its \`opt_args\` has no \`--outputs\``
          : `\`${leaf.step.name}\` makes no \`${type}\`; it makes ${listed(made)}`;
      findings.error('workflow/unknown-data-type', types.input.whereValue(), message, {
        help: nearest === undefined ? undefined : `did you mean \`${nearest}\`?`,
        related: [{ span: leaf.step.where(), message: `\`${leaf.step.name}\`` }],
      });
    }
  }
};

/** Each step whose data are read, with the type that is asked of it. */
function* pairs(data: DraftInput, types: DraftInput): Generator<readonly [Draft, string]> {
  const leaves = data.origins.flatMap((origin) => origin.leaves);
  const byBase = new Map(leaves.map((leaf) => [leaf.base, leaf]));
  const common = isList(types.value) ? undefined : textsIn(types.value)[0];
  const given = textsIn(types.value);
  for (const [index, base] of textsIn(data.value).entries()) {
    const leaf = byBase.get(base);
    const type = common ?? given[index];
    if (leaf !== undefined && type !== undefined) yield [leaf, type];
  }
}

/** What the files of a step can be called by steps after it; `undefined` when it is not known. */
export function madeTypesOf(leaf: Draft, view: StepView): readonly string[] | undefined {
  const { madeTypes } = view;
  if (!madeTypes.has(leaf)) madeTypes.set(leaf, readTypes(leaf, leaf === view.draft ? view : view.of(leaf)));
  return madeTypes.get(leaf);
}

function readTypes(leaf: Draft, own: StepView): readonly string[] | undefined {
  const { type } = leaf.step;
  if (type !== 'prun' && type !== 'junction' && type !== 'reana') return undefined;
  // That `opt_args` is missing has been reported.
  if (own.hasUnknownArguments || (type !== 'junction' && own.text('opt_args') === 'absent')) return undefined;
  const value = own.option('outputs') ?? '';
  // What is filled in later, or does not parse, may be anything.
  if (value.includes('%') || (own.arguments?.parsed.problems.length ?? 0) > 0) return undefined;
  if (own.has('loadJson')) return undefined;
  let names = namesByOutputs.get(leaf.outputs);
  if (names === undefined) {
    // A wildcard is known by its pattern; the type that it becomes is nothing anybody would write.
    const written = leaf.outputs.map(({ pattern, datasetSuffix }) =>
      datasetSuffix === typeOfPattern(pattern) ? pattern : datasetSuffix,
    );
    names = [...new Set(written)];
    namesByOutputs.set(leaf.outputs, names);
  }
  return names;
}

/** Steps with the same `--outputs` share the list of them. */
const namesByOutputs = new WeakMap<Draft['outputs'], readonly string[]>();

/** A step that reads from one that leaves no files. */
export const noOutputs: StepRule = (draft, findings, view) => {
  const { type } = draft.step;
  for (const { dataName, typeName } of typeInputs) {
    const state = draft.inputs.get(dataName);
    // A `reana` or `gitlab` step may only wait for the other.
    if (state === undefined || state.suppressed || type === 'reana' || type === 'gitlab') continue;
    if (isTruthy(passedValue(draft, typeName))) continue;
    for (const leaf of leavesOf(state)) {
      if (madeTypesOf(leaf, view)?.length !== 0) continue;
      const message = `\`${leaf.step.name}\` leaves no files to read: its \`opt_args\` has no \`--outputs\``;
      findings.error('workflow/no-outputs', state.input.whereValue(), message, {
        related: [{ span: leaf.step.where(), message: `\`${leaf.step.name}\`` }],
      });
    }
  }
};

/** Datasets and types are taken in pairs. */
export const typeCount: StepRule = (draft, findings, view) => {
  for (const { dataName, typeName } of typeInputs) {
    const data = draft.inputs.get(dataName);
    const types = draft.inputs.get(typeName);
    if (data === undefined || types === undefined || data.value === null || data.suppressed) continue;
    if (!isList(types.value) || isAssumed(view.context, data.value) || isAssumed(view.context, types.value))
      continue;
    const dataCount = textsIn(data.value).length;
    const count = types.value.length;
    if (dataCount === count) continue;
    const message = `\`${dataName}\` has ${counted(dataCount, 'dataset')}, but \`${typeName}\` ${counted(count, 'type')}; they are taken in pairs`;
    findings.warning('workflow/type-count', types.input.whereValue(), message, {
      related: [{ span: data.input.whereValue(), message: 'the datasets' }],
    });
  }
};

/** The outputs that a step lists in `out` are only names: each stands for all of its data. */
export const sharedOutputs: StepRule = (draft, findings, view) => {
  if (draft.step.type === 'workflow') return;
  for (const { dataName, typeName } of typeInputs) {
    const state = draft.inputs.get(dataName);
    if (state === undefined || state.suppressed || draft.inputs.has(typeName)) continue;
    for (const { reference, owner, leaves } of state.origins) {
      const position = owner.outputs.indexOf(reference.slice(reference.lastIndexOf('/') + 1));
      const [leaf] = leaves;
      if (owner.type === 'workflow' || position < 1 || leaf === undefined) continue;
      const types = madeTypesOf(leaf, view);
      if (types === undefined || types.length < 2 || types[0] === undefined) continue;
      const message = `\`${reference}\` is \`${types[0]}\`, the first of \`--outputs\`, whatever the name of the output`;
      findings.warning('panda/shared-outputs', state.input.whereValue(), message, {
        help: `choose the files with \`${typeName}\`: ${listed(types)}`,
      });
    }
  }
};

/** The server looks for the type under another name there, and fails. */
export const trainingType: StepRule = (draft, findings, view) => {
  if (view.context.surroundings.target === 'embedded') return;
  const state = draft.inputs.get('opt_trainingDsType');
  if (draft.step.type !== 'phpo' || state === undefined || !isTruthy(passedValue(draft, 'opt_trainingDS')))
    return;
  if (!isTruthy(state.value)) return;
  const message = 'the PanDA server fails on `opt_trainingDsType`';
  findings.warning('panda/training-type', state.input.where(), message, {
    help: 'put the training files first in `--outputs` of the step before, and leave it out',
  });
};
