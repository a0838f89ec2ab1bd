// A workflow as `pbook show_native_workflow` reads it: its steps with their relations and progress, and its data, in the words of PanDA's
// native workflows.
import type { DatasetRecord, RequestRecord, RequestStatus, TaskRecord } from '../../engine/records.ts';
import type { Plan, PlannedStep } from '../../workflow/plan.ts';
import type { Fields } from '../request-body.ts';
import { dateTime } from './outcome.ts';

const workflowStatus: Readonly<Record<RequestStatus, string>> = {
  New: 'registered',
  Transforming: 'running',
  Suspended: 'running',
  Cancelling: 'running',
  Finished: 'done',
  SubFinished: 'done',
  Failed: 'failed',
  Cancelled: 'cancelled',
};

/** @returns one object, in which every step and dataset is a list item */
export function workflowDetails(
  request: RequestRecord,
  tasks: readonly TaskRecord[],
  datasets: readonly DatasetRecord[],
): Fields {
  const { plan } = request;
  const byStep = new Map(tasks.map((task) => [task.stepId, task]));
  return {
    workflow_id: request.id,
    name: request.name,
    status: workflowStatus[request.status],
    user: request.userName,
    submitted_as: 'user',
    parent_id: null,
    reason: request.error ?? null,
    creation_time: dateTime(request.createdMs),
    end_time: dateTime(request.endedMs),
    steps: leaves(plan.steps).map((step, index) => stepDetails(step, index, plan, byStep)),
    data: datasets.map((dataset) => ({
      name: dataset.name,
      status: dataset.closed
        ? 'done_generated'
        : dataset.nFiles === 0
          ? 'generating_insuffi'
          : 'generating_suffice',
      type: typeOf(dataset, plan, tasks),
      target_id: dataset.name,
    })),
  };
}

function stepDetails(
  step: PlannedStep,
  index: number,
  plan: Plan,
  tasks: ReadonlyMap<number, TaskRecord>,
): Fields {
  const task = tasks.get(step.id);
  return {
    step_id: step.id,
    member_id: index + 1,
    name: step.name,
    status: task === undefined ? 'registered' : stepStatus(task),
    flavor: 'panda_task',
    prod_source_label: 'user',
    target_id: task === undefined ? null : String(task.id),
    parent_step_ids: step.parents.flatMap((id) => leafIds(plan, id)),
    progress: task === undefined || task.nJobs === undefined ? null : progressOf(task, task.nJobs),
    reason: task?.error ?? null,
  };
}

/** PanDA closes what need not run; a task that ended with some failed jobs counts as done. */
function stepStatus(task: TaskRecord): string {
  switch (task.status) {
    case 'registered':
      return 'pending';
    case 'ready':
      return 'starting';
    case 'running':
      return 'running';
    case 'done':
    case 'finished':
      return 'done';
    case 'failed':
      return 'failed';
    case 'aborted':
      return task.skipped ? 'closed' : 'cancelled';
  }
}

function progressOf(task: TaskRecord, total: number): Fields {
  const share = (count: number): number => (total === 0 ? 0 : Math.floor((100 * count) / total));
  return {
    n_files: total,
    n_files_finished: task.nJobsFinished,
    n_files_failed: task.nJobsFailed,
    pct_finished: share(task.nJobsFinished),
    pct_failed: share(task.nJobsFailed),
  };
}

function typeOf(dataset: DatasetRecord, plan: Plan, tasks: readonly TaskRecord[]): string {
  const task = tasks.find(({ id }) => id === dataset.taskId);
  if (task === undefined) return 'input';
  return plan.outputSteps.includes(task.stepId) ? 'output' : 'mid';
}

function leaves(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return steps
    .flatMap((step) => (step.type === 'workflow' ? leaves(step.steps) : [step]))
    .toSorted((a, b) => a.id - b.id);
}

/** The leaves of a step by its id; it may be one itself. */
function leafIds(plan: Plan, id: number): readonly number[] {
  const find = (steps: readonly PlannedStep[]): PlannedStep | undefined => {
    for (const step of steps) {
      const found = step.id === id ? step : find(step.steps);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const step = find(plan.steps);
  return step === undefined || step.type !== 'workflow' ? [id] : leaves(step.steps).map((leaf) => leaf.id);
}
