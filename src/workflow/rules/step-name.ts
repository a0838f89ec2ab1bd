// `workflow/step-name`: the name of a step becomes part of dataset names, which may not have every character.
import { datasetCharacterFault } from '../../prun/names.ts';
import type { StepRule } from './rule.ts';

export const stepName: StepRule = (draft, findings) => {
  const { name, where } = draft.step;
  // Only a sub-workflow without data of its own can be called anything.
  if (draft.base === '') return;
  const fault = datasetCharacterFault(name) ?? /[\s/]/.exec(name)?.[0];
  if (fault === undefined) return;
  const shown = /\s/.test(fault) ? 'a blank' : `\`${fault}\``;
  const message = `the name of the step \`${name}\` contains ${shown}, which no dataset name may have`;
  findings.error('workflow/step-name', where(), message);
};
