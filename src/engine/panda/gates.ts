// When a step may run: links and conditions over what became of its parents.
import type { Link, PlannedCondition } from '../../workflow/plan.ts';
import type { Gate } from './task.ts';

/** What became of a parent step, in the words of links.
 *  `pending`: not begun · `started`: running, may already have output · `processed`: ended with output ·
 *  `failed`: ended without · `skipped`: was not needed. */
export type ParentState = 'pending' | 'started' | 'processed' | 'failed' | 'skipped';

export type GateState =
  | { readonly state: 'open' }
  | { readonly state: 'waiting' }
  /** Will never open because a condition is not met: nothing went wrong. */
  | { readonly state: 'skip' }
  /** Will never open because `parent` failed. */
  | { readonly state: 'blocked'; readonly parent: number };

/** The state of all gates together: the first that can never open decides, then waiting, then open. */
export function gatesState(gates: readonly Gate[], parentState: (stepId: number) => ParentState): GateState {
  const states = gates.map((gate) =>
    gate.condition === undefined
      ? linksState(gate.links, parentState)
      : fromAnswer(answer(gate.condition, parentState)),
  );
  return (
    states.find((state) => state.state === 'skip') ??
    states.find((state) => state.state === 'blocked') ??
    states.find((state) => state.state === 'waiting') ?? { state: 'open' }
  );
}

/** Every parent that a condition asks about. */
export function conditionParents(condition: PlannedCondition | undefined): readonly number[] {
  if (condition === undefined) return [];
  return [condition.left, condition.right].flatMap((side) =>
    side === null ? [] : isIds(side) ? side : conditionParents(side),
  );
}

function linksState(links: readonly Link[], parentState: (stepId: number) => ParentState): GateState {
  let waiting = false;
  for (const link of links) {
    const state = parentState(link.parent);
    const never = link.kind === 'failed' ? state === 'processed' : state === 'failed';
    if (state === 'skipped') return { state: 'skip' };
    if (never) return link.kind === 'failed' ? { state: 'skip' } : { state: 'blocked', parent: link.parent };
    const ready =
      link.kind === 'started'
        ? state === 'started' || state === 'processed'
        : state === (link.kind === 'failed' ? 'failed' : 'processed');
    if (!ready) waiting = true;
  }
  return { state: waiting ? 'waiting' : 'open' };
}

type Answer = 'yes' | 'no' | 'unknown';

function fromAnswer(given: Answer): GateState {
  return { state: given === 'yes' ? 'open' : given === 'no' ? 'skip' : 'waiting' };
}

/** iDDS asks of each parent whether it was processed, or with `not` whether it failed; `and`/`or` join the answers. */
function answer(condition: PlannedCondition, parentState: (stepId: number) => ParentState): Answer {
  switch (condition.operator) {
    case null:
      return operand(condition.left, parentState, 'processed');
    case 'not':
      if (isIds(condition.left)) return operand(condition.left, parentState, 'failed');
      return opposite(answer(condition.left, parentState));
    case 'and':
      return both(
        operand(condition.left, parentState, 'processed'),
        operand(condition.right, parentState, 'processed'),
      );
    case 'or':
      return opposite(
        both(
          opposite(operand(condition.left, parentState, 'processed')),
          opposite(operand(condition.right, parentState, 'processed')),
        ),
      );
  }
}

function operand(
  side: readonly number[] | PlannedCondition | null,
  parentState: (stepId: number) => ParentState,
  wanted: 'processed' | 'failed',
): Answer {
  if (side === null) return 'yes';
  if (!isIds(side)) return answer(side, parentState);
  return side.map((id) => parentAnswer(parentState(id), wanted)).reduce(both, 'yes');
}

function parentAnswer(state: ParentState, wanted: 'processed' | 'failed'): Answer {
  if (state === 'pending' || state === 'started') return 'unknown';
  return state === wanted ? 'yes' : 'no';
}

const both = (a: Answer, b: Answer): Answer =>
  a === 'no' || b === 'no' ? 'no' : a === 'yes' && b === 'yes' ? 'yes' : 'unknown';
const opposite = (given: Answer): Answer => (given === 'yes' ? 'no' : given === 'no' ? 'yes' : 'unknown');

function isIds(side: readonly number[] | PlannedCondition): side is readonly number[] {
  return Array.isArray(side);
}
