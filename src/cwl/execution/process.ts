// Processes as they are run.
import type { Value } from '../../workflow/model.ts';
import type { CwlVersion } from '../fields.ts';
import type { Port, TypeDefinitions } from './types.ts';
import type { Values } from './values.ts';

interface ProcessBase {
  readonly version: CwlVersion;
  /** Each with its `class`; the outermost first, so that the last of a class counts. */
  readonly requirements: readonly Values[];
  readonly hints: readonly Values[];
  readonly definitions: TypeDefinitions;
  /** Prefixes that stand for the beginning of an address, in formats. */
  readonly namespaces: Values;
  /** Whether the document names ontologies, which are not read here: formats may be kinds of each other. */
  readonly hasOntology: boolean;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export interface CommandLineTool extends ProcessBase {
  readonly class: 'CommandLineTool';
  /** As written: `baseCommand`, `arguments`, `stdin`, `successCodes`, … */
  readonly tool: Values;
}

export interface ExpressionTool extends ProcessBase {
  readonly class: 'ExpressionTool';
  readonly expression: string;
}

export interface Workflow extends ProcessBase {
  readonly class: 'Workflow';
  readonly steps: readonly Step[];
}

export type Process = CommandLineTool | ExpressionTool | Workflow;

export interface Step {
  readonly id: string;
  readonly inputs: readonly StepInput[];
  readonly outputs: readonly string[];
  /** Names of inputs. */
  readonly scatter: readonly string[];
  readonly scatterMethod: string | undefined;
  readonly when: Value | undefined;
  readonly version: CwlVersion;
  readonly requirements: readonly Values[];
  readonly hints: readonly Values[];
  readonly process: Process;
}

export interface StepInput {
  readonly id: string;
  /** Of workflow inputs, or `step/output`, as written. */
  readonly sources: readonly string[];
  /** As written: `linkMerge`, `pickValue`, `default`, `valueFrom`, `loadContents`, `loadListing`. */
  readonly settings: Values;
}
