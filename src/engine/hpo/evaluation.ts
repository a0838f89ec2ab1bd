// One evaluation in the directory of its job: what it finds there, what runs, and what it leaves. As on the grid: the point in
// `input.json`, the names of the training files in `input_ds.json`, the loss in `output.json`, metrics as a tar of the user's.
import { existsSync, statSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackTarGz } from '../../archive/unpack.ts';
import { LocalError } from '../../base/errors.ts';
import { expandPayload } from '../../prun/placeholders.ts';
import { placeFile } from '../panda/jobs/stage-out.ts';
import type { JobRuntime } from '../panda/runtime.ts';
import type { FileRecord } from '../records.ts';
import { checkpointPath, withCheckpoints } from './checkpoint.ts';
import { metricsDataset } from './datasets.ts';
import { readResult } from './evaluation-result.ts';
import type { PointRuntime, SearchRuntime } from './runtime.ts';

export interface Evaluation {
  readonly search: SearchRuntime;
  readonly point: PointRuntime;
}

/** The evaluation that a job is; `undefined`: it is another kind of job. */
export function evaluationOf(job: JobRuntime): Evaluation | undefined {
  const { search } = job.task;
  const point = search?.byJob.get(job.id);
  return search === undefined || point === undefined ? undefined : { search, point };
}

/** Puts the point, the list of training files and an earlier checkpoint in their places. */
export async function prepareEvaluation(
  { search, point }: Evaluation,
  job: JobRuntime,
  work: string,
  requestDirectory: string,
): Promise<void> {
  const { input, trainingList, checkpoint } = search.spec.evaluation;
  await writeFile(join(work, input), JSON.stringify(point.values));
  const names = (job.inputs['IN_DATA'] ?? []).map((file) => file.name);
  await writeFile(join(work, trainingList), JSON.stringify(names));
  if (checkpoint === undefined) return;
  const saved = checkpointPath(requestDirectory, job.task.id, point.id);
  await mkdir(join(saved, '..'), { recursive: true });
  if (!existsSync(saved)) return;
  if (checkpoint.load !== undefined) await copyFile(saved, join(work, checkpoint.load));
  else await unpackTarGz(saved, work, checkpointLimits);
}

const checkpointLimits = { maxBytes: 10e9, maxMembers: 100_000 };

/** Shell text of the payload, placeholders filled in. Source: the transform of phpo. */
export function evaluationPayload({ search, point }: Evaluation, job: JobRuntime): string {
  const { evaluation, segments } = search.spec;
  const names = (job.inputs['IN_DATA'] ?? []).map((file) => file.name);
  const exec = expandPayload(evaluation.exec, {
    streams: new Map([['IN_DATA', names]]),
    serialIndex: job.serial - 1,
    events: undefined,
    segmentName: point.segment === undefined ? undefined : segments?.[point.segment]?.name,
  });
  return `export PATH="$PATH:."\n${exec}`;
}

/** What is started for the payload, wherever that runs: beside it, checkpoints are saved.
 *  @param script bash text; it is put into a file of the control directory */
export function besideEvaluation(
  { search, point }: Evaluation,
  job: JobRuntime,
  script: string,
  requestDirectory: string,
): string {
  const { checkpoint } = search.spec.evaluation;
  if (checkpoint === undefined) return script;
  const path = checkpointPath(requestDirectory, job.task.id, point.id);
  return withCheckpoints(script, {
    names: checkpoint.save,
    path,
    everySeconds: search.options.checkpointSeconds ?? checkpoint.intervalMinutes * 60,
  });
}

export interface Evaluated {
  readonly loss: number;
  readonly files: readonly FileRecord[];
}

/** Reads the loss and stores the metrics.
 *  @throws LocalError saying why the evaluation does not count */
export async function collectEvaluation(
  { search, point }: Evaluation,
  job: JobRuntime,
  place: { readonly work: string; readonly control: string; readonly requestDirectory: string },
): Promise<Evaluated> {
  const { output, meta, metrics, checkpoint } = search.spec.evaluation;
  const { work, control, requestDirectory } = place;
  // The engine may have died after the work directory was taken away and before the end was stored.
  const kept = join(control, 'evaluation-output.json');
  const path = join(work, output);
  if (existsSync(path)) {
    await copyFile(path, `${kept}.part`);
    await rename(`${kept}.part`, kept);
  }
  if (!existsSync(kept)) throw new LocalError(`the evaluation left no \`${output}\``);
  const result = readResult(await readFile(kept, 'utf8'), output);
  if (!result.ok) throw new LocalError(result.fault);
  if (meta !== undefined) await keepMeta(join(work, meta), control);
  const files =
    metrics === undefined
      ? []
      : await storeMetrics({ search, point }, job, join(work, metrics), requestDirectory);
  if (checkpoint !== undefined)
    await rm(checkpointPath(requestDirectory, job.task.id, point.id), { force: true });
  return { loss: result.loss, files };
}

/** PanDA takes so much as the metadata of a job. */
const mostMetaBytes = 1_000_000;

async function keepMeta(path: string, control: string): Promise<void> {
  if (!existsSync(path) || (await stat(path)).size >= mostMetaBytes) return;
  await copyFile(path, join(control, 'userJobMetadata.json'));
}

/** A tar of the payload becomes a file of the dataset; none is no fault (`allowNoOutput`). */
async function storeMetrics(
  { search, point }: Evaluation,
  job: JobRuntime,
  from: string,
  requestDirectory: string,
): Promise<readonly FileRecord[]> {
  const dataset = metricsDataset(job.task.spec.name);
  const name = metricsName(search, point, job);
  const directory = join(requestDirectory, 'data', dataset.slice(0, -1));
  const isThere = statSync(join(directory, name), { throwIfNoEntry: false })?.isFile() === true;
  const found = statSync(from, { throwIfNoEntry: false });
  if (found === undefined && !isThere) return [];
  if (found !== undefined && !found.isFile())
    throw new LocalError(`the metrics \`${from}\` are not a regular file`);
  return [await placeFile(found === undefined ? undefined : from, { directory, name, dataset })];
}

/** Source: the LFN of phpo, `${MIDDLENAME}.$JEDITASKID.metrics.${SN}.tgz`, to which the transform adds the number of the point. */
function metricsName({ spec }: SearchRuntime, point: PointRuntime, job: JobRuntime): string {
  const segment = point.segment === undefined ? undefined : spec.segments?.[point.segment]?.name;
  const serial = String(point.evaluationJob ?? job.serial).padStart(5, '0');
  return `${segment === undefined ? '' : `${segment}.`}${job.task.id}.metrics.${serial}.tgz_${point.id}`;
}
