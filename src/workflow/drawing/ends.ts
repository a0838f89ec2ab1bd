// Where the inputs of a workflow lead to, through sub-workflows to the steps that use them, and where its outputs come from.
import type { Plan } from '../plan.ts';
import type { Workflow } from '../model.ts';
import { dataOfInput, knownTypes } from './data-flow.ts';
import { clean, type GraphEdge, type GraphEnd } from './graph.ts';
import { scopeIndex } from './left-out.ts';
import type { Scoped } from './scoped.ts';

export interface Ends {
  readonly inputs: readonly GraphEnd[];
  readonly outputs: readonly GraphEnd[];
  readonly fromInputs: readonly GraphEdge[];
  readonly toOutputs: readonly GraphEdge[];
}

/** @param scope the steps of the workflow as they are drawn
 *  @param keyOf the key of the step that is drawn for the one with an id */
export function workflowEnds(
  plan: Plan,
  workflow: Workflow,
  scope: readonly Scoped[],
  keyOf: (id: number) => string | undefined,
): Ends {
  const inputs = workflow.inputs.map(({ name, type }, index) => ({
    key: `input${index}`,
    name: clean(name),
    type: type === undefined ? undefined : clean(type),
  }));
  const origins = new Map(workflow.inputs.map(({ name }, index) => [name, [`input${index}`]]));
  const outputs = workflow.outputs.map(({ name }, index) => ({
    key: `output${index}`,
    name: clean(name),
    type: undefined,
  }));
  const toOutputs = workflow.outputs.flatMap(({ sources }, index) =>
    sources.flatMap((source) => outputEdges(source, `output${index}`, plan, scope, keyOf)),
  );
  return { inputs, outputs, fromInputs: [...inputEdges(workflow, scope, origins)], toOutputs };
}

/** Inputs of the top workflow, by the names they have in the workflow at hand. */
type Origins = ReadonlyMap<string, readonly string[]>;

function* inputEdges(workflow: Workflow, scope: readonly Scoped[], origins: Origins): Generator<GraphEdge> {
  const find = scopeIndex(scope);
  for (const step of workflow.steps) {
    const scoped = find(step);
    if (scoped === undefined) continue;
    const given = new Map(
      step.inputs.map(({ name, source }) => {
        const references = source === undefined ? [] : typeof source === 'string' ? [source] : source;
        return [name, references.flatMap((reference) => origins.get(reference) ?? [])];
      }),
    );
    const inner =
      step.workflow === undefined || step.type !== 'workflow'
        ? []
        : [...inputEdges(step.workflow, scoped.inner, given)];
    yield* inner;
    const used = new Set(inner.map((edge) => edge.from));
    for (const [name, keys] of given) {
      for (const from of keys) {
        if (used.has(from)) continue;
        const data = dataOfInput(step.type, name);
        yield { from, to: scoped.step.key, kind: 'given', data, types: [], gated: false };
      }
    }
  }
}

function outputEdges(
  source: string,
  to: string,
  plan: Plan,
  scope: readonly Scoped[],
  keyOf: (id: number) => string | undefined,
): GraphEdge[] {
  const owner = scope.find(({ fold: { members } }) => {
    const [first] = members;
    return (first.outputNames ?? []).some((output) => `${first.name}/${output}` === source);
  });
  if (owner === undefined) return [];
  const wanted = new Set(plan.outputSteps);
  const members = owner.fold.members.flatMap(withInner);
  return members.flatMap((step) => {
    const from = wanted.has(step.id) ? keyOf(step.id) : undefined;
    if (from === undefined) return [];
    // Of several datasets the output is all of them; the edge would only repeat the list.
    const types = step.outputTypes.length === 1 ? knownTypes(step.outputTypes) : [];
    return [{ from, to, kind: 'given' as const, data: 'main' as const, types, gated: false }];
  });
}

function withInner(step: Scoped['fold']['members'][0]): Scoped['fold']['members'][0][] {
  return [step, ...step.steps.flatMap(withInner)];
}
