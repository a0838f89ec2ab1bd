// The live view as pure text: one row per step, REANA's own progress under it, a foot with totals.
//
//   user.alice.scan (request 12)  Transforming
//   ✔ done     generate   prun      ██████████ 10/10             12 s
//   ⠹ running  fit        reana     ░░░░░░░░░░  0/1   1 running   3 s
//              fit.3 running  2/4 steps, now `scan`
//   ○ waiting  collect    junction
//   1 min 02 s, 1 of 3 steps done, 10 of 11 jobs, 1 running
import { clip, padEnd, padStart, textWidth } from '../base/text-width.ts';
import { counted, printable } from '../base/text.ts';
import { duration, elapsed } from './amounts.ts';
import type { SearchProgress } from '../panda/search-answer.ts';
import { lossText } from './loss-axis.ts';
import { sparks } from './loss-curve.ts';
import type { Phase, ProgressRun, ProgressState, ProgressTask } from './progress-state.ts';
import {
  currentStepText,
  phaseOf,
  phaseOfStatus,
  placeText,
  runName,
  taskLabels,
  weatherText,
  wordOf,
} from './progress-state.ts';
import type { Style } from './style.ts';

export interface ProgressOptions {
  /** No line is wider than this many columns. */
  readonly width: number;
  /** At most so many lines (at least 3); steps that need no attention are folded. `undefined`: all of them. */
  readonly rows?: number | undefined;
  readonly nowMs: number;
  readonly unicode: boolean;
  readonly style: Style;
}

/** The lines of the live view, each at most `width` columns wide. */
export function progressLines(state: ProgressState, options: ProgressOptions): string[] {
  const rows = tableRows(state, options);
  const room = options.rows === undefined ? Number.POSITIVE_INFINITY : Math.max(1, options.rows - 2);
  return [headLine(state), ...folded(rows, room, options), footLine(state, options)].map((line) =>
    lineOf(line, options),
  );
}

/** A stretch of text in one style. */
interface Part {
  readonly text: string;
  readonly paint?: keyof Style | undefined;
}

type Line = readonly Part[];

interface StepRow {
  readonly phase: Phase;
  readonly lines: readonly Line[];
}

/** Cuts at the width, then paints: a cut never falls into an escape sequence. */
function lineOf(parts: Line, options: ProgressOptions): string {
  let left = Math.max(1, options.width);
  let text = '';
  const mark = options.unicode ? '…' : '.';
  const last = parts.findLastIndex((part) => part.text.trim() !== '');
  for (const [index, part] of parts.slice(0, last + 1).entries()) {
    const content = index === last ? part.text.trimEnd() : part.text;
    const rest = index < last;
    const fits = textWidth(content) < left || (!rest && textWidth(content) === left);
    const shown = fits ? content : clip(content + (rest ? ' ' : ''), left, mark);
    text += part.paint === undefined || shown.trim() === '' ? shown : options.style[part.paint](shown);
    left -= textWidth(shown);
    if (!fits || left <= 0) break;
  }
  return text;
}

function headLine(state: ProgressState): Line {
  const { request } = state;
  const weather = weatherText(state);
  const paint = requestPaint(request.status);
  return [
    { text: oneLine(request.name), paint: 'strong' },
    { text: ` (request ${request.id})  ` },
    { text: oneLine(request.status), paint },
    ...(request.error === null ? [] : [{ text: `  ${oneLine(request.error)}` }]),
    ...(weather === undefined ? [] : [{ text: `  ${oneLine(weather)}`, paint: 'warning' as const }]),
  ];
}

/** How the status of a request is painted. */
export function requestPaint(status: string): keyof Style | undefined {
  if (status === 'Finished') return 'success';
  if (status === 'Failed') return 'error';
  return status === 'SubFinished' || status.startsWith('Cancel') ? 'warning' : 'path';
}

