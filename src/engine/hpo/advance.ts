// What follows for a search, and how it is stored: points get jobs, the steering is asked, at last there is a summary.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskId } from '../../base/names.ts';
import type { CommandResult } from '../api.ts';
import type { JobInputs, StreamInputs } from '../panda/jobs/job-maker.ts';
import type { JobRuntime, TaskRuntime } from '../panda/runtime.ts';
import type { PandaStore } from '../store/panda-store.ts';
import { nextMoves, type SearchMove } from './search.ts';
import { searchState, stateOf, type PointRuntime, type SearchRuntime } from './runtime.ts';
import type { StoredAsk } from './search-store.ts';
import { trainingFiles } from './training.ts';
import { summaryDataset, summaryFile } from './datasets.ts';
import { notAskedYet, summaryOf, summaryText } from './summary.ts';

export interface SearchStep {
  readonly moves: readonly Exclude<SearchMove, { kind: 'end' }>[];
  readonly training: StreamInputs['files'];
}

/** How a search ends. */
export interface SearchEnd {
  readonly unevaluated: number;
  readonly error: string | undefined;
}

/** What is to be done now; `undefined`: it waits, for data or for what runs. */
export function searchStep(
  search: SearchRuntime,
  training: StreamInputs,
): SearchStep | SearchEnd | undefined {
  if (!training.complete) return undefined;
  const moves = nextMoves(search.rules, searchState(search));
  const end = moves.find((move) => move.kind === 'end');
  if (end !== undefined) return { unevaluated: end.unevaluated, error: whyShort(search, end.unevaluated) };
  const steps = moves.filter((move) => move.kind !== 'end');
  return steps.length === 0 ? undefined : { moves: steps, training: training.files };
}

function whyShort(search: SearchRuntime, unevaluated: number): string | undefined {
  const last = search.asks.at(-1);
  if (last?.status === 'failed') return `no more points: ${last.error ?? 'the steering failed'}`;
  const { maxJobs, maxPoints } = search.rules;
  const missing = maxPoints - search.points.length + unevaluated;
  const isUsedUp = unevaluated > 0 || (missing > 0 && last?.given !== 0);
  return isUsedUp
    ? `stopped after ${maxJobs} evaluation jobs (\`--maxEvaluationJobs\`): ${missing} of ${maxPoints} points were not evaluated`
    : undefined;
}

export interface SearchHands {
  readonly store: PandaStore;
  readonly addJob: (inputs: JobInputs) => JobRuntime;
  /** Called for an ask that was stored; nothing may happen before the change is on the disk. */
  readonly onAsk: () => void;
}

/** Stores the moves, in memory and on the disk; part of a transaction. */
export function applySearchStep(
  task: TaskRuntime,
  search: SearchRuntime,
  step: SearchStep,
  hands: SearchHands,
): void {
  for (const move of step.moves) {
    if (move.kind === 'ask') {
      const ask = newAsk(search, move.wanted);
      hands.store.searches.setAsk(task.id, ask);
      search.asks.push(ask);
      hands.onAsk();
      continue;
    }
    const point = search.points[move.point];
    if (point === undefined) continue;
    const files = trainingFiles(search.spec, point.segment, step.training);
    const job = hands.addJob({ IN_DATA: files });
    giveJob(search, point, job, move.evaluationJob, hands.store, task.id);
  }
}

function giveJob(
  search: SearchRuntime,
  point: PointRuntime,
  job: JobRuntime,
  evaluationJob: number,
  store: PandaStore,
  task: TaskId,
): void {
  point.job = job;
  point.evaluationJob = evaluationJob;
  search.byJob.set(job.id, point);
  store.searches.setPointJob(task, point.id, job.id, evaluationJob);
}

function newAsk(search: SearchRuntime, wanted: number): StoredAsk {
  return {
    generation: (search.asks.at(-1)?.generation ?? 0) + 1,
    wanted,
    status: 'running',
    tries: 0,
    failures: 0,
    by: notAskedYet,
    isLocal: false,
    directory: undefined,
    given: undefined,
    error: undefined,
  };
}

/** Writes `hpo.json` where the outputs of the request lie, and records it. Written anew when the search goes on after its end. */
export function storeSummary(
  task: TaskRuntime,
  search: SearchRuntime,
  requestDirectory: string,
  store: PandaStore,
): void {
  const dataset = summaryDataset(task.spec.name);
  const directory = join(requestDirectory, 'data', dataset.slice(0, -1));
  const path = join(directory, summaryFile);
  const text = summaryText(task.spec.name, summaryOf(search));
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${path}.part`, text, { mode: 0o444 });
  renameSync(`${path}.part`, path);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const file = { name: summaryFile, dataset, path, sizeBytes: Buffer.byteLength(text), sha256 };
  const id = task.datasetIds.get(dataset);
  if (id !== undefined) store.datasets.addFile(id, file, undefined);
  search.summary = file;
}

/** The loss of a point that waits, from somebody else. */
export function tellLoss(
  task: TaskId,
  search: SearchRuntime,
  told: { readonly point: number; readonly loss: number },
  store: PandaStore,
  transaction: (change: () => void) => void,
): CommandResult {
  const point = search.points[told.point];
  if (point === undefined) return { done: false, why: 'unknown' };
  const state = stateOf(point);
  if (state !== 'waiting') return { done: false, why: 'status', status: state };
  transaction(() => store.searches.setPointLoss(task, point.id, told.loss));
  point.loss = told.loss;
  return { done: true };
}

/** The end of an evaluation, stored with that of its job. */
export function recordEvaluation(job: JobRuntime, loss: number | undefined, store: PandaStore): void {
  const point = job.task.search?.byJob.get(job.id);
  if (point === undefined) return;
  point.loss = loss;
  store.searches.setPointLoss(job.task.id, point.id, loss);
}
