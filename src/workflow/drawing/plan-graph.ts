// A plan to the graph that is drawn.
import { textsIn } from '../draft.ts';
import type { Workflow } from '../model.ts';
import type { LinkKind, Plan, PlannedStep } from '../plan.ts';
import { conditionText, isNegated } from './condition-text.ts';
import { dataBetween } from './data-flow.ts';
import { workflowEnds } from './ends.ts';
import { foldCopies, idsIn, type Fold } from './folding.ts';
import { leftOutSteps } from './left-out.ts';
import { clean, type Graph, type GraphEdge, type GraphStep } from './graph.ts';
import type { Scoped } from './scoped.ts';

/** The graph of a plan; the workflow it was made of tells what inputs and outputs are called and where they lead. Names are
 *  as the documents have them, without control characters. */
export function graphOf(plan: Plan, workflow: Workflow): Graph {
  const builder = new GraphBuilder(plan, workflow);
  const ends = workflowEnds(plan, workflow, builder.scope, (id) => builder.keyOf(id));
  return {
    title: clean(workflow.file.replace(/^.*[/\\]/s, '')),
    inputs: ends.inputs,
    steps: builder.steps,
    outputs: ends.outputs,
    edges: merged([...ends.fromInputs, ...builder.edges, ...ends.toOutputs]),
  };
}

class GraphBuilder {
  readonly scope: readonly Scoped[];
  readonly steps: readonly GraphStep[];
  readonly edges: GraphEdge[] = [];
  readonly #assumed: ReadonlySet<string>;
  readonly #names = new Map<number, string>();
  readonly #planned = new Map<number, PlannedStep>();
  readonly #outputs: ReadonlySet<number>;
  /** From the outermost sub-workflow to the step itself, by id. */
  readonly #paths = new Map<number, readonly Scoped[]>();

  constructor(plan: Plan, workflow: Workflow) {
    this.#outputs = new Set(plan.outputSteps);
    this.#assumed = new Set(Object.keys(plan.inputs).map((name) => `<${name}>`));
    const note = (step: PlannedStep): void => {
      this.#names.set(step.id, clean(step.name));
      this.#planned.set(step.id, step);
      step.steps.forEach(note);
    };
    plan.steps.forEach(note);
    this.scope = this.#scopeOf([plan.steps], workflow);
    this.steps = this.#withLeftOut(this.scope, workflow, 'left');
    this.#notePaths(this.scope, []);
    this.#connect(this.scope);
  }

  keyOf(id: number): string | undefined {
    return this.#paths.get(id)?.at(-1)?.step.key;
  }

