// Everything that can be said of a Yadage workflow without running it.
import type { Findings } from '../../base/finding.ts';
import { keyText, spanOf } from '../../source/tree.ts';
import type { MapNode } from '../../source/tree.ts';
import type { CredentialUse } from '../settings.ts';
import type { YadageStage, YadageWorkflow } from './model.ts';
import { checkDependencies } from './rules/dependencies.ts';
import { checkEnvironment } from './rules/environments.ts';
import { checkJq } from './rules/jq.ts';
import { checkLinks, expressionsOf } from './rules/links.ts';
import { checkPlaceholders } from './rules/placeholders.ts';
import { checkScatter } from './rules/scatter.ts';
import { allScopes, stepsOf, type InitValues, type Scope } from './rules/scope.ts';
import { checkInitValues, checkValues } from './rules/values.ts';

/** What reana.yaml gives to a workflow. */
export interface YadageInputs {
  /** `inputs.parameters`. */
  readonly parameters: MapNode | undefined;
  /** False when there may be others among them. */
  readonly isKnown: boolean;
  /** The contents of `options.initfiles`; `undefined` for one that could not be read. */
  readonly initFiles: readonly (MapNode | undefined)[];
  readonly wantsHints: boolean;
}

export interface YadageNeeds {
  readonly credentials: readonly CredentialUse[];
  /** With their tags. */
  readonly images: readonly string[];
}

/** Checks a workflow.
 *  @returns what its steps ask for */
export function checkYadage(workflow: YadageWorkflow, inputs: YadageInputs, findings: Findings): YadageNeeds {
  const init = initOf(inputs);
  const top: Scope = { workflow, init, isNested: false };
  if (init !== undefined) checkInitValues(init, findings);
  if (isReadWhole(workflow)) reportUnusedInputs(top, inputs, findings);
  const needs = allScopes(top).flatMap((scope) => {
    checkDependencies(scope, findings);
    checkLinks(scope, findings);
    checkNames(scope, findings);
    if (scope.workflow.unread.length + scope.workflow.stages.length === 0) {
      findings.warning(
        'yadage/no-stages',
        spanOf(scope.workflow.node),
        'a workflow without stages does nothing',
      );
    }
    return scope.workflow.stages.flatMap((stage) => {
      checkPrograms(stage, findings);
      checkPlaceholders(stage, findings);
      checkValues(stage, findings);
      checkScatter(stage, scope, findings);
      return stepsOf(stage).map((step) => checkEnvironment(step, inputs.wantsHints, findings));
    });
  });
  return {
    credentials: needs.flatMap(({ credentials }) => credentials),
    images: needs.flatMap(({ image }) => image ?? []),
  };
}

/** Whether all that its stages use is known. */
function isReadWhole({ stages, unread }: YadageWorkflow): boolean {
  return (
    unread.length === 0 &&
    stages.every(({ scheduler }) => scheduler.type === 'jq-stage' || scheduler.isComplete)
  );
}

/** Parameters win over what the files say. */
function initOf({ parameters, isKnown, initFiles }: YadageInputs): InitValues | undefined {
  const maps = [...initFiles, parameters];
  const values = new Map(
    maps.flatMap((map) => (map?.entries ?? []).map(({ key, value }) => [keyText(key), value] as const)),
  );
  const isComplete = isKnown && initFiles.every((map) => map !== undefined);
  return values.size === 0 && isComplete ? undefined : { values, isComplete };
}

/** Two stages of one name share their steps and their work directory; of two parameters the second one counts. */
function checkNames(scope: Scope, findings: Findings): void {
  const seen = new Map<string, YadageStage>();
  for (const stage of scope.workflow.stages) {
    const first = seen.get(stage.name);
    if (first === undefined) seen.set(stage.name, stage);
    else {
      findings.warning(
        'yadage/repeated-name',
        spanOf(stage.nameNode),
        `there is another stage \`${stage.name}\`, and both work in the same directory`,
        {
          related: [{ span: spanOf(first.nameNode), message: 'the first one' }],
        },
      );
    }
    if (stage.name === 'init') {
      const message = '`init` is the name of what comes from outside: a stage must have another one';
      findings.error('yadage/repeated-name', spanOf(stage.nameNode), message);
    }
    if (stage.scheduler.type === 'jq-stage') continue;
    const keys = new Set<string>();
    for (const { key, keyNode } of stage.scheduler.parameters) {
      if (keys.has(key))
        findings.warning(
          'yadage/repeated-name',
          spanOf(keyNode),
          `parameter \`${key}\` is given twice; the last one counts`,
        );
      keys.add(key);
    }
    checkNested(stage, findings);
  }
}

/** Everything of a stage that is a program of jq. */
function checkPrograms(stage: YadageStage, findings: Findings): void {
  const { scheduler } = stage;
  if (scheduler.type === 'jq-stage') {
    checkJq(scheduler.stepScript, findings);
    checkJq(scheduler.postScript, findings);
  }
  for (const one of scheduler.runs?.kind === 'cases' ? scheduler.runs.cases : [])
    checkJq(one.condition, findings);
  for (const { publisher } of stepsOf(stage)) {
    if (publisher?.type === 'fromparjq-pub') checkJq(publisher.script, findings);
  }
}

/** Without any parameter the node `init` of a nested workflow fails. */
function checkNested(stage: YadageStage, findings: Findings): void {
  const { scheduler } = stage;
  if (scheduler.type === 'jq-stage' || scheduler.runs?.kind !== 'workflow') return;
  if (scheduler.parameters.length > 0 || !scheduler.isComplete) return;
  const message = `the workflow that \`${stage.name}\` runs fails without any parameter`;
  findings.error('yadage/empty-init', spanOf(stage.nameNode), message, {
    help: 'give the stage a parameter',
  });
}

/** Inputs that no stage takes from `init`. A link to `init` as a whole takes all of them. */
function reportUnusedInputs(top: Scope, { parameters }: YadageInputs, findings: Findings): void {
  const used = new Set<string>();
  for (const stage of top.workflow.stages) {
    if (stage.scheduler.type === 'jq-stage') return;
    for (const expression of expressionsOf(stage)) {
      if (expression.type === 'registered') return;
      const path = expression.type === 'step' ? expression.step : expression.stages;
      if (!/\binit\b|\*/.test(path.text)) continue;
      if (expression.output === undefined) return;
      const name = /^[\w@-]+/.exec(expression.output.text)?.[0];
      used.add(expression.output.text).add(name ?? '');
    }
  }
  for (const { key } of parameters?.entries ?? []) {
    const name = keyText(key);
    if (used.has(name)) continue;
    findings.warning('reana/unused-parameter', spanOf(key), `parameter \`${name}\` is not used by any stage`);
  }
}
