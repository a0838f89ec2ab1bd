// A request that has ended is put back to where its work can go on.
import type { RequestId, TaskId } from '../../base/names.ts';
import type { PandaStore } from '../store/panda-store.ts';
import type { Journal } from './journal.ts';
import { loadRuntime } from './load.ts';
import { resetForRetry } from './retry.ts';

/** @param only the task that is retried with what depends on it; `undefined`: all that did not end well */
export function putBack(store: PandaStore, journal: Journal, id: RequestId, only: TaskId | undefined): void {
  journal.transaction((emit) => {
    const request = store.request(id);
    if (request === undefined) return;
    const runtime = loadRuntime(request, store);
    resetForRetry(
      runtime,
      store,
      runtime.tasks.find((task) => task.id === only),
    );
    store.setRequest(id, 'Transforming', undefined, undefined);
    emit(id, { type: 'request', requestId: id, status: 'Transforming' });
  });
}
