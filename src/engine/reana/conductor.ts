// What leads a run: from the results of jobs that have ended to the jobs that may start. It knows nothing of processes,
// clocks and databases, so the engine can build it anew after a crash and tell it the stored results again.

/** A value that is stored as JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One job of a run, ready to start. */
export interface Job {
  /** The same in every replay, unique in its run. */
  readonly key: string;
  /** The name of its step, as the user sees it. */
  readonly name: string;
  /** What is shown and kept as its command. */
  readonly command: string;
  /** Container image; `undefined`: none is asked for. */
  readonly image: string | undefined;
  /** It runs commands in images of its own choice, by the command `singularity`: those that are known beforehand. */
  readonly innerImages?: readonly string[] | undefined;
  /** REANA's compute back end that was asked for, such as `kubernetes`. */
  readonly backend: string | undefined;
  /** Cores that are taken while it runs, at least 1. */
  readonly cores: number;
  /** It is stopped, and has failed, after this time. */
  readonly timeLimitMs: number | undefined;
  /** What it needs beside its secrets. */
  readonly credentials: readonly Credential[];
  /** Prepares the files it needs and gives what bash is to run. Called before each attempt; it may throw, and then the job
   *  has failed. */
  readonly launch: (place: JobPlace) => Launch;
  /** Makes the result from the files it left and its exit status. Without it the status alone decides, and there is no
   *  result. It may be called twice for the same end, when the engine died in between. */
  readonly collect?: (place: JobPlace, exitStatus: number) => Promise<JobEnd>;
}

export const credentials = ['kerberos', 'voms_proxy', 'rucio'] as const;
export type Credential = (typeof credentials)[number];

export interface JobPlace {
  /** Of the run; absolute. */
  readonly workspace: string;
  /** Where the names of images are kept, for a job that finds the command `singularity`; `undefined`: it finds none. */
  readonly images?: string | undefined;
}

export interface Launch {
  /** Bash text. */
  readonly script: string;
  /** Absolute; it exists. */
  readonly workDirectory: string;
  /** Where a container has the work directory beside its own place; absolute. */
  readonly alsoAt?: string | undefined;
  /** Added to what every job of the run gets. */
  readonly environment: Readonly<Record<string, string>>;
}

export type JobEnd =
  | { readonly at: 'finished'; readonly result: Json }
  /** `reason`: in words, after the name of the step, such as `failed with status 3`. */
  | { readonly at: 'failed'; readonly reason: string };

export type Advance =
  /** `ready`: every job that may run now and has not ended, those that run already included.
   *  `lookUps`: what must be read from disk before more can be said. */
  | { readonly at: 'running'; readonly ready: readonly Job[]; readonly lookUps?: readonly LookUp[] }
  /** `publish`: the last thing to do with the files, done again when it was interrupted; gives lines for the log of the run.
   *  `notes`: lines that the user should read although all went well. */
  | {
      readonly at: 'finished';
      readonly publish?: (place: JobPlace) => Promise<readonly string[]>;
      readonly notes?: readonly string[];
    }
  | { readonly at: 'failed'; readonly reason: string };

/** Something that is read from disk once, and then stored: when the run is led anew, files may have changed. */
export interface LookUp {
  /** Unique in the run. */
  readonly key: string;
  /** It may throw; the run has failed then. */
  readonly look: () => Json;
}

/** A job that is known before it may start. */
export type PlannedJob = Pick<Job, 'key' | 'name' | 'command' | 'image' | 'backend'>;

export interface Conductor {
  /** Jobs that are known from the start, in their order; others are met when they become ready. */
  readonly planned: readonly PlannedJob[];
  /** How many jobs there will be, as far as can be told now. */
  readonly total: number;
  /** Tells the end of a job that was ready. */
  settle(key: string, end: JobEnd): void;
  /** Tells what a look-up has found. */
  found?(key: string, value: Json): void;
  /** Where the run stands. @throws PchainError when the workflow cannot go on; the run has failed then */
  next(): Advance;
}
