// Names that a plan tells before anything runs.
import { datasetName } from '../../prun/outputs.ts';
import type { Plan } from '../../workflow/plan.ts';

/** Names of the datasets that the user asked for, as far as the plan tells: what a loop hands out
 *  is named for its last iteration. */
export function finalDatasetNames(plan: Plan): readonly string[] {
  const wanted = new Set(plan.outputSteps);
  return allSteps(plan.steps)
    .filter((step) => wanted.has(step.id) && !step.inLoop)
    .flatMap((step) =>
      step.outputs.flatMap((base) => step.outputTypes.map((type) => datasetName(base, type))),
    );
}

/** Names of the tasks that the leaves of a plan become. */
export function taskNames(plan: Plan): readonly string[] {
  return allSteps(plan.steps)
    .filter((step) => step.type !== 'workflow')
    .flatMap((step) => step.outputs.slice(0, 1));
}

function allSteps(steps: Plan['steps']): Plan['steps'] {
  return steps.flatMap((step) => [step, ...allSteps(step.steps)]);
}
