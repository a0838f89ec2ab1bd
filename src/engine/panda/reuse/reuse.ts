// Finished work that is used again: a job of an earlier request of the same name with the same key has made already what this
// one would make.
import { copyFile, link, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileRecord } from '../../records.ts';
import type { PandaStore, StoredJob } from '../../store/panda-store.ts';
import type { JobPlace } from '../jobs/job-place.ts';
import type { JobOutcome } from '../jobs/job-run.ts';
import { stageOf } from '../jobs/job-run.ts';
import type { RequestRuntime } from '../runtime.ts';
import { hasKey, keyOfJob } from './key-of-job.ts';
import { keyText } from './job-key.ts';

/** Where a job got its outcome from. */
export interface Reused {
  readonly outcome: Extract<JobOutcome, { kind: 'finished' }>;
  readonly from: StoredJob;
}

/** Notes the key of a job, and gives what an earlier one made; `undefined`: it must run.
 *  Fails never: without a key a job runs as it would anyway. */
export async function reuse(
  place: JobPlace,
  runtime: RequestRuntime,
  store: PandaStore,
): Promise<Reused | undefined> {
  const { job, request, requestDirectory, clock } = place;
  if (request.options?.documents === undefined || !hasKey(job)) return undefined;
  try {
    const key = keyText(await keyOfJob(job, runtime, requestDirectory, store));
    store.keys.set(job.id, key);
    const from = store.keys.finishedJob(key, request.name, request.id);
    // What is rehearsed in bad weather is to be met, not to be remembered.
    const isWanted = request.options.reuse !== false && request.options.weather === undefined;
    if (from === undefined || !isWanted || !(await ranAlike(from, place, store))) return undefined;
    const files = store.datasets.filesOfJob(from.id);
    if (!(await areWhole(files))) return undefined;
    const taken = await takeOver(files, place);
    return {
      from,
      outcome: {
        kind: 'finished',
        exitStatus: 0,
        endedMs: clock.nowMs(),
        files: taken,
        results: from.results,
        loss: undefined,
      },
    };
  } catch {
    return undefined;
  }
}

/** What an image was wanted for but made on the machine itself is no outcome of that image, and the other way round. */
async function ranAlike(from: StoredJob, place: JobPlace, store: PandaStore): Promise<boolean> {
  const image = place.job.task.spec.containerImage;
  if (image === undefined) return true;
  const where = await place.containers?.place(image, place.containerMode, place.job.directory);
  const wasInContainer = store.task(from.taskId)?.place?.engine !== undefined;
  return (where?.at === 'container') === wasInContainer;
}

async function areWhole(files: readonly FileRecord[]): Promise<boolean> {
  for (const file of files) {
    const there = await stat(file.path).catch(() => undefined);
    if (there?.size !== file.sizeBytes) return false;
  }
  return true;
}

/** The files under the names that this job gives them; blocks on the disk are shared. */
async function takeOver(files: readonly FileRecord[], place: JobPlace): Promise<readonly FileRecord[]> {
  const { outputs, directoryOf, prefix } = stageOf(place, '');
  const taken: FileRecord[] = [];
  for (const file of files) {
    const dataset = outputs.find((output) => file.dataset.endsWith(`_${output.datasetSuffix}/`))?.dataset;
    if (dataset === undefined) throw new Error(`no output for \`${file.dataset}\``);
    const name = file.name.replace(/^.*?\.\d{8,}\._\d{6}/, () => prefix);
    const path = join(directoryOf(dataset), name);
    await mkdir(directoryOf(dataset), { recursive: true });
    await rm(path, { force: true });
    await link(file.path, path).catch(() => copyFile(file.path, path));
    taken.push({ ...file, dataset, name, path });
  }
  return taken;
}
