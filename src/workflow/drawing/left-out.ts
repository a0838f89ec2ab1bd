// Steps that a plan leaves out because of a fault: those in a circle, and those after them. They are drawn all the same, as the
// document has them, so that the fault can be seen.
import type { Step, Workflow } from '../model.ts';
import { dataOfInput } from './data-flow.ts';
import { clean, type GraphEdge, type GraphStep } from './graph.ts';
import type { Scoped } from './scoped.ts';

export interface LeftOut {
  readonly steps: readonly GraphStep[];
  readonly edges: readonly GraphEdge[];
}

/** @param scope the steps of the workflow that the plan has
 *  @param prefix begins the keys of the others; no other call may use it */
export function leftOutSteps(workflow: Workflow, scope: readonly Scoped[], prefix: string): LeftOut {
  const keys = new Map<Step, string>();
  const missing = new Map<Step, string>();
  const find = scopeIndex(scope);
  for (const [index, step] of workflow.steps.entries()) {
    const key = find(step)?.step.key;
    if (key === undefined) missing.set(step, `${prefix}${index}`);
    keys.set(step, key ?? `${prefix}${index}`);
  }
  if (missing.size === 0) return { steps: [], edges: [] };
  const owners = new Map(
    workflow.steps.flatMap((step) =>
      step.outputs.map((output) => [`${step.name}/${output}`, keys.get(step) ?? ''] as const),
    ),
  );
  return {
    steps: [...missing].map(([step, key]) => drawnStep(step, key)),
    edges: [...missing].flatMap(([step, key]) => edgesTo(step, key, owners)),
  };
}

/** Finds the drawn step that a step of the document became; `undefined` when the plan leaves it out. */
export function scopeIndex(scope: readonly Scoped[]): (step: Step) => Scoped | undefined {
  const byPlace = new Map(scope.map((scoped) => [scoped.fold.members[0].where, scoped]));
  const byName = new Map(scope.map((scoped) => [scoped.fold.members[0].name, scoped]));
  return (step) => byPlace.get(step.where) ?? byName.get(step.name);
}

function drawnStep(step: Step, key: string): GraphStep {
  return {
    key,
    name: clean(step.name),
    type: step.type,
    times: step.scatter.length > 0 ? 'n' : undefined,
    loop: step.loop,
    parameters: [],
    gate: undefined,
    isOutput: false,
    inner: step.type === 'workflow' ? [] : undefined,
  };
}

function edgesTo(step: Step, to: string, owners: ReadonlyMap<string, string>): GraphEdge[] {
  return step.inputs.flatMap(({ name, source }) => {
    const references = source === undefined ? [] : typeof source === 'string' ? [source] : source;
    return references.flatMap((reference) => {
      const from = owners.get(reference);
      if (from === undefined) return [];
      const data = dataOfInput(step.type, name);
      return [{ from, to, kind: 'processed' as const, data, types: [], gated: false }];
    });
  });
}
