// Keys of jobs as rows: which job would make the same as which earlier one.
import type { JobId, RequestId } from '../../base/names.ts';
import type { Database } from './database.ts';
import { jobOf, mapped, text } from './rows.ts';
import type { StoredJob } from './rows.ts';

export class JobKeyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  set(id: JobId, key: string): void {
    this.#database.run(`UPDATE job SET key = ? WHERE id = ?`, key, id);
  }

  setReusedFrom(id: JobId, from: JobId): void {
    this.#database.run(`UPDATE job SET reused_from = ? WHERE id = ?`, from, id);
  }

  /** The latest job with this key that finished in an earlier request of the same name. */
  finishedJob(key: string, name: string, before: RequestId): StoredJob | undefined {
    const row = this.#database.get(
      `SELECT job.* FROM job JOIN task ON task.id = job.task_id JOIN request ON request.id = task.request_id
       WHERE job.key = ? AND job.status = 'finished' AND request.name = ? AND request.id < ? ORDER BY job.id DESC LIMIT 1`,
      key,
      name,
      before,
    );
    return mapped(row, jobOf);
  }

  /** SHA-256 of a file of a dataset; empty for one that was never read. */
  digestOf(request: RequestId, dataset: string, file: string): string | undefined {
    const row = this.#database.get(
      `SELECT file.sha256 FROM file JOIN dataset ON dataset.id = file.dataset_id
       WHERE dataset.request_id = ? AND dataset.name = ? AND file.name = ?`,
      request,
      dataset,
      file,
    );
    return mapped(row?.['sha256'], text);
  }
}
