// Values of parameters: literals, and what earlier steps have published.
import { isList, PythonFloat, toPythonValue, type PythonValue } from '../../python-value.ts';
import type { YadageExpression, YadageParameter } from '../model.ts';
import { YadageFault } from './fault.ts';
import type { Scope, YadageNode } from './scope.ts';
import { membersOf } from './texts.ts';
import { selected, tracked, type Tracked } from './tracked.ts';

/** @throws YadageFault when a reference names no output, or not the number of steps that it must */
export function parameterValues(
  parameters: readonly YadageParameter[],
  scope: Scope,
): Readonly<Record<string, Tracked>> {
  const values: Record<string, Tracked> = {};
  for (const { key, value } of parameters) {
    values[key] =
      value.kind === 'literal'
        ? tracked(withSortedKeys(toPythonValue(value.node)))
        : (expressionValue(value.expression, scope) ?? tracked(null));
  }
  return values;
}

/** Yadage's loader sorts the keys of what is written as it stands; a command can show that. */
function withSortedKeys(value: PythonValue): PythonValue {
  if (isList(value)) return value.map(withSortedKeys);
  if (value instanceof PythonFloat || typeof value !== 'object' || value === null) return value;
  const members = Object.entries(membersOf(value)).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, withSortedKeys(member)]));
}

/** @returns `undefined` for a value that nobody has registered */
export function expressionValue(expression: YadageExpression, scope: Scope): Tracked | undefined {
  switch (expression.type) {
    case 'step': {
      const steps = scope.steps(expression.step.text);
      const [step] = steps;
      if (step === undefined || steps.length > 1)
        throw new YadageFault(
          `\`step: ${expression.step.text}\` names ${steps.length} steps; it must be exactly one`,
        );
      return outputOf(step, expression.output?.text);
    }
    case 'stages': {
      const outputs = scope.steps(expression.stages.text).flatMap((step): readonly Tracked[] => {
        const output = outputOf(step, expression.output?.text);
        return expression.flatten && output.kind === 'list' ? output.items : [output];
      });
      const [only] = outputs;
      return expression.unwrap && outputs.length === 1 ? only : { kind: 'list', items: outputs };
    }
    case 'registered': {
      if (expression.scope !== undefined)
        throw new YadageFault(`\`scope\` of the value \`${expression.key.text}\` is not followed`);
      const registered = scope.values.get(expression.key.text);
      return registered === undefined ? undefined : expressionValue(registered, scope);
    }
  }
}

function outputOf(step: YadageNode, output: string | undefined): Tracked {
  if (step.result === undefined) throw new YadageFault(`step \`${step.key}\` has no result yet`);
  return selected(tracked(step.result, step), output, `step \`${step.key}\``);
}
