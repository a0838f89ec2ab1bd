// Where the server drops or mixes up datasets in lists: `panda/dataset-list`, `panda/secondary-form`.
import type { Findings } from '../../base/finding.ts';
import { isList, isTruthy, passedValue, textsIn, type DraftInput } from '../draft.ts';
import { isAssumed } from './context.ts';
import type { StepRule } from './rule.ts';
import type { StepView } from './step-view.ts';

/** In a list without types the server pairs datasets with the types of those it knows, whichever those are. */
export const datasetList: StepRule = (draft, findings, view) => {
  if (draft.step.type === 'workflow') return;
  const state = draft.inputs.get('opt_inDS');
  const value = passedValue(draft, 'opt_inDS');
  if (state === undefined || !isList(value)) return;
  const fault = faultOf(view, value);
  if (fault !== undefined)
    findings.warning('panda/dataset-list', state.input.whereValue(), fault[0], { help: fault[1] });
};

function faultOf(
  { draft, context }: StepView,
  value: readonly unknown[],
): readonly [string, string | undefined] | undefined {
  const type = passedValue(draft, 'opt_inDsType');
  if (value.some((member) => Array.isArray(member))) {
    return ['the PanDA server fails on a list in a list', 'write the source without brackets'];
  }
  if (isTruthy(type)) {
    if (isList(type)) return undefined;
    return [
      'with a list of datasets the PanDA server takes one letter of `opt_inDsType` for each',
      'give a list of types',
    ];
  }
  const made = new Set(
    [...(draft.inputs.get('opt_inDS')?.origins ?? [])].flatMap(({ leaves, slices }) =>
      [...leaves, ...slices].map((one) => one.base),
    ),
  );
  const foreign = textsIn(draft.inputs.get('opt_inDS')?.value).find((base) => !made.has(base));
  // A source that does not exist is reported on its own.
  const source = draft.inputs.get('opt_inDS')?.input.source ?? [];
  if (foreign === undefined || source.includes(foreign)) return undefined;
  const shown = context.assumed.has(foreign) ? foreign.slice(1, -1) : foreign;
  return [
    `the PanDA server loses datasets of a list when no step made one of them, here \`${shown}\``,
    undefined,
  ];
}

/** `opt_secondaryDSs` must be a list of datasets, also when it is only one. */
export const secondaryForm: StepRule = (draft, findings, view) => {
  const state = draft.inputs.get('opt_secondaryDSs');
  if (state === undefined || draft.step.type !== 'prun' || state.value === null) return;
  if (!isAssumed(view.context, state.value)) checkForm(state, findings);
};

function checkForm(state: DraftInput, findings: Findings): void {
  if (isList(state.value) && !state.value.some((member) => Array.isArray(member))) return;
  const message = isList(state.value)
    ? 'the PanDA server cannot read a list in a list here'
    : 'the PanDA server takes `opt_secondaryDSs` only as a list';
  const help = isList(state.value) ? 'write the source without brackets' : 'put brackets around it';
  findings.warning('panda/secondary-form', state.input.whereValue(), message, { help });
}
