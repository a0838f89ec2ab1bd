// `workflow/unresolved-placeholder`: `%{DS2}` in a step that has one dataset.
// `workflow/placeholder-zero`: `%{DS0}`, though datasets are counted from 1.
import type { Fix } from '../../base/finding.ts';
import type { Span } from '../../base/span.ts';
import { counted } from '../../base/text.ts';
import { hasPlaceholders, unresolvedPlaceholders, type PlaceholderUse } from '../../prun/placeholders.ts';
import { textsIn, type Draft, type DraftInput } from '../draft.ts';
import { isAssumed } from './context.ts';
import type { StepRule } from './rule.ts';
import type { StepView } from './step-view.ts';
import { fixInText, placeInText } from './text-place.ts';

export const unresolvedPlaceholder: StepRule = (draft, findings, view) => {
  if (draft.step.type === 'workflow') return;
  for (const name of ['opt_exec', 'opt_args']) {
    const known = view.known(name);
    if (known === undefined || !hasPlaceholders(known.text)) continue;
    const { state, text } = known;
    const open = new Set(unresolvedPlaceholders(textsIn(state.value).join(' ')).map((use) => use.text));
    for (const use of unresolvedPlaceholders(text)) {
      const span = placeInText(state, use.start, use.end);
      if (open.has(use.text)) {
        if (isExcused(view, use)) continue;
        const message = `\`${use.text}\` in \`${name}\` is unresolved: ${reasonFor(draft, use)}`;
        findings.error('workflow/unresolved-placeholder', span, message);
      } else if (use.text === '%{DS0}') {
        reportZero(view, span, fixInText(state, use.start, use.end, '%{DS1}'));
      }
    }
  }
};

/** Older documents count from 0. The embedded server understands that; PanDA refuses the request. */
function reportZero(view: StepView, span: Span, fix: Fix | undefined): void {
  const { findings, surroundings } = view.context;
  const isRemote = surroundings.target === 'remote';
  findings.add({
    code: 'workflow/placeholder-zero',
    severity: isRemote ? 'error' : 'warning',
    message: isRemote
      ? 'PanDA refuses `%{DS0}`: datasets are counted from 1, the first is `%{DS1}`'
      : '`%{DS0}` is taken for `%{DS1}`: datasets are counted from 1',
    span,
    fix,
  });
}

/** Datasets without any value are reported on their own, and how many an unknown value stands for is not known. */
function isExcused(view: StepView, use: PlaceholderUse): boolean {
  const value = datasetsOf(view.draft, use)?.value;
  return value === null || isAssumed(view.context, value);
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
  if (isSecondary) {
    const count = textsIn(state.value).length;
    const types = draft.inputs.get('opt_secondaryDsTypes')?.value ?? null;
    const typeCount = textsIn(types).length;
    if (types === null || typeCount >= count) return `the step has ${counted(count, 'secondary dataset')}`;
    return `the step has ${counted(count, 'secondary dataset')}, but \`opt_secondaryDsTypes\` only ${counted(typeCount, 'type')}`;
  }
  return `the step has ${counted(draft.inputDatasets.length, 'dataset')}`;
}
