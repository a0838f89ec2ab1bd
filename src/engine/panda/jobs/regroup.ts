// A retry that splits differently: the files of jobs that did not finish are handed to other jobs.
import { UnsupportedError } from '../../../base/errors.ts';
import { readSplitting, settleFiles } from '../../../prun/splitting.ts';
import type { Splitting } from '../../../prun/splitting.ts';
import { filesPerJob } from '../../../prun/splitting.ts';
import type { PandaStore, StoredJob, StoredTask } from '../../store/panda-store.ts';
import type { InputFile } from './job-maker.ts';

/** Replaces the unfinished jobs of a task by jobs that are cut anew, and notes how the rest of its input is to be split.
 *  Called inside a transaction.
 *  @throws UnsupportedError when jobs have secondary files of their own, whose share would change */
export function regroup(store: PandaStore, task: StoredTask, change: Partial<Splitting>): void {
  const splitting = { ...task.splitting, ...change };
  store.setTaskSplitting(task.id, splitting);
  // More files or jobs may be wanted than before.
  store.setAllJobsDefined(task.id, false);
  const jobs = store.jobs(task.id);
  const runs = jobs.filter((job) => job.kind === 'run');
  const unfinished = runs.filter((job) => job.status !== 'finished');
  const files = unfinished.flatMap((job) => job.inputs['IN'] ?? []);
  if (files.length === 0) return;
  const secondary = sharedSecondary(unfinished, task.stepName);
  const settled = settleFiles({ ...readSplitting(new Map()), ...splitting });
  const perJob = filesPerJob(settled, files.length);
  const mostBytes = settled.nGBPerJob === undefined ? Infinity : settled.nGBPerJob * 1e9;
  let serial = runs.at(-1)?.serial ?? 0;
  for (const job of unfinished) store.deleteJob(job.id);
  for (const group of groupsOf(files, perJob, mostBytes))
    store.addJob(task.id, ++serial, { IN: group, ...secondary });
}

/** The secondary files of a job when all jobs have the same. */
function sharedSecondary(
  jobs: readonly StoredJob[],
  step: string,
): Readonly<Record<string, readonly InputFile[]>> {
  const [first = {}, ...others] = jobs.map(({ inputs: { IN: _primary, ...secondary } }) => secondary);
  if (others.every((other) => JSON.stringify(other) === JSON.stringify(first))) return first;
  throw new UnsupportedError(
    `the jobs of \`${step}\` have secondary files of their own and cannot be split anew`,
  );
}

function groupsOf(
  files: readonly InputFile[],
  most: number,
  mostBytes: number,
): readonly (readonly InputFile[])[] {
  const groups: InputFile[][] = [];
  let bytes = 0;
  for (const file of files) {
    const group = groups.at(-1);
    bytes += file.sizeBytes;
    if (group === undefined || group.length >= most || bytes > mostBytes) {
      groups.push([file]);
      bytes = file.sizeBytes;
    } else {
      group.push(file);
    }
  }
  return groups;
}
