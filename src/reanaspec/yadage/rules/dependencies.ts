// When stages may start: dependencies that nothing fulfils, and those that go round in a circle. Yadage says nothing of them:
// such stages are never scheduled, and the workflow still counts as finished.
import { closest } from '../../../base/closest.ts';
import type { Findings } from '../../../base/finding.ts';
import { spanOf } from '../../../source/tree.ts';
import type { TextAt, YadageStage } from '../model.ts';
import { selectStages, type Scope } from './scope.ts';

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
  const written = path.text.replace(/\.(?!\[)/, '[*].');
  const message = `${consequence}: \`${path.text}\` leads to nothing, because a stage is a list of steps`;
  findings.error('yadage/unknown-stage', spanOf(path.node), message, {
    help: written === path.text || path.text.includes('[') ? undefined : `write \`${written}\``,
  });
  return true;
}

/** Stages of this scope that a stage waits for, each with the path that says so. */
function waitsFor(stage: YadageStage, scope: Scope): readonly (readonly [YadageStage, TextAt])[] {
  return pathsOf(stage).flatMap((expression) => {
    // A star stands for what has been scheduled by then, whatever that is.
    if (/^\s*(?:\$\.)?\*/.test(expression.text)) return [];
    const head = selectStages(headOf(expression.text), scope);
    return (head.found ?? []).flatMap((selected) =>
      selected.kind === 'stage' ? [[selected.stage, expression] as const] : [],
    );
  });
}

/** The part of a path that names stages of its own scope. */
function headOf(path: string): string {
  return /^\s*(?:'[^']*'|"[^"]*"|[\w@-]+)(?:\s*,\s*[\w@-]+)*/.exec(path)?.[0] ?? path;
}

/** Stages that must have been scheduled before a stage, however many others lie between. */
export function stagesBefore(stage: YadageStage, scope: Scope): ReadonlySet<YadageStage> {
  const before = new Set<YadageStage>();
  const pending = [stage];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const [needed] of waitsFor(next, scope)) {
      if (before.has(needed)) continue;
      before.add(needed);
      pending.push(needed);
    }
  }
  return before;
}

function checkCycles(scope: Scope, findings: Findings): void {
  const edges = new Map(scope.workflow.stages.map((stage) => [stage, waitsFor(stage, scope)]));
  const done = new Set<YadageStage>();
  const reported = new Set<YadageStage>();
  const visit = (stage: YadageStage, path: readonly YadageStage[]): void => {
    if (done.has(stage)) return;
    for (const [needed, expression] of edges.get(stage) ?? []) {
      const trail = [...path, stage];
      const at = trail.indexOf(needed);
      if (at === -1) visit(needed, trail);
      else if (!reported.has(needed)) {
        for (const member of trail.slice(at)) reported.add(member);
        const circle = [...trail.slice(at), needed].map(({ name }) => `\`${name}\``).join(' waits for ');
        findings.error('yadage/cycle', spanOf(expression.node), `none of these stages ever runs: ${circle}`);
      }
    }
    done.add(stage);
  };
  for (const stage of scope.workflow.stages) visit(stage, []);
}
