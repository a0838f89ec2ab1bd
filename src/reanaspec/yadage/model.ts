// A Yadage workflow once it has been loaded: typed, and every part knows where it was written. What is executed and what is
// checked are the same thing.
import type { MapNode, ScalarNode, TreeNode } from '../../source/tree.ts';

export interface YadageWorkflow {
  readonly node: TreeNode;
  readonly stages: readonly YadageStage[];
  /** Names of the stages that could not be read, of which nobody knows what they use; `undefined` for one whose name is
   *  not known either. */
  readonly unread: readonly (string | undefined)[];
}

export interface YadageStage {
  readonly node: MapNode;
  readonly name: string;
  readonly nameNode: ScalarNode;
  readonly dependencies: YadageDependencies;
  readonly scheduler: YadageScheduler;
}

/** When a stage may be scheduled: all of the expressions must hold. */
export type YadageDependencies =
  | {
      readonly type: 'jsonpath_ready';
      /** JSONPaths to stages or steps of this workflow that must have results. */
      readonly expressions: readonly TextAt[];
    }
  | { readonly type: 'expressions_fulfilled'; readonly expressions: readonly YadageExpression[] };

/** A text and the scalar it stands in. */
export interface TextAt {
  readonly text: string;
  readonly node: ScalarNode;
}

export type YadageScheduler = SingleStep | MultiStep | JqStage;

interface AnyScheduler {
  readonly node: MapNode;
  /** What each step of the stage is; `undefined` only after a finding. */
  readonly runs: YadageRuns | undefined;
  /** Values that later stages can ask for by name: expressions by key. */
  readonly registered: TreeNode | undefined;
}

export interface SingleStep extends AnyScheduler {
  readonly type: 'singlestep-stage';
  readonly parameters: readonly YadageParameter[];
  /** Whether every parameter could be read. */
  readonly isComplete: boolean;
}

export interface MultiStep extends AnyScheduler {
  readonly type: 'multistep-stage';
  readonly parameters: readonly YadageParameter[];
  /** As above. */
  readonly isComplete: boolean;
  /** `undefined` only after a finding. */
  readonly scatter: YadageScatter | undefined;
  /** Lists are cut into parts of this size before they are scattered. */
  readonly batchSize: number | undefined;
  /** Lists are cut into this many parts, of which the later ones may be one longer. */
  readonly partitionSize: number | undefined;
}

/** Steps are made by programs in jq's language. */
export interface JqStage extends AnyScheduler {
  readonly type: 'jq-stage';
  readonly bindings: TreeNode | undefined;
  /** From the bindings to a list of parameter sets. */
  readonly stepScript: TextAt;
  /** From one parameter set to what the step gets. */
  readonly postScript: TextAt;
}

export interface YadageScatter {
  readonly method: 'zip' | 'cartesian';
  readonly parameters: readonly TextAt[];
}

export interface YadageParameter {
  readonly key: string;
  readonly keyNode: ScalarNode;
  readonly value: YadageValue;
}

export type YadageValue =
  | {
      readonly kind: 'literal';
      /** Texts in it are format strings for `{workdir}` and `{readdir0}`. `toPythonValue` gives the value. */
      readonly node: TreeNode;
    }
  | { readonly kind: 'expression'; readonly expression: YadageExpression };

export type YadageExpression =
  /** The result of the only step that fits. */
  | {
      readonly type: 'step';
      readonly node: MapNode;
      /** JSONPath. */
      readonly step: TextAt;
      /** Key or JSONPath in the result; `undefined`: the whole result. */
      readonly output: TextAt | undefined;
    }
  /** A list of the results of all steps that fit. */
  | {
      readonly type: 'stages';
      readonly node: MapNode;
      /** JSONPath. */
      readonly stages: TextAt;
      /** Key or JSONPath in each result; `undefined`: the whole results. */
      readonly output: TextAt | undefined;
      /** Lists among the results are joined. */
      readonly flatten: boolean;
      /** A list with one member is that member. */
      readonly unwrap: boolean;
    }
  /** A value that a stage has registered. */
  | {
      readonly type: 'registered';
      readonly node: MapNode;
      readonly key: TextAt;
      /** JSONPath to a nested workflow; `undefined`: this one. */
      readonly scope: TextAt | undefined;
    };

export type YadageRuns =
  | { readonly kind: 'step'; readonly step: YadageStep }
  | {
      readonly kind: 'workflow';
      readonly workflow: YadageWorkflow;
      /** Whether texts among the parameters that are patterns become lists of files. */
      readonly discover: boolean;
      /** Whether such patterns and file names start at the work directory. */
      readonly relative: boolean;
    }
  | { readonly kind: 'cases'; readonly cases: readonly YadageCase[] };

/** What is run when its condition holds and none before it did. */
export interface YadageCase {
  /** A program in jq's language over the parameters. */
  readonly condition: TextAt;
  readonly runs: Exclude<YadageRuns, { kind: 'cases' }> | undefined;
}

export interface YadageStep {
  readonly node: MapNode;
  /** `undefined`: nothing is executed, the step only publishes. */
  readonly process: YadageProcess | undefined;
  /** `undefined` only after a finding. */
  readonly publisher: YadagePublisher | undefined;
  readonly environment: YadageEnvironment | undefined;
}

/** Texts are format strings for the parameters. */
export type YadageProcess =
  | { readonly type: 'string-interpolated-cmd'; readonly node: MapNode; readonly command: TextAt }
  | {
      readonly type: 'interpolated-script-cmd';
      readonly node: MapNode;
      readonly script: TextAt;
      readonly interpreter: string;
    };

export type YadagePublisher =
  | {
      readonly type: 'interpolated-pub';
      readonly node: MapNode;
      /** Texts in it are format strings for the parameters and `{workdir}`. */
      readonly publish: TreeNode;
      readonly glob: boolean;
      readonly relativePaths: boolean;
    }
  | {
      readonly type: 'fromparjq-pub';
      readonly node: MapNode;
      readonly script: TextAt;
      readonly tryExact: boolean;
      readonly glob: boolean;
      readonly relativePaths: boolean;
    }
  | {
      readonly type: 'frompar-pub';
      readonly node: MapNode;
      /** Names of parameters, by key; may be nested. */
      readonly outputMap: TreeNode;
    }
  | { readonly type: 'fromyaml-pub'; readonly node: MapNode; readonly yamlFile: TextAt }
  | {
      readonly type: 'fromglob-pub';
      readonly node: MapNode;
      readonly globExpression: TextAt;
      readonly outputKey: TextAt;
    }
  | { readonly type: 'constant-pub'; readonly node: MapNode; readonly publish: TreeNode };

export interface YadageEnvironment {
  readonly type: 'docker-encapsulated';
  readonly node: MapNode;
  readonly image: TextAt;
  /** Where none is given, the loader fills in `latest`; where a `$ref` names the environment nothing is filled in, and the
   *  text is empty. `undefined` only after a finding. */
  readonly imageTag: TextAt | undefined;
  /** As written. REANA takes only mappings, and of these only the keys it knows. */
  readonly resources: readonly TreeNode[];
}
