// `workflow/unresolved-placeholder`: `%{DS2}` in a step that has one dataset.
// `workflow/placeholder-zero`: `%{DS0}`, though datasets are counted from 1.
import { counted } from '../../base/text.ts';
import { unresolvedPlaceholders, type PlaceholderUse } from '../../prun/placeholders.ts';
import { textsIn, type Draft, type DraftInput } from '../draft.ts';
import { placeInText, writtenText, type StepRule } from './rule.ts';

export const unresolvedPlaceholder: StepRule = (draft, findings) => {
  if (draft.step.type === 'workflow') return;
  for (const name of ['opt_exec', 'opt_args']) {
    const state = draft.inputs.get(name);
    const written = writtenText(state);
    if (state === undefined || written === undefined) continue;
    const open = new Set(unresolvedPlaceholders(textsIn(state.value).join(' ')).map((use) => use.text));
    for (const use of unresolvedPlaceholders(written)) {
      const span = placeInText(state, use.start, use.end);
      if (open.has(use.text) && !isExcused(draft, use)) {
        const message = `\`${use.text}\` in \`${name}\` is unresolved: ${reasonFor(draft, use)}`;
        findings.error('workflow/unresolved-placeholder', span, message);
      } else if (use.text === '%{DS0}') {
        const message = '`%{DS0}` is taken for `%{DS1}`: datasets are counted from 1';
        findings.warning('workflow/placeholder-zero', span, message, { fix: { span, text: '%{DS1}' } });
      }
    }
  }
};

/** Datasets without any value are reported on their own. */
function isExcused(draft: Draft, use: PlaceholderUse): boolean {
  return datasetsOf(draft, use)?.value === null;
}

function datasetsOf(draft: Draft, use: PlaceholderUse): DraftInput | undefined {
  return draft.inputs.get(use.text.startsWith('%{SECDS') ? 'opt_secondaryDSs' : 'opt_inDS');
}

function reasonFor(draft: Draft, use: PlaceholderUse): string {
  const isSecondary = use.text.startsWith('%{SECDS');
  const name = isSecondary ? 'opt_secondaryDSs' : 'opt_inDS';
  const state = datasetsOf(draft, use);
  if (state === undefined) return `the step has no \`${name}\``;
  if (!isSecondary && state.suppressed) return `\`${name}\` is kept back because the condition negates it`;
  if (isSecondary) return `\`${name}\` and \`opt_secondaryDsTypes\` do not go that far`;
  return `the step has ${counted(draft.inputDatasets.length, 'dataset')}`;
}
