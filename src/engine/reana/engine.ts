// The embedded REANA: runs as real processes in the workspaces of this machine, each led by the conductor of its kind.
// Whatever happens to this process, the database and the directories of the jobs say where each run stands.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { messageOf, PchainError, UsageError } from '../../base/errors.ts';
import type { JobId } from '../../base/names.ts';
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
import type { ReanaSpec } from '../../reanaspec/model.ts';
import type { EngineEvent } from '../events.ts';
import type { ProcessExit } from '../process/process.ts';
import type { RunLogLine, RunRecord, RunStatus, RunStepRecord } from '../records.ts';
import type { Database } from '../store/database.ts';
import { Sandbox } from '../evaluation/sandbox.ts';
import { redactLog } from '../process/redact-log.ts';
import type { SealedValues } from '../store/sealed-values.ts';
import type { Advance, Conductor, Job, JobEnd, Json, Launch, LookUp } from './conductor.ts';
import type { RunPlace } from '../containers/containers.ts';
import { ContainerJobs, type ContainerOptions } from './container-jobs.ts';
import { setUpCredentials } from './job-credentials.ts';
import { JobProcesses } from './job-processes.ts';
import type { JobProcess } from './job-processes.ts';
import { containerName, endOf, jobKey, whereItRuns } from './job-words.ts';
import { readLogTail } from './log-tail.ts';
import { isUntouched, reusableCommands } from './reuse.ts';
import { applyRetention, retentionRules } from './retention.ts';
import { selectRuns } from './run-list.ts';
import { RunPlaces } from './run-places.ts';
import { removeSecretFiles, RunSecrets } from './run-secrets.ts';
import { RunStore } from './run-store.ts';
import { conductorOf, plannedJobs, runnableSpec, startOf } from './specification.ts';
import { usesCache } from './step-selection.ts';
import { strikes, type Weather } from '../weather/weather.ts';
import type { StoredRun, StoredStep } from './tables.ts';
import { Usage } from './usage.ts';

export interface EmbeddedReanaOptions {
  readonly database: Database;
  /** Everything of the runs lies below this directory: `<run id>/workspace`, `<run id>/commands/<n>.<attempt>`. */
  readonly directory: string;
  readonly clock: Clock;
  /** A fresh UUID (version 4). */
  readonly newId: () => string;
  /** What every command starts with (`PATH`, `LANG`, …); secrets and REANA's own variables are added. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs at the same time; others wait in the order of their start. */
  readonly maxRuns: number;
  /** Cores that the jobs of all runs share. */
  readonly cores: number;
  /** Keeps secrets beyond the end of this process; without it they are forgotten then. */
  readonly sealed?: SealedValues | undefined;
  /** How images are run; without it all steps run on the machine itself. */
  readonly containers?: ContainerOptions;
  /** Troubles on purpose for the runs that a PanDA job offloads. */
  readonly weather?: (jobId: JobId | undefined) => Weather | undefined;
  /** Called inside the transaction of each change, so that a journal in the same database keeps step with it. */
  readonly recordEvent: (event: EngineEvent) => void;
  /** Called when an end that nobody waits for cannot be stored (disk full): nothing that follows would be durable. The
   *  database still says the truth of before, so the next engine takes up from there. Without it the error is thrown. */
  readonly onFatal?: (thrown: unknown) => void;
}

/** Also takes up what an earlier process left. */
export class EmbeddedReana implements ReanaEngine {
  readonly #options: EmbeddedReanaOptions;
  readonly #store: RunStore;
  readonly #places: RunPlaces;
  readonly #secrets: RunSecrets;
  readonly #usage: Usage;
  readonly #listeners = new Set<(runId: string) => void>();
  readonly #sandbox = new Sandbox();
  readonly #containers: ContainerJobs;
  readonly #processes: JobProcesses;
  /** Of runs that are running. */
  readonly #conductors = new Map<string, Conductor>();
  /** Jobs that have been begun and whose end is not stored yet. */
  readonly #jobs = new Map<string, Job>();
  /** Runs that publish their outputs. */
  readonly #publishing = new Set<string>();
  #closed = false;

