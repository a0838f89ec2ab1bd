// `workflow/unknown-parameter`: a step has an input that its type does not take. The server refuses it at the top, and passes
// over it without a word inside of sub-workflows.
import { closest } from '../../base/closest.ts';
import { misspeltName } from '../../base/misspelling.ts';
import { leafTypes } from '../model.ts';
import { parametersOf } from './parameters-of.ts';
import { listed, type StepRule } from './rule.ts';

export const unknownParameter: StepRule = (draft, findings) => {
  const { type } = draft.step;
  if (type === 'workflow') return;
  const { known } = parametersOf[type];
  for (const state of draft.inputs.values()) {
    const { name } = state.input;
    if (known.includes(name) || state.suppressed) continue;
    // The server verifies the steps at the top only.
    const silently =
      draft.around === undefined ? '' : '; in a sub-workflow the PanDA server drops it silently';
    const message = `a \`${type}\` step has no parameter \`${name}\`${silently}`;
    const certain = misspeltName(name, known);
    const isFree = certain !== undefined && !draft.inputs.has(certain);
    const span = state.input.where();
    findings.error('workflow/unknown-parameter', span, message, {
      help: helpFor(name, known),
      fix: isFree ? { span, text: certain } : undefined,
    });
  }
};

function helpFor(name: string, known: readonly string[]): string {
  const nearest = closest(name, known);
  if (nearest !== undefined) return `did you mean \`${nearest}\`?`;
  const others = leafTypes.filter((other) => parametersOf[other].known.includes(name));
  if (others.length > 0) return `it belongs to ${listed(others)}`;
  return `it takes ${listed(known)}`;
}
