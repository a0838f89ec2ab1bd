// `workflow/unknown-placeholder`: `%{name}` that nothing replaces; the payload gets it as it is.
// `workflow/iteration-outside-loop`: `%{i}` where nothing is repeated.
import { hasPlaceholders, leftoverGlobals } from '../../prun/placeholders.ts';
import { closest } from '../../base/closest.ts';
import { loopParameterName } from '../scope.ts';
import type { RuleContext } from './context.ts';
import type { StepRule } from './rule.ts';
import type { StepView } from './step-view.ts';
import { placeInText } from './text-place.ts';

const names = ['opt_exec', 'opt_args'];

export const unknownPlaceholder: StepRule = (draft, findings, view) => {
  if (draft.step.type === 'phpo') {
    for (const { use, span } of usesIn(view)) {
      const message = `\`${use}\` stays as it is: nothing is replaced in the arguments of a \`phpo\` step`;
      findings.warning('workflow/unknown-placeholder', span(), message);
    }
    return;
  }
  if (!view.isPrun || !names.some((name) => hasPlaceholders(view.known(name)?.text ?? ''))) return;
  if (draft.around === undefined) {
    placeholderAtTop(view);
    return;
  }
  const known = parametersIn(Object.keys(draft.around));
  for (const { use, span } of usesIn(view)) {
    const name = use.slice(2, -1);
    if (name === 'i' && !draft.inLoop && !isLoneBody(view.context)) {
      const message =
        '`%{i}` is the number of an iteration, but the step is in no loop: it is never replaced';
      findings.warning('workflow/iteration-outside-loop', span(), message);
    }
    if (known.includes(name)) continue;
    const nearest = closest(name, known);
    const message = `\`${use}\` names no input of the workflow around the step; it stays as it is`;
    const help = nearest === undefined ? undefined : `did you mean \`%{${nearest}}\`?`;
    findings.warning('workflow/unknown-placeholder', span(), message, { help });
  }
};

/** A body that is checked by itself, as the only step of a workflow of the same file: the loop is elsewhere. */
function isLoneBody({ workflow, isRehearsal }: RuleContext): boolean {
  // Sub-workflows of a native workflow may well stand in the same file, and it has no loops.
  return (
    isRehearsal &&
    workflow.language !== 'wfd' &&
    workflow.steps.every((step) => step.workflow?.file === workflow.file)
  );
}

/** At the top the server replaces none, not even those that name an input of the workflow. */
function placeholderAtTop(view: StepView): void {
  const { context } = view;
  for (const { use, span } of usesIn(view)) {
    if (isMeantForLoop(context, use.slice(2, -1))) continue;
    const message = `\`${use}\` is replaced in sub-workflows only; here it stays as it is`;
    context.findings.warning('workflow/unknown-placeholder', span(), message);
  }
}

/** The body of a loop may be checked by itself: without inputs it is not about to be run. */
function isMeantForLoop({ workflow, isRehearsal }: RuleContext, name: string): boolean {
  if (!isRehearsal) return false;
  const parameters = workflow.inputs.flatMap((input) => loopParameterName(input.name) ?? []);
  return parameters.includes(name) || (name === 'i' && isBody(workflow, parameters));
}

function isBody(workflow: RuleContext['workflow'], parameters: readonly string[]): boolean {
  return parameters.length > 0 || workflow.steps.some((step) => step.type === 'junction');
}

function* usesIn(view: StepView): Generator<{ use: string; span: () => ReturnType<typeof placeInText> }> {
  for (const input of names) {
    const known = view.known(input);
    if (known === undefined) continue;
    for (const { text, start, end } of leftoverGlobals(known.text)) {
      yield { use: text, span: () => placeInText(known.state, start, end) };
    }
  }
}

/** What can be written between `%{` and `}`. */
function parametersIn(inputs: readonly string[]): readonly string[] {
  return ['i', ...inputs.map((name) => name.replace(/^param_(?=[^])/, ''))];
}
