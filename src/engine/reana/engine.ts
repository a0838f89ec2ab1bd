// The embedded REANA: serial workflows as real processes, one command after the other, in the workspace of the run.
// Whatever happens to this process, the database and the directories of the commands say where each run stands.
import { Buffer } from 'node:buffer';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { messageOf, PchainError, UnsupportedError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { Findings } from '../../base/finding.ts';
import type { ReadResult } from '../../base/read-text.ts';
import { redact, Secret } from '../../base/secret.ts';
import { printable } from '../../base/text.ts';
import type { ReanaSpec } from '../../reanaspec/model.ts';
import { substituteParameters } from '../../reanaspec/parameters.ts';
import { readReanaSpec } from '../../reanaspec/read.ts';
import type { NewRun, ReanaEngine, ReanaSecret } from '../api.ts';
import type { EngineEvent } from '../events.ts';
import { adoptProcess, startProcess } from '../process/process.ts';
import type { ProcessExit, RunningProcess } from '../process/process.ts';
import type { RunRecord, RunStatus, RunStepRecord } from '../records.ts';
import type { Database } from '../store/database.ts';
import { readLogTail } from './log-tail.ts';
import { RunStore } from './run-store.ts';
import { isSecretName } from './secret-name.ts';
import type { StoredRun, StoredStep } from './tables.ts';

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
  /** Called inside the transaction of each change, so that a journal in the same database keeps step with it. */
  readonly recordEvent: (event: EngineEvent) => void;
  /** Called when an end that nobody waits for cannot be stored (disk full): nothing that follows would be durable. The
   *  database still says the truth of before, so the next engine takes up from there. Without it the error is thrown. */
  readonly onFatal?: (thrown: unknown) => void;
}

/** Created by `openReana`, which also takes up what an earlier process left. */
export class EmbeddedReana implements ReanaEngine {
  readonly #options: EmbeddedReanaOptions;
  readonly #store: RunStore;
  readonly #secrets = new Map<string, ReanaSecret>();
  readonly #processes = new Map<string, RunningProcess>();
  #closed = false;

  constructor(options: EmbeddedReanaOptions) {
    this.#options = options;
    this.#store = new RunStore(options.database);
    for (const run of this.#store.runsWith('running')) this.#takeUp(run);
    this.#advance();
  }

  createRun(run: NewRun): RunRecord {
    const spec = runnableSpec(run.specification);
    const id = this.#options.newId();
    mkdirSync(this.#workspace(id), { recursive: true });
    const commands = spec.steps.flatMap((step, index) =>
      step.commands.map((command) => ({
        name: step.name ?? String(index),
        image: step.environment,
        command,
      })),
    );
    return this.#changed(id, () => {
      this.#store.insert(id, run, spec.inputs.parameters, commands, this.#options.clock.nowMs());
    });
  }

  runs(): readonly RunRecord[] {
    return this.#store.runs().map((run) => this.#record(run));
  }

  run(key: string): RunRecord | undefined {
    const run = this.#store.find(key);
    return run === undefined ? undefined : this.#record(run);
  }

