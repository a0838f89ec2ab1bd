// Why a request failed: its failed jobs with what a user needs to see of each.
import { lastLines } from '../../base/text.ts';
import type { JobRecord, RequestRecord, TaskRecord } from '../../engine/records.ts';
import type { FailureAnswer, FailuresAnswer } from '../../panda/embedded-answers.ts';
import type { ServerParts } from '../parts.ts';

const logTailLines = 20;

/** The most jobs that are described; the first of them tell why, ten thousand would tell no more. */
const describedJobs = 200;

/** Jobs whose last attempt failed, by task and serial; `total` counts those that are left out, too. */
export function failures(
  request: RequestRecord,
  { engine }: ServerParts,
): FailuresAnswer & { readonly total: number } {
  const failed = engine
    .tasks(request.id)
    .flatMap((task) => lastAttempts(engine.jobs(task.id)).map((job) => ({ task, job })))
    .filter(({ job }) => job.status === 'failed');
  const jobs = failed
    .slice(0, describedJobs)
    .map(({ task, job }) => failedJob(task, job, engine.jobLogTail(job.id, logTailLines)));
  return { jobs, total: failed.length };
}

function lastAttempts(jobs: readonly JobRecord[]): readonly JobRecord[] {
  const bySerial = new Map<string, JobRecord>();
  for (const job of jobs) {
    const key = `${job.kind ?? 'run'} ${job.serial}`;
    const other = bySerial.get(key);
    if (other === undefined || job.attempt >= other.attempt) bySerial.set(key, job);
  }
  return [...bySerial.values()].sort((a, b) => a.serial - b.serial);
}

function failedJob(task: TaskRecord, job: JobRecord, tail: readonly string[]): FailureAnswer {
  return {
    job_id: job.id,
    task_id: task.id,
    step: task.stepName,
    ...(task.iteration === '' ? {} : { iteration: task.iteration }),
    serial: job.serial,
    attempt: job.attempt,
    command: job.command,
    exit_status: job.exitStatus ?? null,
    error: job.error ?? null,
    log_tail: lastLines(tail.join('\n'), logTailLines),
    directory: job.directory,
    started_ms: job.startedMs ?? null,
    ended_ms: job.endedMs ?? null,
  };
}
