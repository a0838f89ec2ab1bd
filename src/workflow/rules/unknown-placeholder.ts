// `workflow/unknown-placeholder`: `%{name}` that nothing replaces; the payload gets it as it is.
import { leftoverGlobals } from '../../prun/placeholders.ts';
import { closest } from '../../base/closest.ts';
import type { RuleContext } from './rule.ts';
import { placeInText, writtenText, type StepRule } from './rule.ts';

const names = ['opt_exec', 'opt_args'];

export const unknownPlaceholder: StepRule = (draft, findings) => {
  const { type } = draft.step;
  if (draft.around === undefined || (type !== 'prun' && type !== 'junction' && type !== 'reana')) return;
  const known = parametersIn(Object.keys(draft.around));
  for (const input of names) {
    const state = draft.inputs.get(input);
    const written = writtenText(state);
    if (state === undefined || written === undefined) continue;
    for (const use of leftoverGlobals(written)) {
      const name = use.text.slice(2, -1);
      if (known.includes(name)) continue;
      const nearest = closest(name, known);
      const message = `\`${use.text}\` names no input of the workflow around the step; it stays as it is`;
      const help = nearest === undefined ? undefined : `did you mean \`%{${nearest}}\`?`;
      findings.warning('workflow/unknown-placeholder', placeInText(state, use.start, use.end), message, {
        help,
      });
    }
  }
};

/** At the top the server replaces none, not even those that name an input of the workflow. */
export function placeholderAtTop({ drafts, findings }: RuleContext): void {
  for (const draft of drafts) {
    const { type } = draft.step;
    if (type !== 'prun' && type !== 'junction' && type !== 'reana') continue;
    for (const input of names) {
      const state = draft.inputs.get(input);
      const written = writtenText(state);
      if (state === undefined || written === undefined) continue;
      for (const use of leftoverGlobals(written)) {
        const message = `\`${use.text}\` is replaced in sub-workflows only; here it stays as it is`;
        findings.warning('workflow/unknown-placeholder', placeInText(state, use.start, use.end), message);
      }
    }
  }
}

/** What can be written between `%{` and `}`. */
function parametersIn(inputs: readonly string[]): readonly string[] {
  return ['i', ...inputs.map((name) => name.replace(/^param_(?=[^])/, ''))];
}
