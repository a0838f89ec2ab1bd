// `workflow/reserved-parameter`: a loop parameter named `i`, which is the number of the iteration.
import type { StepRule } from './rule.ts';

export const reservedParameter: StepRule = (draft, findings) => {
  for (const input of draft.step.workflow?.inputs ?? []) {
    if (input.name !== 'param_i') continue;
    const message = '`param_i` cannot be used: `%{i}` is the number of the iteration';
    findings.error('workflow/reserved-parameter', input.where(), message, { help: 'give it another name' });
  }
};
