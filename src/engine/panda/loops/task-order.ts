// The order in which tasks of loops are shown: one iteration after the other.
import type { RequestId } from '../../../base/names.ts';
import type { Plan, PlannedStep } from '../../../workflow/plan.ts';
import type { TaskRecord } from '../../records.ts';
import type { PandaStore } from '../../store/panda-store.ts';
import { byProgress, pathFromText } from './path.ts';

/** The tasks of a request.
 *  @param known its plan, where that is in memory */
export function orderedTasks(
  store: PandaStore,
  known: Plan | undefined,
  request: RequestId,
): readonly TaskRecord[] {
  const tasks = store.tasks(request);
  if (tasks.every((task) => task.iteration === '')) return tasks;
  const plan = known ?? store.request(request)?.plan;
  return plan === undefined ? tasks : inOrderOfIterations(tasks, plan);
}

function inOrderOfIterations(tasks: readonly TaskRecord[], plan: Plan): readonly TaskRecord[] {
  const loops = new Map<number, readonly number[]>();
  const visit = (step: PlannedStep, around: readonly number[]): void => {
    loops.set(step.id, around);
    for (const inner of step.steps) visit(inner, step.loop ? [...around, step.id] : around);
  };
  for (const step of plan.steps) visit(step, []);
  return tasks
    .map((task) => {
      const { stepId, iteration } = task;
      return { task, stepId, loops: loops.get(stepId) ?? [], path: pathFromText(iteration) };
    })
    .sort(byProgress)
    .map(({ task }) => task);
}
