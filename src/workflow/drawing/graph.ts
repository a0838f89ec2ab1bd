// What every picture of a workflow shows, whatever its format: steps in their sub-workflows, and each edge once.
// Copies that scatter made are one step; an edge leads to the very step inside of a sub-workflow that uses the data.
import { printable } from '../../base/text.ts';
import type { StepType } from '../model.ts';
import type { LinkKind } from '../plan.ts';

export interface Graph {
  /** Name of the workflow's file, without its folder. */
  readonly title: string;
  readonly inputs: readonly GraphEnd[];
  readonly steps: readonly GraphStep[];
  readonly outputs: readonly GraphEnd[];
  /** By the step they lead to, in the order of the plan. */
  readonly edges: readonly GraphEdge[];
}

/** An input or output of the workflow. */
export interface GraphEnd {
  /** `input0`, `output0`: unique in the graph, safe in every format. */
  readonly key: string;
  readonly name: string;
  /** The type of an input as the document has it, `string[]`; `undefined` where it tells none, and for outputs. */
  readonly type: string | undefined;
}

export interface GraphStep {
  /** `step4`, after the number of its first copy. */
  readonly key: string;
  readonly name: string;
  readonly type: StepType;
  /** How many copies scatter makes: `3`, `2–3` where instances of what surrounds it differ, `n` where that depends on inputs
   *  that are not known; `undefined` without scatter. */
  readonly times: string | undefined;
  readonly loop: boolean;
  /** Parameters that each round of a loop may change, without `param_`; empty for everything else. */
  readonly parameters: readonly string[];
  readonly gate: Gate | undefined;
  /** Its datasets, or those of a step in it, are what the user asked for. */
  readonly isOutput: boolean;
  /** Steps of a sub-workflow; `undefined` for a leaf. */
  readonly inner: readonly GraphStep[] | undefined;
}

/** The condition under which a step runs. */
export interface Gate {
  /** `gate4` for `step4`. */
  readonly key: string;
  /** `top ok or spare failed` */
  readonly text: string;
  /** It waits for a failure. */
  readonly negated: boolean;
}

/** `processed`, `started`, `failed`: how a step waits for another. `given`: an input of the workflow, or its output.
 *  `repeats`: from the junction that decides to its loop. */
export type EdgeKind = LinkKind | 'given' | 'repeats';

export interface GraphEdge {
  /** Keys of an input, a step or an output. */
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  /** `main`: the files that jobs are made for; `secondary`: files that come with them; `none`: only order, or a value. */
  readonly data: 'main' | 'secondary' | 'none';
  /** Types of the datasets that travel; empty where none is known. */
  readonly types: readonly string[];
  /** It is part of the condition of the step it leads to. */
  readonly gated: boolean;
}

/** Every step of a graph, sub-workflows before their steps. */
export function* allSteps(steps: readonly GraphStep[]): Generator<GraphStep> {
  for (const step of steps) {
    yield step;
    yield* allSteps(step.inner ?? []);
  }
}

/** Names are shown on one line. */
export function clean(name: string): string {
  return printable(name).replace(/\s+/g, ' ').trim();
}

/** For every sub-workflow that has steps, by its key, the key of the first leaf in it. */
export function firstLeaves(steps: readonly GraphStep[]): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  const leafOf = (step: GraphStep): string => {
    const leaves = (step.inner ?? []).map(leafOf);
    const first = leaves[0];
    if (first === undefined) return step.key;
    groups.set(step.key, first);
    return first;
  };
  steps.forEach(leafOf);
  return groups;
}
