// Links to what other stages publish: stages and outputs that do not exist, links to one step where there are many, and
// links to stages that may not have been scheduled yet.
import { closest } from '../../../base/closest.ts';
import type { Findings } from '../../../base/finding.ts';
import { spanOf } from '../../../source/tree.ts';
import type { TextAt, YadageExpression, YadageStage } from '../model.ts';
import { comesBefore, pathsOf, reportTooHigh, reportUnknown, waitsOf } from './dependencies.ts';
import { isStatic, lookUpInit, lookUpOutput, type Lookup } from './outputs.ts';
import { runsOnlyWorkflows, selectStages, stagesNamed, stepsOf, type Scope, type Selected } from './scope.ts';
import { stepCount } from './step-count.ts';

export function checkLinks(scope: Scope, findings: Findings): void {
  for (const stage of scope.workflow.stages) {
    const early = new Set<YadageStage | 'init'>();
    for (const expression of expressionsOf(stage)) {
      if (expression.type !== 'registered') checkLink(expression, stage, scope, early, findings);
    }
  }
}

/** The expressions among the parameters of a stage. */
export function expressionsOf(stage: YadageStage): readonly YadageExpression[] {
  if (stage.scheduler.type === 'jq-stage') return [];
  return stage.scheduler.parameters.flatMap(({ value }) =>
    value.kind === 'expression' ? [value.expression] : [],
  );
}

type Link = Exclude<YadageExpression, { type: 'registered' }>;

/** @param early what has been reported as missing among the dependencies of the stage */
function checkLink(
  link: Link,
  stage: YadageStage,
  scope: Scope,
  early: Set<YadageStage | 'init'>,
  findings: Findings,
): void {
  const path = link.type === 'step' ? link.step : link.stages;
  const selection = selectStages(path.text, scope);
  if (selection.isFaulty) {
    findings.error('yadage/bad-path', spanOf(path.node), `\`${path.text}\` is no JSONPath`);
    return;
  }
  const consequence =
    link.type === 'step' ? `\`${stage.name}\` cannot be scheduled` : 'the list is always empty';
  if (reportUnknown(path, consequence, selection, findings)) return;
  reportTooHigh(path, consequence, selection, findings);
  for (const selected of selection.found ?? []) {
    checkOutput(link, path, selected, findings);
    checkOrder(path, selected, stage, scope, early, findings);
  }
  if (link.type === 'step') checkCount(path, selection.found ?? [], stage, findings);
}

function checkOutput(link: Link, path: TextAt, selected: Selected, findings: Findings): void {
  if (selected.kind === 'init') {
    if (selected.init === undefined || link.output === undefined) return;
    const lookup = lookUpInit(selected.init, link.output.text);
    report(link.output, lookup, '`init`', [...selected.init.values.keys()], findings);
    return;
  }
  const { stage } = selected;
  if (runsOnlyWorkflows(stage)) {
    if (stage.scheduler.registered !== undefined) return;
    const inner = innerStages(stage).at(-1);
    findings.error(
      'yadage/unknown-output',
      spanOf(path.node),
      `\`${stage.name}\` runs a workflow of its own and publishes nothing itself`,
      {
        help: inner === undefined ? undefined : `name a stage in it: \`${stage.name}[*].${inner}\``,
      },
    );
    return;
  }
  if (link.output === undefined) return;
  const { lookup, names } = lookUpOutput(stage, link.output.text);
  report(link.output, lookup, `stage \`${stage.name}\``, names, findings);
}

function innerStages(stage: YadageStage): readonly string[] {
  const { runs } = stage.scheduler;
  return runs?.kind === 'workflow' ? runs.workflow.stages.map((inner) => inner.name) : [];
}

function report(
  output: TextAt,
  lookup: Lookup,
  owner: string,
  names: readonly string[],
  findings: Findings,
): void {
  if (lookup === 'there' || lookup === 'unknown') return;
  const span = spanOf(output.node);
  if (lookup === 'faulty') {
    findings.error(
      'yadage/bad-path',
      span,
      `\`${output.text}\` is neither a name of what ${owner} has nor a JSONPath`,
    );
    return;
  }
  const near = closest(output.text, names);
  const listed =
    names.length > 0 && names.length <= 8
      ? `it has ${[...new Set(names)].map((name) => `\`${name}\``).join(', ')}`
      : undefined;
  findings.error('yadage/unknown-output', span, `${owner} has no \`${output.text}\``, {
    help: near === undefined ? listed : `did you mean \`${near}\`?`,
  });
}

