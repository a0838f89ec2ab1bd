// When stages may start: dependencies that nothing fulfils, and those that go round in a circle. Yadage says nothing of them:
// such stages are never scheduled, and the workflow still counts as finished.
import { closest } from '../../../base/closest.ts';
import type { Findings } from '../../../base/finding.ts';
import { counted } from '../../../base/text.ts';
import { spanOf } from '../../../source/tree.ts';
import type { TextAt, YadageStage } from '../model.ts';
import { selectStages, type Scope } from './scope.ts';
import { stepCount } from './step-count.ts';

export function checkDependencies(scope: Scope, findings: Findings): void {
  for (const stage of scope.workflow.stages) {
    for (const expression of pathsOf(stage)) checkPath(expression, stage, scope, findings);
  }
  checkCycles(scope, findings);
}

/** The paths that a stage waits for. */
export function pathsOf(stage: YadageStage): readonly TextAt[] {
  return stage.dependencies.type === 'jsonpath_ready' ? stage.dependencies.expressions : [];
}

function checkPath(expression: TextAt, stage: YadageStage, scope: Scope, findings: Findings): void {
  const selection = selectStages(expression.text, scope);
  if (selection.isFaulty) {
    findings.error('yadage/bad-path', spanOf(expression.node), `\`${expression.text}\` is no JSONPath`, {
      help: /^[\w -]+$/.test(expression.text) ? `quote such a name: \`"'${expression.text}'"\`` : undefined,
    });
    return;
  }
  if (reportUnknown(expression, `\`${stage.name}\` never runs`, selection, findings)) return;
  reportTooHigh(expression, `\`${stage.name}\` never runs`, selection, findings);
  const waitsForInit = selection.found?.some((selected) => selected.kind === 'init') === true;
  if (waitsForInit && scope.init === undefined) {
    const message = `\`${stage.name}\` never runs: without \`inputs.parameters\` there is no \`init\` to wait for`;
    findings.error('yadage/empty-init', spanOf(expression.node), message, {
      help: 'leave out this dependency, or give the workflow a parameter',
    });
  }
}

/** Reports names in a path that no stage has.
 *  @param consequence begins the message
 *  @returns whether there were any */
export function reportUnknown(
  path: TextAt,
  consequence: string,
  { unknown, lacksBrackets }: ReturnType<typeof selectStages>,
  findings: Findings,
): boolean {
  const [first] = unknown;
  if (first !== undefined) {
    const names = first.scope.workflow.stages.map((stage) => stage.name);
    const near = closest(first.name, [...names, 'init']);
    findings.error(
      'yadage/unknown-stage',
      spanOf(path.node),
      `${consequence}: there is no stage \`${first.name}\``,
      {
        help: near === undefined ? undefined : `did you mean \`${near}\`?`,
      },
    );
    return true;
  }
  if (!lacksBrackets) return false;
  const message = `${consequence}: \`${path.text}\` leads to nothing, because a stage is a list of steps`;
  findings.error('yadage/unknown-stage', spanOf(path.node), message, {
    help: 'a stage in a nested workflow is `outer[*].inner`; the name of an output goes under `output`',
  });
  return true;
}

/** Reports a step with a number that its stage does not come to. */
export function reportTooHigh(
  path: TextAt,
  consequence: string,
  { found }: ReturnType<typeof selectStages>,
  findings: Findings,
): void {
  for (const selected of found ?? []) {
    if (selected.kind === 'init' || selected.index === undefined) continue;
    const count = stepCount(selected.stage, selected.scope);
    if (count === undefined || selected.index < count) continue;
    const message = `${consequence}: \`${selected.stage.name}\` has ${counted(count, 'step')}, and the first is number 0`;
    findings.error('yadage/unknown-stage', spanOf(path.node), message);
  }
}

interface Wait {
  readonly stage: YadageStage;
  /** The path that says so. */
  readonly path: TextAt;
}

const waits = new WeakMap<YadageStage, readonly Wait[]>();

/** Stages of its own scope that a stage waits for. */
export function waitsOf(stage: YadageStage, scope: Scope): readonly Wait[] {
  let known = waits.get(stage);
  if (known === undefined) {
    known = findWaits(stage, scope);
    waits.set(stage, known);
  }
  return known;
}

function findWaits(stage: YadageStage, scope: Scope): readonly Wait[] {
  return pathsOf(stage).flatMap((path) => {
    // A star stands for what has been scheduled by then, whatever that is.
    if (/^\s*(?:\$\.)?\*/.test(path.text)) return [];
    const head = selectStages(headOf(path.text), scope);
    return (head.found ?? []).flatMap((selected) =>
      selected.kind === 'stage' ? [{ stage: selected.stage, path }] : [],
    );
  });
}

/** The part of a path that names stages of its own scope. */
function headOf(path: string): string {
  return /^\s*(?:'[^']*'|"[^"]*"|[\w@-]+)(?:\s*,\s*[\w@-]+)*/.exec(path)?.[0] ?? path;
}

/** Whether a stage has certainly been scheduled before another, however many others lie between. */
export function comesBefore(first: YadageStage, second: YadageStage, scope: Scope): boolean {
  const seen = new Set<YadageStage>();
  const pending = [second];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const { stage } of waitsOf(next, scope)) {
      if (stage === first) return true;
      if (seen.has(stage)) continue;
      seen.add(stage);
      pending.push(stage);
    }
  }
  return false;
}

interface Open {
  readonly stage: YadageStage;
  /** How many of its waits have been followed. */
  next: number;
}

/** Follows waits from stage to stage, without calling itself: a chain of stages may be as long as it likes. */
function checkCycles(scope: Scope, findings: Findings): void {
  const done = new Set<YadageStage>();
  const reported = new Set<YadageStage>();
  for (const start of scope.workflow.stages) {
    const trail: Open[] = [{ stage: start, next: 0 }];
    const onTrail = new Map([[start, 0]]);
    for (let open = trail.at(-1); open !== undefined; open = trail.at(-1)) {
      const wait = done.has(open.stage) ? undefined : waitsOf(open.stage, scope)[open.next++];
      if (wait === undefined) {
        done.add(open.stage);
        onTrail.delete(open.stage);
        trail.pop();
        continue;
      }
      const at = onTrail.get(wait.stage);
      if (at === undefined) {
        onTrail.set(wait.stage, trail.length);
        trail.push({ stage: wait.stage, next: 0 });
      } else if (!reported.has(wait.stage)) {
        const members = trail.slice(at).map(({ stage }) => stage);
        for (const member of members) reported.add(member);
        reportCycle([...members, wait.stage], wait.path, findings);
      }
    }
  }
}

function reportCycle(members: readonly YadageStage[], path: TextAt, findings: Findings): void {
  const names = members.map(({ name }) => `\`${name}\``);
  const shown = names.length > 8 ? [...names.slice(0, 4), '…', ...names.slice(-3)] : names;
  const message = `none of these stages ever runs: ${shown.join(' waits for ')}`;
  findings.error('yadage/cycle', spanOf(path.node), message);
}