const phasePaint: Readonly<Record<Phase, keyof Style>> = {
  waiting: 'faint',
  running: 'path',
  done: 'success',
  partly: 'warning',
  failed: 'error',
  stopped: 'warning',
  skipped: 'faint',
};

/** How the status of a task is painted. */
export function taskPaint(status: string): keyof Style | undefined {
  const phase = phaseOfStatus(status);
  return phase === undefined ? undefined : phasePaint[phase];
}

const unicodeSymbols: Readonly<Record<Phase, string>> = {
  waiting: '○',
  running: '●',
  done: '✔',
  partly: '◐',
  failed: '✖',
  stopped: '■',
  skipped: '–',
};

const asciiSymbols: Readonly<Record<Phase, string>> = {
  waiting: '.',
  running: '*',
  done: '+',
  partly: '%',
  failed: 'x',
  stopped: '!',
  skipped: '-',
};

const unicodeSpinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const asciiSpinner = ['|', '/', '-', '\\'] as const;

function symbolOf(phase: Phase, options: ProgressOptions): string {
  if (phase === 'running') {
    const frames = options.unicode ? unicodeSpinner : asciiSpinner;
    return frames[Math.floor(Math.max(0, options.nowMs) / 200) % frames.length] ?? '*';
  }
  return (options.unicode ? unicodeSymbols : asciiSymbols)[phase];
}

function tableRows(state: ProgressState, options: ProgressOptions): StepRow[] {
  const labels = taskLabels(state.tasks);
  const label = (task: ProgressTask): string => oneLine(labels.get(task.id) ?? task.step);
  const widest = (texts: readonly string[], most: number): number =>
    Math.min(most, Math.max(0, ...texts.map(textWidth)));
  const word = (task: ProgressTask): string => oneLine(wordOf(task));
  const type = (task: ProgressTask): string => oneLine(task.type);
  const words = widest(state.tasks.map(word), 12);
  // Names get what a bar and counts leave over; on a narrow terminal at least a third.
  const names = widest(state.tasks.map(label), Math.max(10, Math.floor(options.width / 3)));
  const types = widest(state.tasks.map(type), 10);
  const barWidth = options.width >= 72 ? 10 : options.width >= 56 ? 5 : 0;
  const counts = Math.max(0, ...state.tasks.map((task) => textWidth(countText(task))));
  const mark = options.unicode ? '…' : '.';
  const known = new Set(state.tasks.map((task) => task.id));
  const rows = state.tasks.map((task): StepRow => {
    const phase = phaseOf(task);
    const head: Line = [
      { text: `${symbolOf(phase, options)} `, paint: phasePaint[phase] },
      { text: padEnd(clip(word(task), words, mark), words + 2), paint: phasePaint[phase] },
      { text: padEnd(clip(label(task), names, mark), names + 2), paint: 'strong' },
      { text: padEnd(clip(type(task), types, mark), types + 2), paint: 'faint' },
      ...jobParts(task, barWidth, counts, options),
    ];
    const runs = state.runs.filter((run) => run.task_id === task.id);
    const place = placeText(task);
    const note: Line[] =
      place === undefined ? [] : [[{ text: `${' '.repeat(words + 4)}${oneLine(place)}`, paint: 'warning' }]];
    const search = task.search === undefined ? [] : [searchLine(task.search, words + 4, options)];
    return { phase, lines: [head, ...note, ...search, ...runs.map((run) => runLine(run, words + 4))] };
  });
  // Runs of nobody, and of tasks that are not in the snapshot yet.
  const loose = state.runs.filter((run) => run.task_id === null || !known.has(run.task_id));
  return [...rows, ...loose.map((run): StepRow => ({ phase: 'running', lines: [runLine(run, 2)] }))];
}

/** A search has as many jobs as points, when all goes well. */
const totalOf = (task: ProgressTask): number | null => task.jobs.total ?? task.search?.max_points ?? null;

