// What the live view and its plain twin are drawn from: one snapshot of a request, however it was obtained.
import { printable } from '../base/text.ts';
import type { SearchProgress } from '../panda/search-answer.ts';

export interface ProgressState {
  readonly request: {
    readonly id: number;
    readonly name: string;
    /** A word of iDDS: `New`, `Transforming`, `Finished`, `SubFinished`, `Failed`, `Cancelling`, `Cancelled`, …. */
    readonly status: string;
    /** 0 when the server does not say. */
    readonly created_ms: number;
    readonly ended_ms: number | null;
    readonly error: string | null;
    /** What its jobs meet on purpose. */
    readonly weather?: readonly string[] | undefined;
  };
  readonly tasks: readonly ProgressTask[];
  /** REANA runs that the tasks offload. */
  readonly runs: readonly ProgressRun[];
}

export interface ProgressTask {
  readonly id: number;
  /** Number of the step in the plan; `null` when a server does not know it. */
  readonly step_id: number | null;
  readonly step: string;
  /** The iteration of the loops around it, `2` or `2.1`; absent outside of loops and where a server does not tell. */
  readonly iteration?: string | undefined;
  readonly type: string;
  /** Base name of its datasets. */
  readonly name: string;
  /** A word of JEDI: `registered`, `ready`, `running`, `done`, `finished`, `failed`, `aborted`, …. */
  readonly status: string;
  /** Its condition was not met: it was not needed. */
  readonly skipped: boolean;
  readonly jobs: {
    /** `null` while inputs are still arriving. */
    readonly total: number | null;
    readonly running: number;
    readonly finished: number;
    /** Used again from an earlier request; absent: none. */
    readonly reused?: number | undefined;
    readonly failed: number;
  };
  readonly started_ms: number | null;
  readonly ended_ms: number | null;
  readonly error: string | null;
  /** Where a step with an image runs; `engine` is `null` on the machine itself. */
  readonly container?:
    { readonly image: string; readonly engine: string | null; readonly why: string | null } | undefined;
  /** How far the search of a phpo step is; absent for other steps, and where a server does not tell. */
  readonly search?: SearchProgress | undefined;
}

/** `under weather: 10 % of jobs fail with status 1`; `undefined`: it is as it is. */
export function weatherText({ request }: ProgressState): string | undefined {
  if (request.weather === undefined) return undefined;
  return `under weather: ${request.weather.join('; ') || 'none strikes'}`;
}

/** Said of a step with an image that runs without it; `undefined`: there is nothing to say. */
export function placeText({ container }: ProgressTask): string | undefined {
  if (container === undefined || container.engine !== null) return undefined;
  const why = container.why === null ? '' : `: ${container.why}`;
  return `on this machine itself, not in the image ${container.image}${why}`;
}

export interface ProgressRun {
  readonly id: string;
  readonly name: string;
  /** `null` when only the name is known. */
  readonly run_number: string | number | null;
  readonly status: string;
  readonly steps_total: number;
  readonly steps_finished: number;
  readonly current_step: string | null;
  readonly job_id: number | null;
  /** The task that offloads it; `null` when nobody said. */
  readonly task_id: number | null;
}

/** What a status means for a person, whatever service said it. `partly`: ended, some jobs failed. */
export type Phase = 'waiting' | 'running' | 'done' | 'partly' | 'failed' | 'stopped' | 'skipped';

const phases: Readonly<Record<string, Phase>> = {
  // JEDI
  registered: 'waiting',
  defined: 'waiting',
  assigning: 'waiting',
  pending: 'waiting',
  ready: 'waiting',
  throttled: 'waiting',
  paused: 'waiting',
  staged: 'waiting',
  staging: 'waiting',
  topreprocess: 'waiting',
  preprocessing: 'waiting',
  running: 'running',
  scouting: 'running',
  scouted: 'running',
  prepared: 'running',
  finishing: 'running',
  passed: 'running',
  merging: 'running',
  toincexec: 'running',
  toretry: 'running',
  rerefine: 'running',
  done: 'done',
  finished: 'partly',
  failed: 'failed',
  broken: 'failed',
  tobroken: 'failed',
  exhausted: 'failed',
  aborting: 'stopped',
  toabort: 'stopped',
  aborted: 'stopped',
};

/** The phase that a status stands for; `undefined` for one that is not known here. */
export function phaseOfStatus(status: string): Phase | undefined {
  const known = status.toLowerCase();
  return Object.hasOwn(phases, known) ? phases[known] : undefined;
}

/** The phase of a task. A status that is not known here is told apart by whether the task has started or ended. */
export function phaseOf(task: ProgressTask): Phase {
  if (task.skipped) return 'skipped';
  const known = phaseOfStatus(task.status);
  if (known !== undefined) return known;
  if (task.ended_ms !== null) return task.jobs.failed > 0 ? 'failed' : 'done';
  return task.started_ms === null ? 'waiting' : 'running';
}

/** The word that is shown for a task: plain English for what everybody knows, the server's own word otherwise. */
export function wordOf(task: ProgressTask): string {
  const phase = phaseOf(task);
  switch (phase) {
    case 'skipped':
      return 'skipped';
    case 'done':
      return 'done';
    case 'partly':
      return 'partly';
    case 'waiting':
      return task.status === 'registered' ? 'waiting' : task.status;
    case 'running':
    case 'failed':
    case 'stopped':
      return task.status;
  }
}

/** `fit.3`: a run as REANA names it. */
export function runName(run: ProgressRun): string {
  return run.run_number === null ? run.name : `${run.name}.${run.run_number}`;
}

/** Names for the tasks: copies of one step (scatter) are told apart by the number of their step, and those of a loop carry their
 *  iteration, `fit [2]`. */
export function taskLabels(tasks: readonly ProgressTask[]): ReadonlyMap<number, string> {
  const uses = new Map<string, Set<number>>();
  const copyOf = (task: ProgressTask): number => task.step_id ?? task.id;
  for (const task of tasks) {
    const copies = uses.get(task.step) ?? new Set();
    uses.set(task.step, copies.add(copyOf(task)));
  }
  return new Map(
    tasks.map((task) => {
      const copy = (uses.get(task.step)?.size ?? 0) > 1 ? ` #${copyOf(task)}` : '';
      const iteration = task.iteration === undefined ? '' : ` [${task.iteration}]`;
      return [task.id, `${task.step}${copy}${iteration}`];
    }),
  );
}

/** What a run is at: `, now \`fit\``; empty when it does not say, or is over. */
export function currentStepText(run: ProgressRun): string {
  if (run.status !== 'running' || run.current_step === null || run.current_step === '') return '';
  return `, now \`${printable(run.current_step).replace(/[\t\n]+/g, ' ')}\``;
}
