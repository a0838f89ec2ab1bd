// A workflow to a plan, as the PanDA server would: steps in its order with its numbers, dataset names, parents, values and
// commands. Where the server has a fault the plan is what its documentation promises, and a finding tells the difference.
import type { Findings } from '../base/finding.ts';
import { bundleOf } from './bundles.ts';
import { linksOf } from './conditions.ts';
import { allDrafts, type Draft } from './draft.ts';
import { IdSet } from './id-set.ts';
import { unreadableValue, type StepType, type Value, type Workflow } from './model.ts';
import { resolveParameters } from './parameters.ts';
import type { Plan, PlannedStep } from './plan.ts';
import { checkDrafts } from './rules/all.ts';
import type { CheckSurroundings } from './rules/context.ts';
import { inputValues, resolveScope, tailsOf } from './scope.ts';

export interface ResolveOptions {
  /** Base of all names; `user.<nickname>.<name>`. */
  readonly outDS: string;
  /** Values of the workflow's inputs, as the inputs file gives them. Others in it do no harm here. */
  readonly inputs: Readonly<Record<string, Value>>;
  readonly findings: Findings;
  /** What to do about inputs that have no value. `report` (the default): each is an error. `assume`: a name in angle brackets
   *  stands for it, for looking at a workflow whose inputs are not known yet. */
  readonly missingInputs?: 'report' | 'assume';
  /** What the rules may know beside the documents: the sandbox, the target, secrets. */
  readonly surroundings?: CheckSurroundings;
}

/** Resolves a workflow. There is always a plan, as good as can be; with errors among the findings it must not be run. */
export function resolve(workflow: Workflow, options: ResolveOptions): Plan {
  const { outDS, findings } = options;
  const values = topValues(workflow, options);
  const assumed = assumedTexts(workflow, options);
  const isNative = workflow.language === 'wfd';
  const numbering = { outDS, isNative, findings, assumed, nextId: 0, steps: 0 };
  const drafts = resolveScope(
    workflow,
    {
      values,
      isTop: true,
      prefix: outDS,
      inLoop: false,
      parents: new IdSet(),
      scatterIndex: undefined,
      isCopy: false,
    },
    numbering,
  );
  const everyDraft = allDrafts(drafts);
  const byId = new Map<number, Draft>();
  for (const draft of everyDraft) byId.set(draft.id, draft);
  resolveParameters(drafts, byId);
  const isRehearsal = options.missingInputs === 'assume';
  const surroundings = options.surroundings ?? {};
  const givenNames = Object.keys(options.inputs);
  checkDrafts({ workflow, values, givenNames, drafts, findings, assumed, isRehearsal, surroundings });
  const awaited = new Set<number>();
  for (const draft of everyDraft) for (const parent of draft.parents.listed()) awaited.add(parent);
  return {
    outDS,
    inputs: values,
    steps: plannedSteps(drafts, awaited),
    outputSteps: [...new Set(tailsOf(drafts).map((draft) => draft.id))].sort((a, b) => a - b),
  };
}

function topValues(workflow: Workflow, options: ResolveOptions): Readonly<Record<string, Value>> {
  const values = inputValues(workflow, new Map(Object.entries(options.inputs)));
  if (options.missingInputs !== 'assume') return values;
  return Object.fromEntries(
    workflow.inputs.map((input) => {
      const value = values[input.name] ?? null;
      if (value !== null || Object.hasOwn(options.inputs, input.name)) return [input.name, value];
      const assumed = assumedText(input.name);
      return [input.name, input.type?.replace(/\?$/, '').endsWith('[]') === true ? [assumed] : assumed];
    }),
  );
}

/** The texts that stand for values which are not known yet. */
function assumedTexts(workflow: Workflow, options: ResolveOptions): ReadonlySet<string> {
  const names = options.missingInputs === 'assume' ? workflow.inputs.map((input) => input.name) : [];
  const open = names.filter((name) => !Object.hasOwn(options.inputs, name)).map(assumedText);
  return new Set(workflow.language === 'snakemake' ? [...open, unreadableValue] : open);
}

function assumedText(name: string): string {
  return `<${name}>`;
}

function plannedSteps(drafts: readonly Draft[], awaited: ReadonlySet<number>): readonly PlannedStep[] {
  const siblings = siblingsByDescendant(drafts);
  return drafts.map((draft) => plannedStep(draft, awaited, siblings));
}

function plannedStep(
  draft: Draft,
  awaited: ReadonlySet<number>,
  siblings: ReadonlyMap<number, { readonly id: number; readonly type: StepType }>,
): PlannedStep {
  const { step, condition } = draft;
  const listed = draft.parents.listed();
  const isAscending =
    listed.length < 2 || listed.every((parent, index) => index === 0 || (listed[index - 1] ?? 0) < parent);
  const parents = isAscending ? listed : [...listed].sort((a, b) => a - b);
  const values: [string, Value][] = [];
  const suppressed: string[] = [];
  draft.inputs.forEach((state, name) => {
    values.push([name, state.value]);
    if (state.suppressed) suppressed.push(name);
  });
  return {
    id: draft.id,
    name: step.name,
    type: step.type,
    parents,
    parentsAsListed: isAscending ? undefined : listed,
    links: linksOf({ type: step.type, parents, condition, streamsFrom: draft.streamsFrom }, (parent) =>
      siblings.get(parent),
    ),
    condition,
    scatter: step.scatter,
    scatterIndex: draft.scatterIndex,
    loop: step.loop,
    inLoop: draft.inLoop,
    inputs: Object.fromEntries(values),
    suppressed: suppressed.length === 0 ? nothing : suppressed,
    outputs: draft.base === '' ? [] : step.outputs.map(() => draft.base),
    bundle: bundleOf(draft),
    outputNames: step.outputs,
    outputTypes: draft.outputTypes,
    inputDatasets: draft.inputDatasets,
    command: draft.command,
    isTail: draft.isTail,
    isWorkflowOutput: step.type !== 'workflow' && !awaited.has(draft.id),
    rootInputs: draft.rootInputs,
    follows: draft.follows,
    steps: draft.steps.length === 0 ? nothing : plannedSteps(draft.steps, awaited),
    where: step.where,
  };
}

const nothing: readonly never[] = [];

/** For every id, its own or of a step inside of a sub-workflow, the step of this workflow that stands for it. */
function siblingsByDescendant(
  drafts: readonly Draft[],
): ReadonlyMap<number, { readonly id: number; readonly type: StepType }> {
  const siblings = new Map<number, { readonly id: number; readonly type: StepType }>();
  for (const draft of drafts) {
    const sibling = { id: draft.id, type: draft.step.type };
    siblings.set(draft.id, sibling);
    if (draft.steps.length > 0) for (const inner of allDrafts(draft.steps)) siblings.set(inner.id, sibling);
  }
  return siblings;
}
