// Tasks that have ended and are looked at again: for input that came later, and for outputs that are gone.
import { statSync } from 'node:fs';
import type { TaskId } from '../../base/names.ts';
import type { CommandResult } from '../api.ts';
import type { FileRecord } from '../records.ts';
import { isFinalTask, shownStatus } from '../records.ts';
import type { Workshop } from './commands.ts';
import { loadRuntime } from './load.ts';

/** Adds the files that a task's input datasets have got since, and runs what is to be run.
 *  @param filesOf the files of a dataset as it is now, whoever made it */
export function reloadInput(
  shop: Workshop,
  id: TaskId,
  filesOf: (dataset: string) => readonly FileRecord[],
): CommandResult {
  const { store } = shop;
  const record = store.task(id);
  const request = record === undefined ? undefined : store.request(record.requestId);
  if (record === undefined || request === undefined) return { done: false, why: 'unknown' };
  if (!isFinalTask(record.status) || shop.runtimeOf(request.id) !== undefined)
    return { done: false, why: 'status', status: shownStatus(record) };
  const task = loadRuntime(request, store).tasks.find((candidate) => candidate.id === id);
  const names =
    task === undefined ? [] : [...task.spec.primary, ...task.spec.secondary.flatMap((s) => s.datasets)];
  shop.transaction(() => {
    for (const name of names) {
      const own = store.datasets.ofRequest(request.id).find((dataset) => dataset.name === name);
      const row = store.datasets.find(name, request.id);
      // What a step of the same request made is there already.
      if (own === undefined || own.taskId !== undefined || row === undefined) continue;
      const known = new Set(store.datasets.files(row).map((file) => file.name));
      for (const file of filesOf(name))
        if (!known.has(file.name)) store.datasets.addFile(row, file, undefined);
    }
    store.setAllJobsDefined(id, false);
  });
  shop.reopen(request.id, id);
  return { done: true };
}

/** Finds output files that are not on the disk as they were stored, and lets the jobs that made them run again. */
export function recoverLostFiles(
  shop: Workshop,
  id: TaskId,
  rehearsal: boolean,
): CommandResult & { readonly lost: readonly string[] } {
  const { store } = shop;
  const record = store.task(id);
  if (record === undefined) return { done: false, why: 'unknown', lost: [] };
  if (!isFinalTask(record.status) || shop.runtimeOf(record.requestId) !== undefined)
    return { done: false, why: 'status', status: shownStatus(record), lost: [] };
  const jobs = store
    .jobs(id)
    .filter((job) => job.status === 'finished')
    .map((job) => ({ job, lost: store.datasets.filesOfJob(job.id).filter(isLost) }))
    .filter(({ lost }) => lost.length > 0);
  const lost = jobs.flatMap(({ lost: files }) => files.map((file) => file.name));
  if (!rehearsal && jobs.length > 0) {
    shop.transaction(() => {
      for (const { job } of jobs) {
        store.setJob(job.id, { status: 'failed', error: 'an output file was lost' });
        store.datasets.deleteFilesOfJob(job.id);
      }
    });
    shop.reopen(record.requestId, id);
  }
  return { done: true, lost };
}

function isLost(file: FileRecord): boolean {
  return statSync(file.path, { throwIfNoEntry: false })?.size !== file.sizeBytes;
}
