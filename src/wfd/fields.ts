// Which fields each part of a native workflow description has. Source: panda-server `workflow_native_utils.py`, PanDA's documentation
// of native workflows.
import type { LeafType } from '../workflow/model.ts';

export type PartKind = 'document' | 'workflow' | 'task step' | 'workflow step' | 'output' | 'options';

export const fieldsOf: Readonly<Record<PartKind, readonly string[]>> = {
  document: ['name', 'inputs', 'outputs', 'options', 'workflow_blocks', 'steps', 'workflow'],
  workflow: ['inputs', 'outputs', 'steps'],
  'task step': [
    'type',
    'inDS',
    'inDsType',
    'args',
    'exec',
    'containerImage',
    'useAthenaPackages',
    'secondaryDSs',
    'secondaryDsTypes',
  ],
  'workflow step': ['type', 'workflow_ref', 'inputs', 'outputs', 'steps', 'scatter_inputs', 'scatter_mode'],
  output: ['from', 'output_types'],
  options: ['allow_partial_inputs', 'min_input_files'],
};

/** What a part is called in messages. */
export const partNames: Readonly<Record<PartKind, string>> = {
  document: 'a native workflow description',
  workflow: 'a workflow',
  'task step': 'a step',
  'workflow step': 'a step of type `workflow`',
  output: 'an output',
  options: '`options`',
};

/** The fields of a step and the parameters that the server makes of them, in its order; those of `sources` name data. */
export const parameterFields: readonly (readonly [field: string, parameter: string])[] = [
  ['inDS', 'opt_inDS'],
  ['inDsType', 'opt_inDsType'],
  ['args', 'opt_args'],
  ['exec', 'opt_exec'],
  ['containerImage', 'opt_containerImage'],
  ['useAthenaPackages', 'opt_useAthenaPackages'],
  ['secondaryDSs', 'opt_secondaryDSs'],
  ['secondaryDsTypes', 'opt_secondaryDsTypes'],
];

/** Types of steps, and why the server can do nothing with one of them. */
export const unusableTypes: Readonly<Partial<Record<LeafType, string>>> = {
  gitlab: 'a native workflow has no fields for the parameters of a `gitlab` step',
};
