// `inputs/unknown`: the inputs file gives a value to something that is no input of the workflow. The server drops it.
import { closest } from '../../base/closest.ts';
import type { Findings } from '../../base/finding.ts';
import type { Value, Where, Workflow } from '../model.ts';
import { listed } from './rule.ts';

export interface GivenInputs {
  readonly values: Readonly<Record<string, Value>>;
  readonly whereOf: (name: string) => Where;
}

/** Compares an inputs file with the workflow it is for. */
export function checkGivenInputs(workflow: Workflow, given: GivenInputs, findings: Findings): void {
  const known = workflow.inputs.map((input) => input.name);
  for (const name of Object.keys(given.values)) {
    if (known.includes(name)) continue;
    const nearest = closest(name, known);
    const offered = known.length === 0 ? 'it has no inputs at all' : `its inputs are ${listed(known)}`;
    findings.warning('inputs/unknown', given.whereOf(name)(), `the workflow has no input \`${name}\``, {
      help: nearest === undefined ? offered : `did you mean \`${nearest}\`?`,
    });
  }
}
