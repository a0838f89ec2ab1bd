// How many steps a stage makes, as far as that can be counted before it runs.
import type { TreeNode } from '../../../source/tree.ts';
import type { MultiStep, YadageParameter, YadageStage } from '../model.ts';
import type { Scope } from './scope.ts';

/** The number of steps; `undefined` when it is not known. */
export function stepCount(stage: YadageStage, scope: Scope): number | undefined {
  const { scheduler } = stage;
  // Which case holds, if any, shows when the stage is scheduled.
  if (scheduler.runs?.kind === 'cases') return undefined;
  if (scheduler.type === 'singlestep-stage') return 1;
  return scheduler.type === 'multistep-stage' ? scatteredCount(scheduler, scope) : undefined;
}

function scatteredCount(scheduler: MultiStep, scope: Scope): number | undefined {
  const { scatter } = scheduler;
  if (scatter === undefined) return undefined;
  const lengths = scatter.parameters.map(({ text }) => {
    const length = listLength(
      scheduler.parameters.find((parameter) => parameter.key === text),
      scope,
    );
    return length === undefined ? undefined : groups(length, scheduler);
  });
  if (lengths.some((length) => length === undefined)) return undefined;
  const known = lengths.flatMap((length) => length ?? []);
  return scatter.method === 'zip'
    ? Math.min(...known)
    : known.reduce((product, length) => product * length, 1);
}

/** The length of a list before it is cut; `undefined` when it is not known, or is no list. */
export function listLength(parameter: YadageParameter | undefined, scope: Scope): number | undefined {
  const node = literalOf(parameter, scope);
  return node?.kind === 'sequence' ? node.items.length : undefined;
}

/** The value of a parameter as written: its own, or that of the input it takes as a whole. */
export function literalOf(parameter: YadageParameter | undefined, scope: Scope): TreeNode | undefined {
  if (parameter?.value.kind === 'literal') return parameter.value.node;
  const expression = parameter?.value.kind === 'expression' ? parameter.value.expression : undefined;
  if (expression === undefined || expression.type === 'registered' || expression.output === undefined)
    return undefined;
  const path = expression.type === 'step' ? expression.step : expression.stages;
  if (path.text !== 'init' || (expression.type === 'stages' && !expression.unwrap)) return undefined;
  const value = scope.init?.values.get(expression.output.text);
  // At the top, texts that are patterns become lists of files.
  return value?.kind === 'scalar' && typeof value.value === 'string' ? undefined : value;
}

function groups(length: number, { batchSize, partitionSize }: MultiStep): number {
  if (batchSize !== undefined) return Math.ceil(length / batchSize);
  return partitionSize === undefined ? length : Math.min(partitionSize, length);
}
