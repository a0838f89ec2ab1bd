// How a task is cut into jobs. Source: panda-client 2.0.2 `PrunScript.py`, `CommonArgs.py`.
import { flagOf, numberOf, wholeNumber, type OptionValues } from './parse-args.ts';

/** Every field is `undefined` when the option was not given, or has the value that means so. */
export interface Splitting {
  readonly nJobs?: number;
  readonly nFiles?: number;
  readonly nFilesPerJob?: number;
  /** `undefined` also for `MAX`, the server's default. */
  readonly nGBPerJob?: number;
  /** 200 when not given. */
  readonly maxNFilesPerJob: number;
  readonly nEvents?: number;
  readonly nEventsPerJob?: number;
  readonly nEventsPerFile?: number;
  readonly nSkipFiles?: number;
  /** Secondary files per job are given as a ratio to primary files. */
  readonly secondaryAsRatio: boolean;
}

/** The splitting that the arguments ask for, as written; `settleFiles` adds what follows from `nJobs`. */
export function readSplitting(values: OptionValues): Splitting {
  const positive = (dest: string): number | undefined => {
    const number = numberOf(values, dest);
    return number !== undefined && number > 0 ? number : undefined;
  };
  const optional = {
    nJobs: positive('nJobs'),
    nFiles: positive('nFiles'),
    nFilesPerJob: positive('nFilesPerJob'),
    nGBPerJob: gigabytesOf(values),
    nEvents: positive('nEvents'),
    nEventsPerJob: positive('nEventsPerJob'),
    nEventsPerFile: positive('nEventsPerFile'),
    nSkipFiles: positive('nSkipFiles'),
  };
  return {
    ...given(optional),
    maxNFilesPerJob: numberOf(values, 'maxNFilesPerJob') ?? 200,
    secondaryAsRatio: flagOf(values, 'useNumFilesInSecDSsAsRatio'),
  };
}

/** Combinations and values that prun refuses; they stop the whole request. */
export function splittingProblems(values: OptionValues): readonly string[] {
  const size = values.get('nGBPerJob');
  if (size === undefined || size === -1) return [];
  const { nFilesPerJob, nEventsPerJob } = readSplitting(values);
  const problems: string[] = [];
  if (size !== 'MAX') {
    const number = wholeNumber(String(size));
    if (number === undefined)
      return [`\`--nGBPerJob\` needs a whole number or \`MAX\`, not \`${String(size)}\``];
    if (number <= 0) return ['`--nGBPerJob` must be positive'];
    if (nFilesPerJob !== undefined) problems.push('`--nFilesPerJob` and `--nGBPerJob` exclude each other');
  }
  if (nEventsPerJob !== undefined) problems.push('`--nEventsPerJob` and `--nGBPerJob` exclude each other');
  return problems;
}

/** Adds what prun derives from `nJobs`, and keeps `nFilesPerJob` within `maxNFilesPerJob`. */
export function settleFiles(splitting: Splitting): Splitting {
  const { nJobs, nEventsPerJob, nEventsPerFile, maxNFilesPerJob } = splitting;
  let { nFiles, nFilesPerJob } = splitting;
  if (nFilesPerJob !== undefined) nFilesPerJob = Math.min(nFilesPerJob, maxNFilesPerJob);
  if (nJobs !== undefined) {
    if (nEventsPerJob !== undefined && nEventsPerFile !== undefined) {
      nFiles = Math.max(1, Math.floor((nEventsPerJob * nJobs) / nEventsPerFile));
    }
    if (nFilesPerJob !== undefined && nFiles === undefined) nFiles = nFilesPerJob * nJobs;
    if (nFilesPerJob === undefined && nFiles !== undefined)
      nFilesPerJob = Math.max(1, Math.floor(nFiles / nJobs));
  }
  return { ...splitting, ...given({ nFiles, nFilesPerJob }) };
}

