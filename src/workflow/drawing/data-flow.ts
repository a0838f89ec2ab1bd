// Which data travel along an edge: read from the inputs of the step that gets them.
import { typeOfPattern } from '../../prun/outputs.ts';
import { textsIn } from '../draft.ts';
import type { StepType } from '../model.ts';
import type { PlannedStep } from '../plan.ts';
import { clean, type GraphEdge } from './graph.ts';

export type Data = Pick<GraphEdge, 'data' | 'types'>;

/** What an input of a step is for. */
export function dataOfInput(type: StepType, input: string): GraphEdge['data'] {
  if (input === (type === 'phpo' ? 'opt_trainingDS' : 'opt_inDS')) return 'main';
  return input === 'opt_secondaryDSs' ? 'secondary' : 'none';
}

/** What a step gets from a parent: its main files, files that come with them, both, or nothing at all; at least one entry. */
export function dataBetween(parent: PlannedStep | undefined, step: PlannedStep): readonly Data[] {
  const base = parent?.outputs[0] ?? '';
  if (parent === undefined || base === '' || step.type === 'workflow') return [{ data: 'none', types: [] }];
  const names = (data: GraphEdge['data']): readonly string[] =>
    Object.entries(step.inputs).flatMap(([name, value]) =>
      dataOfInput(step.type, name) === data && !step.suppressed.includes(name) ? textsIn(value) : [],
    );
  const found: Data[] = [];
  if (names('main').includes(base)) {
    const datasets = step.inputDatasets.filter((name) => name.startsWith(`${base}_`));
    const types = datasets.map((name) => name.slice(base.length + 1).replace(/\/$/, ''));
    found.push({ data: 'main', types: knownTypes(types) });
  }
  const given = textsIn(step.inputs['opt_secondaryDsTypes']);
  const types = names('secondary').flatMap((name, index) =>
    name === base ? [typeOfPattern(given[index] ?? parent.outputTypes[0] ?? '')] : [],
  );
  if (types.length > 0) found.push({ data: 'secondary', types: knownTypes(types) });
  return found.length === 0 ? [{ data: 'none', types: [] }] : found;
}

/** Without `dummy`, which is what the server calls the type of a step that has no outputs. */
export function knownTypes(types: readonly string[]): readonly string[] {
  return [...new Set(types)].filter((type) => type !== '' && type !== 'dummy').map(clean);
}
