// `workflow/unknown-parameter`: a step has an input that its type does not take. The server refuses it at the top, and passes
// over it without a word inside of sub-workflows.
import { meantName } from '../../base/misspelling.ts';
import { leafTypes, type StepInput } from '../model.ts';
import { misspeltParameters } from './misspelt-parameters.ts';
import { parametersOf } from './parameters-of.ts';
import { listed, type StepRule } from './rule.ts';

export const unknownParameter: StepRule = (draft, findings) => {
  const { type } = draft.step;
  if (type === 'workflow') return;
  const { known } = parametersOf[type];
  let misspelt: ReadonlySet<StepInput> | undefined;
  for (const state of draft.inputs.values()) {
    const { name } = state.input;
    if (known.includes(name) || state.suppressed) continue;
    misspelt ??= new Set(misspeltParameters(draft).values());
    // Told of as missing.
    if (misspelt.has(state.input)) continue;
    // The server verifies the steps at the top only.
    const silently =
      draft.around === undefined ? '' : '; in a sub-workflow the PanDA server drops it silently';
    const message = `a \`${type}\` step has no parameter \`${name}\`${silently}`;
    const span = state.input.where();
    const { help = otherHelp(name, known), fix } = meantName(name, span, known, (other) =>
      draft.inputs.has(other),
    );
    findings.error('workflow/unknown-parameter', span, message, { help, fix });
  }
};

function otherHelp(name: string, known: readonly string[]): string {
  const others = leafTypes.filter((other) => parametersOf[other].known.includes(name));
  if (others.length > 0) return `it belongs to ${listed(others)}`;
  return `it takes ${listed(known)}`;
}
