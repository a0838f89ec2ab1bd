// A Yadage workflow from the steps that may run now to its end. Stages are turned into steps as soon as what they depend on is
// known; what is answered depends on nothing but the results it was told.
import { Findings } from '../../../base/finding.ts';
import { entryOf, keyText } from '../../../source/tree.ts';
import type { TreeNode } from '../../../source/tree.ts';
import type { PythonValue } from '../../python-value.ts';
import { isExpression, readExpression } from '../read-expressions.ts';
import type {
  YadageDependencies,
  YadageRuns,
  YadageScheduler,
  YadageStep,
  YadageWorkflow,
} from '../model.ts';
import { expressionValue, parameterValues } from './expressions.ts';
import { YadageFault } from './fault.ts';
import { discovered } from './init-values.ts';
import { jqParameterSets } from './jq-stage.ts';
import type { EvaluateJq, YadageFiles } from './ports.ts';
import { scatteredSets } from './scatter.ts';
import { isListOfPlaces, Scope, type Called, type Rule, type YadageNode } from './scope.ts';
import { isKnownBefore, jobText, placedParameters, published, type StepPlaces } from './step-job.ts';
import { membersOf } from './texts.ts';
import { throughJq } from './through-jq.ts';
import { untracked, type Tracked } from './tracked.ts';

export interface YadageSite {
  /** Absolute. */
  readonly workspace: string;
  /** Where texts among the inputs may name files; absolute. */
  readonly initDirectory: string;
  readonly files: YadageFiles;
  readonly jq: EvaluateJq;
}

/** Something that is read from disk once and then kept: files may have changed when the run is led anew. */
export interface LookUp {
  readonly key: string;
  readonly look: () => PythonValue;
}

export type StepEnd =
  | { readonly at: 'finished'; readonly result: PythonValue }
  | { readonly at: 'failed'; readonly reason: string };

export interface YadageProgress {
  /** Steps that may run now and have not ended. */
  readonly ready: readonly YadageNode[];
  readonly lookUps: readonly LookUp[];
}

export class YadageRun {
  readonly #site: YadageSite;
  readonly #top: Scope;
  readonly #rules: Rule[];
  readonly #nodes: YadageNode[] = [];
  readonly #ends = new Map<string, StepEnd>();
  readonly #looked = new Map<string, PythonValue>();
  #lookUps: LookUp[] = [];
  #inputs: (() => Readonly<Record<string, PythonValue>>) | undefined;

  /** @param inputs the values of `init`; read when it is asked for them */
  constructor(
    workflow: YadageWorkflow,
    inputs: () => Readonly<Record<string, PythonValue>>,
    site: YadageSite,
  ) {
    this.#site = site;
    this.#top = new Scope('', site.workspace, '', workflow.stages);
    this.#rules = [...this.#top.rules];
    this.#inputs = inputs;
  }

  settle(key: string, end: StepEnd): void {
    this.#ends.set(key, end);
  }

  /** Tells what a look-up has found. */
  found(key: string, value: PythonValue): void {
    this.#looked.set(key, value);
  }

  /** All steps so far, `init` included. */
  get nodes(): readonly YadageNode[] {
    return this.#nodes;
  }

  /** Stages that have made no step, because what they depend on has never come. */
  get waitingStages(): readonly string[] {
    return this.#rules.filter((rule) => !rule.isApplied).map((rule) => rule.scope.prefix + rule.stage.name);
  }

