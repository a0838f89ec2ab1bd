// What a reana.yaml says, once it has been read.
import type { Span } from '../base/span.ts';
import type { Value } from '../workflow/model.ts';
import type { YadageWorkflow } from './yadage/model.ts';

export const workflowKinds = ['serial', 'cwl', 'yadage', 'snakemake'] as const;
export type WorkflowKind = (typeof workflowKinds)[number];

export interface ReanaSpec {
  /** Path of the document, as given. */
  readonly file: string;
  readonly kind: WorkflowKind;
  /** `workflow.file`, relative to the specification; `undefined` when the steps stand in the specification. */
  readonly workflowFile: string | undefined;
  /** The file that holds the parameters, relative to the specification; `undefined` when they stand in the specification. */
  readonly parameterFile: string | undefined;
  readonly inputs: {
    /** Relative paths, as declared. */
    readonly files: readonly DeclaredPath[];
    readonly directories: readonly DeclaredPath[];
    /** Each a `PythonValue`. */
    readonly parameters: Readonly<Record<string, unknown>>;
    /** Operational options. */
    readonly options: Readonly<Record<string, Value>>;
  };
  /** In order; `undefined` for workflows that are not serial. */
  readonly steps: readonly SerialStep[] | undefined;
  /** `undefined` for workflows that are not of that kind, that cannot be read, or that lie on another machine. */
  readonly yadage: YadageWorkflow | undefined;
  /** Container images of the steps, each once, as far as they are known. */
  readonly images: readonly string[];
  readonly outputs: {
    readonly files: readonly DeclaredPath[];
    readonly directories: readonly DeclaredPath[];
  };
  /** The whole document as a value, with the steps of a serial workflow in `workflow.specification`: what servers
   *  of the 0.9 protocol are sent. Shape: the keys of the document; parameters as `PythonValue`, the rest as it is in JSON. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** A path of `inputs` or `outputs` and where it stands. */
export interface DeclaredPath {
  readonly path: string;
  readonly span: Span;
}

export interface SerialStep {
  /** `undefined`: REANA calls it by its position, from `0`. */
  readonly name: string | undefined;
  /** Container image. */
  readonly environment: string;
  /** At least one; each is a job of its own, in the same workspace. */
  readonly commands: readonly string[];
  readonly computeBackend: string | undefined;
  /** As written, for example `8Gi`. */
  readonly kubernetesMemoryLimit: string | undefined;
}
