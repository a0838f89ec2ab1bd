// The model that every language becomes: steps and how their data connect, before any name is resolved.
import type { Span } from '../base/span.ts';

/** Types of steps that PanDA runs itself, in the order of its documentation. */
export const leafTypes = ['prun', 'phpo', 'junction', 'reana', 'gitlab'] as const;
export type LeafType = (typeof leafTypes)[number];
export type StepType = LeafType | 'workflow';

/** A value as the documents carry it. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** Stands for a value that could not be read: that has been reported, and nothing is judged by it. */
export const unreadableValue = '<unknown>';

/** Where something stands; asked for only when there is something to say about it, because computing
 *  a position costs more than reading the value. */
export type Where = () => Span;

/** What a workflow can be written in: CWL, PanDA's dialect of Snakemake, or its native workflow description. */
export type Language = 'cwl' | 'snakemake' | 'wfd';

export interface Workflow {
  readonly language: Language;
  /** Path of the document, as given or as derived from the document that names it. */
  readonly file: string;
  readonly where: Where;
  /** In the order the server handles them: by name for maps, as written for lists. */
  readonly inputs: readonly WorkflowInput[];
  readonly outputs: readonly WorkflowOutput[];
  /** In the order the server handles them: by name for maps, as written for lists. */
  readonly steps: readonly Step[];
  /** Native descriptions only: whether a step may begin before all of its input files are there. */
  readonly allowPartialInputs?: boolean | undefined;
  /** True when its inputs are written in a form that cannot be read, which is reported: nobody knows which it has. */
  readonly hasUnreadInputs?: boolean | undefined;
}

export interface WorkflowInput {
  readonly name: string;
  /** `null` when the document gives none. */
  readonly default: Value;
  /** The type as written, in its short form (`string[]`, `File?`), or `undefined` when it has none of that form. */
  readonly type: string | undefined;
  readonly where: Where;
}

export interface WorkflowOutput {
  readonly name: string;
  /** References of the form `step/output` or `input`. */
  readonly sources: readonly string[];
  /** The types of files that are handed out, where the language can say so; `undefined`: all. */
  readonly types?: readonly OutputType[] | undefined;
  readonly where: Where;
}

export interface OutputType {
  readonly name: string;
  readonly where: Where;
}

export interface Step {
  readonly name: string;
  readonly type: StepType;
  /** In the order the server handles them: by name for maps, as written for lists. */
  readonly inputs: readonly StepInput[];
  /** Names of outputs; `['outDS']` when the document lists none. */
  readonly outputs: readonly string[];
  /** Names of the inputs that are scattered over (dotproduct); empty without scatter. */
  readonly scatter: readonly string[];
  readonly condition: Condition | undefined;
  readonly loop: boolean;
  /** The sub-workflow that a step of type `workflow` runs. */
  readonly workflow: Workflow | undefined;
  /** True when its inputs are written in a form that cannot be read, which is reported: nobody knows which it has. */
  readonly hasUnreadInputs?: boolean | undefined;
  /** Names of inputs that it lacks because they are misspelt, which is reported. */
  readonly misspeltInputs?: ReadonlySet<string> | undefined;
  readonly where: Where;
}

export interface StepInput {
  readonly name: string;
  /** `null` when the document gives none. */
  readonly default: Value;
  /** References of the form `step/output` or `input`; `undefined` without a source. A list stays a list,
   *  even of one: the server keeps the difference. */
  readonly source: string | readonly string[] | undefined;
  /** Where its name stands. */
  where(): Span;
  /** Where the value (default or source) stands. */
  whereValue(): Span;
  /** Where a part of the default stands, given as offsets in its text; `undefined` when the default is no text, absent when
   *  the language does not keep such places. */
  whereInText?(start: number, end: number): Span | undefined;
}

/** `when`: over inputs of the step, meaning "its parent was processed" or, with `not`, "its parent failed". */
export type Condition =
  | { readonly operator: 'input'; readonly input: string; readonly index: number | undefined }
  | { readonly operator: 'not'; readonly of: Condition }
  | { readonly operator: 'and' | 'or'; readonly left: Condition; readonly right: Condition };
