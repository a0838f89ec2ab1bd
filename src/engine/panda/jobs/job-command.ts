// What a job is given to run, and the names under which it leaves its outputs.
import { expandPayload } from '../../../prun/placeholders.ts';
import { evaluationOf, evaluationPayload } from '../../hpo/evaluation.ts';
import type { StoredRequest } from '../../store/panda-store.ts';
import { eventsOf } from './job-maker.ts';
import { mergeCommand, outputsOfJob, unmergedMark } from './merge-jobs.ts';
import type { JobRuntime } from '../runtime.ts';
import type { TaskOutput } from '../task.ts';

/** A job with the payload of its task. */
export interface JobText {
  readonly job: JobRuntime;
  /** The payload of its task, with the names that its datasets have now. */
  readonly exec: string;
  readonly request: StoredRequest;
}

/** Bash text that a job is given. */
export function commandOf(place: JobText): string {
  const { job } = place;
  switch (job.kind) {
    case 'build':
      return job.task.spec.build ?? '';
    case 'merge':
      return mergeCommand(job);
    case 'run': {
      const payload = payloadOf(job, place.exec);
      if (!job.task.spec.hasRealFileNames) return payload;
      const named = outputsOfJob(job).filter(({ kind }) => kind === 'file');
      return named.reduce(
        (text, { pattern, lfnSuffix }) =>
          text.replaceAll(wholeName(pattern), () => `${filePrefix(place)}.${lfnSuffix}`),
        payload,
      );
    }
  }
}

/** A file name where it is not a part of a longer one. */
function wholeName(name: string): RegExp {
  return new RegExp(`(?<![\\w.-])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-]|\\.\\w)`, 'g');
}

/** Where payloads are told the final names of their outputs, these are what they make. */
export function realNames(place: JobText): readonly TaskOutput[] {
  const outputs = outputsOfJob(place.job);
  if (!place.job.task.spec.hasRealFileNames || place.job.kind !== 'run') return outputs;
  const prefix = filePrefix(place);
  return outputs.map((output) =>
    output.kind === 'file' ? { ...output, pattern: `${prefix}.${output.lfnSuffix}` } : output,
  );
}

/** The payload with the placeholders of this job filled in. */
function payloadOf(job: JobRuntime, exec: string): string {
  const { spec } = job.task;
  const evaluation = evaluationOf(job);
  if (evaluation !== undefined) return evaluationPayload(evaluation, job);
  const streams = new Map(
    Object.entries(job.inputs).map(([stream, files]) => [stream, files.map((file) => file.name)]),
  );
  const { total, perJob } = eventsOf(spec.splitting);
  const skip = (job.serial - 1) * perJob;
  return expandPayload(exec, {
    streams,
    serialIndex: job.serial - 1,
    events: { first: skip, skip, max: Math.min(perJob, Math.max(0, total - skip)) },
  });
}

/** PanDA's start of file names: scope and user of the outDS, task, serial number in six digits. */
export function filePrefix(place: JobText): string {
  const { job, request } = place;
  const owner = request.name.split('.').slice(0, 2).join('.');
  const isUnmerged = job.kind === 'run' && job.task.spec.merge !== undefined;
  return `${isUnmerged ? unmergedMark : ''}${owner}.${job.task.id}._${String(job.serial).padStart(6, '0')}`;
}
