// The task parameters of every step of a plan, from the templates that came with the request.
import { randomUUID } from 'node:crypto';
import type { ReadText } from '../../base/read-text.ts';
import type { PlainObject } from '../../prun/plain-value.ts';
import { taskParameters, type TaskTemplates } from '../../prun/task-params.ts';
import type { Value } from '../../workflow/model.ts';
import type { Plan, PlannedStep } from '../../workflow/plan.ts';
import { asFields, type Fields } from '../request-body.ts';
import type { WorkflowData } from './workflow-data.ts';

export interface StepParameters {
  /** By step id; leaves without template have none. */
  readonly parameters: ReadonlyMap<number, PlainObject>;
  /** Why PanDA's server would refuse the workflow though it could be read, one line each. */
  readonly problems: readonly string[];
}

/** Makes what PanDA's server would make of each leaf. Only the dump shows it; the engine works from the plan.
 *  @param readText of the files in the sandbox; options may name some */
export function stepParameters(
  plan: Plan,
  data: WorkflowData,
  userName: string,
  readText: ReadText,
): StepParameters {
  const parameters = new Map<number, PlainObject>();
  const problems: string[] = [];
  const templates = templatesOf(data.taskParams);
  if (templates === undefined) return { parameters, problems };
  const steps = new Map(allSteps(plan.steps).map((step) => [step.id, step]));
  const extras = { userName, basePlatform: data.basePlatform, uuid: () => randomUUID(), readText };
  for (const step of steps.values()) {
    const { type } = step;
    if (type === 'workflow') continue;
    const useAthenaPackages = type !== 'reana' && isTruthy(passedValue(step, 'opt_useAthenaPackages'));
    // On a laptop the packages are those of the shell; only a grid needs them described.
    if (useAthenaPackages && templates.athena === undefined) continue;
    const image = passedValue(step, 'opt_containerImage');
    const made = taskParameters(
      {
        type,
        taskName: step.outputs[0] ?? '',
        command: step.command.slice(1),
        containerImage: typeof image === 'string' && image !== '' ? image : undefined,
        useAthenaPackages,
        inputs: step.inputs,
        inputDatasets: step.inputDatasets,
        // Native workflows let their steps wait by themselves.
        parentTaskNames:
          data.language === 'yaml' ? [] : step.parents.flatMap((id) => taskNamesOf(steps.get(id))),
        isWorkflowOutput: step.isWorkflowOutput,
      },
      templates,
      extras,
    );
    if (made.ok) parameters.set(step.id, made.parameters);
    else problems.push(...made.problems.map((why) => `Verification failure in ID:${step.id} ${why}`));
  }
  return { parameters, problems };
}

function taskNamesOf(step: PlannedStep | undefined): readonly string[] {
  const name = step?.outputs[0];
  if (step === undefined || name === undefined) return [];
  return [step.type === 'phpo' ? `${name}/` : name];
}

function templatesOf(taskParams: Fields): TaskTemplates | undefined {
  const { container, athena } = taskParams;
  if (!isPlainObject(container)) return undefined;
  return isPlainObject(athena) ? { container, athena } : { container };
}

// Templates are parsed JSON, so an object of it holds plain values all the way down.
function isPlainObject(value: unknown): value is PlainObject {
  return asFields(value) !== undefined;
}

function passedValue(step: PlannedStep, name: string): Value | undefined {
  return step.suppressed.includes(name) || !Object.hasOwn(step.inputs, name) ? undefined : step.inputs[name];
}

function isTruthy(value: Value | undefined): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== '';
}

function allSteps(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return steps.flatMap((step) => [step, ...allSteps(step.steps)]);
}