/** The task parameters that say how to cut. Without input the number of jobs is `nEvents / nEventsPerJob`. */
export function splittingParameters(
  splitting: Splitting,
  hasInput: boolean,
): Record<string, number | boolean> {
  const settled = settleFiles(splitting);
  return {
    ...given({ nGBPerJob: settled.nGBPerJob }),
    ...(hasInput ? inputParameters(settled) : eventParameters(settled)),
  };
}

/** Events of a task without input: PanDA counts its jobs by them, one event a job when nothing else is asked for. */
export function eventsOf(splitting: Splitting): { readonly total: number; readonly perJob: number } {
  const { nEvents, nEventsPerJob } = splittingParameters(splitting, false);
  const total = typeof nEvents === 'number' ? nEvents : 1;
  return { total, perJob: typeof nEventsPerJob === 'number' ? nEventsPerJob : total };
}

/** How many jobs a task without input has. */
export function jobsWithoutFiles(splitting: Splitting): number {
  const { total, perJob } = eventsOf(splitting);
  return Math.ceil(total / perJob);
}

/** Which of the primary files a task uses: from the first to before the last; `end` is `undefined` for all that follow. */
export function usableRange(splitting: Splitting): {
  readonly start: number;
  readonly end: number | undefined;
} {
  const start = splitting.nSkipFiles ?? 0;
  return { start, end: splitting.nFiles === undefined ? undefined : start + splitting.nFiles };
}

/** The most files one job takes; their sizes may ask for fewer.
 *  @param usable how many files the task has; `undefined` while more may come */
export function filesPerJob(splitting: Splitting, usable: number | undefined): number {
  const wanted = splitting.nFilesPerJob ?? evenShare(splitting, usable) ?? Infinity;
  return Math.min(wanted, splitting.maxNFilesPerJob);
}

/** Without a number of files per job, `--nJobs` shares the files evenly once all are known. */
function evenShare({ nJobs, nGBPerJob }: Splitting, usable: number | undefined): number | undefined {
  if (nJobs === undefined || nGBPerJob !== undefined || usable === undefined) return undefined;
  return Math.max(1, Math.ceil(usable / nJobs));
}

/** How many jobs a task has for so many primary files, whatever their sizes. With input, `--nJobs` is a maximum. */
export function jobsForFiles(splitting: Splitting, files: number): number {
  const { start, end } = usableRange(splitting);
  const usable = Math.max(0, Math.min(files, end ?? files) - start);
  return Math.min(Math.ceil(usable / filesPerJob(splitting, usable)), splitting.nJobs ?? Infinity);
}

function inputParameters(splitting: Splitting): Record<string, number | boolean> {
  const { nFiles, nFilesPerJob, nEventsPerJob, nEventsPerFile, nJobs } = splitting;
  const fromJobs = nJobs !== undefined && nEventsPerJob !== undefined ? nJobs * nEventsPerJob : undefined;
  return {
    ...given({ nFiles, nFilesPerJob, nEventsPerJob, nEventsPerFile, nEvents: splitting.nEvents ?? fromJobs }),
    ...(nEventsPerJob !== undefined && nEventsPerFile === undefined ? { useRealNumEvents: true } : {}),
  };
}

function eventParameters(splitting: Splitting): Record<string, number> {
  const { nEvents, nEventsPerJob, nJobs } = splitting;
  if (nEvents !== undefined) {
    if (nJobs !== undefined) return { nEvents, nEventsPerJob: Math.max(1, Math.floor(nEvents / nJobs)) };
    return given({ nEvents, nEventsPerJob });
  }
  if (nEventsPerJob !== undefined) return { nEvents: nEventsPerJob * (nJobs ?? 1), nEventsPerJob };
  return { nEvents: nJobs ?? 1, nEventsPerJob: 1 };
}

function gigabytesOf(values: OptionValues): number | undefined {
  const value = values.get('nGBPerJob');
  const number = typeof value === 'string' ? wholeNumber(value) : value;
  return typeof number === 'number' && number > 0 ? number : undefined;
}

/** Without the fields that are `undefined`. */
function given<Value>(fields: Record<string, Value | undefined>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, Value] => entry[1] !== undefined),
  );
}
