// What a step has in place of parameters that it needs: one finding tells of both.
import { writtenInstead } from '../../base/misspelling.ts';
import type { Draft } from '../draft.ts';
import type { StepInput } from '../model.ts';
import { parametersOf } from './parameters-of.ts';

/** Inputs by the name of the missing parameter that each seems to be meant as. */
export function misspeltParameters({ step, inputs }: Draft): ReadonlyMap<string, StepInput> {
  const found = new Map<string, StepInput>();
  if (step.type === 'workflow') return found;
  const { known, required } = parametersOf[step.type];
  for (const name of required) {
    if (inputs.has(name)) continue;
    const written = [...inputs.values()].filter(({ suppressed }) => !suppressed);
    const instead = writtenInstead(
      name,
      written.map(({ input }) => input.name),
      known,
    );
    const state = instead === undefined ? undefined : inputs.get(instead);
    if (state !== undefined) found.set(name, state.input);
  }
  return found;
}