  constructor(options: EmbeddedReanaOptions) {
    this.#options = options;
    this.#store = new RunStore(options.database);
    this.#places = new RunPlaces(options.directory);
    this.#secrets = new RunSecrets(options.sealed);
    this.#usage = new Usage(options.database, (seriesId) => this.#places.workspace({ seriesId }));
    for (const run of this.#store.runsWithRetention()) this.#applyRetention(run);
    this.#processes = new JobProcesses({
      clock: options.clock,
      cores: options.cores,
      ended: (process, exit, isOverdue) =>
        this.#guarded(() => {
          this.#processEnded(process, exit, isOverdue);
          this.#advance();
        }),
    });
    this.#containers = new ContainerJobs(options.containers, () => this.#guarded(() => this.#advance()));
    for (const run of this.#store.runsWith('running')) this.#takeUp(run);
    this.#advance();
  }

  createRun(run: NewRun): RunRecord {
    const spec = runnableSpec(run.specification);
    const { planned, total } = this.#planned(spec, undefined, spec.inputs.options);
    const id = this.#options.newId();
    mkdirSync(this.#places.workspace({ seriesId: id }), { recursive: true });
    return this.#changed(id, () => {
      this.#store.insert(id, run, spec.inputs.parameters, this.#options.clock.nowMs());
      this.#store.planSteps(id, planned, total);
    });
  }

  runs(): readonly RunRecord[] {
    return this.#store.runs().map((run) => this.#record(run));
  }

  listRuns(query: RunQuery): { readonly runs: readonly RunRecord[]; readonly total: number } {
    const { runs, total } = selectRuns(this.#options.database, query);
    return { runs: runs.map((run) => this.#record(run)), total };
  }

  run(key: string): RunRecord | undefined {
    const run = this.#store.find(key);
    return run === undefined ? undefined : this.#record(run);
  }

  startRun(
    id: string,
    parameters: Readonly<Record<string, unknown>>,
    options: RunStart['options'] = {},
  ): boolean {
    const run = this.#store.find(id);
    if (run?.status !== 'created') return false;
    const spec = runnableSpec(run.specification);
    const start = startOf(spec, { parameters, options });
    const { planned, total } = this.#planned(spec, start.parameters, start.options);
    this.#changed(run.id, () => {
      this.#store.planSteps(run.id, planned, total);
      this.#store.setStarted(run.id, start, [...this.#secrets.all().keys()]);
    });
    this.#advance();
    return true;
  }

  restartRun(id: string, restart: RunRestart): RunRecord | undefined {
    const run = this.#store.find(id);
    if (run === undefined || (run.status !== 'finished' && run.status !== 'failed')) return undefined;
    const other = this.#store.series(run.seriesId).find(isUnderWay);
    if (other !== undefined) {
      throw new UsageError(
        `run \`${run.name}.${other.runNumber}\` works in the same workspace and is ${other.status}; stop it, or wait for its end`,
      );
    }
    const specification = restart.specification ?? run.specification;
    const spec = runnableSpec(specification);
    const start = startOf(spec, restart);
    const { planned, total } = this.#planned(spec, start.parameters, start.options);
    const before = this.#store.steps(run.id);
    const reused =
      usesCache(start.options) && isUntouched(this.#places.workspace(run), run.endedMs ?? 0)
        ? reusableCommands(before, planned)
        : 0;
    const newId = this.#options.newId();
    const nowMs = this.#options.clock.nowMs();
    const record = this.#changed(newId, () => {
      this.#store.insertRestart(newId, run, { ...restart, specification }, nowMs);
      this.#store.planSteps(newId, planned, total);
      for (const step of this.#store.steps(newId).slice(0, reused)) {
        const same = before[step.index];
        if (same === undefined) continue;
        this.#store.setStepReused(step, same);
        const line = `step ${step.name} is not run again: nothing has changed since ${run.name}.${run.runNumber}`;
        this.#store.addLogLine(newId, nowMs, line);
      }
      this.#store.setStarted(newId, start, [...this.#secrets.all().keys()]);
    });
    this.#advance();
    return record;
  }

  /** Only a run that is running can be stopped: REANA's own rule. */
  stopRun(id: string): boolean {
    const run = this.#store.find(id);
    if (run?.status !== 'running') return false;
    const nowMs = this.#options.clock.nowMs();
    const working = this.#store.steps(run.id).filter((step) => step.status === 'running');
    this.#changed(run.id, () => {
      for (const step of this.#store.steps(run.id)) {
        if (step.status === 'running') this.#store.setStepEnded(step, { status: 'stopped', endedMs: nowMs });
      }
      this.#store.setEnded(run.id, 'stopped', nowMs, 'stopped by the user');
      this.#usage.changed(run.seriesId);
    });
    this.#processes.stop(run.id);
    for (const step of working) this.#containers.remove(this.#places.control(step));
    this.#leave(run.id);
    this.#advance();
    return true;
  }

  /** A run that is running must be stopped first. The workspace goes; the record stays, so that its number is not given again. */
  deleteRun(id: string): boolean {
    const run = this.#store.find(id);
    if (run === undefined || run.status === 'running' || run.status === 'deleted') return false;
    this.#changed(run.id, () => {
      this.#store.setStatus(run.id, 'deleted');
    });
    this.#removeFiles(run);
    return true;
  }

  usage(): ReanaUsage {
    return { diskBytes: this.#usage.diskBytes(), jobMs: this.#usage.jobMs() };
  }

  workspaceBytes(id: string): number {
    const run = this.#store.find(id);
    return run === undefined ? 0 : this.#usage.workspaceBytes(run.seriesId);
  }

  workspaceChanged(id: string): void {
    const run = this.#store.find(id);
    if (run !== undefined) this.#usage.changed(run.seriesId);
  }

  retentionRules(id: string): readonly RetentionRule[] {
    const run = this.#store.find(id);
    if (run === undefined) return [];
    this.#applyRetention(run);
    return retentionRules(run, this.#options.clock.nowMs());
  }

  onChange(listener: (runId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  runSteps(id: string): readonly RunStepRecord[] {
    const run = this.#store.find(id);
    if (run === undefined) return [];
    const readLog = (step: StoredStep): string =>
      step.attempt === 0 ? '' : redact(printable(readLogTail(join(this.#places.control(step), 'log'))));
    return this.#store.steps(run.id).map((step) => ({
      runId: step.runId,
      index: step.index,
      name: step.name,
      status: step.status,
      command: step.command,
      image: step.image,
      backend: step.backend,
      // Read when it is asked for: most who ask for steps want their states only.
      get log() {
        return readLog(step);
      },
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
    this.#advance();
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
    this.#processes.close();
    this.#conductors.clear();
    this.#jobs.clear();
    this.#sandbox.close();
  }

  // A killed engine left this run in the middle: what ended in the meantime counts, what runs is watched, what was lost runs again.
  #takeUp(run: StoredRun): void {
    const ended: [JobProcess, ProcessExit][] = [];
    for (const step of this.#store.steps(run.id)) {
      if (step.status !== 'running') continue;
      const job = this.#conduct(run)?.ready.find((candidate) => candidate.key === step.key);
      if (job === undefined) continue;
      this.#jobs.set(jobKey(step), job);
      const process = this.#processOf(step, job);
      const adopted = this.#processes.adopt(process, this.#places.control(step));
      if (adopted.state === 'ended') ended.push([process, adopted.exit]);
      if (adopted.state === 'lost') {
        this.#containers.remove(this.#places.control(step));
        this.#store.transaction(() => this.#store.setStepWaiting(step));
      }
    }
    // Only now: the end of one may be the end of the run.
    for (const [process, exit] of ended) this.#processEnded(process, exit, false);
  }

  // Starts whatever may start: jobs of running runs, then waiting runs while there is room.
  #advance(): void {
    if (this.#closed) return;
    for (const run of this.#store.runsWith('running')) this.#startJobs(run);
    for (const run of this.#store.runsWith('queued')) {
      if (this.#store.runsWith('running').length >= this.#options.maxRuns) return;
      if (this.#secrets.missing(run.secretNames).length > 0) continue;
      this.#changed(run.id, () => {
        const nowMs = this.#options.clock.nowMs();
        this.#store.setRunning(run.id, nowMs);
        this.#store.addLogLine(run.id, nowMs, 'workflow started');
      });
      this.#startJobs(run);
    }
  }

  #startJobs(run: StoredRun): void {
    // A job that cannot be started ends at once, and may make others ready.
    while (this.#startReady(run) === 'again');
  }

  #startReady(run: StoredRun): 'again' | 'done' {
    const ready = this.#conduct(run)?.ready ?? [];
    if (ready.length === 0 || this.#secrets.missing(run.secretNames).length > 0) return 'done';
    const steps = new Map(this.#stepsFor(run, ready).map((step) => [step.key, step]));
    for (const job of ready) {
      const step = steps.get(job.key);
      if (step?.status !== 'created' || (job.image !== undefined && !this.#containers.isReady(run.jobId)))
        continue;
      if (!this.#processes.hasRoomFor(job.cores)) return 'done';
      if (!this.#begin(run, step, job)) return 'again';
    }
    return 'done';
  }

  /** What may run, with the end of the run stored when there is nothing more. `undefined`: it has ended, or is about to. */
  #conduct(run: StoredRun): Extract<Advance, { at: 'running' }> | undefined {
    if (this.#publishing.has(run.id)) return undefined;
    for (;;) {
      const advance = this.#attempt(() => this.#conductorOf(run).next());
      if (advance.at !== 'running') {
        this.#finish(run, advance);
        return undefined;
      }
      const { lookUps = [] } = advance;
      if (lookUps.length === 0) return advance;
      const looked = this.#attempt(() => {
        this.#lookUp(run, lookUps);
        return advance;
      });
      if (looked.at === 'failed') {
        this.#finish(run, looked);
        return undefined;
      }
    }
  }

  // What was seen is stored before anything follows from it.
  #lookUp(run: StoredRun, lookUps: readonly LookUp[]): void {
    const conductor = this.#conductorOf(run);
    for (const { key, look } of lookUps) {
      const value = look();
      this.#store.addLookUp(run.id, key, value);
      conductor.found?.(key, value);
    }
  }

  /** @param parameters `undefined` before the start */
  #planned(
    spec: ReanaSpec,
    parameters: RunStart['parameters'] | undefined,
    options: RunStart['options'],
  ): ReturnType<typeof plannedJobs> {
    return plannedJobs(spec, parameters, options, this.#options.environment);
  }

  #conductorOf(run: StoredRun): Conductor {
    const known = this.#conductors.get(run.id);
    if (known !== undefined) return known;
    const conductor = conductorOf(runnableSpec(run.specification), run, {
      workspace: this.#places.workspace(run),
      sandbox: this.#sandbox,
      cores: this.#options.cores,
      environment: this.#options.environment,
    });
    for (const { key, value } of this.#store.lookUps(run.id)) conductor.found?.(key, value);
    for (const step of this.#store.steps(run.id)) {
      if (step.status === 'finished')
        conductor.settle(step.key, { at: 'finished', result: JSON.parse(step.result ?? 'null') as Json });
      if (step.status === 'failed')
        conductor.settle(step.key, { at: 'failed', reason: step.reason ?? 'failed' });
    }
    this.#conductors.set(run.id, conductor);
    return conductor;
  }

  // A fault of the workflow ends the run, not the server.
  #attempt(work: () => Advance): Advance {
    try {
      return work();
    } catch (thrown) {
      return { at: 'failed', reason: reasonOf(thrown) };
    }
  }

  #finish(run: StoredRun, advance: Exclude<Advance, { at: 'running' }>): void {
    if (advance.at === 'failed' && this.#isWorking(run.id)) return;
    if (advance.at === 'failed' || advance.publish === undefined) {
      this.#setRunEnded(run, advance);
      return;
    }
    const { notes = [] } = advance;
    this.#publishing.add(run.id);
    void advance
      .publish(this.#places.place(run))
      .then(
        (lines): Exclude<Advance, { at: 'running' }> => ({ at: 'finished', notes: [...notes, ...lines] }),
        (thrown: unknown): Exclude<Advance, { at: 'running' }> => ({
          at: 'failed',
          reason: `cannot place the outputs: ${messageOf(thrown)}`,
        }),
      )
      .then((end) =>
        this.#guarded(() => {
          this.#publishing.delete(run.id);
          if (this.#store.get(run.id).status !== 'running') return;
          this.#setRunEnded(run, end);
          this.#advance();
        }),
      );
  }

  #setRunEnded(
    run: StoredRun,
    end: Exclude<Advance, { at: 'running' }>,
    step?: () => void,
    atMs?: number,
  ): void {
    const endedMs = atMs ?? this.#options.clock.nowMs();
    this.#changed(run.id, () => {
      step?.();
      for (const note of end.at === 'finished' ? (end.notes ?? []) : [])
        this.#store.addLogLine(run.id, endedMs, note);
      this.#store.setEnded(run.id, end.at, endedMs, end.at === 'failed' ? end.reason : undefined);
      this.#usage.changed(run.seriesId);
    });
    this.#leave(run.id);
  }

  /** The stored jobs of a run, with those added that have just become ready. */
  #stepsFor(run: StoredRun, ready: readonly Job[]): readonly StoredStep[] {
    const steps = this.#store.steps(run.id);
    const known = new Set(steps.map((step) => step.key));
    const added = ready.filter((job) => !known.has(job.key));
    const total = this.#conductorOf(run).total;
    if (added.length === 0) return steps;
    this.#store.transaction(() => {
      for (const job of added) this.#store.addStep(run.id, job);
      this.#store.setJobsTotal(run.id, total);
    });
    return this.#store.steps(run.id);
  }

  /** @returns whether it runs now; if not, it has failed */
  #begin(run: StoredRun, step: StoredStep, job: Job): boolean {
    const begun: StoredStep = {
      ...step,
      status: 'running',
      attempt: step.attempt + 1,
      startedMs: this.#options.clock.nowMs(),
    };
    const { image } = job;
    // A required container that cannot be had fails the step like anything else that keeps it from starting.
    const find = (): RunPlace | undefined =>
      image === undefined ? undefined : this.#containers.place(image, this.#places.workspace(run), run.jobId);
    const found = attempted(find);
    this.#changed(run.id, () => {
      this.#store.setStepBegun(begun, begun.startedMs ?? 0);
      const where = found.ok ? whereItRuns(job, found.value) : '';
      this.#store.addLogLine(run.id, begun.startedMs ?? 0, `step ${step.name} started${where}`);
    });
    try {
      if (!found.ok) throw found.thrown;
      const place = found.value;
      const control = this.#places.control(begun);
      mkdirSync(control, { recursive: true });
      mkdirSync(this.#places.workspace(run), { recursive: true });
      const launch = job.launch(this.#places.place(run));
      const { before, environment } = setUpCredentials(
        job.credentials,
        run.secretNames,
        this.#places.secretDirectory(run.id),
        this.#options.environment['PATH'],
      );
      const own = { ...this.#ownEnvironment(run), ...environment, ...launch.environment };
      this.#processes.start(this.#processOf(begun, job), {
        control,
        workDirectory: launch.workDirectory,
        script:
          this.#weatherScript(run, begun) ??
          before + (place?.at === 'container' ? this.#inImage(begun, place, launch, own) : launch.script),
        environment: {
          ...(place?.at === 'container' ? this.#containers.environment : {}),
          ...this.#options.environment,
          ...own,
        },
      });
      this.#jobs.set(jobKey(begun), job);
      return true;
    } catch (thrown) {
      this.#jobEnded(
        begun,
        { at: 'failed', reason: `cannot be started: ${reasonOf(thrown)}` },
        this.#options.clock.nowMs(),
      );
      return false;
    }
  }

  #processOf(step: StoredStep, job: Job): JobProcess {
    const deadlineMs = job.timeLimitMs === undefined ? undefined : (step.startedMs ?? 0) + job.timeLimitMs;
    return { runId: step.runId, index: step.index, cores: job.cores, deadlineMs };
  }

  #processEnded(process: JobProcess, exit: ProcessExit, isOverdue: boolean): void {
    const run = this.#store.get(process.runId);
    const step = this.#store.steps(run.id).find((candidate) => candidate.index === process.index);
    if (step !== undefined && run.secretNames.length > 0) this.#redactLog(step);
    if (run.status !== 'running' || step?.status !== 'running') return;
    const job = this.#jobs.get(jobKey(step));
    const { exitStatus } = exit;
    if (isOverdue) this.#containers.remove(this.#places.control(step));
    if (isOverdue || exitStatus === undefined || job?.collect === undefined) {
      this.#jobEnded(step, endOf(exit, isOverdue), exit.endedMs);
      return;
    }
    void job
      .collect(this.#places.place(run), exitStatus)
      .catch((thrown: unknown): JobEnd => ({ at: 'failed', reason: `failed: ${reasonOf(thrown)}` }))
      .then((end) =>
        this.#guarded(() => {
          if (this.#store.get(run.id).status === 'running') this.#jobEnded(step, end, exit.endedMs);
          this.#advance();
        }),
      );
  }

  /** Nobody waits for it: whoever reads the log before gets it masked as well. A full disk leaves it as it is. */
  #redactLog(step: StoredStep): void {
    void redactLog(join(this.#places.control(step), 'log')).catch(() => undefined);
  }

  /** True while a job of the run runs, or its outputs are being collected. */
  #isWorking(runId: string, except?: StoredStep): boolean {
    return this.#store.steps(runId).some((step) => step.status === 'running' && step.index !== except?.index);
  }

  // The end of a job and, when it is the last, that of the run: one change.
  #jobEnded(step: StoredStep, end: JobEnd, endedMs: number): void {
    const run = this.#store.get(step.runId);
    this.#jobs.delete(jobKey(step));
    const isWorking = this.#isWorking(run.id, step);
    if (!isWorking) removeSecretFiles(this.#places.secretDirectory(run.id));
    const store = (): void => {
      this.#store.setStepEnded(step, {
        status: end.at,
        endedMs,
        ...(end.at === 'finished' ? { result: end.result } : { reason: end.reason }),
      });
      this.#store.addLogLine(
        run.id,
        endedMs,
        `step ${step.name} ${end.at === 'finished' ? 'finished' : end.reason}`,
      );
    };
    const conductor = this.#conductorOf(run);
    const advance = this.#attempt(() => {
      conductor.settle(step.key, end);
      return conductor.next();
    });
    const isLast =
      (advance.at === 'finished' && advance.publish === undefined) || (advance.at === 'failed' && !isWorking);
    if (isLast) this.#setRunEnded(run, advance, store, endedMs);
    else this.#changed(run.id, store);
  }

  /** What the jobs of a run have beside the variables of this machine. */
  #ownEnvironment(run: StoredRun): Readonly<Record<string, string>> {
    return {
      ...this.#secrets.place(run.secretNames, this.#places.secretDirectory(run.id)),
      REANA_WORKSPACE: this.#places.workspace(run),
      REANA_WORKFLOW_UUID: run.id,
      REANA_WORKFLOW_NAME: `${run.name}.${run.runNumber}`,
    };
  }

  /** What runs in the place of a job that the weather leaves without memory. */
  #weatherScript(run: StoredRun, step: StoredStep): string | undefined {
    const weather = this.#options.weather?.(run.jobId);
    if (weather === undefined) return undefined;
    const earlier = this.#store.runs().filter((other) => other.jobId === run.jobId && other.id !== run.id);
    const start = { step: step.name, task: 'reana', serial: step.index + 1, attempt: earlier.length + 1 };
    if (!strikes(weather, 'reana_out_of_memory', start)) return undefined;
    return `echo 'weather: this job has no memory left'\nkill -9 $$\n`;
  }

  /** What runs the job in its image. */
  #inImage(
    step: StoredStep,
    place: Extract<RunPlace, { at: 'container' }>,
    launch: Launch,
    own: Readonly<Record<string, string>>,
  ): string {
    return this.#containers.wrap(place, {
      name: containerName(step),
      script: launch.script,
      workDirectory: launch.workDirectory,
      control: this.#places.control(step),
      workspace: own['REANA_WORKSPACE'] ?? launch.workDirectory,
      secretDirectory: own['REANA_SECRETS_DIRECTORY'],
      variables: Object.keys(own),
    });
  }

  #leave(id: string): void {
    this.#conductors.delete(id);
    removeSecretFiles(this.#places.secretDirectory(id));
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

  // Of the runs that share a workspace the last one says how long its files are kept.
  #applyRetention(run: StoredRun): void {
    const latest = this.#store.series(run.seriesId).at(-1);
    if (latest?.id !== run.id || isUnderWay(run) || run.status === 'deleted') return;
    const place = { ...run, workspace: this.#places.workspace(run) };
    if (applyRetention(place, this.#options.clock.nowMs())) this.#usage.changed(run.seriesId);
  }

  // One transaction: the change, and the event that tells of it.
  #changed(id: string, change: () => void): RunRecord {
    const changed = this.#store.transaction(() => {
      change();
      const record = this.#record(this.#store.get(id));
      this.#options.recordEvent({
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

  #record(run: StoredRun): RunRecord {
    const steps = this.#store.steps(run.id);
    const current = steps.findLast((step) => step.status !== 'created');
    const { secretNames: _, jobsTotal, ...stored } = run;
    return {
      ...stored,
      error: run.error ?? this.#waitingFor(run),
      workspace: this.#places.workspace(run),
      stepsTotal: Math.max(jobsTotal, steps.length),
      stepsFinished: steps.filter((step) => step.status === 'finished').length,
      currentStep: current?.name,
    };
  }

  // The workspace goes with the last of the runs that share it.
  #removeFiles(run: StoredRun): void {
    const isLast = this.#store.series(run.seriesId).every((other) => other.status === 'deleted');
    this.#places.remove(run, isLast);
    if (isLast) this.#usage.removed(run.seriesId);
  }

  #waitingFor(run: StoredRun): string | undefined {
    const waits: readonly RunStatus[] = ['queued', 'running'];
    const missing = waits.includes(run.status) ? this.#secrets.missing(run.secretNames) : [];
    if (missing.length === 0) return undefined;
    const names = missing.map((name) => `\`${name}\``).join(', ');
    return `waits for the secrets ${names}, which are gone; add them again`;
  }
}

const isUnderWay = ({ status }: StoredRun): boolean =>
  status === 'queued' || status === 'pending' || status === 'running';

type Attempted<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly thrown: unknown };

function attempted<Value>(work: () => Value): Attempted<Value> {
  try {
    return { ok: true, value: work() };
  } catch (thrown) {
    return { ok: false, thrown };
  }
}

/** What went wrong, in words; of a fault of ours the stack as well, because nobody else will see it. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof PchainError) return thrown.message;
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
