// Datasets as rows, and the files in them.
import type { JobId, RequestId, TaskId } from '../../base/names.ts';
import { requestId, taskId } from '../../base/names.ts';
import type { DatasetRecord, FileRecord } from '../records.ts';
import type { Database } from './database.ts';
import { fileOf, integer, mapped, text } from './rows.ts';

export class DatasetStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @param task that makes it; `undefined`: it was there before the request
   *  @returns its id */
  add(name: string, request: RequestId, task: TaskId | undefined, closed: boolean): number {
    return this.#database.run(
      `INSERT INTO dataset (name, task_id, request_id, closed) VALUES (?, ?, ?, ?)`,
      name,
      task ?? null,
      request,
      closed ? 1 : 0,
    );
  }

  /** Closes or opens all that a task makes. */
  setClosed(task: TaskId, closed: boolean): void {
    this.#database.run(`UPDATE dataset SET closed = ? WHERE task_id = ?`, closed ? 1 : 0, task);
  }

  /** Takes away all that a task makes, with the files. */
  deleteOfTask(task: TaskId): void {
    this.deleteFilesOfTask(task);
    this.#database.run(`DELETE FROM dataset WHERE task_id = ?`, task);
  }

  deleteFilesOfTask(task: TaskId): void {
    this.#database.run(
      `DELETE FROM file WHERE dataset_id IN (SELECT id FROM dataset WHERE task_id = ?)`,
      task,
    );
  }

  deleteFilesOfJob(job: JobId): void {
    this.#database.run(`DELETE FROM file WHERE job_id = ?`, job);
  }

  /** A file of the same name in the dataset gives way. */
  addFile(dataset: number, file: Omit<FileRecord, 'dataset'>, job: JobId | undefined): void {
    this.#database.run(
      `INSERT OR REPLACE INTO file (dataset_id, name, job_id, size_bytes, sha256, path) VALUES (?, ?, ?, ?, ?, ?)`,
      dataset,
      file.name,
      job ?? null,
      file.sizeBytes,
      file.sha256 ?? '',
      file.path,
    );
  }

  /** The dataset of this name that belongs to a request, or else the latest of all that a task makes: what other requests
   *  read is only a copy of what they found when they were submitted. */
  find(name: string, request: RequestId | undefined): number | undefined {
    const row =
      request === undefined
        ? this.#database.get(
            `SELECT id FROM dataset WHERE name = ? ORDER BY task_id IS NULL, id DESC LIMIT 1`,
            name,
          )
        : this.#database.get(
            `SELECT MAX(id) AS id FROM dataset WHERE name = ? AND request_id = ?`,
            name,
            request,
          );
    return mapped(row?.['id'], integer);
  }

  ofRequest(request: RequestId): readonly DatasetRecord[] {
    return this.#database
      .all(
        `SELECT dataset.name, dataset.task_id, dataset.request_id, dataset.closed,
           COUNT(file.name) AS n_files, COALESCE(SUM(file.size_bytes), 0) AS size_bytes
         FROM dataset LEFT JOIN file ON file.dataset_id = dataset.id
         WHERE dataset.request_id = ? GROUP BY dataset.id ORDER BY dataset.id`,
        request,
      )
      .map((row) => ({
        name: text(row['name']),
        taskId: mapped(row['task_id'], (id) => taskId(integer(id))),
        requestId: mapped(row['request_id'], (id) => requestId(integer(id))),
        closed: row['closed'] === 1,
        nFiles: integer(row['n_files']),
        sizeBytes: integer(row['size_bytes']),
      }));
  }

  /** By name. */
  files(dataset: number): readonly FileRecord[] {
    return this.#database
      .all(
        `SELECT file.*, dataset.name AS dataset FROM file JOIN dataset ON dataset.id = file.dataset_id
         WHERE dataset_id = ? ORDER BY file.name`,
        dataset,
      )
      .map(fileOf);
  }

  filesOfJob(job: JobId): readonly FileRecord[] {
    return this.#database
      .all(
        `SELECT file.*, dataset.name AS dataset FROM file JOIN dataset ON dataset.id = file.dataset_id
         WHERE job_id = ? ORDER BY dataset.id, file.name`,
        job,
      )
      .map(fileOf);
  }
}
