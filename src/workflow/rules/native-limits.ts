// What PanDA's engine of native workflows does otherwise than the description says: `panda/native-type`, `panda/native-scatter`,
// `panda/native-bundle`. Source: panda-server `workflow_native_utils.py`.
import { typeOfPattern } from '../../prun/outputs.ts';
import { allDrafts, textsIn, type Draft } from '../draft.ts';
import { isAssumed } from './context.ts';
import type { StepRule } from './rule.ts';
import type { StepView } from './step-view.ts';

export const nativeLimits: StepRule = (draft, _findings, view) => {
  const { workflow, surroundings } = view.context;
  if (workflow.language !== 'wfd' || surroundings.target === 'embedded') return;
  ignoredType(draft, view);
  bundleWithType(draft, view);
  scatteredInput(draft, view);
};

/** The server never looks at `inDsType`; it takes what comes first in `--outputs` of the step before. */
function ignoredType(draft: Draft, view: StepView): void {
  const types = draft.inputs.get('opt_inDsType');
  const data = draft.inputs.get('opt_inDS');
  const [type] = textsIn(types?.value);
  if (types === undefined || data === undefined || type === undefined) return;
  const leaves = new Set(
    data.origins.flatMap(({ owner, leaves }) => (owner.type === 'workflow' ? [] : leaves)),
  );
  const wrong = [...leaves].find((leaf) => leaf.outputTypes[0] !== typeOfPattern(type));
  if (leaves.size > 0 && wrong === undefined) return;
  const first = wrong?.outputTypes[0];
  const message =
    wrong === undefined || first === undefined
      ? 'the PanDA server ignores `opt_inDsType` in native workflows'
      : `the PanDA server ignores \`opt_inDsType\` in native workflows; it takes \`${first}\`, the first of \`--outputs\` of \`${wrong.step.name}\``;
  view.context.findings.warning('panda/native-type', types.input.where(), message, {
    help:
      wrong === undefined ? undefined : `put \`${type}\` first in \`--outputs\` of \`${wrong.step.name}\``,
  });
}

/** The container of a sub-workflow has no type in its name, but the server looks for one. */
function bundleWithType(draft: Draft, view: StepView): void {
  const data = draft.inputs.get('opt_secondaryDSs');
  const types = draft.inputs.get('opt_secondaryDsTypes');
  if (data === undefined || types === undefined) return;
  const given = textsIn(types.value);
  for (const { owner, slices } of data.origins) {
    const base = slices[0]?.base;
    const index = base === undefined ? -1 : textsIn(data.value).indexOf(base);
    const type = given[index];
    if (owner.type !== 'workflow' || base === undefined || type === undefined || type === '') continue;
    const message = `the PanDA server looks for \`${base}_${typeOfPattern(type)}/\`, but the data of \`${owner.name}\` are in \`${base}\``;
    view.context.findings.warning('panda/native-bundle', types.input.whereValue(), message);
  }
}

/** Steps inside of a scattered sub-workflow read a value that only the plan of each copy has. */
function scatteredInput(draft: Draft, view: StepView): void {
  if (draft.step.scatter.length === 0) return;
  for (const inner of allDrafts(draft.steps)) {
    for (const name of ['opt_inDS', 'opt_secondaryDSs']) {
      const input = inner.inputs.get(name)?.input;
      const sources = typeof input?.source === 'string' ? [input.source] : (input?.source ?? []);
      if (input === undefined || !sources.some((source) => draft.step.scatter.includes(source))) continue;
      if (isAssumed(view.context, inner.inputs.get(name)?.value)) continue;
      const message = `a scattered input does not reach the steps inside on the PanDA server: \`${inner.step.name}\` runs without \`${name}\` there`;
      view.context.findings.warning('panda/native-scatter', input.whereValue(), message);
    }
  }
}
