// A job that is a piece of bash in the workspace of its run: what serial and Yadage workflows are made of.
import type { Credential, Job } from '../conductor.ts';

export interface ShellJob {
  readonly key: string;
  readonly name: string;
  readonly script: string;
  /** What is shown instead of the script. */
  readonly command?: string;
  readonly image: string | undefined;
  readonly backend: string | undefined;
  readonly credentials: readonly Credential[];
  readonly timeLimitMs: number | undefined;
  readonly collect?: Job['collect'];
}

export function shellJob(job: ShellJob): Job {
  const { script, collect, command = script, ...rest } = job;
  return {
    ...rest,
    command,
    cores: 1,
    launch: ({ workspace }) => ({ script, workDirectory: workspace, environment: {} }),
    ...(collect === undefined ? {} : { collect }),
  };
}
