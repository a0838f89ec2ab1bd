// Why the jobs of a step ran again, or did not: their keys beside those of the request of the same name before.
import type { RequestId } from '../../../base/names.ts';
import type { RerunJob, RerunReport } from '../../api.ts';
import type { PandaStore } from '../../store/panda-store.ts';
import { loadRuntime } from '../load.ts';
import { pathText } from '../loops/path.ts';
import type { JobRuntime, RequestRuntime } from '../runtime.ts';
import { changedParts } from './job-key.ts';
import { hasKey, keyOfJob } from './key-of-job.ts';

/** @returns `undefined`: there is no such request, or no such step in it */
export async function whyRerun(
  store: PandaStore,
  directoryOf: (id: RequestId) => string,
  id: RequestId,
  step: string,
): Promise<RerunReport | undefined> {
  const request = store.request(id);
  if (request === undefined) return undefined;
  const before = store.requests().findLast((one) => one.name === request.name && one.id < id);
  const now = loadRuntime(request, store);
  const was = before === undefined ? undefined : loadRuntime(before, store);
  const jobs = jobsOf(now, step);
  if (now.tasks.every((task) => task.spec.stepName !== step)) return undefined;
  const report: RerunJob[] = [];
  for (const job of jobs) {
    const { id: jobId, serial, status } = job;
    const iteration = pathText(job.task.spec.path);
    const reusedFrom = store.job(jobId)?.reusedFrom;
    const reason = await reasonOf(job, reusedFrom !== undefined);
    report.push({ jobId, iteration, serial, status, reusedFrom, ...reason });
  }
  return { requestId: id, previousId: before?.id, step, jobs: report };

  async function reasonOf(job: JobRuntime, isReused: boolean): Promise<Pick<RerunJob, 'reason' | 'changes'>> {
    const told = (reason: RerunJob['reason']): Pick<RerunJob, 'reason' | 'changes'> => ({
      reason,
      changes: [],
    });
    if (isReused) return told('reused');
    if (was === undefined) return told('first');
    if (!hasKey(job)) return told('never-shared');
    const other = jobsOf(was, step).find(
      (one) => one.serial === job.serial && pathText(one.task.spec.path) === pathText(job.task.spec.path),
    );
    if (other === undefined || !hasKey(other)) return told('new');
    const keys = [
      await keyOfJob(other, was, directoryOf(was.request.id), store),
      await keyOfJob(job, now, directoryOf(id), store),
    ] as const;
    const changes = changedParts(...keys);
    if (changes.length > 0) return { reason: 'changed', changes };
    return told(other.status === 'finished' ? 'not-shared' : 'unfinished');
  }
}

function jobsOf(runtime: RequestRuntime, step: string): readonly JobRuntime[] {
  return runtime.tasks
    .filter((task) => task.spec.stepName === step)
    .flatMap((task) => task.jobs.filter((job) => job.kind === 'run'));
}
