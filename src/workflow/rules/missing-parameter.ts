// `workflow/missing-parameter`: a step lacks an input without which the server cannot make a task.
import { meantName } from '../../base/misspelling.ts';
import { misspeltParameters } from './misspelt-parameters.ts';
import { parametersOf } from './parameters-of.ts';
import type { StepRule } from './rule.ts';

export const missingParameter: StepRule = (draft, findings, view) => {
  const { type, name: step, where, hasUnreadInputs, misspeltInputs } = draft.step;
  if (type === 'workflow' || hasUnreadInputs === true) return;
  // That a native workflow cannot have such a step at all is another finding.
  if (type === 'gitlab' && view.context.workflow.language === 'wfd') return;
  const { known, required } = parametersOf[type];
  for (const name of required) {
    const state = draft.inputs.get(name);
    const instead = state === undefined ? misspeltParameters(draft).get(name) : undefined;
    if (instead !== undefined) {
      const { name: written } = instead;
      const span = instead.where();
      const message = `the step \`${step}\` needs \`${name}\`, but has \`${written}\``;
      const extras = meantName(written, span, known, (other) => draft.inputs.has(other));
      findings.error('workflow/missing-parameter', span, message, extras);
    } else if (state === undefined && misspeltInputs?.has(name) !== true) {
      findings.error('workflow/missing-parameter', where(), `the step \`${step}\` needs \`${name}\``);
    } else if (state?.suppressed === true) {
      const message = `\`${name}\` is kept back because the condition negates it, but \`${step}\` needs it`;
      findings.error('workflow/missing-parameter', state.input.where(), message);
    }
  }
};
