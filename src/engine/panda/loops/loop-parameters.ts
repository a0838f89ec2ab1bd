// The parameters of a loop: what they are at first, and what a junction makes of them. Pure.
import type { Value } from '../../../workflow/model.ts';
import type { PlannedStep } from '../../../workflow/plan.ts';
import { loopParameterName } from '../../../workflow/scope.ts';

/** By name without `param_`. */
export type LoopParameters = Readonly<Record<string, Value>>;

/** The parameters among the inputs of a workflow. */
export function parametersAmong(inputs: Readonly<Record<string, Value>>): LoopParameters {
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, value]) => {
      const parameter = loopParameterName(name);
      return parameter === undefined ? [] : [[parameter, value] as const];
    }),
  );
}

/** The parameters that a sub-workflow begins with: its own values, elements of a list of the workflow around it, or what it
 *  follows there.
 *  @param around the parameters of the workflow around it, as they are now
 *  @param onFault called with a sentence for an element that is not there */
export function firstParameters(
  step: PlannedStep,
  around: LoopParameters,
  onFault: (fault: string) => void,
): LoopParameters {
  return Object.fromEntries(
    Object.entries(step.rootInputs).flatMap(([input, planned]) => {
      const name = loopParameterName(input);
      if (name === undefined) return [];
      const source = step.follows?.[input];
      if (source !== undefined && Object.hasOwn(around, source)) return [[name, around[source] ?? null]];
      return [[name, element(step, planned, around, onFault)]];
    }),
  );
}

/** The parameters of the next iteration: each junction in its order changes those that it names. */
export function nextParameters(
  current: LoopParameters,
  results: readonly Readonly<Record<string, Value>>[],
): LoopParameters {
  const changes = Object.assign({}, ...results) as Record<string, Value>;
  return Object.fromEntries(
    Object.entries(current).map(([name, value]) => [
      name,
      Object.hasOwn(changes, name) ? (changes[name] ?? null) : value,
    ]),
  );
}

interface Slice {
  readonly src: string;
  readonly idx: number;
}

function element(
  step: PlannedStep,
  value: Value,
  around: LoopParameters,
  onFault: (fault: string) => void,
): Value {
  if (Array.isArray(value)) return value.map((one) => element(step, one as Value, around, onFault));
  if (!isSlice(value)) return value;
  const list = around[value.src];
  if (Array.isArray(list) && value.idx < list.length) return (list[value.idx] ?? null) as Value;
  const there = Array.isArray(list) ? `a list of ${list.length}` : list === undefined ? 'missing' : 'no list';
  onFault(`copy ${value.idx + 1} of \`${step.name}\` has nothing to work on: \`${value.src}\` is ${there}`);
  return null;
}

/** How the planner writes "element `idx` of the list `src` of the workflow around". */
function isSlice(value: Value): value is Value & Slice {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { src, idx, ...rest } = value as Record<string, unknown>;
  return typeof src === 'string' && Number.isInteger(idx) && Object.keys(rest).length === 0;
}
