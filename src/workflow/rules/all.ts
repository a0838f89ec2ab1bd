// All rules on resolved steps, in one place: a new rule is a new file and a line here.
import { allDrafts } from '../draft.ts';
import { loopWithoutJunction } from './loop-without-junction.ts';
import { missingStepInput, missingWorkflowInput } from './missing-input.ts';
import { missingParameter } from './missing-parameter.ts';
import { noData } from './no-data.ts';
import { reservedParameter } from './reserved-parameter.ts';
import type { RuleContext, StepRule } from './rule.ts';
import { datasetList, secondaryForm } from './server-lists.ts';
import { allOutputs, outputSuffix, scatteredStep } from './server-outputs.ts';
import { serverPlaceholders } from './server-placeholders.ts';
import { stepArguments } from './step-arguments.ts';
import { stepName } from './step-name.ts';
import { unknownInput } from './unknown-input.ts';
import { unknownParameter } from './unknown-parameter.ts';
import { placeholderAtTop, unknownPlaceholder } from './unknown-placeholder.ts';
import { unknownType } from './unknown-type.ts';
import { unresolvedInput } from './unresolved-input.ts';
import { unresolvedPlaceholder } from './unresolved-placeholder.ts';
import { wrongType } from './wrong-type.ts';

const stepRules: readonly StepRule[] = [
  unknownParameter,
  missingParameter,
  wrongType,
  unresolvedInput,
  missingStepInput,
  unknownInput,
  unresolvedPlaceholder,
  unknownPlaceholder,
  reservedParameter,
  stepArguments,
  loopWithoutJunction,
  unknownType,
  stepName,
  noData,
  scatteredStep,
  allOutputs,
  outputSuffix,
  datasetList,
  secondaryForm,
  serverPlaceholders,
];

/** Runs every rule over a resolved workflow, at all depths. */
export function checkDrafts(context: RuleContext): void {
  missingWorkflowInput(context);
  placeholderAtTop(context);
  for (const draft of allDrafts(context.drafts)) {
    for (const rule of stepRules) rule(draft, context.findings);
  }
}
