// How a task is split into jobs. Pure, and independent of timing: the same inputs in the same order always make the
// same jobs, whether they arrive at once, one by one while the parent still runs, or again after a crash.
import { filesPerJob, jobsWithoutFiles, usableRange } from '../../../prun/splitting.ts';
import type { Splitting } from '../../../prun/splitting.ts';

export { eventsOf } from '../../../prun/splitting.ts';

/** A file that may be given to a job. */
export interface InputFile {
  readonly dataset: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** Where it lies on this machine. */
  readonly path: string;
}

/** The files of one stream that are known so far, in their final order. */
export interface StreamInputs {
  readonly files: readonly InputFile[];
  /** No file will follow. */
  readonly complete: boolean;
}

/** A secondary stream and how it is handed out. */
export interface SecondaryInputs extends StreamInputs {
  readonly stream: string;
  /** 0: every job gets all of them. */
  readonly nFilesPerJob: number;
  /** `nFilesPerJob` counts for each primary file instead of each job. */
  readonly isRatio: boolean;
  /** `--reusableSecondary`: starts again from its first file when all are used. */
  readonly reusable: boolean;
}

/** Files for one job by stream: `IN`, `IN2`, … */
export type JobInputs = Readonly<Record<string, readonly InputFile[]>>;

/** How far a task has been split. */
export interface SplitState {
  readonly jobs: number;
  /** Files of stream `IN` handed out. */
  readonly primaryTaken: number;
}

export interface SplitStep {
  readonly jobs: readonly JobInputs[];
  /** All jobs that the task will ever have are made. */
  readonly complete: boolean;
  /** Why fewer jobs were made than the primary input asks for. */
  readonly shortage: string | undefined;
}

/** Makes the jobs of a task without input. */
export function jobsWithoutInput(splitting: Splitting, already: number): SplitStep {
  const wanted = jobsWithoutFiles(splitting);
  return {
    jobs: Array.from({ length: Math.max(0, wanted - already) }, () => ({})),
    complete: true,
    shortage: undefined,
  };
}

/** Makes the jobs that can be made from what is known so far. */
export function jobsFromInput(
  splitting: Splitting,
  state: SplitState,
  primary: StreamInputs,
  secondaries: readonly SecondaryInputs[],
): SplitStep {
  if (secondaries.some((stream) => !stream.complete))
    return { jobs: [], complete: false, shortage: undefined };
  const usable = usableFiles(splitting, primary);
  const jobs: JobInputs[] = [];
  let taken = state.primaryTaken;
  for (;;) {
    if (reachedJobLimit(splitting, state.jobs + jobs.length))
      return { jobs, complete: true, shortage: undefined };
    const group = nextGroup(splitting, usable, taken);
    if (group === 'wait') return { jobs, complete: false, shortage: undefined };
    if (group.length === 0) return { jobs, complete: true, shortage: undefined };
    const extra = secondaryFiles(secondaries, state.jobs + jobs.length, { before: taken, now: group.length });
    if (typeof extra === 'string') {
      return {
        jobs,
        complete: true,
        shortage: `${extra}; ${usable.files.length - taken} input files were left over`,
      };
    }
    taken += group.length;
    jobs.push({ IN: group, ...extra });
  }
}

function usableFiles(splitting: Splitting, primary: StreamInputs): StreamInputs {
  const { start, end } = usableRange(splitting);
  const files = primary.files.slice(start, end);
  return { files, complete: primary.complete || (end !== undefined && primary.files.length >= end) };
}

// With input, `--nJobs` is a maximum: JEDI takes nJobs x nFilesPerJob files and no more.
function reachedJobLimit(splitting: Splitting, jobs: number): boolean {
  return splitting.nJobs !== undefined && jobs >= splitting.nJobs;
}

function nextGroup(splitting: Splitting, usable: StreamInputs, taken: number): readonly InputFile[] | 'wait' {
  const rest = usable.files.length - taken;
  const limit = filesPerJob(splitting, usable.complete ? usable.files.length : undefined);
  const maxBytes = typeof splitting.nGBPerJob === 'number' ? splitting.nGBPerJob * 1e9 : Infinity;
  let count = 0;
  let bytes = 0;
  while (count < Math.min(limit, rest)) {
    bytes += usable.files[taken + count]?.sizeBytes ?? 0;
    // A file larger than the limit still needs a job: its own.
    if (bytes > maxBytes && count > 0) return usable.files.slice(taken, taken + count);
    count++;
  }
  if (count < limit && !usable.complete) return 'wait';
  return usable.files.slice(taken, taken + count);
}

function secondaryFiles(
  secondaries: readonly SecondaryInputs[],
  jobIndex: number,
  taken: { readonly before: number; readonly now: number },
): Record<string, readonly InputFile[]> | string {
  const chosen: Record<string, readonly InputFile[]> = {};
  for (const { stream, files, nFilesPerJob, isRatio, reusable } of secondaries) {
    if (files.length === 0) return `the secondary input ${stream} has no files`;
    if (nFilesPerJob === 0) {
      chosen[stream] = files;
      continue;
    }
    const start = nFilesPerJob * (isRatio ? taken.before : jobIndex);
    const count = nFilesPerJob * (isRatio ? taken.now : 1);
    if (reusable) {
      const cycled = Array.from({ length: count }, (_, index) => files[(start + index) % files.length]);
      chosen[stream] = cycled.filter((file) => file !== undefined);
      continue;
    }
    if (start >= files.length) {
      return `the secondary input ${stream} has only ${files.length} files (\`--reusableSecondary ${stream}\` uses them again)`;
    }
    chosen[stream] = files.slice(start, start + count);
  }
  return chosen;
}
