// What follows from the state of a request. Pure: it reads the runtime and says what to change; nothing happens here.
import { searchStep, type SearchStep } from '../hpo/advance.ts';
import type { SearchRuntime } from '../hpo/runtime.ts';
import type { JobKind, TaskStatus } from '../records.ts';
import type { JobInputs, SplitStep } from './jobs/job-maker.ts';
import { jobsFromInput, jobsWithoutInput } from './jobs/job-maker.ts';
import { gatesState } from './gates.ts';
import { decideLoop } from './loops/decide-loop.ts';
import type { LoopDecision } from './loops/decide-loop.ts';
import { producerOf, standing } from './loops/standing.ts';
import { mergeGroups } from './jobs/merge-jobs.ts';
import { parentState } from './outcome.ts';
import { endStatus, jobsOfKind } from './runtime.ts';
import type { RequestRuntime, TaskRuntime } from './runtime.ts';
import type { ExternalFiles } from './jobs/streams.ts';
import { primaryInputs, secondaryInputs } from './jobs/streams.ts';

export type Decision = TaskDecision | LoopDecision;

export type TaskDecision =
  /** Its gates opened: jobs may be made. */
  | { readonly kind: 'start'; readonly task: TaskRuntime }
  | {
      readonly kind: 'define-jobs';
      readonly task: TaskRuntime;
      /** What the jobs are for. */
      readonly of: JobKind;
      readonly jobs: readonly JobInputs[];
      readonly complete: boolean;
      readonly shortage: string | undefined;
    }
  /** Points are evaluated, or the steering is asked for more. */
  | {
      readonly kind: 'search';
      readonly task: TaskRuntime;
      readonly search: SearchRuntime;
      readonly step: SearchStep;
    }
  | {
      readonly kind: 'end';
      readonly task: TaskRuntime;
      readonly status: 'done' | 'finished' | 'failed' | 'aborted';
      readonly skipped: boolean;
      readonly error: string | undefined;
    };

/** One decision at most for each task and each loop; empty when nothing follows any more. */
export function decide(
  runtime: RequestRuntime,
  external: ExternalFiles,
  maxIterations: number,
): readonly Decision[] {
  const { layout, killing } = runtime;
  const limits = { killing, maxIterations };
  return [
    ...runtime.tasks.map((task) => decideTask(runtime, task, external)),
    ...[...runtime.loops.values()].map((loop) => decideLoop(loop, layout, limits)),
  ].filter((decision) => decision !== undefined);
}

function decideTask(
  runtime: RequestRuntime,
  task: TaskRuntime,
  external: ExternalFiles,
): TaskDecision | undefined {
  switch (task.status) {
    case 'registered':
      if (runtime.killing || task.control === 'killing') return end(task, 'aborted', 'killed by the user');
      if (task.control === 'finishing')
        return end(task, 'aborted', 'finished by the user before any job ran');
      return task.control === 'paused' ? undefined : decideGates(runtime, task);
    case 'ready':
    case 'running':
      if (runtime.killing || task.control === 'killing')
        return task.openJobs === 0 ? end(task, 'aborted', 'killed by the user') : undefined;
      if (task.control === 'finishing') return decideFinish(task);
      if (task.allJobsDefined) return decideEnd(runtime, task);
      if (task.search !== undefined) return decideSearch(runtime, task, task.search, external);
      return task.control === 'paused' ? undefined : decideJobs(runtime, task, external);
    default:
      return undefined;
  }
}

/** What tasks that wait for others found when they looked at them last: until one of these moves, they wait on. Of a thousand
 *  steps one moves at a time. */
const seen = new WeakMap<
  TaskRuntime,
  readonly { readonly parent: TaskRuntime; readonly status: TaskStatus }[]
>();

function decideGates(runtime: RequestRuntime, task: TaskRuntime): TaskDecision | undefined {
  if (seen.get(task)?.every(({ parent, status }) => parent.status === status) === true) return undefined;
  const parents: TaskRuntime[] = [];
  const gates = gatesState(task.spec.gates, (stepId) => {
    parents.push(...standing(runtime, task.spec, stepId).tasks);
    return parentState(runtime, task, stepId);
  });
  switch (gates.state) {
    case 'open':
      return { kind: 'start', task };
    case 'waiting':
      // Which tasks stand for a step changes where there are loops.
      if (runtime.loops.size === 0)
        seen.set(
          task,
          parents.map((parent) => ({ parent, status: parent.status })),
        );
      return undefined;
    case 'skip':
      return { kind: 'end', task, status: 'aborted', skipped: true, error: undefined };
    case 'blocked': {
      const { tasks } = standing(runtime, task.spec, gates.parent);
      return end(task, 'aborted', notRun(tasks.filter(hasFailed)));
    }
  }
}

