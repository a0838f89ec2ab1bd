// What PanDA refuses or does not see, though the document is sound: `panda/name-length`, `panda/junction-input`,
// `panda/athena-in-sub-workflow`, `panda/token-in-clear`, `workflow/own-dataset`.
import { checkContainerName, longestContainer } from '../../prun/names.ts';
import { datasetName } from '../../prun/outputs.ts';
import { allDrafts, isTruthy, passedValue, textsIn } from '../draft.ts';
import { isAssumed, type RuleContext } from './context.ts';
import type { StepRule } from './rule.ts';

/** Names are checked with the mark of the iteration in them, as the server does it. */
export const nameLength: StepRule = (draft, findings) => {
  const { step, base, outputs } = draft;
  if (step.type === 'workflow' || step.type === 'gitlab') return;
  const suffixes = outputs.map((output) => output.datasetSuffix.length);
  // A name has no more characters than it has units.
  if (base.length + Math.max('.log/'.length, ...suffixes) + 2 <= longestContainer) return;
  const names = [...outputs.map((output) => datasetName(base, output.datasetSuffix)), `${base}.log/`];
  const longest = names.sort((a, b) => b.length - a.length)[0] ?? '';
  const [fault] = checkContainerName(longest);
  if (fault === undefined) return;
  findings.error('panda/name-length', step.where(), fault, {
    help: 'shorten `--outDS`, the name of the step, or that of its output',
  });
};

/** The server adds an option to every junction that reads data, and its own prun no longer knows it. */
export const junctionInput: StepRule = (draft, findings, view) => {
  if (view.context.surroundings.target === 'embedded') return;
  const state = draft.inputs.get('opt_inDS');
  if (draft.step.type !== 'junction' || state === undefined || !isTruthy(passedValue(draft, 'opt_inDS')))
    return;
  const message =
    'a PanDA server with panda-client 2.0.2 refuses a junction that has `opt_inDS`: ' +
    'it adds `--forceStagedSecondary`, which that `prun` does not know';
  findings.warning('panda/junction-input', state.input.where(), message);
};

/** The official client looks for Athena in the main document only, and the server then lacks what it needs. */
export function athenaInSubWorkflow({ drafts, findings, workflow, surroundings }: RuleContext): void {
  if (surroundings.target === 'embedded') return;
  const users = allDrafts(drafts).filter(({ step, inputs }) => {
    return step.type === 'prun' && isTruthy(inputs.get('opt_useAthenaPackages')?.value ?? undefined);
  });
  // In a native workflow the field has another name than the one that is looked for.
  const isNative = workflow.language === 'wfd';
  const isAsked = workflow.steps.some((step) =>
    step.inputs.some((input) => input.name === 'opt_useAthenaPackages'),
  );
  if (isAsked && !isNative) return;
  for (const { inputs } of users) {
    const state = inputs.get('opt_useAthenaPackages');
    if (state === undefined) continue;
    const message = isNative
      ? '`pchain_native` of panda-client 2.0.2 does not see `opt_useAthenaPackages` in a native workflow'
      : `\`pchain\` of panda-client 2.0.2 does not see \`opt_useAthenaPackages\` here, only in \`${workflow.file}\` itself`;
    findings.warning('panda/athena-in-sub-workflow', state.input.where(), message, {
      help: 'with that client, add `--useAthenaPackages` to its command line',
    });
  }
}

/** A gitlab step takes the names of secrets; what stands there is kept in the clear. */
export const tokenInClear: StepRule = (draft, findings, view) => {
  if (draft.step.type !== 'gitlab') return;
  for (const name of ['opt_triggerToken', 'opt_accessToken']) {
    const known = view.known(name);
    if (known === undefined || !/^gl[a-z]{2,6}-[\w-]{15,}/.test(known.text)) continue;
    const message = `\`${name}\` is the name of a secret, but this looks like a token itself, which everybody could read`;
    findings.error('panda/token-in-clear', known.state.input.whereValue(), message, {
      help: 'keep the token as a secret, write its name here, and revoke the token',
    });
  }
};

/** Data of a step of the same workflow by their full name: nothing makes the reader wait for them. */
export const ownDataset: StepRule = (draft, findings, view) => {
  const { context } = view;
  for (const name of ['opt_inDS', 'opt_secondaryDSs', 'opt_trainingDS']) {
    const state = draft.inputs.get(name);
    // Inside of sub-workflows a name that comes in may well be handed in by the maker.
    const isOwn = state?.input.source === undefined || draft.around === undefined;
    if (state === undefined || !isOwn || state.origins.length > 0) continue;
    for (const text of textsIn(state.value)) {
      const maker = isAssumed(context, text) ? undefined : makersOf(context).get(text.replace(/\/$/, ''));
      if (maker === undefined) continue;
      const message = `\`${text}\` is made by the step \`${maker}\` of this workflow, but nothing waits for it`;
      findings.warning('workflow/own-dataset', state.input.whereValue(), message, {
        help: `write \`${maker}/outDS\` instead of the name`,
      });
    }
  }
};

const makersByContext = new WeakMap<RuleContext, ReadonlyMap<string, string>>();

function makersOf(context: RuleContext): ReadonlyMap<string, string> {
  let makers = makersByContext.get(context);
  if (makers === undefined) {
    const leaves = allDrafts(context.drafts).filter((draft) => draft.base !== '');
    makers = new Map(
      leaves.flatMap((draft) => [
        [draft.base, draft.step.name] as const,
        ...draft.outputs.map(
          (output) => [datasetName(draft.base, output.datasetSuffix).slice(0, -1), draft.step.name] as const,
        ),
      ]),
    );
    makersByContext.set(context, makers);
  }
  return makers;
}
