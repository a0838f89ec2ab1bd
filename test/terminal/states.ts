// Snapshots of requests for tests.
import type { ProgressRun, ProgressState, ProgressTask } from '../../src/terminal/progress-state.ts';

type TaskSketch = Partial<Omit<ProgressTask, 'jobs'>> & {
  readonly id: number;
  readonly step: string;
  readonly jobs?: Partial<ProgressTask['jobs']>;
};

export const startMs = Date.UTC(2026, 10, 20, 20, 0, 0);

export function task(sketch: TaskSketch): ProgressTask {
  return {
    step_id: sketch.id,
    type: 'prun',
    name: `user.alice.scan_${sketch.step}`,
    status: 'registered',
    skipped: false,
    started_ms: null,
    ended_ms: null,
    error: null,
    ...sketch,
    jobs: { total: null, running: 0, finished: 0, failed: 0, ...sketch.jobs },
  };
}

export function run(sketch: Partial<ProgressRun> = {}): ProgressRun {
  return {
    id: 'b1d7',
    name: 'fit',
    run_number: 3,
    status: 'running',
    steps_total: 4,
    steps_finished: 2,
    current_step: 'scan',
    job_id: 9,
    task_id: 2,
    ...sketch,
  };
}

export function state(
  tasks: readonly ProgressTask[],
  runs: readonly ProgressRun[] = [],
  request: Partial<ProgressState['request']> = {},
): ProgressState {
  return {
    request: {
      id: 12,
      name: 'user.alice.scan',
      status: 'Transforming',
      created_ms: startMs,
      ended_ms: null,
      error: null,
      ...request,
    },
    tasks,
    runs,
  };
}

/** One step of every kind, with a REANA run. */
export const mixed = state(
  [
    task({
      id: 0,
      step: 'generate',
      status: 'done',
      jobs: { total: 10, finished: 10 },
      started_ms: startMs,
      ended_ms: startMs + 12_000,
    }),
    task({
      id: 1,
      step: 'reco',
      status: 'running',
      jobs: { total: 40, finished: 13, failed: 1, running: 4 },
      started_ms: startMs + 1000,
    }),
    task({
      id: 2,
      step: 'fit',
      type: 'reana',
      status: 'running',
      jobs: { total: 1, running: 1 },
      started_ms: startMs + 30_000,
    }),
    task({ id: 3, step: 'veto', status: 'aborted', skipped: true, error: 'its condition was not met' }),
    task({ id: 4, step: 'collect', type: 'junction' }),
  ],
  [run()],
);
