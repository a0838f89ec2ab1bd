// How work ended, and whether that is good enough. Jobs that were lost make it partial, and partial is not success unless the user
// said how much is.
import { UsageError } from '../../base/errors.ts';
import type { ProgressState, ProgressTask } from '../../terminal/progress-state.ts';
import type { RunSummary } from '../../terminal/summary.ts';

export interface Outcome {
  readonly word: RunSummary['outcome'];
  readonly isSuccess: boolean;
  /** How much was done, and what was asked for; `undefined` where nothing was lost. */
  readonly note: string | undefined;
}

/** Judges a state that is final.
 *  @param minSuccess the share of jobs of every task that must have finished, 0 to 1; `undefined`: all */
export function judge(state: ProgressState, minSuccess: number | undefined): Outcome {
  const word = wordOf(state);
  if (word !== 'partly') return { word, isSuccess: word === 'finished', note: undefined };
  const needed = state.tasks.filter((task) => !task.skipped);
  const shares = needed.map((task) => ({ step: task.step, share: shareOf(task) }));
  const [worst] = shares.toSorted((a, b) => a.share - b.share);
  if (worst === undefined) return { word, isSuccess: false, note: undefined };
  // All jobs finished, yet something is missing: the task itself says what.
  if (worst.share === 1 && minSuccess === undefined)
    return { word, isSuccess: false, note: reasonOf(needed) };
  const told = `\`${worst.step}\` finished ${percent(worst.share)} of its work`;
  if (minSuccess === undefined) {
    return {
      word,
      isSuccess: false,
      note: `${told}; \`--min-success ${suggested(worst.share)}\` would accept that`,
    };
  }
  const isSuccess = shares.every(({ share }) => share >= minSuccess);
  const verdict = isSuccess ? 'enough for' : 'less than';
  return { word, isSuccess, note: `${told}, ${verdict} \`--min-success ${minSuccess}\`` };
}

/** Reads `--min-success`: a share like 0.98, or a percentage like 98%.
 *  @throws UsageError for anything else */
export function minSuccessOption(options: Readonly<Record<string, unknown>>): number | undefined {
  const text = options['minSuccess'];
  if (typeof text !== 'string') return undefined;
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text.trim() === '' || !(value > 0 && value <= 1))
    throw new UsageError(`\`--min-success\` takes a share like 0.98 or 98%, not \`${text}\``);
  return value;
}

function wordOf({ request, tasks }: ProgressState): RunSummary['outcome'] {
  const isPartial = tasks.some((task) => task.status === 'finished' && !task.skipped);
  switch (request.status) {
    case 'Finished':
    case 'done':
      // iDDS takes a task that lost jobs for finished.
      return isPartial ? 'partly' : 'finished';
    case 'SubFinished':
    case 'finished':
      return 'partly';
    case 'Cancelled':
    case 'aborted':
      return 'cancelled';
    default:
      return 'failed';
  }
}

function reasonOf(tasks: readonly ProgressTask[]): string | undefined {
  const task = tasks.find(({ status, error }) => status === 'finished' && error !== null);
  return task === undefined ? undefined : `\`${task.step}\`: ${task.error}`;
}

function shareOf(task: ProgressTask): number {
  if (task.status === 'done') return 1;
  const total = task.jobs.total ?? task.jobs.finished + task.jobs.failed;
  return total === 0 ? 0 : task.jobs.finished / total;
}

function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}

function suggested(share: number): number {
  return Math.floor(share * 100) / 100;
}
