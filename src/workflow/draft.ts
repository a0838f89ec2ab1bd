// A planned step in the making: what the passes of the resolver hand on to each other, and what the rules look at.
import type { OutputSpec } from '../prun/outputs.ts';
import type { IdSet } from './id-set.ts';
import type { Step, StepInput, Value } from './model.ts';
import type { PlannedCondition } from './plan.ts';

export interface Draft {
  readonly id: number;
  readonly step: Step;
  /** Inputs of the sub-workflow around it; `undefined` at the top. */
  readonly around: Readonly<Record<string, Value>> | undefined;
  readonly parents: IdSet;
  /** In the server's order. */
  readonly inputs: ReadonlyMap<string, DraftInput>;
  readonly condition: PlannedCondition | undefined;
  readonly scatterIndex: number | undefined;
  readonly inLoop: boolean;
  readonly isTail: boolean;
  /** The parents it may follow while they still run; `undefined` where the kinds of steps decide about that. */
  readonly streamsFrom: ReadonlySet<number> | undefined;
  /** Base name of its datasets; of a native sub-workflow the container that bundles its data, empty for any other. */
  readonly base: string;
  readonly rootInputs: Readonly<Record<string, Value>>;
  /** Parameters that follow those of the workflow around it; `undefined` when there are none. */
  readonly follows: Readonly<Record<string, string>> | undefined;
  readonly steps: readonly Draft[];
  /** The leaves whose datasets a sub-workflow hands out; a leaf hands out its own. */
  readonly tails: readonly Draft[];
  /** Filled by the pass over parameters. */
  command: readonly string[];
  /** What `--outputs` says; empty for steps that have none. */
  outputs: readonly OutputSpec[];
  outputTypes: readonly string[];
  inputDatasets: readonly string[];
  /** Inputs with a dataset whose type neither the document nor its parent tells. */
  untyped: readonly UntypedInput[];
}

export interface UntypedInput {
  readonly input: string;
  readonly parent: Draft;
}

export interface DraftInput {
  readonly input: StepInput;
  /** `null` when nothing gives it a value. */
  value: Value;
  readonly suppressed: boolean;
  /** The steps its value comes from, one for each source that is an output of a step. */
  readonly origins: readonly Origin[];
}

export interface Origin {
  /** `step/output` */
  readonly reference: string;
  readonly owner: Step;
  /** What became of the owner: more than one when it is scattered. */
  readonly slices: readonly Draft[];
  /** Whose datasets the value names. */
  readonly leaves: readonly Draft[];
}

/** The value of an input that reaches the command line; `undefined` when the step has no such input, or keeps it back. */
export function passedValue(draft: Draft, name: string): Value | undefined {
  const state = draft.inputs.get(name);
  return state === undefined || state.suppressed ? undefined : state.value;
}

/** The steps whose datasets an input names, each once. */
export function leavesOf(state: DraftInput): Iterable<Draft> {
  const [origin, ...others] = state.origins;
  if (origin === undefined) return [];
  return others.length === 0 && origin.leaves.length < 2
    ? origin.leaves
    : new Set(state.origins.flatMap(({ leaves }) => leaves));
}

/** What Python takes for true. */
export function isTruthy(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return false;
  if (typeof value !== 'object') return true;
  return Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0;
}

/** Is it a list? `Array.isArray` alone does not narrow readonly lists. */
export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** The texts in a value, lists in lists included, in order. */
export function textsIn(value: Value | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (value === undefined || value === null) return [];
  if (isList(value)) return value.flatMap(textsIn);
  return [typeof value === 'object' ? JSON.stringify(value) : String(value)];
}

/** Every draft, sub-workflows before their steps. */
export function allDrafts(drafts: readonly Draft[]): readonly Draft[] {
  const all: Draft[] = [];
  const collect = (some: readonly Draft[]): void => {
    for (const draft of some) {
      all.push(draft);
      if (draft.steps.length > 0) collect(draft.steps);
    }
  };
  collect(drafts);
  return all;
}