  /** @throws YadageFault when a stage cannot be turned into steps */
  next(): YadageProgress {
    this.#lookUps = [];
    this.#begin();
    let isMoving = true;
    while (isMoving) {
      isMoving = this.#takeEnds();
      for (const rule of [...this.#rules]) {
        if (rule.isApplied || !this.#isDue(rule)) continue;
        isMoving = this.#apply(rule) || isMoving;
      }
    }
    const ready = this.#nodes.filter(
      (node) => node.job !== undefined && node.state === 'waiting' && isUnblocked(node),
    );
    return { ready, lookUps: this.#lookUps };
  }

  #begin(): void {
    if (this.#inputs === undefined) return;
    const { initDirectory, files } = this.#site;
    const read = this.#inputs;
    const values = this.#lookUp('init', () => discovered(read(), initDirectory, files));
    if (values === undefined) return;
    this.#inputs = undefined;
    // Without inputs there is no `init`, and what depends on it waits for ever.
    if (Object.keys(membersOf(values)).length === 0) return;
    this.#addInit(this.#top, 'init', values, [], [initDirectory]);
  }

  /** Gives the value that was found before, or asks for it. */
  #lookUp(key: string, look: () => PythonValue): PythonValue | undefined {
    const known = this.#looked.get(key);
    if (known === undefined && !this.#lookUps.some((one) => one.key === key))
      this.#lookUps.push({ key, look });
    return known;
  }

  /** @returns whether a node has come to its end */
  #takeEnds(): boolean {
    let isChanged = false;
    for (const node of this.#nodes) {
      if (node.result === undefined && node.early !== undefined) {
        node.result = this.#lookUp(`early ${node.key}`, node.early);
        isChanged ||= node.result !== undefined;
      }
      if (node.state !== 'waiting' || !isUnblocked(node)) continue;
      const end = node.job === undefined ? this.#passiveEnd(node) : this.#ends.get(node.key);
      if (end === undefined) continue;
      isChanged = true;
      node.state = end.at === 'finished' ? 'done' : 'failed';
      if (end.at === 'finished') node.result = end.result;
    }
    return isChanged;
  }

  /** A step without a process publishes at once. */
  #passiveEnd(node: YadageNode): StepEnd | undefined {
    const { step } = node;
    if (step === undefined)
      return node.result === undefined ? undefined : { at: 'finished', result: node.result };
    const result = this.#lookUp(`publish ${node.key}`, () => publishedBy(node, this.#site));
    return result === undefined ? undefined : { at: 'finished', result };
  }

  #isDue({ stage, scope }: Rule): boolean {
    const dependencies: YadageDependencies = stage.dependencies;
    if (dependencies.type === 'expressions_fulfilled')
      return dependencies.expressions.every((expression) => isTruth(expressionValue(expression, scope)));
    return dependencies.expressions.every(({ text }) => {
      const places = scope.find(text);
      return (
        places.length > 0 &&
        places.every((place) =>
          (isListOfPlaces(place) ? place : [place]).every((one) =>
            one instanceof Scope ? one.isDone : one.result !== undefined,
          ),
        )
      );
    });
  }

  /** @returns whether the stage has made its steps; not when something must be looked up first */
  #apply(rule: Rule): boolean {
    const { stage, scope } = rule;
    const { scheduler } = stage;
    this.#parameterSets(scheduler, scope).forEach((values, index) => {
      const name = scheduler.type === 'singlestep-stage' ? stage.name : `${stage.name}_${index}`;
      const called = { name, stage: stage.name, key: scope.prefix + name + rule.mark };
      this.#schedule(called, scope, values, scheduler);
    });
    this.#register(scheduler.registered, scope);
    rule.isApplied = true;
    return true;
  }

  #parameterSets(scheduler: YadageScheduler, scope: Scope): readonly Tracked[] {
    switch (scheduler.type) {
      case 'singlestep-stage':
        return [{ kind: 'object', members: parameterValues(scheduler.parameters, scope) }];
      case 'multistep-stage':
        return scatteredSets(scheduler, parameterValues(scheduler.parameters, scope)).map((members) => ({
          kind: 'object',
          members,
        }));
      case 'jq-stage':
        return jqParameterSets(scheduler, scope, this.#site.jq);
    }
  }

  #schedule(called: Called, scope: Scope, values: Tracked, scheduler: YadageScheduler): void {
    const { value, nodes } = untracked(values);
    const parameters =
      scheduler.type === 'jq-stage' ? (this.#site.jq(scheduler.postScript.text, value)[0] ?? null) : value;
    this.#place(called, scope, membersOf(parameters), nodes, scheduler.runs);
  }

  #place(
    called: Called,
    scope: Scope,
    parameters: Readonly<Record<string, PythonValue>>,
    dependsOn: readonly YadageNode[],
    runs: YadageRuns | undefined,
  ): void {
    switch (runs?.kind) {
      case 'step':
        this.#addStep(called, scope, parameters, dependsOn, runs.step);
        break;
      case 'workflow': {
        const { name, stage, key } = called;
        const index = scope.stages[stage]?.length ?? 0;
        const nested = new Scope(
          `${scope.offset}/${stage}/${index}`,
          `${scope.directory}/${name}`,
          `${key}/`,
          runs.workflow.stages,
        );
        scope.add(stage, nested);
        this.#rules.push(...nested.rules);
        const directories = directoriesOf(dependsOn);
        const places: StepPlaces = { workdir: undefined, readdirs: directories };
        const given = placedParameters(parameters, places);
        this.#addInit(nested, `init_${name}`, given, dependsOn, directories, runs);
        break;
      }
      case 'cases': {
        const chosen = runs.cases.find(({ condition }) => isTrue(this.#site.jq(condition.text, parameters)));
        if (chosen !== undefined) this.#place(called, scope, parameters, dependsOn, chosen.runs);
        break;
      }
      case undefined:
        throw new YadageFault(`stage \`${called.stage}\` has nothing to run`);
    }
  }

  #addStep(
    { name, stage, key }: Called,
    scope: Scope,
    parameters: Readonly<Record<string, PythonValue>>,
    dependsOn: readonly YadageNode[],
    step: YadageStep,
  ): void {
    const places = { workdir: `${scope.directory}/${name}`, readdirs: directoriesOf(dependsOn) };
    const placed = placedParameters(parameters, places);
    const { process, publisher } = step;
    const isEarly = publisher !== undefined && process !== undefined && isKnownBefore(publisher, places);
    const asksDisk = publisher?.type === 'fromparjq-pub';
    const publish = (): PythonValue =>
      publisher === undefined ? null : published(publisher, placed, places, this.#site);
    const node: YadageNode = {
      key,
      name,
      stage,
      offset: scope.offset,
      parameters,
      places,
      dependsOn,
      step,
      job: process === undefined ? undefined : jobText(process, placed),
      state: 'waiting',
      result: isEarly && !asksDisk ? publish() : undefined,
      early: isEarly && asksDisk ? publish : undefined,
    };
    scope.add(stage, node);
    this.#nodes.push(node);
  }

  #addInit(
    scope: Scope,
    name: string,
    given: PythonValue,
    dependsOn: readonly YadageNode[],
    readdirs: readonly string[],
    runs?: Extract<YadageRuns, { kind: 'workflow' }>,
  ): void {
    const values = throughJq(given);
    const [directory] = readdirs;
    const key = scope.prefix + name;
    const isDiscovered = runs?.discover === true && directory !== undefined;
    const node: YadageNode = {
      key,
      name,
      stage: 'init',
      offset: scope.offset,
      parameters: membersOf(values),
      places: { workdir: undefined, readdirs },
      dependsOn,
      step: undefined,
      job: undefined,
      state: 'waiting',
      result: isDiscovered ? undefined : values,
      early: isDiscovered
        ? (): PythonValue => discovered(membersOf(values), directory, this.#site.files)
        : undefined,
    };
    scope.add('init', node);
    this.#nodes.push(node);
  }

  #register(registered: TreeNode | undefined, scope: Scope): void {
    if (registered?.kind !== 'map') return;
    for (const { key } of registered.entries) {
      const value = entryOf(registered, keyText(key))?.value;
      if (value === undefined || !isExpression(value)) continue;
      const expression = readExpression(value, new Findings());
      if (expression !== undefined) scope.values.set(keyText(key), expression);
    }
  }
}

