// The first pass of the resolver: the steps of a workflow in the server's order, scattered, numbered, with the values of
// their inputs and their parents. Source: panda-server `pcwl_utils.resolve_nodes`.
import type { Findings } from '../base/finding.ts';
import { stepDatasetBase } from '../prun/names.ts';
import { planCondition, suppressedInputs } from './conditions.ts';
import { isList, type Draft, type DraftInput, type Origin } from './draft.ts';
import { IdSet } from './id-set.ts';
import type { Step, StepInput, Value, Workflow } from './model.ts';
import { nativeBase, nativePrefix } from './native-names.ts';
import { orderDeep, orderSteps } from './order.ts';
import { scatterSlices } from './scatter.ts';

/** More steps than any request can carry; a few nested workflows could ask for more than memory holds. */
const mostSteps = 50_000;

/** What all scopes of one plan share. */
export interface Numbering {
  readonly outDS: string;
  /** Whether steps are numbered and named as in a native workflow. */
  readonly isNative: boolean;
  readonly findings: Findings;
  /** Texts that stand for values which are not known yet. */
  readonly assumed: ReadonlySet<string>;
  nextId: number;
  /** Steps begun so far, sub-workflows included. */
  steps: number;
}

/** What a workflow is resolved in. */
export interface Surroundings {
  /** Values of the workflow's inputs. */
  readonly values: Readonly<Record<string, Value>>;
  readonly isTop: boolean;
  /** What the names of a native workflow's steps begin with; others have numbers of their own. */
  readonly prefix: string;
  readonly inLoop: boolean;
  /** What the step around it waits for. */
  readonly parents: IdSet;
  readonly scatterIndex: number | undefined;
  /** Whether a step around it is scattered: the server then works with copies of its sets. */
  readonly isCopy: boolean;
}

/** The steps of a workflow. */
export function resolveScope(
  workflow: Workflow,
  surroundings: Surroundings,
  numbering: Numbering,
): readonly Draft[] {
  return new Scope(workflow, surroundings, numbering).resolve();
}

/** Values of a workflow's inputs: what is given, else the default. Something given as null counts as given. */
export function inputValues(
  workflow: Workflow | undefined,
  given: ReadonlyMap<string, Value>,
): Readonly<Record<string, Value>> {
  const inputs = workflow?.inputs ?? [];
  return Object.fromEntries(
    inputs.map((input) => [
      input.name,
      given.has(input.name) ? (given.get(input.name) ?? null) : input.default,
    ]),
  );
}

class Scope {
  readonly #workflow: Workflow;
  readonly #surroundings: Surroundings;
  readonly #numbering: Numbering;
  /** Positions of steps by their outputs, `step/output`. */
  readonly #owners = new Map<string, number>();
  /** Names of the workflow's inputs. */
  readonly #inputs: ReadonlySet<string>;
  /** Sources of the workflow's outputs. */
  readonly #wanted: ReadonlySet<string>;
  /** What became of the step at a position. */
  readonly #slices: (readonly Draft[])[] = [];
  /** Ids of the leaves that stand for it as a parent. */
  readonly #realIds: IdSet[] = [];
  /** Steps of this workflow so far; a native workflow counts them. */
  #members = 0;

  constructor(workflow: Workflow, surroundings: Surroundings, numbering: Numbering) {
    this.#workflow = workflow;
    this.#surroundings = surroundings;
    this.#numbering = numbering;
    this.#inputs = new Set(Object.keys(surroundings.values));
    this.#wanted = new Set(workflow.outputs.flatMap((output) => output.sources));
    workflow.steps.forEach((step, position) => {
      for (const output of step.outputs) this.#owners.set(`${step.name}/${output}`, position);
    });
  }

