// Serial workflows: one command after the other, in the workspace of the run; the first that fails ends it.
import { substituteParameters } from '../../reanaspec/parameters.ts';
import type { PythonValue } from '../../reanaspec/python-value.ts';
import type { SerialStep } from '../../reanaspec/model.ts';
import type { Advance, Conductor, Job, JobEnd } from './conductor.ts';
import { readJobSettings } from './jobs/job-settings.ts';
import { shellJob } from './jobs/shell-job.ts';

/** @param settings the steps as they were sent, position by position; only their settings are read from there
 *  @param parameters what `${name}` in commands stands for; `undefined`: they stay as they are written */
export function conductSerial(
  steps: readonly SerialStep[],
  settings: readonly Readonly<Record<string, unknown>>[],
  parameters: Readonly<Record<string, unknown>> | undefined,
): Conductor {
  // They came as JSON.
  const values = parameters as Readonly<Record<string, PythonValue>> | undefined;
  const commands = steps.flatMap((step, index) =>
    step.commands.map((written) => ({
      step,
      index,
      command: values === undefined ? written : substituteParameters(written, values),
    })),
  );
  return new SerialConductor(
    commands.map(({ step, index, command }, position) =>
      shellJob({
        key: String(position),
        name: step.name ?? String(index),
        script: command,
        image: step.environment,
        ...readJobSettings(settings[index] ?? {}),
      }),
    ),
  );
}

class SerialConductor implements Conductor {
  readonly planned: readonly Job[];
  readonly total: number;
  #finished = 0;
  #failure: string | undefined;

  constructor(jobs: readonly Job[]) {
    this.planned = jobs;
    this.total = jobs.length;
  }

  settle(key: string, end: JobEnd): void {
    const job = this.planned.find((candidate) => candidate.key === key);
    if (end.at === 'finished') this.#finished++;
    else this.#failure = `step \`${job?.name ?? key}\` ${end.reason}`;
  }

  next(): Advance {
    if (this.#failure !== undefined) return { at: 'failed', reason: this.#failure };
    const job = this.planned[this.#finished];
    return job === undefined ? { at: 'finished' } : { at: 'running', ready: [job] };
  }
}
