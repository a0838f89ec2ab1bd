// The containers that native sub-workflows bundle their data in: `<outDS>_002_fit`, and by type `<outDS>_002_fit_<type>/`.
import { datasetName } from '../prun/outputs.ts';
import type { Draft } from './draft.ts';
import type { BundledDataset, Plan, PlannedStep } from './plan.ts';

/** What one copy of a sub-workflow puts into its container: the data of all its outputs.
 *  @returns `undefined` for a step that has no container */
export function bundleOf(draft: Draft): readonly BundledDataset[] | undefined {
  if (draft.step.type !== 'workflow' || draft.base === '') return undefined;
  return (draft.step.workflow?.outputs ?? []).flatMap(({ sources, types }) =>
    sources.flatMap((source) => {
      const name = source.slice(0, Math.max(source.indexOf('/'), 0));
      const makers = draft.steps.filter((inner) => inner.step.name === name);
      return makers.flatMap((maker) => {
        const wanted = types?.map((type) => type.name);
        if (maker.step.type === 'workflow') {
          const inner = bundleOf(maker) ?? [];
          return wanted === undefined ? inner : inner.filter(({ type }) => wanted.includes(type));
        }
        return (wanted ?? maker.outputTypes).map((type) => ({
          dataset: datasetName(maker.base, type),
          type,
        }));
      });
    }),
  );
}

/** Puts in the place of each container what it holds; names end in `/` or not. */
export function unbundled(
  datasets: readonly string[],
  bundles: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  if (bundles.size === 0) return datasets;
  return datasets.flatMap((name) => bundles.get(name.replace(/\/$/, '')) ?? [name]);
}

/** The datasets that each container of a plan stands for, by its name without a trailing `/`. */
export function bundlesIn(plan: Plan): ReadonlyMap<string, readonly string[]> {
  const bundles = new Map<string, string[]>();
  const put = (name: string, dataset: string): void => {
    const known = bundles.get(name);
    if (known === undefined) bundles.set(name, [dataset]);
    else if (!known.includes(dataset)) known.push(dataset);
  };
  const visit = (step: PlannedStep): void => {
    const [base] = step.outputs;
    for (const { dataset, type } of base === undefined ? [] : (step.bundle ?? [])) {
      put(base ?? '', dataset);
      put(datasetName(base ?? '', type).slice(0, -1), dataset);
    }
    step.steps.forEach(visit);
  };
  plan.steps.forEach(visit);
  return bundles;
}
