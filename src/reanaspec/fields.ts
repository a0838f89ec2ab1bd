// The fields of a reana.yaml and what each may hold: reana-commons 0.9.11, and what REANA 0.95 and real analyses add.
import { entryOf, textOf, valueOf } from '../source/tree.ts';
import type { MapNode } from '../source/tree.ts';
import { workflowKinds } from './model.ts';

/** `text`, `flag`, `whole`: a scalar of that type · `texts`: a list of texts · `map`: any names, any values ·
 *  `any`: not looked into · otherwise an object with these fields, or a list of such objects. */
export type Shape =
  | 'text'
  | 'flag'
  | 'whole'
  | 'texts'
  | 'map'
  | 'any'
  | { readonly fields: Fields }
  | { readonly listOf: Fields };

export type Fields = Readonly<Record<string, Shape>>;

/** What any step may ask of where it runs. */
export const settingShapes: Fields = {
  compute_backend: 'text',
  kerberos: 'flag',
  rucio: 'flag',
  voms_proxy: 'flag',
  unpacked_img: 'flag',
  htcondor_max_runtime: 'text',
  htcondor_accounting_group: 'text',
  htcondor_request_cpus: 'text',
  htcondor_request_memory: 'text',
  htcondor_request_disk: 'text',
  htcondor_requirements: 'text',
  kubernetes_uid: 'whole',
  kubernetes_queue: 'text',
  kubernetes_cpu_request: 'text',
  kubernetes_cpu_limit: 'text',
  kubernetes_memory_request: 'text',
  kubernetes_memory_limit: 'text',
  kubernetes_job_timeout: 'whole',
  slurm_partition: 'text',
  slurm_time: 'text',
  c4p_cpu_cores: 'text',
  c4p_memory_limit: 'text',
  c4p_additional_requirements: 'text',
};

/** A step of a serial workflow. */
export const serialStep: Fields = { name: 'text', environment: 'text', commands: 'texts', ...settingShapes };

/** What stands under `workflow.specification` of a serial workflow, or in its file. */
export const serialFields: Fields = { steps: { listOf: serialStep } };

/** What stands under `inputs`. */
export const inputFields: Fields = {
  files: 'texts',
  directories: 'texts',
  parameters: 'map',
  options: 'map',
};

/** What stands under `workflow.resources.dask`. */
export const daskFields: Fields = {
  image: 'text',
  number_of_workers: 'whole',
  single_worker_memory: 'text',
  single_worker_threads: 'whole',
};

/** What stands under `workflow.parameters`. */
export const workflowParameterFields: Fields = { file: 'text' };

/** What stands under `workflow`. */
export const workflowFields: Fields = {
  type: 'text',
  file: 'text',
  files: 'texts',
  directories: 'texts',
  parameters: { fields: workflowParameterFields },
  // Only serial workflows keep theirs here; it is read once the type is known.
  specification: 'any',
  resources: {
    fields: {
      cvmfs: 'texts',
      kerberos: 'flag',
      voms_proxy: 'flag',
      rucio: 'flag',
      dask: { fields: daskFields },
    },
  },
};

export const documentFields: Fields = {
  version: 'text',
  inputs: { fields: inputFields },
  workflow: { fields: workflowFields },
  outputs: { fields: { files: 'texts', directories: 'texts' } },
  tests: { fields: { files: 'texts' } },
  workspace: { fields: { root_path: 'text', retention_days: 'map' } },
};

/** Fields that must be there, by the fields that they are among: whoever finds one missing names its misspelling as well. */
const requiredFields: ReadonlyMap<Fields, (node: MapNode) => readonly string[]> = new Map([
  [documentFields, () => ['workflow']],
  [workflowFields, requiredOfWorkflow],
  [serialFields, () => ['steps']],
  [daskFields, () => ['image']],
  [workflowParameterFields, () => ['file']],
  [serialStep, () => ['environment', 'commands']],
]);

/** The fields that an object must have. */
export function requiredOf(fields: Fields, node: MapNode): readonly string[] {
  return requiredFields.get(fields)?.(node) ?? [];
}

/** Without a known type nobody looks further. Each kind may have its workflow here or in a file. */
function requiredOfWorkflow(workflow: MapNode): readonly string[] {
  const type = textOf(valueOf(workflow, 'type'));
  const isKnown = workflowKinds.some((kind) => kind === type);
  const has = (field: string): boolean => entryOf(workflow, field) !== undefined;
  if (!isKnown || has('file') || has('specification')) return ['type'];
  return ['type', type === 'serial' ? 'specification' : 'file'];
}

/** Operational options by kind of workflow. */
export const operationalOptions: Readonly<Record<string, readonly string[]>> = {
  serial: ['CACHE', 'FROM', 'TARGET'],
  cwl: ['TARGET'],
  yadage: ['toplevel', 'initdir', 'initfiles', 'accept_metadir'],
  snakemake: ['report'],
};

export const computeBackends = ['kubernetes', 'htcondorcern', 'slurmcern', 'compute4punch'] as const;
