// Leads a conductor to its end with real processes, without an engine around it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PchainError } from '../../src/base/errors.ts';
import type { Conductor, Job, JobEnd } from '../../src/engine/reana/conductor.ts';
import { startProcess } from '../../src/engine/process/process.ts';
import { realClock } from '../reana-server/rig.ts';

export interface Conducted {
  /** `undefined`: it has finished. */
  readonly failure: string | undefined;
  /** In the order in which they were started. */
  readonly jobs: readonly Job[];
}

/** @param control for the files of the processes; it exists
 *  @param environment of every job, on top of what the job itself brings */
export async function conduct(
  conductor: Conductor,
  place: { readonly workspace: string },
  control: string,
  environment: Readonly<Record<string, string>>,
): Promise<Conducted> {
  const jobs: Job[] = [];
  for (;;) {
    let advance;
    try {
      advance = conductor.next();
    } catch (thrown) {
      return { failure: faultOf(thrown), jobs };
    }
    if (advance.at === 'failed') return { failure: advance.reason, jobs };
    if (advance.at === 'finished') {
      await advance.publish?.(place);
      return { failure: undefined, jobs };
    }
    const lookUps = advance.lookUps ?? [];
    for (const { key, look } of lookUps) conductor.found?.(key, look());
    if (lookUps.length > 0) continue;
    if (advance.ready.length === 0) throw new Error('nothing is ready, and nothing runs');
    const ends = await Promise.all(
      advance.ready.map(async (job) => {
        jobs.push(job);
        return [job, await run(job, join(control, String(jobs.length)))] as const;
      }),
    );
    for (const [job, end] of ends) conductor.settle(job.key, end);
  }

  async function run(job: Job, directory: string): Promise<JobEnd> {
    try {
      const launch = job.launch(place);
      mkdirSync(directory, { recursive: true });
      const running = startProcess(
        { control: directory, ...launch, environment: { ...environment, ...launch.environment } },
        realClock,
      );
      const timer =
        job.timeLimitMs === undefined
          ? undefined
          : setTimeout(() => running.signal('SIGKILL'), job.timeLimitMs);
      const { exitStatus } = await running.ended;
      clearTimeout(timer);
      if (exitStatus === undefined) return { at: 'failed', reason: 'vanished' };
      if (job.collect !== undefined) return await job.collect(place, exitStatus);
      return exitStatus === 0
        ? { at: 'finished', result: null }
        : { at: 'failed', reason: `failed with status ${exitStatus}` };
    } catch (thrown) {
      return { at: 'failed', reason: faultOf(thrown) };
    }
  }
}

/** A fault of the workflow; one of ours is thrown on. */
function faultOf(thrown: unknown): string {
  if (thrown instanceof PchainError) return thrown.message;
  throw thrown;
}
