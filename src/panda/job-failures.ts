// Why jobs of a task failed, from what PanDA notes about them.
import * as v from 'valibot';
import { jobId, type JobId, type TaskId } from '../base/names.ts';
import { printable } from '../base/text.ts';
import { v1Get, type PandaServer } from './connection.ts';
import { v1Data } from './envelope.ts';
import { errorMeaning, type ErrorSource } from './error-codes.ts';

export interface JobFailure {
  readonly id: JobId;
  /** `failed`, `cancelled`, `closed`. */
  readonly status: string;
  /** Where it ran; `undefined`: nowhere yet. */
  readonly site: string | undefined;
  readonly attempt: number | undefined;
  /** Exit status of the payload; `undefined` when it did not end by itself. */
  readonly exitStatus: number | undefined;
  /** One sentence for each thing that PanDA notes, the most telling first. */
  readonly reasons: readonly string[];
  readonly hint: string | undefined;
}

const code = v.fallback(
  v.nullish(v.union([v.number(), v.pipe(v.string(), v.regex(/^-?\d+$/), v.transform(Number))])),
  undefined,
);
const text = v.fallback(v.nullish(v.string()), undefined);

const jobShape = v.object({
  PandaID: v.number(),
  jobStatus: v.fallback(v.nullish(v.string(), 'failed'), 'failed'),
  computingSite: text,
  prodSourceLabel: text,
  transformation: text,
  attemptNr: code,
  transExitCode: code,
  pilotErrorCode: code,
  pilotErrorDiag: text,
  exeErrorCode: code,
  exeErrorDiag: text,
  jobDispatcherErrorCode: code,
  jobDispatcherErrorDiag: text,
  taskBufferErrorCode: code,
  taskBufferErrorDiag: text,
  ddmErrorCode: code,
  ddmErrorDiag: text,
  brokerageErrorCode: code,
  brokerageErrorDiag: text,
  supErrorCode: code,
  supErrorDiag: text,
});
type Job = v.InferOutput<typeof jobShape>;

/** A job as a list of them shows it. */
export interface TaskJob {
  readonly id: JobId;
  readonly status: string;
  readonly attempt: number | undefined;
  /** It builds for other jobs, or merges what they made: it runs no payload. */
  readonly isHelper: boolean;
}

/** All jobs of a task. */
export async function taskJobs(
  server: PandaServer,
  task: TaskId,
  signal?: AbortSignal,
): Promise<readonly TaskJob[]> {
  const answer = await v1Get(server, 'task/get_job_descriptions', { task_id: String(task) }, { signal });
  return (v1Data(answer, v.nullable(v.array(jobShape))) ?? []).map((job) => ({
    id: jobId(job.PandaID),
    status: printable(job.jobStatus),
    attempt: job.attemptNr ?? undefined,
    isHelper:
      job.prodSourceLabel === 'panda' || /\b(?:buildGen|buildJob|runMerge)\b/.test(job.transformation ?? ''),
  }));
}

/** The jobs of a task that did not end well. */
export async function failedJobs(
  server: PandaServer,
  task: TaskId,
  signal?: AbortSignal,
): Promise<readonly JobFailure[]> {
  const query = { task_id: String(task), unsuccessful_only: 'True' };
  const answer = await v1Get(server, 'task/get_job_descriptions', query, { signal });
  return (v1Data(answer, v.nullable(v.array(jobShape))) ?? []).map(failureOf);
}

function failureOf(job: Job): JobFailure {
  const notes = [
    note('pilot', 'pilot', job.pilotErrorCode, job.pilotErrorDiag),
    note('transformation', 'payload', job.exeErrorCode, job.exeErrorDiag),
    note('dispatcher', 'server', job.jobDispatcherErrorCode, job.jobDispatcherErrorDiag),
    note('server', 'server', job.taskBufferErrorCode, job.taskBufferErrorDiag),
    note(undefined, 'data management', job.ddmErrorCode, job.ddmErrorDiag),
    note(undefined, 'brokerage', job.brokerageErrorCode, job.brokerageErrorDiag),
    note(undefined, 'site', job.supErrorCode, job.supErrorDiag),
  ].filter((found) => found !== undefined);
  const exitStatus = job.transExitCode ?? undefined;
  return {
    id: jobId(job.PandaID),
    status: printable(job.jobStatus),
    site:
      job.computingSite === null || job.computingSite === undefined
        ? undefined
        : printable(job.computingSite),
    attempt: job.attemptNr ?? undefined,
    exitStatus: exitStatus === 0 ? undefined : exitStatus,
    reasons: notes.map((found) => found.reason),
    hint: notes.find((found) => found.hint !== undefined)?.hint,
  };
}

function note(
  source: ErrorSource | undefined,
  who: string,
  errorCode: number | null | undefined,
  diagnostics: string | null | undefined,
): { readonly reason: string; readonly hint: string | undefined } | undefined {
  if (errorCode === undefined || errorCode === null || errorCode === 0) return undefined;
  const meaning = source === undefined ? undefined : errorMeaning(source, errorCode);
  const said = printable(diagnostics ?? '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
  const words = meaning?.words ?? (said === '' ? 'no reason was noted' : said);
  const quoted = meaning === undefined || said === '' ? '' : `; it says: ${said}`;
  return { reason: `${words} (${who} ${errorCode})${quoted}`, hint: meaning?.hint };
}
