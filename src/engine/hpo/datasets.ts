// The datasets of a phpo task. Metrics go to `<task>/`. A step that reads them names a type (`opt_inDsType`), and the server then
// looks for `<task>_<type>/`, which on the grid nobody makes; here both names mean the same files.
import { datasetName } from '../../prun/outputs.ts';

/** The file with the best point and all others; nothing of the kind exists on the grid. */
export const summaryFile = 'hpo.json';

/** @param task its name */
export const metricsDataset = (task: string): string => `${task}/`;
export const summaryDataset = (task: string): string => datasetName(task, summaryFile);

/** The dataset that a name means among those of a phpo task; `undefined`: none of them. */
export function searchDataset(task: string, name: string): string | undefined {
  const whole = name.endsWith('/') ? name : `${name}/`;
  if (whole === summaryDataset(task)) return whole;
  return whole === metricsDataset(task) || whole.startsWith(`${task}_`) ? metricsDataset(task) : undefined;
}

/** What is to be known of a task of any kind. */
interface ReadingSpec {
  readonly type: string;
  readonly name: string;
  readonly primary: readonly string[];
  readonly secondary: readonly { readonly datasets: readonly string[] }[];
}

/** The phpo task that makes a dataset, under whatever name. */
export function makerOf<Task extends { readonly spec: { readonly name: string } }>(
  searches: readonly Task[],
  dataset: string,
): Task | undefined {
  return searches.find(({ spec }) => searchDataset(spec.name, dataset) !== undefined);
}

/** The datasets of phpo tasks that other tasks read, under the names that they use. */
export function searchReads(specs: readonly ReadingSpec[]): readonly string[] {
  const searches = specs.filter((spec) => spec.type === 'phpo').map((spec) => ({ spec }));
  if (searches.length === 0) return [];
  const names = specs.flatMap((spec) => [
    ...spec.primary,
    ...spec.secondary.flatMap((stream) => stream.datasets),
  ]);
  return names.filter((name) => makerOf(searches, name) !== undefined);
}
