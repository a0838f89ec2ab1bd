// API v1 `job`: what payloads said about themselves, single jobs, and the debug mode.
import { jobId, taskId } from '../../base/names.ts';
import { isFinalJob } from '../../engine/records.ts';
import { integer, required, truth } from './arguments.ts';
import { method, type Method } from './method.ts';
import { failed, succeeded } from './outcome.ts';
import { isOwner } from './owner.ts';
import { describeJob } from './task-questions.ts';

export const jobMethods: Readonly<Record<string, Method>> = {
  get_metadata_for_analysis_jobs: method('GET', { task_id: required(integer) }, ({ task_id }, { engine }) => {
    const metadata = Object.fromEntries(engine.jobMetadata(taskId(task_id)));
    return succeeded(metadata, Object.keys(metadata).length === 0 ? 'No metadata found' : '');
  }),
  get_description: method('GET', { job_id: required(integer) }, ({ job_id }, { engine }) => {
    const job = engine.job(jobId(job_id));
    const task = job === undefined ? undefined : engine.task(job.taskId);
    return job === undefined || task === undefined
      ? failed('Job not found')
      : succeeded(describeJob(job, task));
  }),
  // What debug mode asks a grid job for, its output while it runs, is kept of every job here; so it is on for all of them.
  set_debug_mode: method(
    'POST',
    { job_id: required(integer), mode: required(truth) },
    ({ job_id, mode }, parts) => {
      const job = parts.engine.job(jobId(job_id));
      const task = job === undefined ? undefined : parts.engine.task(job.taskId);
      if (job === undefined || task === undefined) return failed('Not found: the job is unknown');
      if (!isOwner(parts.engine.request(task.requestId), parts))
        return failed('Permission denied. Not the owner or production manager');
      if (isFinalJob(job.status)) return failed(`Cannot set debugMode since the job status is ${job.status}`);
      return mode
        ? succeeded(null, 'Succeeded')
        : failed('Debug mode cannot be switched off: the output of every job is kept here');
    },
  ),
};
