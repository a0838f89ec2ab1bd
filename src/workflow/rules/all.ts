// All rules on resolved steps, in one place: a new rule is a new file and a line here.
import { allDrafts } from '../draft.ts';
import { containerImage } from './container-image.ts';
import type { RuleContext } from './context.ts';
import {
  noOutputs,
  rememberTypes,
  sharedOutputs,
  trainingType,
  typeCount,
  unknownDataType,
} from './data-types.ts';
import { unusedParameter } from './loop-parameters.ts';
import { loopResults } from './loop-results.ts';
import { loopWithoutJunction } from './loop-without-junction.ts';
import { missingStepInput, missingWorkflowInput } from './missing-input.ts';
import { missingParameter } from './missing-parameter.ts';
import { noData } from './no-data.ts';
import { athenaInSubWorkflow, junctionInput, nameLength, ownDataset, tokenInClear } from './panda-limits.ts';
import { reservedParameter } from './reserved-parameter.ts';
import type { StepRule } from './rule.ts';
import { sandboxFiles, secrets } from './sandbox-files.ts';
import { datasetList, secondaryForm } from './server-lists.ts';
import { allOutputs, outputSuffix, scatteredStep } from './server-outputs.ts';
import { serverPlaceholders } from './server-placeholders.ts';
import { stepArguments } from './step-arguments.ts';
import {
  badOutput,
  badSecondary,
  noInput,
  outputNotWritten,
  streams,
  unusedSecondary,
} from './step-files.ts';
import { stepName } from './step-name.ts';
import {
  missingOption,
  noNewPoints,
  overruledOption,
  refusedOptions,
  unusableOption,
} from './step-options.ts';
import { shapeOf } from './step-shape.ts';
import { StepView } from './step-view.ts';
import { unknownInput } from './unknown-input.ts';
import { unknownParameter } from './unknown-parameter.ts';
import { unknownPlaceholder } from './unknown-placeholder.ts';
import { unknownType } from './unknown-type.ts';
import { unresolvedInput } from './unresolved-input.ts';
import { unresolvedPlaceholder } from './unresolved-placeholder.ts';
import { wrongType } from './wrong-type.ts';

/** Rules that look at nothing but what `shapeOf` tells of a step, and at what is the same for all steps. */
const ownRules: readonly StepRule[] = [
  unknownParameter,
  missingParameter,
  wrongType,
  unresolvedInput,
  unknownPlaceholder,
  stepArguments,
  overruledOption,
  unusableOption,
  missingOption,
  refusedOptions,
  noNewPoints,
  badOutput,
  outputNotWritten,
  badSecondary,
  noInput,
  streams,
  unusedSecondary,
  containerImage,
  sandboxFiles,
  secrets,
];

/** Rules that look at the steps around, at the name or the number of a step, or into its sub-workflow. */
const tiedRules: readonly StepRule[] = [
  missingStepInput,
  unknownInput,
  reservedParameter,
  unresolvedPlaceholder,
  loopWithoutJunction,
  loopResults,
  unusedParameter,
  unknownType,
  rememberTypes,
  unknownDataType,
  noOutputs,
  typeCount,
  stepName,
  noData,
  scatteredStep,
  allOutputs,
  outputSuffix,
  sharedOutputs,
  datasetList,
  secondaryForm,
  serverPlaceholders,
  trainingType,
  junctionInput,
  nameLength,
  tokenInClear,
  ownDataset,
];

/** Runs every rule over a resolved workflow, at all depths. */
export function checkDrafts(context: RuleContext): void {
  missingWorkflowInput(context);
  athenaInSubWorkflow(context);
  const { findings } = context;
  const madeTypes: StepView['madeTypes'] = new Map();
  /** Shapes of steps that have none of the faults the own rules know. */
  const sound = new Set<string>();
  for (const draft of allDrafts(context.drafts)) {
    const view = new StepView(draft, context, madeTypes);
    const shape = shapeOf(draft);
    if (shape === undefined || !sound.has(shape)) {
      const before = findings.count;
      for (const rule of ownRules) rule(draft, findings, view);
      if (shape !== undefined && findings.count === before && sound.size < mostShapes) sound.add(shape);
    }
    for (const rule of tiedRules) rule(draft, findings, view);
  }
}

/** A bound for the memory, far above what is written by hand. */
const mostShapes = 4096;
