// A condition in words: `top ok and not (veto ok or spare ok)`.
import type { PlannedCondition } from '../plan.ts';

/** @param names of the steps, by id */
export function conditionText(condition: PlannedCondition, names: ReadonlyMap<number, string>): string {
  const { operator, left, right } = condition;
  if (operator === 'and' || operator === 'or') {
    const sides = [left, ...(right === null ? [] : [right])];
    return sides.map((side) => sideText(side, operator, names)).join(` ${operator} `);
  }
  if (isIds(left)) return `${namesText(left, names)} ${operator === 'not' ? 'failed' : 'ok'}`;
  return operator === 'not' ? `not (${conditionText(left, names)})` : conditionText(left, names);
}

/** Does it wait for a failure somewhere? */
export function isNegated(condition: PlannedCondition): boolean {
  return (
    condition.operator === 'not' ||
    [condition.left, condition.right].some((side) => side !== null && !isIds(side) && isNegated(side))
  );
}

function sideText(
  side: readonly number[] | PlannedCondition,
  around: 'and' | 'or',
  names: ReadonlyMap<number, string>,
): string {
  if (isIds(side)) return `${namesText(side, names)} ok`;
  const text = conditionText(side, names);
  const mixed = (side.operator === 'and' || side.operator === 'or') && side.operator !== around;
  return mixed ? `(${text})` : text;
}

function namesText(ids: readonly number[], names: ReadonlyMap<number, string>): string {
  return [...new Set(ids.map((id) => names.get(id) ?? `step ${id}`))].join(', ');
}

function isIds(side: readonly number[] | PlannedCondition): side is readonly number[] {
  return Array.isArray(side);
}
