// A task as the engine runs it, whatever type of step it comes from. Plain data.
import type { OutputSpec } from '../../prun/outputs.ts';
import { readSplitting, settleFiles } from '../../prun/splitting.ts';
import type { Splitting } from '../../prun/splitting.ts';
import type { LeafType } from '../../workflow/model.ts';
import type { Link, PlannedCondition, PlannedStep } from '../../workflow/plan.ts';
import type { PipelineSpec } from '../gitlab/spec.ts';
import type { JobLimits } from '../process/limits.ts';

/** Where a task stands in the loops around it. */
export interface LoopPlace {
  /** Step ids of the loops around it, outermost first. */
  readonly loops: readonly number[];
  /** The iteration of each. */
  readonly path: readonly number[];
  /** It is a junction of the innermost one. */
  readonly decidesLoop: boolean;
}

/** What a step itself says of its task. */
export interface StepTask {
  readonly stepId: number;
  readonly stepName: string;
  readonly type: LeafType;
  /** PanDA's taskName: the base of its dataset names. */
  readonly name: string;
  /** Bash text with the placeholders that prun expands on the worker. */
  readonly exec: string;
  readonly outputs: readonly TaskOutput[];
  /** Datasets of stream `IN`, in order. */
  readonly primary: readonly string[];
  /** Which files of them are taken (`--match`, `--antiMatch`). */
  readonly accepts: (fileName: string) => boolean;
  /** Datasets that its payload is told by name only. */
  readonly named?: readonly string[] | undefined;
  readonly secondary: readonly TaskStream[];
  readonly splitting: Splitting;
  readonly useSecrets: boolean;
  readonly containerImage: string | undefined;
  /** The command of a job that runs before all others and hands them its directory; `undefined`: nothing is built. */
  readonly build: string | undefined;
  /** `undefined`: outputs stay as the jobs leave them. */
  readonly merge: MergeSpec | undefined;
  /** Files that list the inputs of a job, by stream (`--writeInputToTxt`). */
  readonly inputLists: ReadonlyMap<string, string>;
  /** The payload gets its outputs under their final names (`--execWithRealFileNames`). */
  readonly hasRealFileNames: boolean;
  /** Below the top of the sandbox, where payloads start; empty: at the top. */
  readonly startDirectory: string;
  /** Tasks whose input files are not taken again. */
  readonly skipFilesUsedBy: readonly number[];
  /** What each of its jobs may take of this machine. */
  readonly limits?: JobLimits | undefined;
  /** Of a gitlab step: what runs at GitLab in the place of a payload. */
  readonly pipeline?: PipelineSpec | undefined;
  /** How often a job may be tried; at least 1. */
  readonly maxAttempt: number;
  /** Of a phpo step: its options, for a search whose files are not read yet. */
  readonly searchCommand?: readonly string[] | undefined;
}

export interface TaskSpec extends StepTask, LoopPlace {
  /** All must open before the task may run: its own and those of the sub-workflows around it. */
  readonly gates: readonly Gate[];
}

export interface MergeSpec {
  /** The user's own command, with `%IN` and `%OUT`; `undefined`: the names of the files tell how. */
  readonly script: string | undefined;
  /** The most that one job merges; `undefined`: everything. */
  readonly maxBytes: number | undefined;
}

/** A secondary input: `%IN2` in the payload. */
export interface TaskStream {
  readonly stream: string;
  readonly datasets: readonly string[];
  /** 0: every job gets all of them. */
  readonly nFilesPerJob: number;
  readonly nSkipFiles: number;
  readonly reusable: boolean;
  readonly accepts: (fileName: string) => boolean;
}

export interface TaskOutput extends OutputSpec {
  readonly dataset: string;
  /** A job without it has not failed (`--allowNoOutput`). */
  readonly mayBeAbsent: boolean;
}

/** What a step waits for: the links to its parents, or the condition that replaces them. */
export interface Gate {
  readonly links: readonly Link[];
  readonly condition: PlannedCondition | undefined;
}

/** A task that reads and makes nothing, in one job that is tried once: what other types say more is put on top. */
export function bareTask<Type extends LeafType>(
  step: PlannedStep,
  type: Type,
  name: string,
): StepTask & { readonly type: Type } {
  return {
    stepId: step.id,
    stepName: step.name,
    type,
    name,
    exec: '',
    outputs: [],
    primary: [],
    accepts: () => true,
    secondary: [],
    splitting: settleFiles(readSplitting(new Map())),
    useSecrets: false,
    containerImage: undefined,
    build: undefined,
    merge: undefined,
    inputLists: new Map(),
    hasRealFileNames: false,
    startDirectory: '',
    skipFilesUsedBy: [],
    maxAttempt: 1,
  };
}