/** A stage is scheduled as soon as its dependencies hold; what it links to must be there by then. */
function checkOrder(
  path: TextAt,
  selected: Selected,
  stage: YadageStage,
  scope: Scope,
  early: Set<YadageStage | 'init'>,
  findings: Findings,
): void {
  if (stage.dependencies.type !== 'jsonpath_ready') return;
  // A stage that could not be read may be what lies between.
  if (scope.workflow.unread.length > 0) return;
  // A dependency that leads nowhere has been reported; it may have been meant for this one.
  if (pathsOf(stage).some(({ text }) => !leadsSomewhere(text, scope))) return;
  const span = spanOf(path.node);
  if (selected.kind === 'init') {
    if (waitsOf(stage, scope).length > 0 || waitsForInit(stage) || early.has('init')) return;
    early.add('init');
    if (scope.init === undefined) {
      const message = `\`${stage.name}\` cannot be scheduled: without \`inputs.parameters\` there is no \`init\``;
      findings.error('yadage/empty-init', span, message);
      return;
    }
    const message = `\`${stage.name}\` is scheduled before \`init\`, because it does not depend on it`;
    findings.error('yadage/missing-dependency', span, message, { help: 'add `init` to its `dependencies`' });
    return;
  }
  const [upstream] = stagesNamed(path.text.split(/[.[,]/)[0] ?? '', scope.workflow);
  if (selected.stage === stage || upstream === stage) {
    findings.error('yadage/cycle', span, `\`${stage.name}\` uses what it publishes itself`);
    return;
  }
  if (upstream === undefined || early.has(upstream) || comesBefore(upstream, stage, scope)) return;
  early.add(upstream);
  const { stages } = scope.workflow;
  const isFirst = stages.indexOf(upstream) < stages.indexOf(stage);
  const isKnownEarly =
    stepsOf(upstream).length > 0 && stepsOf(upstream).every((step) => isStatic(step.publisher));
  const message = `\`${stage.name}\` uses \`${upstream.name}\` without depending on it`;
  const extras = { help: `add \`${upstream.name}\` to the \`dependencies\` of \`${stage.name}\`` };
  if (isFirst && isKnownEarly)
    findings.warning(
      'yadage/missing-dependency',
      span,
      `${message}: it works only while that one stands first`,
      extras,
    );
  else findings.error('yadage/missing-dependency', span, `${message}, so it is scheduled too early`, extras);
}

function leadsSomewhere(path: string, scope: Scope): boolean {
  const { isFaulty, unknown, lacksBrackets } = selectStages(path, scope);
  return !isFaulty && unknown.length === 0 && !lacksBrackets;
}

function waitsForInit(stage: YadageStage): boolean {
  if (stage.dependencies.type !== 'jsonpath_ready') return true;
  return stage.dependencies.expressions.some(({ text }) =>
    /^\s*(?:\$\.)?(?:init\b|\*)|,\s*init\b/.test(text),
  );
}

function isReadWhole({ scheduler }: YadageStage): boolean {
  return (
    scheduler.runs !== undefined && !(scheduler.type === 'multistep-stage' && scheduler.scatter === undefined)
  );
}

function checkCount(path: TextAt, found: readonly Selected[], stage: YadageStage, findings: Findings): void {
  // Of a stage that could not be read whole nobody knows how many steps it was meant to have.
  if (found.some((selected) => selected.kind === 'stage' && !isReadWhole(selected.stage))) return;
  const counts = found.map((selected) =>
    selected.kind === 'init' || selected.index !== undefined ? 1 : stepCount(selected.stage, selected.scope),
  );
  const sum = counts.reduce<number | undefined>(
    (total, count) => (total === undefined || count === undefined ? undefined : total + count),
    0,
  );
  if (found.length === 0 || sum === 1) return;
  const help = 'with `stages` it gets the list of all their results';
  if (sum === undefined) {
    const message = `\`step\` takes the result of exactly one step, and \`${path.text}\` may have more or fewer`;
    findings.warning('yadage/many-steps', spanOf(path.node), message, { help });
    return;
  }
  const message = `\`${stage.name}\` cannot be scheduled: \`step\` takes the result of exactly one step, and \`${path.text}\` has ${sum}`;
  findings.error('yadage/many-steps', spanOf(path.node), message, { help });
}
