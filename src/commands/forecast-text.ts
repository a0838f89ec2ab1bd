// A forecast as text: for a person a block for each task, for a pipe one table with a line for each fact.
import { iterationMark } from '../prun/names.ts';
import { loopParameterMark } from '../prun/placeholders.ts';
import { quoteShellWord } from '../prun/shell-words.ts';
import { renderTable, type Column, type Row } from '../terminal/table.ts';
import type { View } from '../terminal/terminal.ts';
import { textWidth } from '../base/text-width.ts';
import { printable } from '../base/text.ts';
import { countJobs, type JobCount } from '../workflow/forecast/jobs.ts';
import { leavesOf } from '../workflow/forecast/leaves.ts';
import { forecastNames, readableName, type ForecastName } from '../workflow/forecast/names.ts';
import type { Plan, PlannedCondition, PlannedStep } from '../workflow/plan.ts';

/** What PanDA will make of a plan. Names in a loop have `<iteration>` where the number of the iteration will stand. */
export function renderForecast(plan: Plan, view: View): string {
  const names = forecastNames(plan);
  const jobs = countJobs(plan);
  const steps = new Map(leavesOf(plan).map((step) => [step.id, step]));
  const tasks = [...steps.values()].map((step) => ({
    step,
    names: names.get(step.id) ?? [],
    jobs: jobs.get(step.id) ?? { expected: null, at_most: null, depends_on: null },
    waitsFor: step.parents.flatMap((parent) => steps.get(parent) ?? []),
    nameOf: (id: number) => steps.get(id)?.name ?? String(id),
  }));
  if (!view.isTty) return asTable(tasks, view);
  const loop = tasks.some(({ step }) => step.inLoop)
    ? [
        '`<iteration>` is 1, 2, … until a junction ends the loop, and `<name>` the parameter of that iteration\n',
      ]
    : [];
  return [...tasks.map((task) => asBlock(task, view)), ...loop, `${summary(tasks)}\n`].join('\n');
}

interface Task {
  readonly step: PlannedStep;
  readonly names: readonly ForecastName[];
  readonly jobs: JobCount;
  /** Tasks it gets data from. */
  readonly waitsFor: readonly PlannedStep[];
  readonly nameOf: (id: number) => string;
}

const columns: readonly Column[] = [
  { title: 'id', kind: 'number' },
  { title: 'step', kind: 'name' },
  { title: 'type', kind: 'name' },
  { title: 'jobs', kind: 'number' },
  { title: 'fact', kind: 'name' },
  { title: 'value', kind: 'name' },
  { title: 'remark', kind: 'text' },
];

function asTable(tasks: readonly Task[], view: View): string {
  const rows = tasks.flatMap((task): Row[] => {
    const { step, jobs } = task;
    const about = [String(step.id), step.name, step.type, shortCount(jobs)];
    return factsOf(task).map(({ title, value, remark }) => [...about, title, value, remark ?? '']);
  });
  return renderTable(columns, rows, view);
}

/** A heading, and below it one fact a line; a command goes on over several lines, as one would type it. */
function asBlock(task: Task, view: View): string {
  const { step, jobs } = task;
  const { style } = view;
  const kind = `${step.type}, ${longCount(jobs)}${step.inLoop ? ' in each iteration' : ''}`;
  const heading = `${style.strong(printable(`${step.id} ${step.name}`))}  ${kind}`;
  const facts = factsOf(task).filter(({ title }) => title !== 'jobs' || jobs.depends_on !== null);
  const width = Math.max(...facts.map(({ title }) => title.length));
  const lines = facts.flatMap(({ title, value, remark, words }) => {
    const indent = width + 4;
    const shown =
      words === undefined ? [printable(value)] : brokenCommand(words.map(printable), view.width - indent);
    const text = shown.map((line, index) => (index === 0 ? line : `${' '.repeat(indent)}${line}`)).join('\n');
    const warning = remark === undefined ? [] : [`${' '.repeat(indent)}${style.error(printable(remark))}`];
    return [`  ${style.faint(title.padEnd(width))}  ${text}`, ...warning];
  });
  return `${[heading, ...lines].join('\n')}\n`;
}

