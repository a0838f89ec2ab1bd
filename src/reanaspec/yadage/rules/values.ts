// Texts among the parameters: each is a format string for `{workdir}` and `{readdir0}`, and it is filled in twice, once for
// the job and once more when its results are published. Braces of any other meaning break the step.
import type { Findings } from '../../../base/finding.ts';
import { spanOf } from '../../../source/tree.ts';
import { spanWithin } from '../../../source/within.ts';
import { fillFormat, isPositional, parseFormat } from '../../python-format.ts';
import type { TextAt, YadageStage } from '../model.ts';
import { expressionsOf } from './links.ts';
import { textsIn } from './placeholders.ts';
import { runsOnlyWorkflows, type InitValues } from './scope.ts';

/** Checks the parameters of a stage that are given as they are. */
export function checkValues(stage: YadageStage, findings: Findings): void {
  if (stage.scheduler.type === 'jq-stage') return;
  const directories = upstreamCount(stage);
  for (const { key, value } of stage.scheduler.parameters) {
    if (value.kind !== 'literal') continue;
    for (const source of textsIn(value.node)) {
      checkText(source, `parameter \`${key}\` of \`${stage.name}\``, findings, (name) => {
        if (name === 'workdir') {
          return runsOnlyWorkflows(stage) ? 'a nested workflow has no work directory of its own' : undefined;
        }
        const number = /^readdir(\d+)$/.exec(name)?.[1];
        if (number === undefined) return 'only `{workdir}` and `{readdir0}`, `{readdir1}`… are known here';
        if (directories === undefined || Number(number) < directories) return undefined;
        return directories === 0
          ? 'the stage takes nothing from other stages'
          : `the stage reads from ${directories} only`;
      });
    }
  }
}

/** Checks what comes from outside: it is filled in like all the others, and there is no work directory yet. */
export function checkInitValues(init: InitValues, findings: Findings): void {
  for (const [key, node] of init.values) {
    for (const source of node === undefined ? [] : textsIn(node)) {
      checkText(source, `the input \`${key}\``, findings, () => 'nothing is known here');
    }
  }
}

function checkText(
  source: TextAt,
  owner: string,
  findings: Findings,
  faultOf: (name: string) => string | undefined,
): void {
  if (!/[{}]/.test(source.text)) return;
  const format = parseFormat(source.text);
  const report = (start: number, end: number, why: string): void => {
    const written = source.text.slice(start, end);
    const shown = written.length > 40 ? `${written.slice(0, 39)}…` : written;
    const message = `\`${shown}\` in ${owner} is read as a placeholder, and the step fails with it: ${why}`;
    findings.error('yadage/braces-in-value', spanWithin(source.node, start, end), message);
  };
  if (format.fault !== undefined) {
    report(format.fault.start, format.fault.end, format.fault.message);
    return;
  }
  // Python gives up on a text with such a field, and leaves the whole of it as it is.
  if (format.fields.some(isPositional)) {
    if (!source.text.includes('{workdir}')) return;
    const message = `\`{workdir}\` in ${owner} stays as it is, because \`{}\` stands beside it`;
    findings.error('yadage/braces-in-value', spanOf(source.node), message);
    return;
  }
  for (const field of format.fields) {
    const why = faultOf(field.name);
    if (why === undefined) continue;
    report(field.start, field.end, why);
    return;
  }
  checkSecondTime(source, fillFormat(source.text, format, 'directory'), owner, findings);
}

function checkSecondTime(source: TextAt, filled: string, owner: string, findings: Findings): void {
  const again = parseFormat(filled);
  if (again.fault === undefined && again.fields.every(isPositional)) return;
  const at = source.text.search(/\{\{|\}\}/);
  const message = `the doubled braces in ${owner} break its step: the text is filled in twice, and the second time they are a placeholder`;
  findings.error(
    'yadage/braces-in-value',
    at === -1 ? spanOf(source.node) : spanWithin(source.node, at, at + 2),
    message,
    {
      help: 'build the text in the process instead, where doubled braces work',
    },
  );
}

/** From how many other steps a stage takes something; `undefined` when there may be any number. */
function upstreamCount(stage: YadageStage): number | undefined {
  const expressions = expressionsOf(stage);
  if (expressions.some((expression) => expression.type !== 'step')) return undefined;
  return new Set(expressions.map((expression) => (expression.type === 'step' ? expression.step.text : '')))
    .size;
}
