// Changes of runs, and runs as the outside sees them. Each change is one transaction together with the event that tells of
// it; who listens is told only after it is on disk.
import type { EngineEvent } from '../events.ts';
import type { RunRecord, RunStatus } from '../records.ts';
import type { RunPlaces } from './workspace/run-places.ts';
import type { RunSecrets } from './jobs/run-secrets.ts';
import type { RunStore } from './run-store.ts';
import type { StoredRun } from './tables.ts';

export interface RunJournalParts {
  readonly store: RunStore;
  readonly places: RunPlaces;
  readonly secrets: RunSecrets;
  readonly recordEvent: (event: EngineEvent) => void;
}

export class RunJournal {
  readonly #parts: RunJournalParts;
  readonly #listeners = new Set<(runId: string) => void>();

  constructor(parts: RunJournalParts) {
    this.#parts = parts;
  }

  /** Makes a change to a run, which may be its creation.
   *  @returns the run after it */
  change(id: string, change: () => void): RunRecord {
    const { store, recordEvent } = this.#parts;
    const changed = store.transaction(() => {
      change();
      const record = this.record(store.get(id));
      recordEvent({
        type: 'run',
        runId: record.id,
        jobId: record.jobId,
        status: record.status,
        stepsFinished: record.stepsFinished,
        stepsTotal: record.stepsTotal,
      });
      return record;
    });
    for (const listener of this.#listeners) listener(id);
    return changed;
  }

  /** @returns what ends the listening */
  onChange(listener: (runId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  record(run: StoredRun): RunRecord {
    const steps = this.#parts.store.steps(run.id);
    const current = steps.findLast((step) => step.status !== 'created');
    const { secretNames: _, jobsTotal, ...stored } = run;
    return {
      ...stored,
      error: run.error ?? this.#waitingFor(run),
      workspace: this.#parts.places.workspace(run),
      stepsTotal: Math.max(jobsTotal, steps.length),
      stepsFinished: steps.filter((step) => step.status === 'finished').length,
      currentStep: current?.name,
    };
  }

  #waitingFor(run: StoredRun): string | undefined {
    const waits: readonly RunStatus[] = ['queued', 'running'];
    const missing = waits.includes(run.status) ? this.#parts.secrets.missing(run.secretNames) : [];
    if (missing.length === 0) return undefined;
    const names = missing.map((name) => `\`${name}\``).join(', ');
    return `waits for the secrets ${names}, which are gone; add them again`;
  }
}
