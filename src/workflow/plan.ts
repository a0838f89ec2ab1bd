// The plan: a workflow with everything resolved as the PanDA server resolves it.
import type { Value, StepType, Where } from './model.ts';

export interface Plan {
  readonly outDS: string;
  /** Values of the workflow's inputs after defaults and the inputs YAML. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** Top-level steps in the server's order. */
  readonly steps: readonly PlannedStep[];
  /** Ids of the leaf steps whose datasets are what the user asked for. */
  readonly outputSteps: readonly number[];
}

export interface PlannedStep {
  /** Serial number; sub-workflows are numbered after their children. */
  readonly id: number;
  readonly name: string;
  readonly type: StepType;
  /** Ids of the steps this one waits for, ascending. */
  readonly parents: readonly number[];
  /** The same ids in the order in which the server's text dump lists them; absent when it is the ascending one. */
  readonly parentsAsListed?: readonly number[] | undefined;
  /** How it waits for each parent that a link or the condition names. */
  readonly links: readonly Link[];
  readonly condition: PlannedCondition | undefined;
  /** Names of scattered inputs; every element became a step of its own with the same name. */
  readonly scatter: readonly string[];
  readonly scatterIndex: number | undefined;
  readonly loop: boolean;
  readonly inLoop: boolean;
  /** Final values by input name, in the server's order. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** Inputs that a negated condition keeps away from the command line. */
  readonly suppressed: readonly string[];
  /** Base name of the dataset for each output, `user.alice.x_000_top`; of a native sub-workflow the container that bundles
   *  its data; empty for any other sub-workflow. */
  readonly outputs: readonly string[];
  /** The datasets in the container of a native sub-workflow; absent for everything else. */
  readonly bundle?: readonly BundledDataset[] | undefined;
  /** Names of the outputs as the document has them, for leaves and sub-workflows alike. */
  readonly outputNames?: readonly string[] | undefined;
  /** File types (`seed.txt`); the dataset of one type is `<base name>_<type>/`. */
  readonly outputTypes: readonly string[];
  /** The input datasets in the order of `%{DS1}`, `%{DS2}`, …; containers end in `/`. */
  readonly inputDatasets: readonly string[];
  /** The `prun` (or `phpo`) command that the server would build, one word each; empty where it builds none. */
  readonly command: readonly string[];
  /** True for a step whose data are a workflow output, at any depth. */
  readonly isTail: boolean;
  /** True for a leaf that no other step waits for. */
  readonly isWorkflowOutput: boolean;
  /** Parameters by name: those of a loop start with `param_`. Only for sub-workflows. */
  readonly rootInputs: Readonly<Record<string, Value>>;
  /** Of a sub-workflow: its parameters that take those of the workflow around it, `param_x` -> `y` for its `param_y`, so that
   *  they change with them; absent when there are none. */
  readonly follows?: Readonly<Record<string, string>> | undefined;
  /** Steps of the sub-workflow; empty for a leaf. */
  readonly steps: readonly PlannedStep[];
  /** What no word of `command` can say; absent where there is nothing of it. */
  readonly beside?: BesideCommand | undefined;
  readonly where: Where;
}

/** What travels with a task beside its command line. */
export interface BesideCommand {
  /** The command of a build job that runs once before all others, and whose directory the others start in. */
  readonly build?: string | undefined;
  /** Names of the files that are taken of an input, by stream; a stream that is not named takes all. */
  readonly files?: Readonly<Record<string, readonly string[]>> | undefined;
}

export interface BundledDataset {
  /** Ends in `/`. */
  readonly dataset: string;
  /** Type of its files. */
  readonly type: string;
}

/** `started`: may run while the parent still produces; `processed`: after it ended with output; `failed`: after it failed. */
export type LinkKind = 'started' | 'processed' | 'failed';

export interface Link {
  readonly parent: number;
  readonly kind: LinkKind;
}

/** The server's form of a condition: leaves are lists of parent ids. */
export interface PlannedCondition {
  readonly operator: 'and' | 'or' | 'not' | null;
  readonly left: readonly number[] | PlannedCondition;
  readonly right: readonly number[] | PlannedCondition | null;
}