function decideJobs(
  runtime: RequestRuntime,
  task: TaskRuntime,
  external: ExternalFiles,
): TaskDecision | undefined {
  if (task.spec.build !== undefined) {
    const [build] = jobsOfKind(task, 'build');
    if (build === undefined) return defineJobs(task, 'build', { jobs: [{}], complete: false });
    if (build.status !== 'finished')
      return task.openJobs > 0 ? undefined : end(task, 'failed', 'the build failed; no other job ran');
  }
  const split = splitFurther(runtime, task, external);
  if (task.spec.merge === undefined)
    return split.jobs.length === 0 && !split.complete ? undefined : defineJobs(task, 'run', split);
  // Not all jobs are known before those that merge are.
  if (split.jobs.length > 0) return defineJobs(task, 'run', { ...split, complete: false });
  if (!split.complete || task.openJobs > 0) return undefined;
  const jobs = mergeGroups(task);
  return defineJobs(task, 'merge', { jobs, complete: true, shortage: split.shortage });
}

function defineJobs(
  task: TaskRuntime,
  of: JobKind,
  split: Pick<SplitStep, 'jobs' | 'complete'> & Partial<SplitStep>,
): TaskDecision {
  return { kind: 'define-jobs', task, of, shortage: undefined, ...split };
}

/** The jobs that can be made now of what has come in. */
function splitFurther(runtime: RequestRuntime, task: TaskRuntime, external: ExternalFiles): SplitStep {
  const { spec } = task;
  const runs = jobsOfKind(task, 'run');
  if (spec.primary.length === 0 && spec.secondary.length === 0)
    return jobsWithoutInput(spec.splitting, runs.length);
  const state = {
    jobs: runs.length,
    primaryTaken: runs.reduce((sum, job) => sum + (job.inputs['IN']?.length ?? 0), 0),
  };
  const primary = primaryInputs(runtime, spec, external);
  return jobsFromInput(spec.splitting, state, primary, secondaryInputs(runtime, spec, external));
}

function decideSearch(
  runtime: RequestRuntime,
  task: TaskRuntime,
  search: SearchRuntime,
  external: ExternalFiles,
): TaskDecision | undefined {
  if (task.control === 'paused') return undefined;
  const step = searchStep(search, primaryInputs(runtime, task.spec, external));
  if (step === undefined) return undefined;
  if ('moves' in step) return { kind: 'search', task, search, step };
  // A search without points has done what it was asked for, unless something went wrong.
  const isEmpty = task.jobs.length === 0 && step.error === undefined;
  const status = isEmpty ? 'done' : endStatus({ ...task, allJobsDefined: true, error: step.error });
  return end(task, status, step.error);
}

function decideEnd(runtime: RequestRuntime, task: TaskRuntime): TaskDecision | undefined {
  if (task.openJobs > 0) return undefined;
  if (task.jobs.length === 0) return end(task, 'aborted', task.error ?? whyNoInput(runtime, task));
  return end(task, endStatus(task), task.error);
}

/** Asked to finish, it ends with what it has, and says so where that is not all. */
function decideFinish(task: TaskRuntime): TaskDecision | undefined {
  if (task.openJobs > 0) return undefined;
  const merges = task.spec.merge === undefined ? [] : mergeGroups(task);
  if (merges.length > 0) return defineJobs(task, 'merge', { jobs: merges, complete: false });
  const status = endStatus(task);
  if (status === 'done') return end(task, status, undefined);
  const runs = jobsOfKind(task, 'run');
  const finished = runs.filter((job) => job.status === 'finished').length;
  const all = task.allJobsDefined ? ` of ${runs.length}` : '';
  return end(task, status, `finished by the user with ${finished}${all} jobs`);
}

/** A child that streams has begun before its parent failed. */
function whyNoInput(runtime: RequestRuntime, task: TaskRuntime): string {
  const parents = task.spec.primary
    .map((dataset) => producerOf(runtime, task.spec, dataset))
    .filter((parent) => parent !== undefined && parent !== 'open');
  const failed = parents.filter(hasFailed);
  return failed.length > 0 ? notRun(failed) : 'there are no input files';
}

const hasFailed = (task: TaskRuntime): boolean => task.status === 'failed' || task.status === 'aborted';

function notRun(failed: readonly TaskRuntime[]): string {
  return `not run: ${failed.map((parent) => `\`${parent.spec.stepName}\``).join(', ')} failed`;
}

function end(
  task: TaskRuntime,
  status: 'done' | 'finished' | 'failed' | 'aborted',
  error: string | undefined,
): TaskDecision {
  return { kind: 'end', task, status, skipped: false, error };
}