  startRun(id: string, parameters: Readonly<Record<string, unknown>>): boolean {
    const run = this.#store.find(id);
    if (run?.status !== 'created') return false;
    const values = { ...run.parameters, ...parameters };
    this.#changed(run.id, () => {
      for (const step of this.#store.steps(run.id)) {
        this.#store.setCommand(step, substituteParameters(step.command, values));
      }
      this.#store.setStarted(run.id, values, [...this.#secrets.keys()]);
    });
    this.#advance();
    return true;
  }

  /** Only a run that is running can be stopped: REANA's own rule. */
  stopRun(id: string): boolean {
    const run = this.#store.find(id);
    if (run?.status !== 'running') return false;
    const step = this.#store.steps(run.id).find((candidate) => candidate.status === 'running');
    this.#changed(run.id, () => {
      if (step !== undefined) this.#store.setStepEnded(step, 'failed', this.#options.clock.nowMs());
      this.#store.setEnded(run.id, 'stopped', this.#options.clock.nowMs(), 'stopped by the user');
    });
    this.#processes.get(run.id)?.signal('SIGKILL');
    this.#processes.delete(run.id);
    this.#removeSecretFiles(run.id);
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
    rmSync(this.#home(run.id), { recursive: true, force: true });
    return true;
  }

  runSteps(id: string): readonly RunStepRecord[] {
    const run = this.#store.find(id);
    if (run === undefined) return [];
    return this.#store.steps(run.id).map((step) => ({
      runId: step.runId,
      index: step.index,
      name: step.name,
      status: step.status,
      command: step.command,
      image: step.image,
      log: step.attempt === 0 ? '' : redact(printable(readLogTail(join(this.#control(step), 'log')))),
      startedMs: step.startedMs,
      endedMs: step.endedMs,
    }));
  }

  /** @throws UsageError for names that could not be a variable or a file. */
  setReanaSecret(name: string, secret: ReanaSecret): void {
    if (!isSecretName(name)) {
      throw new UsageError(
        `secret name \`${printable(name)}\` may hold letters, digits, \`.\`, \`_\` and \`-\` only`,
      );
    }
    // The plain value is wrapped once, so that it is masked in whatever a command prints.
    new Secret(Buffer.from(secret.value.reveal(), 'base64').toString('utf8'));
    this.#secrets.set(name, secret);
    this.#advance();
  }

  reanaSecrets(): ReadonlyMap<string, ReanaSecret> {
    return this.#secrets;
  }

  deleteReanaSecret(name: string): boolean {
    return this.#secrets.delete(name);
  }

  /** True while a run runs or waits for its turn. */
  get isBusy(): boolean {
    return this.#store.runsWith('queued').length + this.#store.runsWith('running').length > 0;
  }

  /** Stops watching. Commands that run go on; the next `openReana` on the same database and directory takes them up. */
  close(): void {
    this.#closed = true;
    this.#processes.clear();
  }

  // A killed engine left this run in the middle: what ended in the meantime counts, what runs is watched, what was lost runs again.
  #takeUp(run: StoredRun): void {
    const step = this.#store.steps(run.id).find((candidate) => candidate.status === 'running');
    if (step === undefined) return;
    const adopted = adoptProcess(this.#control(step), this.#options.clock);
    switch (adopted.state) {
      case 'running':
        this.#watch(step, adopted.process);
        break;
      case 'ended':
        this.#ended(step, adopted.exit);
        break;
      case 'lost':
        this.#options.database.transaction(() => this.#store.setStepWaiting(step));
        break;
    }
  }

  // Starts whatever may start: the next command of running runs, then waiting runs while there is room.
  #advance(): void {
    if (this.#closed) return;
    for (const run of this.#store.runsWith('running')) this.#next(run);
    for (const run of this.#store.runsWith('queued')) {
      if (this.#store.runsWith('running').length >= this.#options.maxRuns) return;
      if (this.#missingSecrets(run).length > 0) continue;
      this.#changed(run.id, () => {
        this.#store.setRunning(run.id, this.#options.clock.nowMs());
      });
      this.#next(run);
    }
  }

  #next(run: StoredRun): void {
    if (this.#processes.has(run.id) || this.#missingSecrets(run).length > 0) return;
    const step = this.#store.steps(run.id).find((candidate) => candidate.status !== 'finished');
    if (step === undefined) {
      this.#changed(run.id, () => {
        this.#store.setEnded(run.id, 'finished', this.#options.clock.nowMs(), undefined);
      });
      return;
    }
    const begun: StoredStep = { ...step, status: 'running', attempt: step.attempt + 1 };
    this.#changed(run.id, () => {
      this.#store.setStepBegun(begun, this.#options.clock.nowMs());
    });
    try {
      const control = this.#control(begun);
      mkdirSync(control, { recursive: true });
      mkdirSync(this.#workspace(run.id), { recursive: true });
      const running = startProcess(
        {
          control,
          workDirectory: this.#workspace(run.id),
          script: begun.command,
          environment: this.#environment(run),
        },
        this.#options.clock,
      );
      this.#watch(begun, running);
    } catch (error) {
      this.#failed(begun, messageOf(error), this.#options.clock.nowMs());
    }
  }

  #watch(step: StoredStep, running: RunningProcess): void {
    this.#processes.set(step.runId, running);
    void running.ended.then((exit) => {
      // A stopped run, or a closed engine, no longer waits for this process.
      if (this.#processes.get(step.runId) !== running) return;
      this.#processes.delete(step.runId);
      try {
        this.#ended(step, exit);
        this.#advance();
      } catch (thrown) {
        this.close();
        if (this.#options.onFatal === undefined) throw thrown;
        this.#options.onFatal(thrown);
      }
    });
  }

  #ended(step: StoredStep, exit: ProcessExit): void {
    this.#removeSecretFiles(step.runId);
    if (exit.exitStatus === 0) {
      const isLast = this.#store
        .steps(step.runId)
        .every((other) => other.index === step.index || other.status === 'finished');
      this.#changed(step.runId, () => {
        this.#store.setStepEnded(step, 'finished', exit.endedMs);
        if (isLast) this.#store.setEnded(step.runId, 'finished', exit.endedMs, undefined);
      });
      return;
    }
    const how =
      exit.exitStatus === undefined ? 'vanished without a status' : `failed with status ${exit.exitStatus}`;
    this.#failed(step, `step \`${step.name}\` ${how}`, exit.endedMs);
  }

  #failed(step: StoredStep, error: string, endedMs: number): void {
    this.#removeSecretFiles(step.runId);
    this.#changed(step.runId, () => {
      this.#store.setStepEnded(step, 'failed', endedMs);
      this.#store.setEnded(step.runId, 'failed', endedMs, error);
    });
  }

  // Values live in memory only. After a restart a run waits until the secrets it was started with are there again:
  // running without them would fail in a way nobody understands.
  #missingSecrets(run: StoredRun): readonly string[] {
    return run.secretNames.filter((name) => !this.#secrets.has(name));
  }

  #environment(run: StoredRun): Readonly<Record<string, string>> {
    const environment: Record<string, string> = { ...this.#options.environment };
    const files: [string, Buffer][] = [];
    for (const name of run.secretNames) {
      const secret = this.#secrets.get(name);
      if (secret === undefined) continue;
      const value = Buffer.from(secret.value.reveal(), 'base64');
      if (secret.type === 'file') files.push([name, value]);
      else environment[name] = value.toString('utf8');
    }
    if (files.length > 0) {
      const directory = this.#secretDirectory(run.id);
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      for (const [name, value] of files) writeFileSync(join(directory, name), value, { mode: 0o600 });
      environment['REANA_SECRETS_DIRECTORY'] = directory;
    }
    return {
      ...environment,
      REANA_WORKSPACE: this.#workspace(run.id),
      REANA_WORKFLOW_UUID: run.id,
      REANA_WORKFLOW_NAME: `${run.name}.${run.runNumber}`,
    };
  }

  #removeSecretFiles(id: string): void {
    rmSync(this.#secretDirectory(id), { recursive: true, force: true });
  }

  // One transaction: the change, and the event that tells of it.
  #changed(id: string, change: () => void): RunRecord {
    return this.#options.database.transaction(() => {
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
  }

  #record(run: StoredRun): RunRecord {
    const steps = this.#store.steps(run.id);
    const current = steps.findLast((step) => step.status !== 'created');
    const { secretNames: _, ...stored } = run;
    return {
      ...stored,
      error: run.error ?? this.#waitingFor(run),
      workspace: this.#workspace(run.id),
      stepsTotal: steps.length,
      stepsFinished: steps.filter((step) => step.status === 'finished').length,
      currentStep: current?.name,
    };
  }

  #waitingFor(run: StoredRun): string | undefined {
    const waits: readonly RunStatus[] = ['queued', 'running'];
    const missing = waits.includes(run.status) ? this.#missingSecrets(run) : [];
    if (missing.length === 0) return undefined;
    const names = missing.map((name) => `\`${name}\``).join(', ');
    return `waits for the secrets ${names}, which the server forgot when it was restarted; add them again`;
  }

  #home(id: string): string {
    return join(this.#options.directory, id);
  }

  #workspace(id: string): string {
    return join(this.#home(id), 'workspace');
  }

  #secretDirectory(id: string): string {
    return join(this.#home(id), 'secrets');
  }

  #control(step: StoredStep): string {
    return join(this.#home(step.runId), 'commands', `${step.index}.${step.attempt}`);
  }
}

