// `workflow/loop-without-junction`: nothing decides whether the loop goes on.
import type { StepRule } from './rule.ts';

export const loopWithoutJunction: StepRule = (draft, findings) => {
  const { loop, type, workflow, name, where } = draft.step;
  if (!loop) return;
  if (type !== 'workflow') {
    const message = `only a sub-workflow can be a loop, and \`${name}\` is a \`${type}\` step`;
    findings.error('workflow/loop-without-junction', where(), message);
  } else if (workflow !== undefined && !workflow.steps.some((step) => step.type === 'junction')) {
    const message = `the loop \`${name}\` has no \`junction\` in \`${workflow.file}\`, so nothing decides whether it goes on`;
    findings.error('workflow/loop-without-junction', where(), message, {
      help: 'add a step with `run: junction` that writes `results.json`',
    });
  }
};
