// The second half of what `--check` shows: works and conditions, in the words of iDDS.
//
//   ===== Workflow ID:None ====
//     Works
//       ID:0 Name:top Type:prun Class:ATLASPandaWork
//
//     Conditions
//       Default Link ID:0 is_started -> ID:1
import { pythonRepr } from '../../prun/plain-value.ts';
import type { Value } from '../../workflow/model.ts';
import type { Plan, PlannedCondition, PlannedStep } from '../../workflow/plan.ts';

/** The text for a whole plan; sub-workflows follow their parent, each as a workflow of its own. */
export function dumpWorks(plan: Plan): string {
  return dumpWorkflow('None', plan.steps, {});
}

function dumpWorkflow(
  id: string,
  steps: readonly PlannedStep[],
  rootInputs: PlannedStep['rootInputs'],
): string {
  const works = steps.map(
    (step) => `    ID:${step.id} Name:${step.name} Type:${step.type} Class:${workClass(step)}\n`,
  );
  const loops = steps.filter((step) => step.loop).map(loopLine);
  const conditions = steps.flatMap((step) => conditionLines(step, steps));
  const [looping, plain] = variablesOf(rootInputs);
  return [
    `===== Workflow ID:${id} ====\n`,
    `  Works\n${works.join('')}\n`,
    `  Conditions\n${[...loops, ...conditions].map((line) => `    ${line}\n`).join('')}\n`,
    looping.length === 0
      ? ''
      : `  Looping local variables\n    ${pythonRepr(Object.fromEntries(looping))}\n\n`,
    plain.length === 0 ? '' : `  Workflow local variable\n    ${pythonRepr(Object.fromEntries(plain))}\n\n`,
    '\n',
    ...steps
      .filter((step) => step.type === 'workflow')
      .map((step) => dumpWorkflow(String(step.id), step.steps, step.rootInputs)),
  ].join('');
}

function workClass(step: PlannedStep): string {
  if (step.type === 'workflow') return 'Workflow';
  return step.type === 'junction' ? 'ATLASLocalPandaWork' : 'ATLASPandaWork';
}

/** A loop ends when its junction says so. */
function loopLine(step: PlannedStep): string {
  const terminator = step.steps.findLast((child) => child.type === 'junction');
  return `Loop in ID:${step.id} with terminator ID:${terminator?.id ?? 'None'}`;
}

function conditionLines(step: PlannedStep, siblings: readonly PlannedStep[]): string[] {
  if (step.condition !== undefined) {
    const { lines, text, isBinary } = describe(step.condition, step.id);
    return isBinary ? [...lines, `Binary Ops ${text} for ID:${step.id}`] : lines;
  }
  const lines = step.links.flatMap((link) => {
    // Parents inside of a sub-workflow stand for it here; parents outside of this one are its parent's links.
    const source = siblings.find((sibling) => sibling.id !== step.id && holds(sibling, link.parent));
    return source === undefined ? [] : [`Default Link ID:${source.id} is_${link.kind} -> ID:${step.id}`];
  });
  return [...new Set(lines)];
}

function holds(step: PlannedStep, id: number): boolean {
  return step.id === id || step.steps.some((child) => holds(child, id));
}

interface Description {
  /** The unary lines of its leaves. */
  readonly lines: string[];
  /** The condition as part of a larger one. */
  readonly text: string;
  readonly isBinary: boolean;
}

function describe(condition: PlannedCondition, id: number): Description {
  const { operator, left, right } = condition;
  if (operator === 'and' || operator === 'or') {
    const sides = [left, right ?? []].map((side) => describeSide(side, id, 'processed'));
    const name = operator === 'and' ? 'AndCondition' : 'OrCondition';
    return {
      lines: sides.flatMap((side) => side.lines),
      text: `${name}(${sides.map((side) => side.text).join(', ')})`,
      isBinary: true,
    };
  }
  return describeSide(left, id, operator === 'not' ? 'failed' : 'processed');
}

function describeSide(side: readonly number[] | PlannedCondition, id: number, kind: string): Description {
  if (!isParents(side)) {
    const inner = describe(side, id);
    // Only a negation of a whole condition is not said by its leaves.
    return kind === 'failed' && inner.isBinary ? { ...inner, text: `not ${inner.text}` } : inner;
  }
  const parts = side.map((parent) => `ID:${parent} is_${kind}`);
  const text = parts.join(', ');
  return { lines: [`Unary Ops AndCondition(${text}) -> ID:${id}`], text, isBinary: false };
}

function isParents(side: readonly number[] | PlannedCondition): side is readonly number[] {
  return Array.isArray(side);
}

type Variables = readonly (readonly [string, Value])[];

/** Variables of a loop carry `param_` in the documents; iDDS shows them without it. */
function variablesOf(rootInputs: PlannedStep['rootInputs']): readonly [Variables, Variables] {
  const looping: (readonly [string, Value])[] = [];
  const plain: (readonly [string, Value])[] = [];
  for (const [name, value] of Object.entries(rootInputs)) {
    if (name.startsWith('param_')) looping.push([name.slice('param_'.length), value]);
    else plain.push([name, value]);
  }
  return [looping, plain];
}
