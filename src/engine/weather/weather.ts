// Weather: troubles of the grid that a workflow is to meet on this machine first, as a file describes them. What happens to which job
// follows from the seed and from what the job is, never from time, so a rehearsal can be repeated.
import { createHash } from 'node:crypto';
import * as v from 'valibot';

const share = v.pipe(
  v.number('a share from 0 to 1'),
  v.minValue(0, 'a share from 0 to 1'),
  v.maxValue(1, 'a share from 0 to 1'),
);
const seconds = v.pipe(
  v.number('a number of seconds'),
  v.minValue(0, 'a number of seconds, at least 0'),
  v.maxValue(1e6, 'at most 1000000 seconds'),
);
const steps = v.optional(v.array(v.string('the name of a step'), 'a list of names of steps'));
const kind = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.optional(v.strictObject(entries, 'a mapping'));

/** What a file of weather says below `weather`. */
export const weatherShape = v.strictObject(
  {
    /** Another one gives other jobs the same troubles. */
    seed: v.optional(v.pipe(v.number('a whole number'), v.integer('a whole number')), 1),
    /** A share of the starts of jobs ends with this status, without the payload. */
    failing_jobs: kind({
      share,
      steps,
      exit_status: v.optional(
        v.pipe(
          v.number('a status from 1 to 255'),
          v.integer('a status from 1 to 255'),
          v.minValue(1, 'a status from 1 to 255'),
          v.maxValue(255, 'a status from 1 to 255'),
        ),
        1,
      ),
    }),
    /** Payloads run, and then nothing is heard of their jobs: what they made is lost. */
    lost_heartbeats: kind({ share, steps }),
    /** Jobs with inputs wait for them. */
    slow_inputs: kind({ share, steps, seconds }),
    /** Jobs with inputs fail because one is not there. */
    missing_inputs: kind({ share, steps }),
    /** Jobs hear of kill and finish with their next heartbeat only, as on the grid. */
    heartbeats: kind({ every_seconds: seconds }),
    /** So long after its start the token of a job is good for nothing. */
    token_expiry: kind({ after_seconds: seconds }),
    /** PanDA and REANA answer 503 to jobs, counted from the submission. */
    server_unavailable: v.optional(
      v.array(
        v.strictObject({ after_seconds: seconds, for_seconds: seconds }, 'a mapping'),
        'a list of times',
      ),
    ),
    /** Jobs of REANA are killed for lack of memory. */
    reana_out_of_memory: kind({ share, steps }),
  },
  'a mapping',
);

export const weatherFileShape = v.strictObject({ weather: weatherShape }, 'a mapping with `weather`');

export type Weather = v.InferOutput<typeof weatherShape>;
type ShareKind =
  'failing_jobs' | 'lost_heartbeats' | 'slow_inputs' | 'missing_inputs' | 'reana_out_of_memory';

/** What a start of a job is to weather: the same in every run of the workflow. */
export interface Start {
  readonly step: string;
  /** The name of its task without the outDS before it: tells scattered steps and iterations apart. */
  readonly task: string;
  /** From 1. */
  readonly serial: number;
  /** From 1: a retry meets other weather. */
  readonly attempt: number;
}

/** Whether a trouble comes to a start of a job. */
export function strikes(weather: Weather | undefined, kind: ShareKind, start: Start): boolean {
  const trouble = weather?.[kind];
  if (weather === undefined || trouble === undefined) return false;
  if (trouble.steps !== undefined && !trouble.steps.includes(start.step)) return false;
  const { step, task, serial, attempt } = start;
  const text = JSON.stringify([weather.seed, kind, step, task, serial, attempt]);
  return createHash('sha256').update(text).digest().readUIntBE(0, 6) / 2 ** 48 < trouble.share;
}

/** How long a command is on its way to a job.
 *  @param ranMs how long the job has run */
export function heartbeatWaitMs(weather: Weather | undefined, ranMs: number): number {
  const everyMs = (weather?.heartbeats?.every_seconds ?? 0) * 1000;
  return everyMs === 0 ? 0 : everyMs - (Math.max(0, ranMs) % everyMs);
}

/** What it brings, in words, one for each kind. */
export function weatherWords(weather: Weather): readonly string[] {
  const of = (kind: ShareKind, words: string): readonly string[] => {
    const trouble = weather[kind];
    if (trouble === undefined || trouble.share === 0) return [];
    const where = trouble.steps === undefined ? '' : ` of ${trouble.steps.join(', ')}`;
    return [`${Math.round(trouble.share * 1000) / 10} % of jobs${where} ${words}`];
  };
  return [
    ...of('failing_jobs', `fail with status ${weather.failing_jobs?.exit_status ?? 1}`),
    ...of('lost_heartbeats', 'lose their heartbeat'),
    ...of('slow_inputs', `wait ${weather.slow_inputs?.seconds ?? 0} s for inputs`),
    ...of('missing_inputs', 'miss an input'),
    ...(weather.heartbeats === undefined
      ? []
      : [`commands come with heartbeats, every ${weather.heartbeats.every_seconds} s`]),
    ...(weather.token_expiry === undefined
      ? []
      : [`tokens end after ${weather.token_expiry.after_seconds} s`]),
    ...(weather.server_unavailable ?? []).map(
      (each) => `503 for ${each.for_seconds} s after ${each.after_seconds} s`,
    ),
    ...of('reana_out_of_memory', 'run out of memory at REANA'),
  ];
}
