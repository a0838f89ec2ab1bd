// `inputs/missing`: an input of the whole workflow that steps use has no value.
// `workflow/missing-input`: a step gives no value to an input that its sub-workflow uses.
import { closest } from '../../base/closest.ts';
import type { Language, Value, Workflow, WorkflowInput } from '../model.ts';
import type { RuleContext } from './context.ts';
import type { StepRule } from './rule.ts';

const whereToGive: Readonly<Record<Language, string>> = {
  cwl: 'give it in the inputs file (`--yaml`), or give it a default',
  wfd: 'write the name of a dataset behind it',
  snakemake: 'write a value there, or take one from the configuration',
};

export function missingWorkflowInput({ workflow, values, givenNames, findings }: RuleContext): void {
  const missing = withoutValue(workflow, values);
  if (missing.length === 0) return;
  const known = new Set(workflow.inputs.map((input) => input.name));
  const unknown = givenNames.filter((name) => !known.has(name));
  for (const input of missing) {
    const message = `the workflow's input \`${input.name}\` has no value`;
    const near = closest(input.name, unknown);
    findings.error('inputs/missing', input.where(), message, {
      help:
        near === undefined
          ? whereToGive[workflow.language]
          : `the inputs file gives a value to \`${near}\`: is that this one?`,
    });
  }
}

export const missingStepInput: StepRule = (draft, findings) => {
  const { workflow, name, where, hasUnreadInputs } = draft.step;
  if (workflow === undefined || hasUnreadInputs === true) return;
  for (const input of withoutValue(workflow, draft.rootInputs)) {
    if (draft.inputs.has(input.name)) continue;
    const message = `the step \`${name}\` gives no value to the input \`${input.name}\` of \`${workflow.file}\``;
    findings.error('workflow/missing-input', where(), message, {
      related: [{ span: input.where(), message: 'declared here, without a default' }],
    });
  }
};

function withoutValue(workflow: Workflow, values: Readonly<Record<string, Value>>): readonly WorkflowInput[] {
  const missing = workflow.inputs.filter((input) => (values[input.name] ?? null) === null);
  if (missing.length === 0) return [];
  const used = new Set(workflow.steps.flatMap((step) => step.inputs.flatMap((input) => input.source ?? [])));
  return missing.filter((input) => used.has(input.name));
}
