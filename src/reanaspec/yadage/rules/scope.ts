// What a workflow has to offer to its own stages: the stages themselves, and what `init` brings from outside.
import type { TreeNode } from '../../../source/tree.ts';
import { parseJsonPath, type PathSegment } from '../json-path.ts';
import type { YadageScheduler, YadageStage, YadageStep, YadageWorkflow } from '../model.ts';

export interface Scope {
  readonly workflow: YadageWorkflow;
  /** `undefined`: nothing comes from outside, so there is no `init` at all. */
  readonly init: InitValues | undefined;
  readonly isNested: boolean;
}

export interface InitValues {
  /** Values by name; `undefined` for one that is not known before the workflow runs. */
  readonly values: ReadonlyMap<string, TreeNode | undefined>;
  /** False when there may be others. */
  readonly isComplete: boolean;
}

/** What a path leads to. */
export type Selected =
  | { readonly kind: 'init'; readonly init: InitValues | undefined }
  | {
      readonly kind: 'stage';
      readonly stage: YadageStage;
      readonly scope: Scope;
      readonly index: number | undefined;
    };

export interface Selection {
  /** `undefined`: it cannot be told without running the workflow. */
  readonly found: readonly Selected[] | undefined;
  /** Names in the path that nothing has, with the scope they were looked for in. */
  readonly unknown: readonly { readonly name: string; readonly scope: Scope }[];
  /** True when the path goes through a stage as if it were not a list of steps. */
  readonly lacksBrackets: boolean;
  /** True when the text is no path at all. */
  readonly isFaulty: boolean;
}

/** Follows a path to stages, into nested workflows too. */
export function selectStages(text: string, scope: Scope): Selection {
  const path = parseJsonPath(text);
  const nothing = { unknown: [], lacksBrackets: false };
  if (path.kind === 'faulty') return { ...nothing, found: undefined, isFaulty: true };
  if (path.kind === 'other' || path.segments.length === 0)
    return { ...nothing, found: undefined, isFaulty: false };
  return { ...follow(path.segments, scope), isFaulty: false };
}

function follow(segments: readonly PathSegment[], scope: Scope): Omit<Selection, 'isFaulty'> {
  const [first, second, ...others] = segments;
  if (first === undefined || first.kind === 'items')
    return { found: undefined, unknown: [], lacksBrackets: false };
  const names =
    first.kind === 'fields' ? first.names : [...new Set(scope.workflow.stages.map((stage) => stage.name))];
  const unknown: { name: string; scope: Scope }[] = [];
  const found: Selected[] = [];
  let isKnown = true;
  let lacksBrackets = false;
  for (const name of names) {
    const stages = stagesNamed(name, scope.workflow);
    const isInit = name === 'init';
    if (stages.length === 0 && !isInit) {
      if (mayBeUnread(name, scope.workflow)) isKnown = false;
      else unknown.push({ name, scope });
    }
    if (isInit && (second === undefined || second.kind === 'items') && others.length === 0) {
      found.push({ kind: 'init', init: scope.init });
    }
    for (const stage of stages) {
      if (second === undefined) found.push({ kind: 'stage', stage, scope, index: undefined });
      else if (second.kind !== 'items') lacksBrackets = true;
      else if (others.length === 0) found.push({ kind: 'stage', stage, scope, index: second.index });
      else {
        const inner = scopesWithin(stage);
        if (inner === undefined) isKnown = false;
        for (const each of inner ?? []) {
          const deeper = follow(others, each);
          if (deeper.found === undefined) isKnown = false;
          found.push(...(deeper.found ?? []));
          unknown.push(...deeper.unknown);
          lacksBrackets ||= deeper.lacksBrackets;
        }
        if (inner?.length === 0) lacksBrackets = true;
      }
    }
  }
  if (first.kind === 'anyField' && scope.init !== undefined && second === undefined) {
    found.push({ kind: 'init', init: scope.init });
  }
  return { found: isKnown ? found : undefined, unknown, lacksBrackets };
}

const stagesByName = new WeakMap<YadageWorkflow, ReadonlyMap<string, readonly YadageStage[]>>();

/** The stages of a name: one, unless two have been given the same. */
export function stagesNamed(name: string, workflow: YadageWorkflow): readonly YadageStage[] {
  let index = stagesByName.get(workflow);
  if (index === undefined) {
    const made = new Map<string, YadageStage[]>();
    for (const stage of workflow.stages) {
      const known = made.get(stage.name);
      if (known === undefined) made.set(stage.name, [stage]);
      else known.push(stage);
    }
    index = made;
    stagesByName.set(workflow, index);
  }
  return index.get(name) ?? [];
}

function mayBeUnread(name: string, { unread }: YadageWorkflow): boolean {
  return unread.some((known) => known === undefined || known === name);
}

/** The scopes of the workflows that a stage runs; `undefined` when they are not known. */
function scopesWithin(stage: YadageStage): readonly Scope[] | undefined {
  const { runs } = stage.scheduler;
  if (runs === undefined) return undefined;
  const within = runs.kind === 'cases' ? runs.cases.map((one) => one.runs) : [runs];
  return within.flatMap((one) =>
    one?.kind === 'workflow'
      ? [{ workflow: one.workflow, init: initOf(stage.scheduler), isNested: true }]
      : [],
  );
}

/** What the stages of a nested workflow find in `init`: the parameters of the stage that runs it. */
function initOf(scheduler: YadageScheduler): InitValues {
  if (scheduler.type === 'jq-stage') return { values: new Map(), isComplete: false };
  const scattered = new Set(
    scheduler.type === 'multistep-stage'
      ? scheduler.scatter?.parameters.map((parameter) => parameter.text)
      : [],
  );
  const values = scheduler.parameters.map(
    ({ key, value }) =>
      [key, value.kind === 'literal' && !scattered.has(key) ? value.node : undefined] as const,
  );
  return { values: new Map(values), isComplete: scheduler.isComplete };
}

/** The steps that a stage may run itself; those of nested workflows are not among them. */
export function stepsOf(stage: YadageStage): readonly YadageStep[] {
  const { runs } = stage.scheduler;
  if (runs === undefined || runs.kind === 'workflow') return [];
  if (runs.kind === 'step') return [runs.step];
  return runs.cases.flatMap((one) => (one.runs?.kind === 'step' ? [one.runs.step] : []));
}

/** True when whatever the stage runs is a nested workflow. */
export function runsOnlyWorkflows(stage: YadageStage): boolean {
  const { runs } = stage.scheduler;
  if (runs?.kind === 'cases')
    return runs.cases.length > 0 && runs.cases.every((one) => one.runs?.kind === 'workflow');
  return runs?.kind === 'workflow';
}

/** All scopes, the outermost first. */
export function allScopes(scope: Scope): readonly Scope[] {
  return [scope, ...scope.workflow.stages.flatMap((stage) => (scopesWithin(stage) ?? []).flatMap(allScopes))];
}
