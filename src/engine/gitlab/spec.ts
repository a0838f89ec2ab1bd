// What a gitlab step asks for: a pipeline of a project, by names of secrets that open it.
import { LocalError } from '../../base/errors.ts';
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
