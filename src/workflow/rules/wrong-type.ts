// `workflow/wrong-type`: a number or a map where the server needs a text, or the name of a dataset.
import { isList } from '../draft.ts';
import type { Value } from '../model.ts';
import { isAssumed } from './context.ts';
import type { StepRule } from './rule.ts';

const texts = ['opt_exec', 'opt_args', 'opt_containerImage'];
const datasets = ['opt_inDS', 'opt_secondaryDSs', 'opt_trainingDS'];

export const wrongType: StepRule = (draft, findings, view) => {
  if (draft.step.type === 'workflow') return;
  for (const { input, value, suppressed } of draft.inputs.values()) {
    if (value === null || suppressed) continue;
    // A list of values that are not known yet is a list all the same.
    if (typeof value === 'string' && isAssumed(view.context, value)) continue;
    const needed = neededFor(input.name, value);
    if (needed === undefined) continue;
    findings.error('workflow/wrong-type', input.whereValue(), `\`${input.name}\` must be ${needed}`);
  }
};

/** What the value should be; `undefined` when it is that. */
function neededFor(name: string, value: Value): string | undefined {
  if (texts.includes(name)) return typeof value === 'string' ? undefined : 'a text';
  if (datasets.includes(name)) {
    const isFit = members(value).every((member) => typeof member === 'string');
    return isFit ? undefined : 'the name of a dataset, or a list of such names';
  }
  // Any text counts as true for the server, also one that says the contrary.
  const isNo = typeof value === 'string' && /^(?:false|no|off|0)$/i.test(value);
  return name === 'opt_useAthenaPackages' && isNo ? '`true` or `false` without quotes' : undefined;
}

function members(value: Value): readonly Value[] {
  return isList(value) ? value.flatMap(members) : [value];
}
