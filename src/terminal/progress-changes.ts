// The twin of the live view for logs: what changed from one snapshot to the next, one plain line each.
import { counted, printable } from '../base/text.ts';
import { duration } from './amounts.ts';
import type { ProgressRun, ProgressState, ProgressTask } from './progress-state.ts';
import {
  currentStepText,
  phaseOf,
  placeText,
  runName,
  taskLabels,
  weatherText,
  wordOf,
} from './progress-state.ts';

/** Lines about everything that is different in `after`; `before` is `undefined` for the first snapshot. Counts of
 *  many jobs are told at every tenth of the way, so that a log of ten thousand jobs stays readable. */
export function progressChanges(before: ProgressState | undefined, after: ProgressState): string[] {
  const lines: string[] = [];
  const { request } = after;
  if (before === undefined) {
    lines.push(
      `request ${request.id} ${oneLine(request.name)}: ${oneLine(request.status)}, ${counted(after.tasks.length, 'step')}`,
    );
    const weather = weatherText(after);
    if (weather !== undefined) lines.push(`request ${request.id} runs ${oneLine(weather)}`);
  }
  const labels = taskLabels(after.tasks);
  const tasksBefore = new Map(before?.tasks.map((task) => [task.id, task]));
  // Once for a step, whatever iterations and copies it has.
  const placesTold = new Set(before?.tasks.map(placeKey));
  const runsBefore = new Map(before?.runs.map((run) => [run.id, run]));
  for (const task of after.tasks) {
    const label = oneLine(labels.get(task.id) ?? task.step);
    const change = taskChange(tasksBefore.get(task.id), task, before === undefined);
    if (change !== undefined) lines.push(`step ${label}: ${change}`);
    const place = placeKey(task);
    if (place === undefined || placesTold.has(place)) continue;
    placesTold.add(place);
    lines.push(`step ${label}: runs ${oneLine(placeText(task) ?? '')}`);
  }
  for (const run of after.runs) {
    const change = runChange(runsBefore.get(run.id), run);
    if (change !== undefined) lines.push(`run ${oneLine(runName(run))}: ${change}`);
  }
  if (before !== undefined && before.request.status !== request.status) {
    const took =
      request.ended_ms === null || request.created_ms <= 0
        ? ''
        : ` after ${duration(request.ended_ms - request.created_ms)}`;
    const why = request.error === null ? '' : `: ${oneLine(request.error)}`;
    lines.push(`request ${request.id}: ${oneLine(request.status)}${took}${why}`);
  }
  return lines;
}

function placeKey(task: ProgressTask): string | undefined {
  const place = placeText(task);
  return place === undefined ? undefined : `${task.step} ${place}`;
}

function taskChange(
  before: ProgressTask | undefined,
  after: ProgressTask,
  isFirst: boolean,
): string | undefined {
  const phase = phaseOf(after);
  const changed = before === undefined || before.status !== after.status || before.skipped !== after.skipped;
  // At the very start everything waits; that is no news.
  if (changed && isFirst && phase === 'waiting') return undefined;
  if (changed) {
    const took =
      after.ended_ms === null || after.started_ms === null
        ? ''
        : ` after ${duration(after.ended_ms - after.started_ms)}`;
    const start =
      before === undefined || before.started_ms === null ? ` (${oneLine(after.type)}, task ${after.id})` : '';
    const why = after.error === null ? '' : `: ${oneLine(after.error)}`;
    return `${oneLine(wordOf(after))}${phase === 'running' ? start : took}${jobsText(after)}${why}`;
  }
  if (before.jobs.failed !== after.jobs.failed || tenth(before) !== tenth(after)) {
    return jobsText(after).replace(/^, /, '');
  }
  return undefined;
}

function jobsText(task: ProgressTask): string {
  const { total, finished, running, failed, reused = 0 } = task.jobs;
  if (finished + failed + running === 0 || task.skipped) return '';
  const parts = [
    `${finished} of ${total === null ? 'some jobs' : counted(total, 'job')} finished`,
    ...(reused > 0 ? [`${reused} used again`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(running > 0 ? [`${running} running`] : []),
  ];
  return `, ${parts.join(', ')}`;
}

function tenth(task: ProgressTask): number {
  const { total, finished } = task.jobs;
  // Without a total, every doubling is told.
  if (total === null || total === 0) return finished === 0 ? -1 : Math.floor(Math.log2(finished));
  return Math.floor((10 * finished) / total);
}

function runChange(before: ProgressRun | undefined, after: ProgressRun): string | undefined {
  if (
    before !== undefined &&
    before.status === after.status &&
    before.steps_finished === after.steps_finished &&
    before.current_step === after.current_step
  ) {
    return undefined;
  }
  const steps =
    after.steps_total > 0 ? `, ${after.steps_finished} of ${counted(after.steps_total, 'step')}` : '';
  const now = currentStepText(after);
  return `${oneLine(after.status)}${steps}${now}`;
}

function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').trim();
}
