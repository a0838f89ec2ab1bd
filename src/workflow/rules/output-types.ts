// `workflow/unknown-data-type` for what a workflow hands out: a type that the step it comes from does not make.
import { closest } from '../../base/closest.ts';
import { typeOfPattern } from '../../prun/outputs.ts';
import type { Draft } from '../draft.ts';
import type { Workflow } from '../model.ts';
import { madeTypesOf } from './data-types.ts';
import type { RuleContext } from './context.ts';
import { listed } from './rule.ts';
import { StepView } from './step-view.ts';

export function outputTypes(context: RuleContext, madeTypes: StepView['madeTypes']): void {
  checkWorkflow(context.workflow, context.drafts, context, madeTypes);
}

function checkWorkflow(
  workflow: Workflow,
  drafts: readonly Draft[],
  context: RuleContext,
  madeTypes: StepView['madeTypes'],
): void {
  for (const { sources, types = [] } of workflow.outputs) {
    const maker = drafts.find((draft) => sources.includes(`${draft.step.name}/outDS`));
    if (maker === undefined || maker.step.type === 'workflow') continue;
    const made = madeTypesOf(maker, new StepView(maker, context, madeTypes));
    if (made === undefined) continue;
    for (const { name, where } of types) {
      if (made.some((type) => typeOfPattern(type) === typeOfPattern(name))) continue;
      const nearest = closest(name, made);
      const others = made.length === 0 ? 'nothing' : listed(made);
      const message = `\`${maker.step.name}\` makes no \`${name}\`; it makes ${others}`;
      context.findings.error('workflow/unknown-data-type', where(), message, {
        help: nearest === undefined ? undefined : `did you mean \`${nearest}\`?`,
        related: [{ span: maker.step.where(), message: `\`${maker.step.name}\`` }],
      });
    }
  }
  for (const { step, steps } of drafts) {
    if (step.workflow !== undefined) checkWorkflow(step.workflow, steps, context, madeTypes);
  }
}
