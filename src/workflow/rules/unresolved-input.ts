// `workflow/unresolved-input`: an input of a step has neither a source nor a default. An input whose source has no value is
// reported where the value should come from.
import type { StepRule } from './rule.ts';

export const unresolvedInput: StepRule = (draft, findings) => {
  for (const { input, value, suppressed } of draft.inputs.values()) {
    if (value !== null || suppressed || input.source !== undefined) continue;
    const message = `\`${input.name}\` has no value: neither a source nor a default`;
    findings.error('workflow/unresolved-input', input.where(), message);
  }
};
