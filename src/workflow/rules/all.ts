// All rules on resolved steps, in one place: a new rule is a new file and a line here.
import { Findings } from '../../base/finding.ts';
import { allDrafts } from '../draft.ts';
import { containerImage } from './container-image.ts';
import type { RuleContext } from './context.ts';
import { noOutputs, sharedOutputs, trainingType, typeCount, unknownDataType } from './data-types.ts';
import { unusedParameter } from './loop-parameters.ts';
import { loopResults } from './loop-results.ts';
import { loopWithoutJunction } from './loop-without-junction.ts';
import { missingStepInput, missingWorkflowInput } from './missing-input.ts';
import { missingParameter } from './missing-parameter.ts';
import { nativeLimits } from './native-limits.ts';
import { noData } from './no-data.ts';
import { outputTypes } from './output-types.ts';
import { athenaInSubWorkflow, junctionInput, nameLength, ownDataset, tokenInClear } from './panda-limits.ts';
import { reservedParameter } from './reserved-parameter.ts';
import type { StepRule } from './rule.ts';
import { sandboxFiles, secrets } from './sandbox-files.ts';
import { datasetList, secondaryForm } from './server-lists.ts';
import { allOutputs, outputSuffix, scatteredStep } from './server-outputs.ts';
import { serverPlaceholders } from './server-placeholders.ts';
import { searchOptions } from './search-options.ts';
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
import { missingOption, overruledOption, refusedOptions, unusableOption } from './step-options.ts';
import { StepShapes } from './step-shapes.ts';
import { StepView } from './step-view.ts';
import { unknownInput } from './unknown-input.ts';
import { unknownParameter } from './unknown-parameter.ts';
import { unknownPlaceholder } from './unknown-placeholder.ts';
import { unknownType } from './unknown-type.ts';
import { unresolvedInput } from './unresolved-input.ts';
import { unresolvedPlaceholder } from './unresolved-placeholder.ts';
import { inWordsOf } from './wording.ts';
import { wrongType } from './wrong-type.ts';

/** Rules that look at nothing but what is the same in steps of one shape, and in the whole workflow. */
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
  searchOptions,
  badOutput,
  outputNotWritten,
  badSecondary,
  noInput,
  streams,
  unusedSecondary,
  containerImage,
  sandboxFiles,
  secrets,
  tokenInClear,
  ownDataset,
];

/** Rules that look at the steps its data come from as well, or into its sub-workflow. */
const tiedRules: readonly StepRule[] = [
  missingStepInput,
  unknownInput,
  reservedParameter,
  unresolvedPlaceholder,
  loopWithoutJunction,
  loopResults,
  unusedParameter,
  unknownType,
  unknownDataType,
  noOutputs,
  typeCount,
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
];

/** Rules that look at the name and the number of a step, or at all that is in it. */
const nameRules: readonly StepRule[] = [stepName, nameLength, nativeLimits];

/** Runs every rule over a resolved workflow, at all depths. */
export function checkDrafts(context: RuleContext): void {
  const { language } = context.workflow;
  if (language === 'cwl') {
    runRules(context);
    return;
  }
  const findings = new Findings();
  runRules({ ...context, findings });
  for (const finding of findings.sorted()) context.findings.add(inWordsOf(language, finding));
}

function runRules(context: RuleContext): void {
  missingWorkflowInput(context);
  athenaInSubWorkflow(context);
  const shapes = new StepShapes();
  const madeTypes: StepView['madeTypes'] = new Map();
  outputTypes(context, madeTypes);
  const own = new RuleGroup<number>(ownRules, context);
  const tied = new RuleGroup<string>(tiedRules, context);
  for (const draft of allDrafts(context.drafts)) {
    const view = new StepView(draft, context, madeTypes);
    own.check(view, shapes.own(draft));
    tied.check(view, shapes.tied(draft));
    for (const rule of nameRules) rule(draft, context.findings, view);
  }
}

/** Rules that say the same of all steps of one shape, as far as they are silent: findings have places of their own. */
class RuleGroup<Shape extends string | number> {
  readonly #rules: readonly StepRule[];
  readonly #context: RuleContext;
  /** Shapes of steps about which the rules were silent. */
  readonly #sound = new Set<Shape>();

  constructor(rules: readonly StepRule[], context: RuleContext) {
    this.#rules = rules;
    this.#context = context;
  }

  /** @param shape `undefined` for a step that is like no other */
  check(view: StepView, shape: Shape | undefined): void {
    if (shape !== undefined && this.#sound.has(shape)) return;
    const { findings } = this.#context;
    const before = findings.count;
    for (const rule of this.#rules) rule(view.draft, findings, view);
    if (shape !== undefined && findings.count === before) this.#sound.add(shape);
  }
}
