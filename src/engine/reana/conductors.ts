// The conductors of the runs that are running, each built when it is first asked and told again what is stored of its run.
// A fault of the workflow ends its run, not the server: it comes out as the end of the run.
import { Sandbox } from '../evaluation/sandbox.ts';
import type { Advance, Conductor, JobEnd, Json, LookUp } from './conductor.ts';
import { reasonOf } from './jobs/job-words.ts';
import type { EmbeddedReanaOptions } from './options.ts';
import type { RunPlaces } from './workspace/run-places.ts';
import type { RunStore } from './run-store.ts';
import { conductorOf, runnableSpec } from './specification.ts';
import type { StoredRun } from './tables.ts';

export interface ConductorsParts {
  readonly options: Pick<EmbeddedReanaOptions, 'cores' | 'environment'>;
  readonly store: RunStore;
  readonly places: RunPlaces;
}

export class Conductors {
  readonly #parts: ConductorsParts;
  readonly #sandbox = new Sandbox();
  readonly #conductors = new Map<string, Conductor>();

  constructor(parts: ConductorsParts) {
    this.#parts = parts;
  }

  /** Where the run stands, after all that had to be read from disk for it has been read and stored. */
  next(run: StoredRun): Advance {
    return attempt(() => {
      for (;;) {
        const advance = this.#of(run).next();
        if (advance.at !== 'running' || (advance.lookUps ?? []).length === 0) return advance;
        this.#lookUp(run, advance.lookUps ?? []);
      }
    });
  }

  /** Tells the end of a job.
   *  @returns where the run stands then; there may be something to read from disk yet */
  settle(run: StoredRun, key: string, end: JobEnd): Advance {
    return attempt(() => {
      const conductor = this.#of(run);
      conductor.settle(key, end);
      return conductor.next();
    });
  }

  /** How many jobs the run will have, as far as can be told now. */
  total(run: StoredRun): number {
    return this.#of(run).total;
  }

  forget(id: string): void {
    this.#conductors.delete(id);
  }

  close(): void {
    this.#conductors.clear();
    this.#sandbox.close();
  }

  // What was seen is stored before anything follows from it.
  #lookUp(run: StoredRun, lookUps: readonly LookUp[]): void {
    const conductor = this.#of(run);
    for (const { key, look } of lookUps) {
      const value = look();
      this.#parts.store.addLookUp(run.id, key, value);
      conductor.found?.(key, value);
    }
  }

  #of(run: StoredRun): Conductor {
    const known = this.#conductors.get(run.id);
    if (known !== undefined) return known;
    const { options, store, places } = this.#parts;
    const conductor = conductorOf(runnableSpec(run.specification), run, {
      workspace: places.workspace(run),
      sandbox: this.#sandbox,
      cores: options.cores,
      environment: options.environment,
    });
    for (const { key, value } of store.lookUps(run.id)) conductor.found?.(key, value);
    for (const step of store.steps(run.id)) {
      if (step.status === 'finished')
        conductor.settle(step.key, { at: 'finished', result: JSON.parse(step.result ?? 'null') as Json });
      if (step.status === 'failed')
        conductor.settle(step.key, { at: 'failed', reason: step.reason ?? 'failed' });
    }
    this.#conductors.set(run.id, conductor);
    return conductor;
  }
}

function attempt(work: () => Advance): Advance {
  try {
    return work();
  } catch (thrown) {
    return { at: 'failed', reason: reasonOf(thrown) };
  }
}