function countText(task: ProgressTask): string {
  const { finished, failed } = task.jobs;
  const total = totalOf(task);
  if (total === null) return finished + failed > 0 ? `${finished}/?` : '';
  return total === 0 ? '' : `${finished}/${total}`;
}

function jobParts(task: ProgressTask, barWidth: number, counts: number, options: ProgressOptions): Part[] {
  const { finished, failed, running, reused = 0 } = task.jobs;
  const total = totalOf(task);
  const phase = phaseOf(task);
  const parts: Part[] = [];
  const count = countText(task);
  const showsJobs = count !== '' && phase !== 'skipped';
  if (barWidth > 0) {
    if (showsJobs) parts.push(...bar(total, finished, failed, barWidth, options), { text: ' ' });
    else parts.push({ text: ' '.repeat(barWidth + 1) });
  }
  parts.push({ text: padStart(showsJobs ? count : '', counts) });
  const notes = [
    ...(running > 0 ? [`${running} running`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(reused > 0 ? [`${reused} used again`] : []),
    ...(task.started_ms === null ? [] : [timeOf(task.started_ms, task.ended_ms, options.nowMs)]),
  ];
  parts.push({
    text: notes.length === 0 ? '' : `  ${notes.join(', ')}`,
    paint: failed > 0 ? 'warning' : undefined,
  });
  const error = task.error === null ? '' : oneLine(task.error);
  if (error !== '')
    parts.push({ text: `  ${error}`, paint: phase === 'skipped' ? 'faint' : phasePaint[phase] });
  return parts;
}

function bar(
  total: number | null,
  finished: number,
  failed: number,
  width: number,
  options: ProgressOptions,
): Part[] {
  const all = Math.max(total ?? 0, finished + failed, 1);
  // Rounded down, and a failure is never too small to be seen: a full bar means that all is done and well.
  const failedCells = failed === 0 ? 0 : Math.max(1, Math.floor((width * failed) / all));
  const doneCells = Math.min(width - failedCells, Math.floor((width * finished) / all));
  const signs = options.unicode ? { done: '█', bad: '▒', open: '░' } : { done: '#', bad: 'x', open: '.' };
  return [
    { text: signs.done.repeat(doneCells), paint: 'success' },
    { text: signs.bad.repeat(failedCells), paint: 'error' },
    { text: signs.open.repeat(width - doneCells - failedCells), paint: 'faint' },
  ];
}

/** `12 of 24 points, best -11.7 (point 9)  █▅▂▁`: the best loss going down. */
function searchLine(search: SearchProgress, indent: number, options: ProgressOptions): Line {
  const { best, evaluated, max_points, curve, is_local_approximation } = search;
  const found = best === null ? '' : `, best ${lossText(best.loss)} (point ${best.id})`;
  return [
    { text: `${' '.repeat(indent)}${evaluated} of ${counted(max_points, 'point')}${found}` },
    ...(options.unicode && curve.length > 1
      ? [{ text: `  ${sparks(curve)}`, paint: 'success' } as const]
      : []),
    ...(is_local_approximation ? [{ text: '  local approximation', paint: 'warning' } as const] : []),
  ];
}

function runLine(run: ProgressRun, indent: number): Line {
  const steps = run.steps_total > 0 ? `  ${run.steps_finished}/${run.steps_total} steps` : '';
  const now = currentStepText(run);
  const paint = run.status === 'finished' ? 'success' : run.status === 'failed' ? 'error' : 'path';
  return [
    { text: ' '.repeat(indent) },
    { text: `${oneLine(runName(run))} ` },
    { text: oneLine(run.status), paint },
    { text: steps === '' ? now.replace(/^, /, '  ') : `${steps}${now}`, paint: 'faint' },
  ];
}

// Folded in this order when rows are short: what is over, then what did not begin, then what can only be counted.
const foldOrder: readonly (readonly Phase[])[] = [
  ['done', 'skipped'],
  ['waiting'],
  ['stopped'],
  ['partly'],
  ['running'],
  ['failed'],
];

/** At most `room` lines. Each folded kind leaves one line that counts it, where that kind began. */
function folded(rows: readonly StepRow[], room: number, options: ProgressOptions): Line[] {
  const size = (row: StepRow): number => row.lines.length;
  let lineCount = rows.reduce((sum, row) => sum + size(row), 0);
  if (lineCount <= room) return rows.flatMap((row) => row.lines);
  const hidden = new Map<StepRow, readonly Phase[]>();
  let notes = 0;
  for (const kind of foldOrder) {
    if (lineCount + notes <= room) break;
    const candidates = rows.filter((row) => kind.includes(row.phase));
    if (candidates.length < 2) continue;
    notes += 1;
    // The latest of those that are over, and the first of those that wait, stay longest.
    const order = kind.includes('done') ? candidates : candidates.toReversed();
    for (const row of order) {
      if (lineCount + notes <= room) break;
      hidden.set(row, kind);
      lineCount -= size(row);
    }
  }
  const lines: Line[] = [];
  const noted = new Set<readonly Phase[]>();
  for (const row of rows) {
    const kind = hidden.get(row);
    if (kind === undefined) {
      lines.push(...row.lines);
    } else if (!noted.has(kind)) {
      noted.add(kind);
      const count = [...hidden.values()].filter((each) => each === kind).length;
      lines.push(foldedLine(count, kind[0] ?? 'done', options));
    }
  }
  if (lines.length <= room) return lines;
  const over = lines.length - room + 1;
  return [...lines.slice(0, room - 1), [{ text: `  ${counted(over, 'more line')}`, paint: 'faint' }]];
}

function foldedLine(count: number, phase: Phase, options: ProgressOptions): Line {
  const words: Readonly<Record<Phase, string>> = {
    done: 'done',
    skipped: 'done',
    waiting: 'waiting',
    stopped: 'stopped',
    partly: 'finished in part',
    running: 'running',
    failed: 'failed',
  };
  const dots = options.unicode ? '…' : '...';
  return [
    { text: `${symbolOf(phase, options)} `, paint: phasePaint[phase] },
    { text: `${dots} ${count} more ${words[phase]}`, paint: 'faint' },
  ];
}

function footLine(state: ProgressState, options: ProgressOptions): Line {
  const phases = state.tasks.map(phaseOf);
  const over = phases.filter((phase) => phase === 'done' || phase === 'partly' || phase === 'skipped').length;
  const failed = phases.filter((phase) => phase === 'failed').length;
  const sum = (of: (task: ProgressTask) => number): number =>
    state.tasks.reduce((total, task) => total + of(task), 0);
  const jobs = sum((task) => task.jobs.total ?? task.jobs.finished + task.jobs.failed);
  const jobsFinished = sum((task) => task.jobs.finished);
  const jobsRunning = sum((task) => task.jobs.running);
  const jobsFailed = sum((task) => task.jobs.failed);
  const { created_ms: createdMs, ended_ms: endedMs } = state.request;
  const parts = [
    // A server that does not say when the request was made gives 0.
    ...(createdMs > 0 ? [timeOf(createdMs, endedMs, options.nowMs)] : []),
    `${over} of ${counted(state.tasks.length, 'step')} done`,
    ...(failed > 0 ? [`${counted(failed, 'step')} failed`] : []),
    ...(jobs > 0 ? [`${jobsFinished} of ${counted(jobs, 'job')}`] : []),
    ...(jobsRunning > 0 ? [`${jobsRunning} running`] : []),
    ...(jobsFailed > 0 ? [`${counted(jobsFailed, 'job')} failed`] : []),
  ];
  return [{ text: parts.join(', '), paint: 'faint' }];
}

function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').trim();
}

/** Whole seconds while it runs, so that the line does not flicker; tenths once it is over. */
function timeOf(startedMs: number, endedMs: number | null, nowMs: number): string {
  return endedMs === null ? elapsed(nowMs - startedMs) : duration(endedMs - startedMs);
}
