// How runs come to be and get in line: made from a specification, started, and started again in the workspace of an earlier run.
import { mkdirSync } from 'node:fs';
import { UsageError } from '../../base/errors.ts';
import type { NewRun, RunRestart, RunStart } from '../api.ts';
import type { RunRecord } from '../records.ts';
import type { EmbeddedReanaOptions } from './options.ts';
import { isUntouched, reusableCommands } from './reuse.ts';
import type { RunJournal } from './run-journal.ts';
import type { RunPlaces } from './workspace/run-places.ts';
import type { RunSecrets } from './jobs/run-secrets.ts';
import type { RunStore } from './run-store.ts';
import { plannedJobs, runnableSpec, startOf } from './specification.ts';
import { usesCache } from './step-selection.ts';
import { isUnderWay } from './tables.ts';
import type { StoredRun } from './tables.ts';

export interface NewRunsParts {
  readonly options: Pick<EmbeddedReanaOptions, 'clock' | 'environment' | 'newId'>;
  readonly store: RunStore;
  readonly places: RunPlaces;
  readonly secrets: RunSecrets;
  readonly journal: RunJournal;
}

/** @throws UsageError for a specification that cannot be run */
export function createRun({ options, store, places, journal }: NewRunsParts, run: NewRun): RunRecord {
  const spec = runnableSpec(run.specification);
  const { planned, total } = plannedJobs(spec, undefined, spec.inputs.options, options.environment);
  const id = options.newId();
  mkdirSync(places.workspace({ seriesId: id }), { recursive: true });
  return journal.change(id, () => {
    store.insert(id, run, spec.inputs.parameters, options.clock.nowMs());
    store.planSteps(id, planned, total);
  });
}

/** Lets a created run wait for its turn. */
export function startRun(
  { options, store, secrets, journal }: NewRunsParts,
  run: StoredRun,
  given: RunStart,
): void {
  const spec = runnableSpec(run.specification);
  const start = startOf(spec, given);
  const { planned, total } = plannedJobs(spec, start.parameters, start.options, options.environment);
  journal.change(run.id, () => {
    store.planSteps(run.id, planned, total);
    store.setStarted(run.id, start, [...secrets.all().keys()]);
  });
}

/** Makes a run in the workspace of one that has ended, and lets it wait for its turn.
 *  @throws UsageError while another run works in that workspace */
export function restartRun(parts: NewRunsParts, run: StoredRun, restart: RunRestart): RunRecord {
  const { options, store, places, secrets, journal } = parts;
  const other = store.series(run.seriesId).find(isUnderWay);
  if (other !== undefined) {
    throw new UsageError(
      `run \`${run.name}.${other.runNumber}\` works in the same workspace and is ${other.status}; stop it, or wait for its end`,
    );
  }
  const specification = restart.specification ?? run.specification;
  const spec = runnableSpec(specification);
  const start = startOf(spec, restart);
  const { planned, total } = plannedJobs(spec, start.parameters, start.options, options.environment);
  const before = store.steps(run.id);
  const reused =
    usesCache(start.options) && isUntouched(places.workspace(run), run.endedMs ?? 0)
      ? reusableCommands(before, planned)
      : 0;
  const newId = options.newId();
  const nowMs = options.clock.nowMs();
  return journal.change(newId, () => {
    store.insertRestart(newId, run, { ...restart, specification }, nowMs);
    store.planSteps(newId, planned, total);
    for (const step of store.steps(newId).slice(0, reused)) {
      const same = before[step.index];
      if (same === undefined) continue;
      store.setStepReused(step, same);
      const line = `step ${step.name} is not run again: nothing has changed since ${run.name}.${run.runNumber}`;
      store.addLogLine(newId, nowMs, line);
    }
    store.setStarted(newId, start, [...secrets.all().keys()]);
  });
}
