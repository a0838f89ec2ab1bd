// How far the search of a phpo task is.
import type { RequestId, TaskId } from '../../base/names.ts';
import { summaryOf, type SearchSummary } from '../hpo/summary.ts';
import type { PandaStore } from '../store/panda-store.ts';
import { loadRuntime } from './load.ts';
import type { RequestRuntime } from './runtime.ts';

/** @param runtimeOf the request in memory; `undefined`: it has ended */
export function searchOfTask(
  store: PandaStore,
  runtimeOf: (id: RequestId) => RequestRuntime | undefined,
  id: TaskId,
): SearchSummary | undefined {
  const record = store.task(id);
  const request = record?.type === 'phpo' ? store.request(record.requestId) : undefined;
  if (request === undefined) return undefined;
  const runtime = runtimeOf(request.id) ?? loadRuntime(request, store);
  const search = runtime.tasks.find((task) => task.id === id)?.search;
  return search === undefined ? undefined : summaryOf(search);
}
