// The training data of an evaluation: all of it, or the share of its segment.
import type { HpoSpec } from '../../prun/hpo-spec.ts';
import type { InputFile } from '../panda/jobs/job-maker.ts';

/** The datasets whose files evaluations get: the training dataset, and those that segments name. */
export function trainingDatasets(spec: HpoSpec): readonly string[] {
  const own = (spec.segments ?? []).flatMap((segment) => segment.datasets);
  const whole = spec.trainingDataset?.split(',') ?? [];
  // Datasets of segments lie inside of the container; here each is looked for by itself.
  const needsWhole =
    spec.segments === undefined || spec.segments.some(({ datasets }) => datasets.length === 0);
  return [...new Set([...(needsWhole ? whole : []), ...own])];
}

/** @param segment of the point; `undefined`: the search is not segmented */
export function trainingFiles(
  spec: HpoSpec,
  segment: number | undefined,
  files: readonly InputFile[],
): readonly InputFile[] {
  const share = segment === undefined ? undefined : spec.segments?.[segment];
  if (share === undefined) return files;
  const names = new Set(share.files.map(withoutScope));
  const datasets = new Set(share.datasets.map(bare));
  if (names.size === 0 && datasets.size === 0) return files;
  return files.filter((file) => names.has(file.name) || datasets.has(bare(file.dataset)));
}

const withoutScope = (name: string): string => name.replace(/^[^:]*:/, '');
const bare = (dataset: string): string => dataset.replace(/\/$/, '');
