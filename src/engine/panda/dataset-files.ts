// The files of a dataset by its name, whoever made it: a task, a sub-workflow that bundles data, or a search for hyperparameters.
import type { RequestId } from '../../base/names.ts';
import { bundlesIn } from '../../workflow/bundles.ts';
import { searchDataset } from '../hpo/datasets.ts';
import type { FileRecord } from '../records.ts';
import type { PandaStore } from '../store/panda-store.ts';

/** @param wanted the request it belongs to; `undefined`: the latest one that has such a dataset
 *  @returns `undefined`: there is none */
export function filesOfDataset(
  store: PandaStore,
  dataset: string,
  wanted: RequestId | undefined,
): readonly FileRecord[] | undefined {
  const bare = dataset.replace(/\/$/, '');
  const ids = [`${bare}/`, bare]
    .map((name) => store.datasets.find(name, wanted))
    .filter((id) => id !== undefined);
  if (ids.length > 0) return store.datasets.files(Math.max(...ids));
  return bundledFiles(store, bare, wanted) ?? searchFiles(store, bare, wanted);
}

/** The files in a container that a sub-workflow bundles its data in. */
function bundledFiles(
  store: PandaStore,
  name: string,
  wanted: RequestId | undefined,
): readonly FileRecord[] | undefined {
  const makers = store.requests().filter(({ id, name: outDS }) => {
    return (wanted === undefined || id === wanted) && name.startsWith(`${outDS}_`);
  });
  for (const { id, plan } of makers.reverse()) {
    const bundle = bundlesIn(plan).get(name);
    if (bundle !== undefined) return bundle.flatMap((dataset) => filesOfDataset(store, dataset, id) ?? []);
  }
  return undefined;
}

/** The metrics of a phpo task, under the name that a step gives them. */
function searchFiles(
  store: PandaStore,
  name: string,
  wanted: RequestId | undefined,
): readonly FileRecord[] | undefined {
  const task = store.searchTask(name, wanted);
  const dataset = task === undefined ? undefined : searchDataset(task.name, name);
  return task === undefined || dataset === undefined
    ? undefined
    : filesOfDataset(store, dataset, task.requestId);
}
