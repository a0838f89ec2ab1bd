// The embedded REANA: runs as real processes in the workspaces of this machine, each led by the conductor of its kind.
// Whatever happens to this process, the database and the directories of the jobs say where each run stands.
import { join } from 'node:path';
import { redact } from '../../base/secret.ts';
import { printable } from '../../base/text.ts';
import type {
  NewRun,
  ReanaEngine,
  ReanaSecret,
  ReanaUsage,
  RetentionRule,
  RunQuery,
  RunRestart,
  RunStart,
} from '../api.ts';
import type { RunLogLine, RunRecord, RunStepRecord } from '../records.ts';
import { Conductors } from './conductors.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { readLogTail } from './jobs/log-tail.ts';
import { createRun, restartRun, startRun } from './new-runs.ts';
import type { NewRunsParts } from './new-runs.ts';
import type { EmbeddedReanaOptions } from './options.ts';
import { Progress } from './progress.ts';
import { RunFiles } from './workspace/run-files.ts';
import { RunJournal } from './run-journal.ts';
import { selectRuns } from './run-list.ts';
import { RunPlaces } from './workspace/run-places.ts';
import { RunSecrets } from './jobs/run-secrets.ts';
import { RunStore } from './run-store.ts';
import type { StoredStep } from './tables.ts';

/** Also takes up what an earlier process left. */
export class EmbeddedReana implements ReanaEngine {
  readonly #options: EmbeddedReanaOptions;
  readonly #store: RunStore;
  readonly #places: RunPlaces;
  readonly #secrets: RunSecrets;
  readonly #files: RunFiles;
  readonly #journal: RunJournal;
  readonly #conductors: Conductors;
  readonly #runner: JobRunner;
  readonly #progress: Progress;
  #closed = false;

  constructor(options: EmbeddedReanaOptions) {
    this.#options = options;
    const store = (this.#store = new RunStore(options.database));
    const places = (this.#places = new RunPlaces(options.directory));
    const secrets = (this.#secrets = new RunSecrets(options.sealed));
    const { database, clock, recordEvent } = options;
    const files = (this.#files = new RunFiles({ database, store, places, clock }));
    files.applyAllRetention();
    const journal = (this.#journal = new RunJournal({ store, places, secrets, recordEvent }));
    const conductors = (this.#conductors = new Conductors({ options, store, places }));
    const guarded = (work: () => void): void => this.#guarded(work);
    const runner = (this.#runner = new JobRunner({
      options,
      store,
      places,
      secrets,
      journal,
      ended: (step, end, endedMs) => this.#progress.jobEnded(step, end, endedMs),
      advance: () => this.#progress.advance(),
      guarded,
    }));
    this.#progress = new Progress({
      options,
      store,
      places,
      secrets,
      files,
      journal,
      conductors,
      runner,
      isClosed: () => this.#closed,
      guarded,
    });
    this.#progress.resume();
  }

  createRun(run: NewRun): RunRecord {
    return createRun(this.#newRuns, run);
  }

  runs(): readonly RunRecord[] {
    return this.#store.runs().map((run) => this.#journal.record(run));
  }

  listRuns(query: RunQuery): { readonly runs: readonly RunRecord[]; readonly total: number } {
    const { runs, total } = selectRuns(this.#options.database, query);
    return { runs: runs.map((run) => this.#journal.record(run)), total };
  }

  run(key: string): RunRecord | undefined {
    const run = this.#store.find(key);
    return run === undefined ? undefined : this.#journal.record(run);
  }

  startRun(
    id: string,
    parameters: Readonly<Record<string, unknown>>,
    options: RunStart['options'] = {},
  ): boolean {
    const run = this.#store.find(id);
    if (run?.status !== 'created') return false;
    startRun(this.#newRuns, run, { parameters, options });
    this.#progress.advance();
    return true;
  }

  restartRun(id: string, restart: RunRestart): RunRecord | undefined {
    const run = this.#store.find(id);
    if (run === undefined || (run.status !== 'finished' && run.status !== 'failed')) return undefined;
    const record = restartRun(this.#newRuns, run, restart);
    this.#progress.advance();
    return record;
  }

  /** Only a run that is running can be stopped: REANA's own rule. */
  stopRun(id: string): boolean {
    const run = this.#store.find(id);
    if (run?.status !== 'running') return false;
    this.#progress.stop(run);
    return true;
  }

  /** A run that is running must be stopped first. The workspace goes; the record stays, so that its number is not given again. */
  deleteRun(id: string): boolean {
    const run = this.#store.find(id);
    if (run === undefined || run.status === 'running' || run.status === 'deleted') return false;
    this.#journal.change(run.id, () => {
      this.#store.setStatus(run.id, 'deleted');
    });
    this.#files.remove(run);
    return true;
  }

  usage(): ReanaUsage {
    return this.#files.usage();
  }

  workspaceBytes(id: string): number {
    const run = this.#store.find(id);
    return run === undefined ? 0 : this.#files.workspaceBytes(run);
  }

  workspaceChanged(id: string): void {
    const run = this.#store.find(id);
    if (run !== undefined) this.#files.changed(run);
  }

  retentionRules(id: string): readonly RetentionRule[] {
    const run = this.#store.find(id);
    return run === undefined ? [] : this.#files.retentionRules(run);
  }

  onChange(listener: (runId: string) => void): () => void {
    return this.#journal.onChange(listener);
  }

  runSteps(id: string): readonly RunStepRecord[] {
    const run = this.#store.find(id);
    if (run === undefined) return [];
    const logEnd = (step: StoredStep, maxBytes: number): string =>
      step.attempt === 0
        ? ''
        : redact(printable(readLogTail(join(this.#places.control(step), 'log'), maxBytes)));
    return this.#store.steps(run.id).map((step) => ({
      runId: step.runId,
      index: step.index,
      name: step.name,
      status: step.status,
      command: step.command,
      image: step.image,
      backend: step.backend,
      logEnd: (maxBytes) => logEnd(step, maxBytes),
      startedMs: step.startedMs,
      endedMs: step.endedMs,
    }));
  }

  runLog(id: string): readonly RunLogLine[] {
    const run = this.#store.find(id);
    return run === undefined ? [] : this.#store.logLines(run.id);
  }

  /** @throws UsageError for names that could not be a variable or a file. */
  setReanaSecret(name: string, secret: ReanaSecret): void {
    this.#secrets.set(name, secret);
    this.#progress.advance();
  }

  reanaSecrets(): ReadonlyMap<string, ReanaSecret> {
    return this.#secrets.all();
  }

  deleteReanaSecret(name: string): boolean {
    return this.#secrets.delete(name);
  }

  /** True while a run runs or waits for its turn. */
  get isBusy(): boolean {
    return this.#store.runsWith('queued').length + this.#store.runsWith('running').length > 0;
  }

  /** Stops watching. Jobs that run go on; the next engine on the same database and directory takes them up. */
  close(): void {
    this.#closed = true;
    this.#runner.close();
    this.#conductors.close();
  }

  get #newRuns(): NewRunsParts {
    return {
      options: this.#options,
      store: this.#store,
      places: this.#places,
      secrets: this.#secrets,
      journal: this.#journal,
    };
  }

  // What is done when a promise settles has no caller: when it cannot be stored, nothing that follows would be durable.
  #guarded(work: () => void): void {
    if (this.#closed) return;
    try {
      work();
    } catch (thrown) {
      this.close();
      if (this.#options.onFatal === undefined) throw thrown;
      this.#options.onFatal(thrown);
    }
  }
}
