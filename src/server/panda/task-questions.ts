// What is asked about one task: its status, its jobs, its parameters.
import { taskId } from '../../base/names.ts';
import { shownStatus, type JobRecord, type TaskRecord } from '../../engine/records.ts';
import type { Fields } from '../request-body.ts';
import type { ServerParts } from '../parts.ts';
import { integer, required, truth } from './arguments.ts';
import { jobError } from './job-errors.ts';
import { method, type Method } from './method.ts';
import { dateTime, failed, succeeded, type Outcome } from './outcome.ts';
import { rawTaskParameters } from './task-details.ts';

export const taskQuestions: Readonly<Record<string, Method>> = {
  get_status: question((task) => succeeded(shownStatus(task))),
  get_job_ids: question((task, { engine }) => succeeded(engine.jobs(task.id).map((job) => job.id))),
  get_task_parameters: question((task, { engine }) => {
    const request = engine.request(task.requestId);
    return request === undefined ? failed('Task not found') : succeeded(rawTaskParameters(request, task));
  }),
  get_job_descriptions: method(
    'GET',
    { task_id: required(integer), unsuccessful_only: truth },
    ({ task_id, unsuccessful_only }, parts) =>
      withTask(task_id, parts, (task) => {
        const jobs = parts.engine.jobs(task.id);
        const meant = unsuccessful_only === true ? jobs.filter((job) => isUnsuccessful(job)) : jobs;
        return succeeded(meant.map((job) => describeJob(job, task)));
      }),
  ),
};

function question(answer: (task: TaskRecord, parts: ServerParts) => Outcome): Method {
  return method('GET', { task_id: required(integer) }, ({ task_id }, parts) =>
    withTask(task_id, parts, (task) => answer(task, parts)),
  );
}

function withTask(id: number, { engine }: ServerParts, run: (task: TaskRecord) => Outcome): Outcome {
  const task = engine.task(taskId(id));
  return task === undefined ? failed('Task not found') : run(task);
}

function isUnsuccessful(job: JobRecord): boolean {
  return job.status === 'failed' || job.status === 'cancelled';
}

/** A job in the words of PanDA's `JobSpec`, as far as one machine knows them. */
export function describeJob(job: JobRecord, task: TaskRecord): Fields {
  const { code, diagnostics } = jobError(job);
  return {
    PandaID: job.id,
    jediTaskID: task.id,
    jobStatus: job.status,
    jobName: `${task.name}.${job.serial}`,
    attemptNr: job.attempt,
    computingSite: 'LOCAL',
    creationTime: dateTime(job.startedMs),
    startTime: dateTime(job.startedMs),
    endTime: dateTime(job.endedMs),
    transExitCode: job.exitStatus === undefined ? null : String(job.exitStatus),
    exeErrorCode: code,
    exeErrorDiag: diagnostics,
    pilotErrorCode: 0,
    pilotErrorDiag: null,
    jobDispatcherErrorCode: 0,
    taskBufferErrorCode: 0,
    ddmErrorCode: 0,
    brokerageErrorCode: 0,
    supErrorCode: 0,
  };
}
