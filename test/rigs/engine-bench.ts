// A real engine in a temporary directory, with plans written down by hand.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTarGz } from '../../src/archive/tar-gz.ts';
import type { RequestId } from '../../src/base/names.ts';
import { systemClock } from '../../src/base/system-clock.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { SearchOptions } from '../../src/engine/hpo/search-options.ts';
import type { EngineOptions } from '../../src/engine/options.ts';
import type { RunOptions } from '../../src/engine/records.ts';
import { isFinalRequest } from '../../src/engine/records.ts';
import type { JobRecord, RequestRecord, TaskRecord } from '../../src/engine/records.ts';
import { openDatabase } from '../../src/engine/store/database.ts';
import type { Database } from '../../src/engine/store/database.ts';
import type { LinkKind } from '../../src/workflow/plan.ts';
import type { Plan, PlannedStep } from '../../src/workflow/plan.ts';

export interface StepText {
  readonly name: string;
  readonly exec: string;
  readonly args?: string;
  readonly type?: 'prun' | 'junction' | 'reana' | 'gitlab' | 'phpo';
  /** Of a phpo step: the words of its options, in place of `exec` and `args`. */
  readonly options?: readonly string[];
  /** Names of the steps it reads, all outputs of the first type. */
  readonly inputs?: readonly string[];
  readonly externalInputs?: readonly string[];
  readonly link?: LinkKind;
  readonly after?: readonly string[];
  readonly condition?: PlannedStep['condition'];
  readonly outputs?: readonly string[];
}

const nowhere = (): { file: string; start: number; end: number } => ({ file: '', start: 0, end: 0 });

export function planOf(outDS: string, steps: readonly StepText[], tails?: readonly string[]): Plan {
  const idOf = (name: string): number => steps.findIndex((step) => step.name === name);
  const planned = steps.map((step, id): PlannedStep => {
    const base = `${outDS}_${String(id).padStart(3, '0')}_${step.name}`;
    const inputs = (step.inputs ?? []).map((name) => {
      const parent = idOf(name);
      return `${outDS}_${String(parent).padStart(3, '0')}_${name}_${steps[parent]?.outputs?.[0] ?? 'out.txt'}/`;
    });
    const inputDatasets = [...inputs, ...(step.externalInputs ?? [])];
    const outputs = step.outputs ?? ['out.txt'];
    const parents = [...(step.inputs ?? []), ...(step.after ?? [])].map(idOf);
    const kind = step.link ?? 'processed';
    return {
      id,
      name: step.name,
      type: step.type ?? 'prun',
      parents,
      links: step.condition === undefined ? parents.map((parent) => ({ parent, kind })) : [],
      condition: step.condition,
      scatter: [],
      scatterIndex: undefined,
      loop: false,
      inLoop: false,
      inputs: {},
      suppressed: [],
      outputs: [base],
      outputTypes: outputs,
      inputDatasets,
      command:
        step.type === 'phpo'
          ? [
              'phpo',
              ...(step.options ?? []),
              ...(inputDatasets.length > 0 ? ['--trainingDS', inputDatasets.join(',')] : []),
              '--outDS',
              base,
            ]
          : [
              'prun',
              '--outputs',
              outputs.join(','),
              ...(step.args ?? '').split(' ').filter((word) => word !== ''),
              ...(inputDatasets.length > 0 && step.type !== 'reana'
                ? ['--inDS', inputDatasets.join(',')]
                : []),
              '--exec',
              step.exec,
              '--outDS',
              base,
            ],
      isTail: false,
      isWorkflowOutput: false,
      rootInputs: {},
      steps: [],
      where: nowhere,
    };
  });
  return { outDS, inputs: {}, steps: planned, outputSteps: (tails ?? [steps.at(-1)?.name ?? '']).map(idOf) };
}

export class EngineBench {
  readonly directory = mkdtempSync(join(tmpdir(), 'pchain-engine-'));
  readonly log: string[] = [];
  engine: Engine;
  #database: Database;

  readonly parallelJobs: number;
  readonly #more: Partial<EngineOptions>;

  constructor(parallelJobs = 2, more: Partial<EngineOptions> = {}) {
    this.parallelJobs = parallelJobs;
    this.#more = more;
    [this.engine, this.#database] = this.#open();
  }

  #open(): [Engine, Database] {
    const database = openDatabase(join(this.directory, 'engine.db'));
    const engine = new Engine({
      database,
      dataDirectory: this.directory,
      clock: systemClock,
      parallelJobs: this.parallelJobs,
      environment: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C.UTF-8' },
      binDirectory: undefined,
      embedded: () => undefined,
      onFatal: (thrown) => this.log.push(`fatal: ${String(thrown)}`),
      log: (line) => this.log.push(line),
      ...this.#more,
    });
    engine.resume();
    return [engine, database];
  }

  /** As if the process had been killed and started again: nothing is told to the old engine.
   *  @param meanwhile done while no engine runs */
  crash(meanwhile?: () => void): void {
    this.engine.close();
    this.#database.close();
    meanwhile?.();
    [this.engine, this.#database] = this.#open();
  }

  /** Submits a plan with a sandbox of these files (name -> text). */
  async submit(
    plan: Plan,
    files: Record<string, string> = {},
    local: Record<string, readonly string[]> = {},
    maxIterations?: number,
    options: SearchOptions = {},
    run: RunOptions = {},
  ): Promise<RequestId> {
    const sandbox = join(this.directory, `sandbox-${Math.round(systemClock.monotonicMs() * 1000)}.tar.gz`);
    await writeTarGz(
      sandbox,
      Object.entries(files).map(([name, content]) => ({ name, content })),
    );
    return this.engine.submit({
      name: plan.outDS,
      userName: 'Test User',
      plan,
      sandbox,
      key: undefined,
      localDatasets: new Map(Object.entries(local)),
      environment: {},
      maxIterations,
      search: { options, texts: files },
      options: run,
    });
  }

  async end(id: RequestId): Promise<RequestRecord> {
    await this.until(() => isFinalRequest(this.engine.request(id)?.status ?? 'Failed'));
    const request = this.engine.request(id);
    if (request === undefined) throw new Error(`request ${id} is unknown`);
    return request;
  }

  async until(met: () => boolean): Promise<void> {
    while (!met()) await systemClock.sleep(10);
  }

  task(id: RequestId, name: string): TaskRecord {
    const task = this.engine.tasks(id).find((candidate) => candidate.stepName === name);
    if (task === undefined) throw new Error(`no task ${name}`);
    return task;
  }

  jobs(id: RequestId, name: string): readonly JobRecord[] {
    return this.engine.jobs(this.task(id, name).id);
  }

  /** Processes of this bench whose command line holds a text. */
  processes(text: string): readonly string[] {
    const lines = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
    return lines.filter((line) => line.includes(text) && line.includes(this.directory));
  }

  /** Creates files outside of the engine's own folders. */
  files(texts: Record<string, string>): readonly string[] {
    const folder = mkdtempSync(join(this.directory, 'given-'));
    return Object.entries(texts).map(([name, text]) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    });
  }

  remove(): void {
    this.engine.close();
    this.#database.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