  resolve(): readonly Draft[] {
    const { steps } = this.#workflow;
    const parents = steps.map((step) => this.#parentsOf(step));
    const positions = parents.map((numbers) => numbers.listed().map((number) => number - 1));
    const order = this.#numbering.isNative ? orderDeep(positions) : orderSteps(positions);
    for (const circle of order.circles) this.#reportCircle(circle);
    for (const position of order.positions) {
      const step = steps[position];
      if (step !== undefined) this.#resolveStep(step, position, parents[position] ?? noIds);
    }
    return order.positions.flatMap((position) => this.#slices[position] ?? noSteps);
  }

  /** The steps a step gets data from, counted from 1 and collected as the server does it: that decides how it lists them. */
  #parentsOf(step: Step): IdSet {
    const found = new IdSet();
    for (const input of step.inputs) {
      if (input.source === undefined) continue;
      for (const reference of referencesOf(input)) {
        const position = this.#owners.get(reference);
        if (position !== undefined) found.add(position + 1);
      }
    }
    return this.#surroundings.isCopy || step.scatter.length > 0 ? IdSet.of(found) : found;
  }

  #resolveStep(step: Step, position: number, parents: IdSet): void {
    const inputs = this.#resolveInputs(step);
    const isHead =
      this.#inputs.size > 0 &&
      step.inputs.some((input) => referencesOf(input).some((reference) => this.#inputs.has(reference)));
    const slices = step.scatter.length === 0 ? [inputs] : scatterSlices(step, inputs, this.#numbering);
    let index = -1;
    const drafts: Draft[] = [];
    const realIds = new IdSet();
    this.#slices[position] = drafts;
    this.#realIds[position] = realIds;
    this.#members++;
    for (const sliceInputs of slices) {
      if (this.#isFull(step)) return;
      index++;
      const realParents = new IdSet();
      for (const number of parents.listed()) realParents.addAll(this.#realIds[number - 1] ?? noIds);
      // A native sub-workflow waits as a whole.
      if (isHead && !this.#numbering.isNative) realParents.addAll(this.#surroundings.parents);
      const scatterIndex = step.scatter.length > 0 ? index : this.#surroundings.scatterIndex;
      const draft = this.#draft(step, sliceInputs, realParents, scatterIndex);
      drafts.push(draft);
      const standsForItself = step.type !== 'workflow' || this.#numbering.isNative;
      if (!standsForItself) realIds.addAll(IdSet.of(draft.tails.map((tail) => tail.id)));
      else realIds.add(draft.id);
    }
  }

  #draft(
    step: Step,
    inputs: ReadonlyMap<string, DraftInput>,
    parents: IdSet,
    scatterIndex: number | undefined,
  ): Draft {
    const { isNative, outDS } = this.#numbering;
    const inLoop = step.loop || this.#surroundings.inLoop;
    // A native sub-workflow is numbered before its steps, any other after them.
    const early = isNative ? this.#numbering.nextId++ : undefined;
    const rootInputs = step.type === 'workflow' ? inputValues(step.workflow, valuesOf(inputs)) : noInputs;
    const steps =
      step.workflow === undefined || step.type !== 'workflow'
        ? noSteps
        : resolveScope(
            step.workflow,
            {
              values: rootInputs,
              isTop: false,
              prefix: nativePrefix(
                this.#surroundings.prefix,
                this.#members,
                step.scatter.length > 0 ? scatterIndex : undefined,
              ),
              inLoop,
              parents,
              scatterIndex: step.scatter.length > 0 ? scatterIndex : undefined,
              isCopy: this.#surroundings.isCopy || step.scatter.length > 0,
            },
            this.#numbering,
          );
    const id = early ?? this.#numbering.nextId++;
    const base = isNative
      ? nativeBase(this.#surroundings.prefix, this.#members, step.name)
      : step.type === 'workflow'
        ? ''
        : stepDatasetBase(outDS, id, step.name, inLoop);
    const tails: Draft[] = [];
    const draft: Draft = {
      id,
      step,
      around: this.#surroundings.isTop ? undefined : this.#surroundings.values,
      parents,
      inputs,
      condition: this.#condition(step),
      scatterIndex,
      inLoop,
      isTail: step.outputs.some((output) => this.#wanted.has(`${step.name}/${output}`)),
      base,
      streamsFrom: isNative ? this.#streamsFrom(inputs) : undefined,
      rootInputs,
      follows: step.type === 'workflow' ? this.#follows(step) : undefined,
      steps,
      tails,
      command: nothing,
      outputs: nothing,
      outputTypes: nothing,
      inputDatasets: nothing,
      untyped: nothing,
    };
    if (step.type === 'workflow') tails.push(...tailsOf(steps));
    else tails.push(draft);
    return draft;
  }

  /** The loop parameters of this workflow that a sub-workflow hands on to its own, whole: elements of lists are places in them. */
  #follows(step: Step): Readonly<Record<string, string>> | undefined {
    const found = step.inputs.flatMap(({ name, source }) => {
      if (typeof source !== 'string' || step.scatter.includes(name) || !this.#inputs.has(source)) return [];
      const from = loopParameterName(source);
      return from === undefined || loopParameterName(name) === undefined ? [] : [[name, from] as const];
    });
    return found.length === 0 ? undefined : Object.fromEntries(found);
  }

  #resolveInputs(step: Step): ReadonlyMap<string, DraftInput> {
    const suppressed = suppressedInputs(step.condition);
    const inputs = new Map<string, DraftInput>();
    for (const input of step.inputs) {
      const origins: Origin[] = input.source === undefined ? noOrigins : [];
      const value = input.source === undefined ? input.default : this.#valueOf(input, origins);
      inputs.set(input.name, { input, value, suppressed: suppressed.has(input.name), origins });
    }
    return inputs;
  }

  #valueOf(input: StepInput, origins: Origin[]): Value {
    const { source } = input;
    if (source === undefined) return input.default;
    if (typeof source === 'string') {
      const value = this.#sourceValue(input.name, source, origins);
      return value === undefined ? input.default : value;
    }
    const members = source.map((reference) => this.#sourceValue(input.name, reference, origins));
    // As soon as one source is found, those that are not stay as they are written.
    if (members.every((member) => member === undefined)) return input.default;
    return members.map((member, index) => (member === undefined ? (source[index] ?? null) : member));
  }

  /** `undefined` for a source that does not exist. */
  #sourceValue(name: string, reference: string, origins: Origin[]): Value | undefined {
    if (this.#inputs.has(reference)) {
      return asLoopSlices(name, reference, this.#surroundings.values[reference] ?? null);
    }
    const position = this.#owners.get(reference);
    const owner = position === undefined ? undefined : this.#workflow.steps[position];
    if (position === undefined || owner === undefined) return undefined;
    const slices = this.#slices[position] ?? noSteps;
    const [first] = slices;
    const leaves =
      slices.length === 1 && first !== undefined ? first.tails : slices.flatMap((slice) => slice.tails);
    origins.push({ reference, owner, slices, leaves });
    // A native sub-workflow bundles its data, those of all copies in one container.
    const bundle = this.#numbering.isNative && owner.type === 'workflow' ? slices.slice(0, 1) : leaves;
    if (bundle.length === 1) return bundle[0]?.base ?? null;
    return asLoopSlices(
      name,
      reference,
      bundle.map((one) => one.base),
    );
  }

  /** The tasks that a step of a native workflow may follow while they still run: with partial inputs, those of its main data. */
  #streamsFrom(inputs: ReadonlyMap<string, DraftInput>): ReadonlySet<number> {
    if (this.#workflow.allowPartialInputs !== true) return new Set();
    const idsOf = (name: string): readonly number[] =>
      (inputs.get(name)?.origins ?? [])
        .filter(({ owner }) => owner.type !== 'workflow')
        .flatMap(({ slices }) => slices.map((slice) => slice.id));
    const whole = new Set(idsOf('opt_secondaryDSs'));
    return new Set(idsOf('opt_inDS').filter((id) => !whole.has(id)));
  }

  #condition(step: Step): Draft['condition'] {
    if (step.condition === undefined) return undefined;
    return planCondition(step.condition, (name, index) => {
      const input = step.inputs.find((candidate) => candidate.name === name);
      const references = input === undefined ? [] : referencesOf(input);
      const chosen =
        index === undefined || typeof input?.source === 'string'
          ? references
          : references.slice(index, index + 1);
      const ids = chosen.flatMap((reference) => [
        ...(this.#realIds[this.#owners.get(reference) ?? -1] ?? noIds),
      ]);
      return [...new Set(ids)].sort((a, b) => a - b);
    });
  }

  #isFull(step: Step): boolean {
    if (++this.#numbering.steps <= mostSteps) return false;
    const message = `the workflow comes to more than ${mostSteps} steps`;
    if (this.#numbering.steps === mostSteps + 1) {
      this.#numbering.findings.error('workflow/too-many-steps', step.where(), message);
    }
    return true;
  }

  #reportCircle(circle: readonly number[]): void {
    const steps = circle.flatMap((position) => this.#workflow.steps[position] ?? []);
    const [first, ...others] = steps;
    if (first === undefined) return;
    const names = [...steps, first].map((step) => `\`${step.name}\``).join(' after ');
    const message =
      others.length === 0
        ? `the step \`${first.name}\` waits for itself`
        : `steps wait for each other in a circle: ${names}`;
    this.#numbering.findings.error('workflow/cycle', first.where(), message, {
      related: others.map((step) => ({ span: step.where(), message: `\`${step.name}\` is part of it` })),
    });
  }
}

// Shared by all steps that have none.
const noSteps: readonly Draft[] = [];
const noOrigins: Origin[] = [];
const noIds = new IdSet();
const nothing: readonly never[] = [];
const noInputs: Readonly<Record<string, Value>> = {};

function valuesOf(inputs: ReadonlyMap<string, DraftInput>): ReadonlyMap<string, Value> {
  return new Map([...inputs].map(([name, state]) => [name, state.value]));
}

/** The leaves whose datasets are outputs of the workflow; those of sub-workflows are theirs. */
export function tailsOf(drafts: readonly Draft[]): readonly Draft[] {
  return drafts.filter((draft) => draft.isTail).flatMap((draft) => draft.tails);
}

function referencesOf(input: StepInput): readonly string[] {
  if (input.source === undefined) return noReferences;
  return typeof input.source === 'string' ? [input.source] : input.source;
}

const noReferences: readonly string[] = [];

/** A list that goes from one loop parameter to another is cut up in every iteration anew, so it travels as places in the list
 *  instead of its elements. Source: panda-server `Node.set_input_value`. */
function asLoopSlices(name: string, reference: string, value: Value): Value {
  const from = loopParameterName(reference);
  if (!isList(value) || from === undefined || loopParameterName(name) === undefined) return value;
  return value.map((_, index) => ({ src: from, idx: index }));
}

/** `xxx` of `param_xxx`, which is updated in every iteration; `undefined` for any other name. */
export function loopParameterName(name: string): string | undefined {
  return /^param_([^]+)/.exec(name)?.[1];
}
