// The files of runs as a whole: what they take of the disk, how long they are kept, and their removal.
import type { Clock } from '../../../base/clock.ts';
import type { ReanaUsage, RetentionRule } from '../../api.ts';
import type { Database } from '../../store/database.ts';
import { applyRetention, retentionRules } from './retention.ts';
import type { RunPlaces } from './run-places.ts';
import type { RunStore } from '../run-store.ts';
import { isUnderWay } from '../tables.ts';
import type { StoredRun } from '../tables.ts';
import { Usage } from './usage.ts';

export interface RunFilesParts {
  readonly database: Database;
  readonly store: RunStore;
  readonly places: RunPlaces;
  readonly clock: Clock;
}

export class RunFiles {
  readonly #parts: RunFilesParts;
  readonly #usage: Usage;

  constructor(parts: RunFilesParts) {
    this.#parts = parts;
    this.#usage = new Usage(parts.database, (seriesId) => parts.places.workspace({ seriesId }));
  }

  usage(): ReanaUsage {
    return { diskBytes: this.#usage.diskBytes(), jobMs: this.#usage.jobMs() };
  }

  workspaceBytes(run: StoredRun): number {
    return this.#usage.workspaceBytes(run.seriesId);
  }

  /** Something has been written to or removed from the workspace. */
  changed(run: StoredRun): void {
    this.#usage.changed(run.seriesId);
  }

  /** Removes what no rule keeps any longer, of all runs. */
  applyAllRetention(): void {
    for (const run of this.#parts.store.runsWithRetention()) this.#applyRetention(run);
  }

  /** The rules of a run, after those that are due have been applied. */
  retentionRules(run: StoredRun): readonly RetentionRule[] {
    this.#applyRetention(run);
    return retentionRules(run, this.#parts.clock.nowMs());
  }

  /** Removes the files of a deleted run. The workspace goes with the last of the runs that share it. */
  remove(run: StoredRun): void {
    const isLast = this.#parts.store.series(run.seriesId).every((other) => other.status === 'deleted');
    this.#parts.places.remove(run, isLast);
    if (isLast) this.#usage.removed(run.seriesId);
  }

  // Of the runs that share a workspace the last one says how long its files are kept.
  #applyRetention(run: StoredRun): void {
    const latest = this.#parts.store.series(run.seriesId).at(-1);
    if (latest?.id !== run.id || isUnderWay(run) || run.status === 'deleted') return;
    const place = { ...run, workspace: this.#parts.places.workspace(run) };
    if (applyRetention(place, this.#parts.clock.nowMs())) this.changed(run);
  }
}
