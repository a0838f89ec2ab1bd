// `workflow/unknown-type`: a step reads data of a step that does not tell which types of files it makes.
import type { StepRule } from './rule.ts';

const typeInputs: Readonly<Record<string, string>> = {
  opt_inDS: 'opt_inDsType',
  opt_trainingDS: 'opt_trainingDsType',
  opt_secondaryDSs: 'opt_secondaryDsTypes',
};

export const unknownType: StepRule = (draft, findings) => {
  for (const { input, parent } of draft.untyped) {
    const place = draft.inputs.get(input)?.input.whereValue() ?? draft.step.where();
    const message = `which files \`${parent.step.name}\` makes is not known: a \`${parent.step.type}\` step has no \`--outputs\``;
    const typeInput = typeInputs[input];
    // A step of type `gitlab` has no input for a type.
    const canSay = typeInput !== undefined && draft.step.type !== 'gitlab';
    findings.error('workflow/unknown-type', place, message, {
      help: canSay ? `say it with \`${typeInput}\`` : undefined,
    });
  }
};
