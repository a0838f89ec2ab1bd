// Where the files of runs lie: `<run>/workspace`, shared by a run and its restarts, `<run>/commands/<job>.<attempt>` and
// `<run>/secrets`.
import { join } from 'node:path';
import type { JobPlace } from '../conductor.ts';
import type { StoredRun, StoredStep } from '../tables.ts';
import { removeTree } from './remove-tree.ts';

export class RunPlaces {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Of the first run of a series it holds the workspace of all. */
  home(id: string): string {
    return join(this.#directory, id);
  }

  workspace(run: Pick<StoredRun, 'seriesId'>): string {
    return join(this.home(run.seriesId), 'workspace');
  }

  secretDirectory(id: string): string {
    return join(this.home(id), 'secrets');
  }

  /** The directory of one attempt of a job: its script, log and status. */
  control(step: StoredStep): string {
    return join(this.home(step.runId), 'commands', `${step.index}.${step.attempt}`);
  }

  place(run: StoredRun): JobPlace {
    return { workspace: this.workspace(run) };
  }

  /** Removes the files of a run.
   *  @param isLast no other run needs the workspace any more */
  remove(run: StoredRun, isLast: boolean): void {
    if (isLast) removeTree(this.home(run.seriesId));
    const own = run.id === run.seriesId ? join(this.home(run.id), 'commands') : this.home(run.id);
    removeTree(own);
  }
}
