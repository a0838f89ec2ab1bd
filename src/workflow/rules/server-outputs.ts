// Where the server takes other data than the document says: `panda/scattered-step`, `panda/all-outputs`,
// `panda/output-suffix`.
import type { Origin } from '../draft.ts';
import { isTruthy, leavesOf, passedValue } from '../draft.ts';
import type { StepRule } from './rule.ts';

/** Only the first dataset of a scattered task reaches the next step; the plan has all of them. */
export const scatteredStep: StepRule = (draft, findings) => {
  for (const { input, origins } of draft.inputs.values()) {
    for (const { owner, slices } of origins) {
      if (owner.type === 'workflow' || slices.length < 2) continue;
      const message = `\`${owner.name}\` is scattered, and the PanDA server passes on only the first of its datasets`;
      findings.warning('panda/scattered-step', input.whereValue(), message, {
        help: `put \`${owner.name}\` into a sub-workflow and scatter that`,
      });
    }
  }
};

/** Whichever output of a sub-workflow a source names, all of them are passed on. */
export const allOutputs: StepRule = (draft, findings) => {
  for (const { input, origins } of draft.inputs.values()) {
    for (const origin of origins) {
      const extra = otherSteps(origin);
      if (extra.length === 0) continue;
      const message = `\`${origin.reference}\` brings the data of all outputs of \`${origin.owner.name}\`, of \`${extra.join('`, `')}\` too`;
      findings.warning('panda/all-outputs', input.whereValue(), message, {
        help: 'use one sub-workflow for each output that is needed alone',
      });
    }
  }
};

/** Steps whose data come along though another output is named. */
function otherSteps({ reference, owner, leaves }: Origin): readonly string[] {
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  const output = owner.workflow?.outputs.find((candidate) => candidate.name === name);
  if (output === undefined || owner.workflow === undefined) return [];
  const named = new Set(output.sources.map((source) => source.split('/')[0]));
  const others = owner.workflow.outputs.flatMap((candidate) =>
    candidate.sources.map((source) => source.split('/')[0] ?? ''),
  );
  const steps = new Set(owner.workflow.steps.map((step) => step.name));
  return leaves.length < 2 ? [] : [...new Set(others)].filter((step) => !named.has(step) && steps.has(step));
}

/** With `--outputs SUF:file` the dataset ends with `SUF`, but the next step is told to look for `file`. */
export const outputSuffix: StepRule = (draft, findings) => {
  if (isTruthy(passedValue(draft, 'opt_inDsType'))) return;
  const state = draft.inputs.get('opt_inDS');
  if (state === undefined || state.suppressed) return;
  for (const leaf of leavesOf(state)) {
    const first = leaf.outputs[0];
    if (first === undefined || first.datasetSuffix === first.type) continue;
    const message =
      `the PanDA server looks for \`…_${leaf.step.name}_${first.type}/\`, ` +
      `but the dataset is \`…_${leaf.step.name}_${first.datasetSuffix}/\``;
    findings.warning('panda/output-suffix', state.input.whereValue(), message, {
      help: `write \`opt_inDsType: {default: ${first.datasetSuffix}}\``,
    });
  }
};