const notHere: ReadResult = {
  ok: false,
  reason: 'missing',
  detail: 'is not read here: the steps must stand in `workflow.specification`',
};

// What a client sends has passed its own check; here it is read again, because anybody may send anything.
function runnableSpec(
  specification: unknown,
): ReanaSpec & { readonly steps: NonNullable<ReanaSpec['steps']> } {
  const findings = new Findings();
  const file = 'reana.yaml';
  const text = JSON.stringify(specification) as string | undefined;
  const spec = readReanaSpec(
    file,
    (path) => (path === file ? { ok: true, text: text ?? '' } : notHere),
    findings,
  );
  if (spec !== undefined && spec.kind !== 'serial') {
    throw new UnsupportedError(`this server runs serial workflows only, not \`${spec.kind}\``, {
      hint: 'set `REANA_SERVER_URL` to a REANA cluster',
    });
  }
  const fault = findings.sorted().find((finding) => finding.severity === 'error');
  if (fault !== undefined) throw new PchainError(ExitCode.findings, fault.message);
  if (spec?.steps === undefined) throw new PchainError(ExitCode.findings, 'the specification has no steps');
  for (const option of ['FROM', 'TARGET']) {
    if (option in spec.inputs.options)
      throw new UnsupportedError(`operational option \`${option}\` is not supported by this server`);
  }
  return { ...spec, steps: spec.steps };
}
