// `workflow/unknown-input`: a step gives a value to an input that its sub-workflow does not have. The server drops it.
import { closest } from '../../base/closest.ts';
import type { Condition } from '../model.ts';
import { listed, type StepRule } from './rule.ts';

export const unknownInput: StepRule = (draft, findings) => {
  const { workflow, condition } = draft.step;
  if (workflow === undefined || workflow.hasUnreadInputs === true) return;
  const known = workflow.inputs.map((input) => input.name);
  for (const [name, { input }] of draft.inputs) {
    // An input may be there for the condition alone.
    if (known.includes(name) || (condition !== undefined && mentions(condition, name))) continue;
    const nearest = closest(name, known);
    const message = `\`${workflow.file}\` has no input \`${name}\`; the value is not used`;
    const offered = known.length === 0 ? 'it has no inputs at all' : `its inputs are ${listed(known)}`;
    findings.warning('workflow/unknown-input', input.where(), message, {
      help: nearest === undefined ? offered : `did you mean \`${nearest}\`?`,
    });
  }
};

function mentions(condition: Condition, name: string): boolean {
  if (condition.operator === 'input') return condition.input === name;
  if (condition.operator === 'not') return mentions(condition.of, name);
  return mentions(condition.left, name) || mentions(condition.right, name);
}
