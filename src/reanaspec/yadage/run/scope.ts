// Where a workflow stands: its stages, the steps they have made, and the workflows nested in it.
import type { PythonValue } from '../../python-value.ts';
import type { YadageExpression, YadageStage, YadageStep } from '../model.ts';
import { findByPath, type Opening } from './json-path.ts';
import type { JobText, Parameters, StepPlaces } from './step-job.ts';

/** A step, or the beginning of a workflow (`init`), which only passes values on. */
export interface YadageNode {
  /** Directories down to it, such as `signal/merge_0`; unique in the run. */
  readonly key: string;
  readonly name: string;
  readonly stage: string;
  /** As Yadage counts nested workflows: `/signal/0`. */
  readonly offset: string;
  /** As evaluated, before directories are filled in. */
  readonly parameters: Parameters;
  readonly places: StepPlaces;
  /** Nodes whose results it uses. */
  readonly dependsOn: readonly YadageNode[];
  /** `undefined` for `init`. */
  readonly step: YadageStep | undefined;
  /** What is executed; `undefined`: it only publishes. */
  readonly job: JobText | undefined;
  state: 'waiting' | 'done' | 'failed';
  /** What it publishes; known before its end where that does not depend on files. */
  result: PythonValue | undefined;
  /** Gives the result before the end, from files as they are when it is scheduled. */
  readonly early: (() => PythonValue) | undefined;
}

export interface Rule {
  readonly stage: YadageStage;
  readonly scope: Scope;
  /** Put behind the keys of its steps, where another stage would give the same ones; else empty. */
  readonly mark: string;
  isApplied: boolean;
}

/** What a stage calls one of the things that it makes. */
export type Called = Pick<YadageNode, 'name' | 'stage' | 'key'>;

/** A workflow: the whole one, or one that a stage has put into it. */
export class Scope {
  readonly offset: string;
  /** Where its steps get their directories. */
  readonly directory: string;
  /** The same, from the workspace: ends with `/`, or is empty. */
  readonly prefix: string;
  /** Steps and nested workflows by stage, in the order in which they were made. */
  readonly stages: Record<string, (YadageNode | Scope)[]> = {};
  readonly nodes: YadageNode[] = [];
  readonly children: Scope[] = [];
  readonly values = new Map<string, YadageExpression>();
  readonly rules: Rule[];

  constructor(offset: string, directory: string, prefix: string, stages: readonly YadageStage[]) {
    this.offset = offset;
    this.directory = directory;
    this.prefix = prefix;
    this.rules = stages.map((stage, index) => ({
      stage,
      scope: this,
      mark: markOf(stages, index),
      isApplied: false,
    }));
  }

  add(stage: string, made: YadageNode | Scope): void {
    (this.stages[stage] ??= []).push(made);
    if (made instanceof Scope) this.children.push(made);
    else this.nodes.push(made);
  }

  /** What a JSONPath over the stages finds: steps, nested workflows, and lists of them. */
  find(path: string): readonly Place[] {
    return findByPath<Place>(path, this, openPlace);
  }

  /** The steps that a JSONPath names, those of stages included, those of nested workflows not. */
  steps(path: string): readonly YadageNode[] {
    return this.find(path).flatMap((place) => {
      const found: readonly (YadageNode | Scope)[] = isListOfPlaces(place) ? place : [place];
      return found.flatMap((one) => (one instanceof Scope ? [] : [one]));
    });
  }

  /** True when every stage in it has made its steps, and all of these have results. */
  get isDone(): boolean {
    return (
      this.rules.every((rule) => rule.isApplied) &&
      this.nodes.every((node) => node.result !== undefined) &&
      this.children.every((child) => child.isDone)
    );
  }
}

// From the places of the stages alone: in which order they come to make their steps may differ when a run is taken up again.
function markOf(stages: readonly YadageStage[], index: number): string {
  const name = stages[index]?.name ?? '';
  const isSingle = stages[index]?.scheduler.type === 'singlestep-stage';
  const earlier = stages.slice(0, index).filter((other) => other.name === name).length;
  // `fit_0` is also what the first step of `fit` is called.
  const several = /^(.*)_\d+$/s.exec(name)?.[1];
  const isStepOfAnother =
    isSingle && stages.some((other) => other.name === several && other.scheduler.type !== 'singlestep-stage');
  const count = earlier + (isStepOfAnother ? 1 : 0);
  return count === 0 ? '' : `~${count}`;
}

export type Place = YadageNode | Scope | readonly (YadageNode | Scope)[];

export const isListOfPlaces = (place: Place): place is readonly (YadageNode | Scope)[] =>
  Array.isArray(place);

const openPlace: Opening<Place> = {
  list: (place) => (isListOfPlaces(place) ? place : undefined),
  object: (place) => (place instanceof Scope ? place.stages : undefined),
};
