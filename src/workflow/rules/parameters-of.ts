// Which parameters each type of step takes. Source: panda-server `Node.verify` and `make_task_params`.
import type { LeafType } from '../model.ts';

interface ParameterTable {
  readonly known: readonly string[];
  readonly required: readonly string[];
}

const inputs = ['opt_inDS', 'opt_inDsType'];
const texts = ['opt_args', 'opt_exec'];

export const parametersOf: Readonly<Record<LeafType, ParameterTable>> = {
  prun: {
    known: [
      ...inputs,
      'opt_secondaryDSs',
      'opt_secondaryDsTypes',
      ...texts,
      'opt_useAthenaPackages',
      'opt_containerImage',
    ],
    required: ['opt_exec', 'opt_args'],
  },
  junction: { known: [...inputs, ...texts, 'opt_containerImage'], required: ['opt_exec'] },
  reana: { known: [...inputs, ...texts, 'opt_containerImage'], required: ['opt_exec', 'opt_args'] },
  phpo: { known: ['opt_trainingDS', 'opt_trainingDsType', 'opt_args'], required: ['opt_args'] },
  gitlab: {
    known: [
      'opt_inDS',
      'opt_args',
      'opt_api',
      'opt_projectID',
      'opt_ref',
      'opt_triggerToken',
      'opt_accessToken',
      'opt_site',
      'opt_input_location',
    ],
    required: ['opt_site', 'opt_api', 'opt_projectID', 'opt_ref', 'opt_triggerToken', 'opt_accessToken'],
  },
};