interface Fact {
  readonly title: string;
  readonly value: string;
  /** What is wrong with it. */
  readonly remark?: string | undefined;
  /** The words of a command. */
  readonly words?: readonly string[];
}

function factsOf({ step, names, jobs, waitsFor, nameOf }: Task): readonly Fact[] {
  return [
    ...(jobs.depends_on === null ? [] : [{ title: 'jobs', value: `depend on ${jobs.depends_on}` }]),
    ...(waitsFor.length === 0
      ? []
      : [{ title: 'after', value: waitsFor.map((parent) => parent.name).join(', ') }]),
    ...(step.condition === undefined
      ? []
      : [{ title: 'only if', value: conditionText(step.condition, nameOf) }]),
    ...step.inputDatasets.map((dataset) => ({ title: 'input', value: readableName(dataset) })),
    ...names.map(({ kind, name, length, faults }) => ({
      title: kind,
      value: readableName(name),
      remark: faults.length === 0 ? undefined : `${faults.join('; ')} (${length} characters)`,
    })),
    ...(step.command.length === 0 ? [] : [commandOf(step)]),
  ];
}

/** `fit succeeds and scan fails` */
function conditionText(condition: PlannedCondition, nameOf: (id: number) => string): string {
  const { operator, left, right } = condition;
  const side = (part: readonly number[] | PlannedCondition, verb: string): string => {
    if ('operator' in part) return `(${conditionText(part, nameOf)})`;
    return part.map((id) => `${nameOf(id)} ${verb}`).join(' and ');
  };
  if (operator === 'not') return 'operator' in left ? `not ${side(left, '')}` : side(left, 'fails');
  const first = side(left, 'succeeds');
  return right === null ? first : `${first} ${operator ?? 'and'} ${side(right, 'succeeds')}`;
}

function commandOf(step: PlannedStep): Fact {
  const words = step.command.map((word) => quoteShellWord(readableCommand(word)));
  return { title: 'command', value: words.join(' '), words };
}

/** Marks that iDDS replaces in every iteration, in words. */
function readableCommand(word: string): string {
  const [before, after] = loopParameterMark('\0').split('\0');
  const parameter = new RegExp(`${before ?? ''}(.+?)${after ?? ''}`, 'g');
  return word.replaceAll(iterationMark, '<iteration>').replace(parameter, '<$1>');
}

/** Breaks a command before options where it gets too long; a word is never cut. */
function brokenCommand(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const [index, word] of words.entries()) {
    const next = words[index + 1];
    // An option stays with its value.
    const isOption = word.startsWith('-') && next !== undefined && !next.startsWith('-');
    const needed = textWidth(word) + (isOption ? 1 + textWidth(next) : 0);
    const canBreak = word.startsWith('-') || words[index - 1]?.startsWith('-') === false;
    if (line !== '' && canBreak && textWidth(line) + 1 + needed > width - 2) {
      lines.push(`${line} \\`);
      line = `  ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** `3`, `1+` when there may be more, `≤20` without the sign where it is all that is known, `?`. */
function shortCount({ expected, at_most, depends_on }: JobCount): string {
  if (expected !== null) return depends_on === null ? String(expected) : `${expected}+`;
  return at_most === null ? '?' : `<=${at_most}`;
}

function longCount({ expected, at_most, depends_on }: JobCount): string {
  if (expected !== null)
    return depends_on === null ? counted(expected, 'job') : `${counted(expected, 'job')} or more`;
  return at_most === null ? 'number of jobs unknown' : `at most ${counted(at_most, 'job')}`;
}

function summary(tasks: readonly Task[]): string {
  const isCertain = tasks.every(
    ({ step, jobs }) => jobs.depends_on === null && !step.inLoop && step.condition === undefined,
  );
  const total = tasks.reduce((sum, { jobs }) => sum + (jobs.expected ?? 0), 0);
  const faults = tasks.flatMap(({ names }) => names.filter((name) => name.faults.length > 0)).length;
  const jobs = `${counted(total, 'job')}${isCertain ? '' : ' where the number is known'}`;
  const refused = faults === 0 ? '' : `; PanDA will not take ${counted(faults, 'name')}`;
  return `${counted(tasks.length, 'task')}, ${jobs}${refused}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
