// `workflow/wrong-type`: a number or a map where the server needs a text, or the name of a dataset.
import { isList } from '../draft.ts';
import type { Value } from '../model.ts';
import type { StepRule } from './rule.ts';

const texts = ['opt_exec', 'opt_args'];
const datasets = ['opt_inDS', 'opt_secondaryDSs', 'opt_trainingDS'];

export const wrongType: StepRule = (draft, findings) => {
  if (draft.step.type === 'workflow') return;
  for (const [name, { input, value, suppressed }] of draft.inputs) {
    if (value === null || suppressed) continue;
    const isFit = texts.includes(name)
      ? typeof value === 'string'
      : !datasets.includes(name) || members(value).every((member) => typeof member === 'string');
    if (isFit) continue;
    const kind = texts.includes(name) ? 'a text' : 'the name of a dataset, or a list of such names';
    findings.error('workflow/wrong-type', input.whereValue(), `\`${name}\` must be ${kind}`);
  }
};

function members(value: Value): readonly Value[] {
  return isList(value) ? value.flatMap(members) : [value];
}