/** What a step publishes after its job. Texts have had the directories filled in once for the job, and get them again: that is
 *  so in packtivity, and a brace that was written twice does not survive it.
 *  @throws YadageFault */
export function publishedBy(node: YadageNode, site: Pick<YadageSite, 'files' | 'jq'>): PythonValue {
  const publisher = node.step?.publisher;
  if (publisher === undefined) throw new YadageFault(`step \`${node.key}\` has no publisher`);
  const once = placedParameters(node.parameters, node.places);
  return published(publisher, placedParameters(once, node.places), node.places, site);
}

const isUnblocked = (node: YadageNode): boolean => node.dependsOn.every((other) => other.state === 'done');

/** Where the nodes have written; what only passes values on stands for those before it. Sorted. */
function directoriesOf(nodes: readonly YadageNode[]): readonly string[] {
  const directories = nodes.flatMap(({ places }) =>
    places.workdir === undefined ? places.readdirs : [places.workdir],
  );
  return [...new Set(directories)].sort();
}

/** As jq's `if`: everything but `false` and `null`. */
const isTrue = ([first]: readonly PythonValue[]): boolean =>
  first !== undefined && first !== null && first !== false && first !== 0 && first !== '';

/** As Python's `if`. */
function isTruth(value: Tracked | undefined): boolean {
  if (value === undefined) return false;
  const { value: plain } = untracked(value);
  if (plain === null || plain === false || plain === 0 || plain === '') return false;
  if (typeof plain !== 'object') return true;
  return Array.isArray(plain) ? plain.length > 0 : Object.keys(plain).length > 0 || 'value' in plain;
}
