// `workflow/no-data`: a step reads from a sub-workflow that hands nothing out.
import type { StepRule } from './rule.ts';

export const noData: StepRule = (draft, findings) => {
  for (const { input, origins } of draft.inputs.values()) {
    for (const { owner, slices, leaves } of origins) {
      if (leaves.length > 0 || slices.length === 0 || owner.workflow === undefined) continue;
      const message = `\`${owner.name}\` hands out no data: no output of \`${owner.workflow.file}\` comes from one of its steps`;
      findings.error('workflow/no-data', input.whereValue(), message, {
        related: [{ span: owner.workflow.where(), message: 'the sub-workflow' }],
      });
    }
  }
};
