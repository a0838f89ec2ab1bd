// The steps of a plan that become tasks.
import type { Plan, PlannedStep } from '../plan.ts';

/** Leaves at all depths by their ids: parents before those that wait for them. */
export function leavesOf(plan: Plan): readonly PlannedStep[] {
  const leaves: PlannedStep[] = [];
  const visit = (steps: readonly PlannedStep[]): void => {
    for (const step of steps) {
      if (step.type === 'workflow') visit(step.steps);
      else leaves.push(step);
    }
  };
  visit(plan.steps);
  return leaves.sort((a, b) => a.id - b.id);
}
