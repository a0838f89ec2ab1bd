// The request that a job belongs to.
import type { JobId, RequestId } from '../../../base/names.ts';
import type { PandaStore } from '../../store/panda-store.ts';

/** `undefined`: there is no such job. */
export function requestOfJob(store: PandaStore, id: JobId | undefined): RequestId | undefined {
  const job = id === undefined ? undefined : store.job(id);
  return job === undefined ? undefined : store.task(job.taskId)?.requestId;
}
