// Conditions with parents instead of inputs, and how a step waits for each of its parents.
import type { Condition, StepType } from './model.ts';
import type { Link, LinkKind, PlannedCondition } from './plan.ts';

/** Puts ids of parents where the condition names inputs.
 *  @param parentsOf ids of the steps an input comes from; `index` chooses one of its sources */
export function planCondition(
  condition: Condition,
  parentsOf: (input: string, index: number | undefined) => readonly number[],
): PlannedCondition {
  switch (condition.operator) {
    case 'input':
      return { operator: null, left: parentsOf(condition.input, condition.index), right: null };
    case 'not': {
      const { of } = condition;
      if (of.operator === 'input')
        return { operator: 'not', left: parentsOf(of.input, of.index), right: null };
      return { operator: 'not', left: planCondition(of, parentsOf), right: null };
    }
    case 'and':
    case 'or':
      return {
        operator: condition.operator,
        left: planCondition(condition.left, parentsOf),
        right: planCondition(condition.right, parentsOf),
      };
  }
}

/** The inputs that a step gets nothing from, because it runs when their parents failed. An input with an index is passed on
 *  all the same. Source: panda-server `suppress_inputs_based_on_condition`. */
export function suppressedInputs(condition: Condition | undefined): ReadonlySet<string> {
  if (condition === undefined) return none;
  const names = new Set<string>();
  const visit = (part: Condition): void => {
    if (part.operator === 'input') return;
    if (part.operator === 'not') {
      if (part.of.operator === 'input' && part.of.index === undefined) names.add(part.of.input);
      visit(part.of);
    } else {
      visit(part.left);
      visit(part.right);
    }
  };
  visit(condition);
  return names;
}

const none: ReadonlySet<string> = new Set();

/** Whether a condition is more than the PanDA server can hold: two terms, each with or without a `!`. */
export function isNestedCondition(condition: Condition): boolean {
  if (condition.operator === 'input') return false;
  if (condition.operator === 'not') return condition.of.operator !== 'input';
  return [condition.left, condition.right].some(
    (side) => side.operator === 'and' || side.operator === 'or' || isNestedCondition(side),
  );
}

export interface LinkedStep {
  readonly type: StepType;
  readonly parents: readonly number[];
  readonly condition: PlannedCondition | undefined;
  /** The parents it may follow while they still run, where that is not decided by the kinds of steps. */
  readonly streamsFrom?: ReadonlySet<number> | undefined;
}

/** How a step waits, ascending by parent. Without a condition it may start while its only parent still runs; it waits for the
 *  end of several parents, of a sub-workflow, and always when it is no ordinary task. Source: panda-server
 *  `convert_nodes_to_workflow`.
 *  @param siblingOf the step of the same workflow that a parent is, or is inside of; `undefined` for a parent elsewhere, which
 *    the surrounding sub-workflow waits for */
export function linksOf(
  step: LinkedStep,
  siblingOf: (parent: number) => { readonly id: number; readonly type: StepType } | undefined,
): readonly Link[] {
  const links = step.condition === undefined ? defaultLinks(step, siblingOf) : [];
  if (links.length < 2 && step.condition === undefined) return links;
  if (step.condition !== undefined) {
    for (const [parent, kind] of conditionParents(step.condition, false)) {
      links.push({ parent: siblingOf(parent)?.id ?? parent, kind });
    }
  }
  links.sort((a, b) => a.parent - b.parent || (a.kind < b.kind ? 1 : a.kind > b.kind ? -1 : 0));
  return links.filter((link, index) => {
    const before = links[index - 1];
    return before?.parent !== link.parent || before.kind !== link.kind;
  });
}

function defaultLinks(
  { type, parents, streamsFrom }: LinkedStep,
  siblingOf: (parent: number) => { readonly id: number; readonly type: StepType } | undefined,
): Link[] {
  const waits = parents.length > 1 || type === 'junction' || type === 'reana' || type === 'gitlab';
  return parents.flatMap((parent) => {
    const sibling = siblingOf(parent);
    if (sibling === undefined) return [];
    if (streamsFrom !== undefined) {
      return [{ parent: sibling.id, kind: streamsFrom.has(parent) ? 'started' : 'processed' }];
    }
    return [{ parent: sibling.id, kind: waits || sibling.type === 'workflow' ? 'processed' : 'started' }];
  });
}

function* conditionParents(condition: PlannedCondition, negated: boolean): Generator<[number, LinkKind]> {
  const isNot = condition.operator === 'not' ? !negated : negated;
  for (const side of [condition.left, condition.right]) {
    if (side === null) continue;
    if (!isIds(side)) yield* conditionParents(side, isNot);
    else for (const parent of side) yield [parent, isNot ? 'failed' : 'processed'];
  }
}

function isIds(side: readonly number[] | PlannedCondition): side is readonly number[] {
  return Array.isArray(side);
}
