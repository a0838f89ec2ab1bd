// What the weather does to a job of the embedded PanDA.
import type { Clock } from '../../base/clock.ts';
import { LocalError } from '../../base/errors.ts';
import type { JobRuntime } from '../panda/runtime.ts';
import { strikes, type Start, type Weather } from './weather.ts';

/** @param outDS of the request: two runs of a workflow differ in it, and shall meet the same weather */
export function startOfJob(job: JobRuntime, outDS: string): Start {
  const { spec } = job.task;
  const task = spec.name.startsWith(outDS) ? spec.name.slice(outDS.length) : spec.name;
  return { step: spec.stepName, task, serial: job.serial, attempt: job.attempt };
}

/** What comes before the inputs of a job lie in their places.
 *  @throws LocalError when one of them is not there */
export async function weatherAtInputs(
  weather: Weather | undefined,
  job: JobRuntime,
  start: Start,
  clock: Clock,
): Promise<void> {
  const files = Object.values(job.inputs).flat();
  if (files.length === 0) return;
  if (strikes(weather, 'slow_inputs', start)) await clock.sleep((weather?.slow_inputs?.seconds ?? 0) * 1000);
  const missing = files[start.attempt % files.length];
  if (missing !== undefined && strikes(weather, 'missing_inputs', start))
    throw new LocalError(`weather: the input \`${missing.name}\` cannot be found`);
}

/** What is run in the place of a payload; `undefined`: the payload itself. */
export function weatherScript(weather: Weather | undefined, start: Start): string | undefined {
  if (!strikes(weather, 'failing_jobs', start)) return undefined;
  const status = weather?.failing_jobs?.exit_status ?? 1;
  return `echo 'weather: this start of the job fails, without its payload'\nexit ${status}\n`;
}

/** Why what a payload made is lost; `undefined`: it is not. */
export function weatherAtEnd(weather: Weather | undefined, start: Start): string | undefined {
  return strikes(weather, 'lost_heartbeats', start)
    ? 'weather: lost heartbeat; what the payload made did not arrive'
    : undefined;
}
