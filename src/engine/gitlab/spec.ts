// What a gitlab step asks for: a pipeline of a project, by names of secrets that open it.
import { LocalError } from '../../base/errors.ts';
import type { OutputSpec } from '../../prun/outputs.ts';
import { datasetName } from '../../prun/outputs.ts';
import { readSplitting, settleFiles, type Splitting } from '../../prun/splitting.ts';
import type { PlannedStep } from '../../workflow/plan.ts';

export interface PipelineSpec {
  /** `https://host/api/v4/projects`, without trailing `/`. */
  readonly api: string;
  readonly projectId: number;
  /** Branch or tag. */
  readonly ref: string;
  /** Names of secrets, never their values. */
  readonly triggerToken: string;
  readonly accessToken: string;
  /** With commas between. */
  readonly inputDatasets: string;
  /** Where the grid would put the files of the inputs; empty: it was not said. */
  readonly inputLocation: string;
}

/** The output type of a gitlab step: each of its files is the zip of artifacts of one job of the pipeline. */
export const artifactsType = 'artifacts.zip';

/** @throws LocalError naming the parameter that is missing or wrong */
export function pipelineSpec(step: PlannedStep): PipelineSpec {
  const text = (name: string): string => {
    const value = step.inputs[name];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
    throw new LocalError(`step \`${step.name}\` needs \`${name}\``);
  };
  const projectId = Number(text('opt_projectID'));
  if (!Number.isSafeInteger(projectId) || projectId < 1)
    throw new LocalError(`step \`${step.name}\`: \`opt_projectID\` is a whole number`);
  const location = step.inputs['opt_input_location'];
  return {
    api: apiOf(step.name, text('opt_api')),
    projectId,
    ref: text('opt_ref'),
    triggerToken: text('opt_triggerToken'),
    accessToken: text('opt_accessToken'),
    inputDatasets: step.inputDatasets.join(','),
    inputLocation: typeof location === 'string' ? location : '',
  };
}

/** Of a gitlab step, everything of a task but where it stands among the others. It has one job, which reads no files. */
export function pipelineTaskSpec(step: PlannedStep): {
  readonly stepId: number;
  readonly stepName: string;
  readonly type: 'gitlab';
  readonly name: string;
  readonly exec: string;
  readonly outputs: readonly PipelineOutput[];
  readonly primary: readonly never[];
  readonly accepts: () => true;
  readonly secondary: readonly never[];
  readonly splitting: Splitting;
  readonly useSecrets: false;
  readonly containerImage: undefined;
  readonly build: undefined;
  readonly merge: undefined;
  readonly inputLists: ReadonlyMap<string, string>;
  readonly hasRealFileNames: false;
  readonly startDirectory: '';
  readonly skipFilesUsedBy: readonly never[];
  readonly maxAttempt: 1;
  readonly pipeline: PipelineSpec;
} {
  const name = step.outputs[0] ?? step.name;
  const pipeline = pipelineSpec(step);
  const output: PipelineOutput = {
    pattern: `.*\\.${artifactsType.replace('.', '\\.')}`,
    kind: 'regex',
    type: artifactsType,
    datasetSuffix: artifactsType,
    lfnSuffix: '',
    dataset: datasetName(name, artifactsType),
    mayBeAbsent: true,
  };
  return {
    stepId: step.id,
    stepName: step.name,
    type: 'gitlab',
    name,
    exec: `pipeline of project ${pipeline.projectId} at ${pipeline.ref}, ${pipeline.api}`,
    outputs: [output],
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
    pipeline,
  };
}

interface PipelineOutput extends OutputSpec {
  readonly dataset: string;
  readonly mayBeAbsent: boolean;
}

/** Tokens are sent there, so it is an address without anything hidden in it. */
function apiOf(step: string, typed: string): string {
  const url = URL.canParse(typed) ? new URL(typed) : undefined;
  const isPlain =
    url !== undefined &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (!isPlain)
    throw new LocalError(
      `step \`${step}\`: \`opt_api\` is an address like \`https://gitlab.cern.ch/api/v4/projects\``,
    );
  return url.href.replace(/\/+$/, '');
}
