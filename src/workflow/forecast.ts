// What a workflow will become, before it is submitted: steps, datasets, commands. The shape is public
// (`schemas/forecast.schema.json`) and only ever grows.
import { datasetName } from '../prun/outputs.ts';
import { quoteShellWord } from '../prun/shell-words.ts';
import { countJobs, type JobCount } from './forecast/jobs.ts';
import { forecastNames, taskNameOf, type ForecastName } from './forecast/names.ts';
import type { StepType, Value } from './model.ts';
import type { Link, LinkKind, Plan, PlannedCondition, PlannedStep } from './plan.ts';

export interface Forecast {
  readonly outDS: string;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly steps: readonly ForecastStep[];
  /** Ids of the steps whose datasets are outputs of the workflow. */
  readonly output_steps: readonly number[];
}

export interface ForecastStep {
  readonly id: number;
  readonly name: string;
  readonly type: StepType;
  readonly parents: readonly number[];
  /** How it waits, when it waits for all parents alike; `null` when it waits for none. */
  readonly link: LinkKind | 'mixed' | null;
  readonly links: readonly Link[];
  readonly condition: PlannedCondition | null;
  readonly scatter: readonly string[] | null;
  readonly scatter_index: number | null;
  readonly loop: boolean;
  readonly in_loop: boolean;
  readonly inputs: Readonly<Record<string, Value>>;
  /** Inputs that a negated condition keeps back. */
  readonly suppressed: readonly string[];
  /** Containers in the order of `%{DS1}`, `%{DS2}`, … */
  readonly input_datasets: readonly string[];
  /** Base names of datasets, one for each output the document names. */
  readonly outputs: readonly string[];
  readonly output_types: readonly string[];
  /** Containers, one for each output type. */
  readonly datasets: readonly string[];
  /** As one would type it; `null` where no command is built. */
  readonly command: string | null;
  readonly is_output: boolean;
  readonly is_tail: boolean;
  /** Inputs of a sub-workflow; empty for a leaf. */
  readonly root_inputs: Readonly<Record<string, Value>>;
  readonly steps: readonly ForecastStep[];
  /** The name of its task in PanDA; `null` for a sub-workflow. */
  readonly task_name: string | null;
  /** Every container it makes, with what is wrong with its name. Unlike `datasets` it leaves out what is never made. */
  readonly names: readonly ForecastName[];
  /** In a loop: in each iteration. `null` for a sub-workflow. */
  readonly jobs: JobCount | null;
}

export function forecast(plan: Plan): Forecast {
  const names = forecastNames(plan);
  const jobs = countJobs(plan);
  return {
    outDS: plan.outDS,
    inputs: plan.inputs,
    steps: plan.steps.map((step) => forecastStep(step, names, jobs)),
    output_steps: plan.outputSteps,
  };
}

function forecastStep(
  step: PlannedStep,
  names: ReturnType<typeof forecastNames>,
  jobs: ReturnType<typeof countJobs>,
): ForecastStep {
  const base = step.outputs[0];
  return {
    id: step.id,
    name: step.name,
    type: step.type,
    parents: step.parents,
    link: commonLink(step.links),
    links: step.links,
    condition: step.condition ?? null,
    scatter: step.scatter.length === 0 ? null : step.scatter,
    scatter_index: step.scatterIndex ?? null,
    loop: step.loop,
    in_loop: step.inLoop,
    inputs: step.inputs,
    suppressed: step.suppressed,
    input_datasets: step.inputDatasets,
    outputs: step.outputs,
    output_types: step.outputTypes,
    datasets: base === undefined ? [] : step.outputTypes.map((type) => datasetName(base, type)),
    command: step.command.length === 0 ? null : step.command.map(quoteShellWord).join(' '),
    is_output: step.isWorkflowOutput,
    is_tail: step.isTail,
    root_inputs: step.rootInputs,
    steps: step.steps.map((inner) => forecastStep(inner, names, jobs)),
    task_name: taskNameOf(step) ?? null,
    names: names.get(step.id) ?? [],
    jobs: jobs.get(step.id) ?? null,
  };
}

function commonLink(links: readonly Link[]): ForecastStep['link'] {
  const [first, ...others] = links;
  if (first === undefined) return null;
  return others.every((link) => link.kind === first.kind) ? first.kind : 'mixed';
}
