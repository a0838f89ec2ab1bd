// Copies that scatter made, folded into one step: a drawing shows what is repeated once, and how often.
import type { PlannedStep } from '../plan.ts';

/** One step as it is drawn, with the copies it stands for. */
export interface Fold {
  /** At least one; of a step that is not scattered, one for each instance of what surrounds it. */
  readonly members: readonly [PlannedStep, ...PlannedStep[]];
  /** How many copies scatter makes in each instance of what surrounds it; both `undefined` without scatter. */
  readonly fewest: number | undefined;
  readonly most: number | undefined;
}

/** Folds steps of the same workflow.
 *  @param instances the steps of each copy of the sub-workflow; one list for what is not scattered
 *  @returns in the order in which the first copies stand */
export function foldCopies(instances: readonly (readonly PlannedStep[])[]): readonly Fold[] {
  const folds = new Map<string, { members: [PlannedStep, ...PlannedStep[]]; counts: Map<number, number> }>();
  for (const [instance, steps] of instances.entries()) {
    const seen = new Map<string, number>();
    for (const step of steps) {
      const scattered = step.scatter.length > 0;
      // Names are the user's: two steps of a list may share one.
      const serial = scattered ? 0 : (seen.get(step.name) ?? 0);
      seen.set(step.name, serial + 1);
      const key = `${scattered ? 'scattered' : 'single'} ${serial} ${step.name}`;
      const fold = folds.get(key);
      const counts = fold?.counts ?? new Map<number, number>();
      counts.set(instance, (counts.get(instance) ?? 0) + 1);
      if (fold === undefined) folds.set(key, { members: [step], counts });
      else fold.members.push(step);
    }
  }
  return [...folds.values()].map(({ members, counts }) => {
    const scattered = members[0].scatter.length > 0;
    return {
      members,
      fewest: scattered ? Math.min(...counts.values()) : undefined,
      most: scattered ? Math.max(...counts.values()) : undefined,
    };
  });
}

/** Ids of a step and of all steps in it. */
export function idsIn(step: PlannedStep): readonly number[] {
  return [step.id, ...step.steps.flatMap(idsIn)];
}
