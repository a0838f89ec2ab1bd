// What a drawing shows: the copies that scatter made folded into one step, links between steps of one level.
import type { StepType } from '../model.ts';
import type { LinkKind, Plan, PlannedStep } from '../plan.ts';
import { conditionText } from './condition-text.ts';
import { foldCopies, idsIn, type Fold } from './folding.ts';

export interface DrawnStep {
  readonly name: string;
  readonly type: StepType;
  /** Id of the first copy. */
  readonly id: number;
  /** How many copies scatter makes in each instance of what surrounds it; both `undefined` without scatter. */
  readonly fewest: number | undefined;
  readonly most: number | undefined;
  readonly loop: boolean;
  /** `top ok and not veto ok`; `undefined` without a condition. */
  readonly when: string | undefined;
  /** Its datasets, or those of a step in it, are what the user asked for. */
  readonly isOutput: boolean;
  /** Steps of a sub-workflow; `undefined` for a leaf. */
  readonly inner: DrawnGroup | undefined;
}

export interface DrawnLink {
  /** Index in the steps of the group. */
  readonly from: number;
  readonly to: number;
  readonly kind: LinkKind;
}

export interface DrawnGroup {
  readonly steps: readonly DrawnStep[];
  /** One for each pair of steps, by `to`, then `from`. */
  readonly links: readonly DrawnLink[];
}

/** The steps of a plan as they are drawn. */
export function drawnGroup(plan: Plan): DrawnGroup {
  const names = new Map<number, string>();
  const note = (step: PlannedStep): void => {
    names.set(step.id, step.name);
    step.steps.forEach(note);
  };
  plan.steps.forEach(note);
  return groupOf([plan.steps], names, new Set(plan.outputSteps));
}

/** Leaf steps as drawn, at all depths. */
export function countDrawn(group: DrawnGroup): number {
  return group.steps.reduce(
    (sum, step) => sum + 1 + (step.inner === undefined ? 0 : countDrawn(step.inner)),
    0,
  );
}

/** `×4`, or `×2–3` when the instances of what surrounds it differ. */
export function timesText(step: DrawnStep, unicode: boolean): string {
  if (step.fewest === undefined || step.most === undefined) return '';
  const sign = unicode ? '×' : 'x';
  const range =
    step.fewest === step.most ? `${step.most}` : `${step.fewest}${unicode ? '–' : '-'}${step.most}`;
  return `${sign}${range}`;
}

/** @param instances the steps of each copy of the sub-workflow; one list for what is not scattered */
function groupOf(
  instances: readonly (readonly PlannedStep[])[],
  names: ReadonlyMap<number, string>,
  outputs: ReadonlySet<number>,
): DrawnGroup {
  const folds = foldCopies(instances);
  const owners = new Map<number, number>();
  for (const [index, { members }] of folds.entries()) {
    for (const id of members.flatMap(idsIn)) owners.set(id, index);
  }
  return {
    steps: folds.map((fold) => drawnStep(fold, names, outputs)),
    links: folds.flatMap(({ members }, to) => linksTo(to, members, owners)),
  };
}

function drawnStep(
  { members, fewest, most }: Fold,
  names: ReadonlyMap<number, string>,
  outputs: ReadonlySet<number>,
): DrawnStep {
  const [first] = members;
  return {
    name: first.name,
    type: first.type,
    id: first.id,
    fewest,
    most,
    loop: first.loop,
    when: first.condition === undefined ? undefined : conditionText(first.condition, names),
    isOutput: members.some((member) => idsIn(member).some((id) => outputs.has(id))),
    inner:
      first.type === 'workflow'
        ? groupOf(
            members.map((member) => member.steps),
            names,
            outputs,
          )
        : undefined,
  };
}

/** Links of a step and, for a sub-workflow, those that only its inner steps have. */
function linksTo(
  to: number,
  members: readonly PlannedStep[],
  owners: ReadonlyMap<number, number>,
): DrawnLink[] {
  const kinds = new Map<number, LinkKind>();
  const note = (parent: number, kind: LinkKind): void => {
    const from = owners.get(parent);
    if (from === undefined || from === to) return;
    const before = kinds.get(from);
    // Several ways to wait for the same step: the one that always holds is drawn.
    kinds.set(from, before === undefined || before === kind ? kind : 'processed');
  };
  for (const member of members) {
    for (const link of member.links) note(link.parent, link.kind);
    for (const parent of member.parents) {
      if (!kinds.has(owners.get(parent) ?? to)) note(parent, 'processed');
    }
  }
  for (const inner of members.flatMap((member) => member.steps.flatMap(withInner))) {
    for (const parent of inner.parents) {
      if (!kinds.has(owners.get(parent) ?? to)) note(parent, 'processed');
    }
  }
  return [...kinds].sort(([a], [b]) => a - b).map(([from, kind]) => ({ from, to, kind }));
}

function withInner(step: PlannedStep): PlannedStep[] {
  return [step, ...step.steps.flatMap(withInner)];
}