  #scopeOf(
    instances: readonly (readonly PlannedStep[])[],
    workflow: Workflow | undefined,
  ): readonly Scoped[] {
    const written = new Map((workflow?.steps ?? []).map((step) => [step.where, step.workflow]));
    return foldCopies(instances).map((fold) => {
      const [first] = fold.members;
      const isWorkflow = first.type === 'workflow';
      const body = written.get(first.where);
      const inner = isWorkflow
        ? this.#scopeOf(
            fold.members.map((member) => member.steps),
            body,
          )
        : [];
      const { condition } = first;
      const step: GraphStep = {
        key: `step${first.id}`,
        name: clean(first.name),
        type: first.type,
        times: this.#timesOf(fold),
        loop: first.loop,
        parameters: first.loop
          ? Object.keys(first.rootInputs)
              .flatMap((name) => /^param_(.+)/s.exec(name)?.[1] ?? [])
              .map(clean)
          : [],
        gate:
          condition === undefined
            ? undefined
            : {
                key: `gate${first.id}`,
                text: conditionText(condition, this.#names),
                negated: isNegated(condition),
              },
        isOutput: fold.members.some((member) => idsIn(member).some((id) => this.#outputs.has(id))),
        inner: isWorkflow ? this.#withLeftOut(inner, body, `left${first.id}in`) : undefined,
      };
      return { step, fold, inner };
    });
  }

  #withLeftOut(
    scope: readonly Scoped[],
    workflow: Workflow | undefined,
    prefix: string,
  ): readonly GraphStep[] {
    const steps = scope.map(({ step }) => step);
    if (workflow === undefined) return steps;
    const leftOut = leftOutSteps(workflow, scope, prefix);
    this.edges.push(...leftOut.edges);
    return [...steps, ...leftOut.steps];
  }

  #timesOf({ members, fewest, most }: Fold): string | undefined {
    if (fewest === undefined || most === undefined) return undefined;
    const unknown = members.some((member) =>
      member.scatter.some((name) => textsIn(member.inputs[name]).some((text) => this.#assumed.has(text))),
    );
    if (unknown) return 'n';
    return fewest === most ? `${most}` : `${fewest}–${most}`;
  }

  #notePaths(scope: readonly Scoped[], path: readonly Scoped[]): void {
    for (const scoped of scope) {
      const own = [...path, scoped];
      for (const member of scoped.fold.members) this.#paths.set(member.id, own);
      this.#notePaths(scoped.inner, own);
    }
  }

  #connect(scope: readonly Scoped[]): void {
    for (const scoped of scope) {
      for (const member of scoped.fold.members) this.#connectMember(member);
      this.#connect(scoped.inner);
      if (scoped.step.loop) this.#repeat(scoped);
    }
  }

  #connectMember(member: PlannedStep): void {
    // What a step in a sub-workflow waits for, the sub-workflow waits for, too: it is drawn where the data go.
    const inner = new Set(member.steps.flatMap(parentsWithin));
    const parents = new Set([...member.parents, ...member.links.map((link) => link.parent)]);
    // Copies of one step bring the same data: looking at each would take long for thousands of them.
    const seen = new Set<string | undefined>();
    for (const parent of parents) {
      if (member.type === 'workflow' && member.condition === undefined && this.#isUsedInside(parent, inner))
        continue;
      // A link names the sub-workflow; the parents name the steps in it.
      if (this.#standsFor(parent, member.parents)) continue;
      const key = this.keyOf(parent);
      if (seen.has(key)) continue;
      seen.add(key);
      this.#connectPair(parent, member);
    }
  }

  #isUsedInside(parent: number, inner: ReadonlySet<number>): boolean {
    const planned = this.#planned.get(parent);
    return planned !== undefined && idsIn(planned).some((id) => inner.has(id));
  }

  #standsFor(id: number, parents: readonly number[]): boolean {
    const planned = this.#planned.get(id);
    if (planned === undefined || planned.type !== 'workflow') return false;
    const inside = new Set(planned.steps.flatMap(idsIn));
    return parents.some((parent) => inside.has(parent));
  }

  #connectPair(parent: number, member: PlannedStep): void {
    const from = this.#paths.get(parent);
    const to = this.#paths.get(member.id);
    if (from === undefined || to === undefined) return;
    let depth = 0;
    while (depth < from.length - 1 && depth < to.length - 1 && from[depth] === to[depth]) depth++;
    const source = from.at(-1);
    const sibling = from[depth];
    const target = to[depth];
    if (source === undefined || sibling === undefined || target === undefined || sibling === target) return;
    const ids = new Set(sibling.fold.members.map(({ id }) => id));
    const links = target.fold.members.flatMap(({ links: all }) => all.filter((link) => ids.has(link.parent)));
    const isGate = target.step.gate !== undefined && links.length > 0;
    // Nothing enters a sub-workflow past its condition.
    const end = isGate ? target : to.at(-1);
    if (end === undefined) return;
    for (const part of dataBetween(this.#planned.get(parent), member)) {
      this.edges.push({
        from: source.step.key,
        to: end.step.key,
        kind: commonKind(links.map(({ kind }) => kind)),
        ...part,
        gated: isGate,
      });
    }
  }

  /** The junctions of a loop that are not those of a loop inside of it. */
  #repeat(loop: Scoped): void {
    const junctions = (scope: readonly Scoped[]): Scoped[] =>
      scope.flatMap((each) =>
        each.step.type === 'junction' ? [each] : each.step.loop ? [] : junctions(each.inner),
      );
    for (const { step } of junctions(loop.inner)) {
      this.edges.push({
        from: step.key,
        to: loop.step.key,
        kind: 'repeats',
        data: 'none',
        types: [],
        gated: false,
      });
    }
  }
}

function parentsWithin(step: PlannedStep): number[] {
  return [...step.parents, ...step.steps.flatMap(parentsWithin)];
}

/** Several ways to wait for the same step: the one that always holds is drawn. */
function commonKind(kinds: readonly LinkKind[]): LinkKind {
  const [first, ...others] = kinds;
  return first === undefined || others.some((kind) => kind !== first) ? 'processed' : first;
}

/** Copies of a step have the same edges: one of each is kept, with the types of all. */
function merged(edges: readonly GraphEdge[]): readonly GraphEdge[] {
  const byKey = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const key = `${edge.from} ${edge.to} ${edge.kind === 'repeats'} ${edge.data}`;
    const before = byKey.get(key);
    byKey.set(
      key,
      before === undefined
        ? edge
        : {
            ...before,
            kind: before.kind === edge.kind ? edge.kind : 'processed',
            types: [...new Set([...before.types, ...edge.types])],
          },
    );
  }
  // "Only order" says nothing new beside data between the same steps.
  return [...byKey.values()].filter(
    (edge) =>
      edge.data !== 'none' ||
      edge.kind === 'repeats' ||
      (!byKey.has(`${edge.from} ${edge.to} false main`) &&
        !byKey.has(`${edge.from} ${edge.to} false secondary`)),
  );
}
