// A plan with its loops unrolled as far as they have come: the tasks of every iteration that has begun. Pure, so that a
// restarted engine finds the same tasks as the one before it.
import type { Plan, PlannedStep } from '../../../workflow/plan.ts';
import { leafSpec } from '../task-spec.ts';
import type { Gate, TaskSpec } from '../task.ts';
import { inIteration } from './iteration-text.ts';
import { layoutOf } from './layout.ts';
import type { Layout, LoopSite } from './layout.ts';
import { firstParameters, parametersAmong } from './loop-parameters.ts';
import type { LoopParameters } from './loop-parameters.ts';
import type { IterationPath } from './path.ts';

export interface Iteration {
  /** From 1. */
  readonly number: number;
  readonly parameters: LoopParameters;
}

/** A loop in one iteration of the loops around it. */
export interface LoopInstance {
  readonly site: LoopSite;
  /** The iterations of the loops around it. */
  readonly path: IterationPath;
  readonly iterations: readonly Iteration[];
}

export interface Unfolded {
  /** In the order of their step ids within an iteration. */
  readonly tasks: readonly TaskSpec[];
  readonly loops: readonly LoopInstance[];
  /** Why it cannot run like this, each in a sentence: parameters that are not there. */
  readonly faults: readonly string[];
}

/** Gives the iterations that a loop has begun so far.
 *  @param first the parameters that it begins with */
export type IterationsOf = (
  loop: LoopSite,
  path: IterationPath,
  first: LoopParameters,
) => readonly Iteration[];

/** Every loop in its first iteration. */
export const begun: IterationsOf = (_loop, _path, parameters) => [{ number: 1, parameters }];

/** The tasks that a plan begins with, loops in their first iteration.
 *  @throws UnsupportedError for what the embedded engine cannot run */
export function taskSpecs(plan: Plan): readonly TaskSpec[] {
  return unfold(layoutOf(plan), begun).tasks;
}

/** All tasks of a plan in all iterations that have begun. */
export function unfold(layout: Layout, iterationsOf: IterationsOf): Unfolded {
  const walk = new Walk(layout, iterationsOf);
  walk.steps(layout.plan.steps, {
    loops: [],
    path: [],
    gates: [],
    parameters: {},
    listed: parametersAmong(layout.plan.inputs),
  });
  return walk.result();
}

/** The tasks of one more iteration of a loop; loops inside of it are in their first. */
export function unfoldIteration(
  layout: Layout,
  loop: LoopSite,
  path: IterationPath,
  iteration: Iteration,
): Unfolded {
  const walk = new Walk(layout, begun);
  walk.iteration(loop, path, iteration);
  return walk.result();
}

interface Scope {
  readonly loops: readonly number[];
  readonly path: IterationPath;
  readonly gates: readonly Gate[];
  /** What `%{x}` stands for. */
  readonly parameters: LoopParameters;
  /** What sub-workflows take their own parameters from; at the top, where `%{x}` means nothing, the inputs of the plan. */
  readonly listed: LoopParameters;
}

class Walk {
  readonly #layout: Layout;
  readonly #iterationsOf: IterationsOf;
  readonly #tasks: TaskSpec[] = [];
  readonly #loops: LoopInstance[] = [];
  readonly #faults: string[] = [];

  constructor(layout: Layout, iterationsOf: IterationsOf) {
    this.#layout = layout;
    this.#iterationsOf = iterationsOf;
  }

  result(): Unfolded {
    this.#tasks.sort((a, b) => a.stepId - b.stepId);
    return { tasks: this.#tasks, loops: this.#loops, faults: this.#faults };
  }

  steps(steps: readonly PlannedStep[], scope: Scope): void {
    for (const step of steps) this.#step(step, scope);
  }

  iteration(loop: LoopSite, path: IterationPath, { number, parameters }: Iteration): void {
    this.steps(loop.step.steps, {
      loops: [...loop.loops, loop.step.id],
      path: [...path, number],
      gates: loop.gates,
      parameters,
      listed: parameters,
    });
  }

  #step(step: PlannedStep, scope: Scope): void {
    if (step.type !== 'workflow') {
      const gates = [...scope.gates, { links: step.links, condition: step.condition }];
      const here = inIteration(step, scope, scope.parameters, this.#layout);
      const decidesLoop = this.#layout.loops.get(scope.loops.at(-1) ?? -1)?.junctions.includes(step.id);
      const place = { loops: scope.loops, path: scope.path, decidesLoop: decidesLoop === true };
      this.#tasks.push(leafSpec(here, step.type, gates, this.#layout.bundles, place));
      return;
    }
    const parameters = firstParameters(step, scope.listed, (fault) => this.#faults.push(fault));
    const site = this.#layout.loops.get(step.id);
    if (site === undefined) {
      const gates = [...scope.gates, { links: step.links, condition: step.condition }];
      this.steps(step.steps, { ...scope, gates, parameters, listed: parameters });
      return;
    }
    const iterations = this.#iterationsOf(site, scope.path, parameters);
    this.#loops.push({ site, path: scope.path, iterations });
    for (const iteration of iterations) this.iteration(site, scope.path, iteration);
  }
}
