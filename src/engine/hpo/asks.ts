// Asking the steering, as iDDS does: its input file is written, it runs, its answer becomes points; a failure is tried again, three
// times in all. Every try is stored before it begins. A steering that outlives the engine is found again.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { messageOf, PchainError } from '../../base/errors.ts';
import type { RequestId } from '../../base/names.ts';
import { lastLines, printable } from '../../base/text.ts';
import type { Containers, ContainerMode } from '../containers/containers.ts';
import type { Journal } from '../panda/journal.ts';
import { readEnd } from '../panda/jobs/log-end.ts';
import { unpackedSandbox } from '../panda/jobs/work-directory.ts';
import { copySandbox } from '../panda/jobs/stage-in.ts';
import type { RequestRuntime, TaskRuntime } from '../panda/runtime.ts';
import { adoptProcess, startProcess } from '../process/process.ts';
import type { ProcessExit, RunningProcess } from '../process/process.ts';
import { isFinalTask } from '../records.ts';
import type { PandaStore } from '../store/panda-store.ts';
import type { SearchRuntime } from './runtime.ts';
import { toldPoint } from './runtime.ts';
import type { StoredAsk } from './search-store.ts';
import { chooseSteering, type Steering } from './steering.ts';
import { steeringInContainer } from './steering-container.ts';
import {
  readAnswer,
  steeringInput,
  steeringInputText,
  steeringOutput,
  type Answer,
} from './steering-files.ts';

export interface AskParts {
  readonly store: PandaStore;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string>>;
  readonly requestDirectory: (id: RequestId) => string;
  /** How images are run; `undefined`: not at all. */
  readonly containers: Containers | undefined;
  /** For requests that say nothing themselves. */
  readonly containerMode: ContainerMode;
  readonly advance: (runtime: RequestRuntime) => void;
  readonly isClosed: () => boolean;
  readonly log: (line: string) => void;
}

/** How often a steering may fail. Source: iDDS. */
const mostFailures = 3;
/** Between two tries. */
const pauseMs = 200;

export class Asks {
  readonly #parts: AskParts;
  /** Tasks whose steering works now, with its process once there is one. */
  readonly #running = new Map<
    TaskRuntime,
    { process: RunningProcess | undefined; control: string | undefined }
  >();

  constructor(parts: AskParts) {
    this.#parts = parts;
  }

  /** Lets the steering of a task work on its last ask, which is stored; also after a crash. */
  begin(task: TaskRuntime, runtime: RequestRuntime): void {
    const { search } = task;
    if (search?.asks.at(-1)?.status !== 'running' || !this.#isWanted(task) || this.#running.has(task)) return;
    this.#running.set(task, { process: undefined, control: undefined });
    void this.#untilAnswered(task, search, runtime);
  }

  /** Ends the process of a steering whose answer nobody wants any more. */
  stop(task: TaskRuntime): void {
    const running = this.#running.get(task) ?? this.#leftBehind(task);
    running?.process?.signal('SIGKILL');
    if (running?.control !== undefined) void this.#parts.containers?.remove(running.control);
  }

  /** A steering that an earlier engine started and that this one has not taken up. */
  #leftBehind(task: TaskRuntime): { process: RunningProcess | undefined; control: string } | undefined {
    const ask = task.search?.asks.at(-1);
    if (ask?.status !== 'running' || ask.directory === undefined) return undefined;
    const control = join(ask.directory, 'control');
    const adopted = adoptProcess(control, this.#parts.clock);
    return { process: adopted.state === 'running' ? adopted.process : undefined, control };
  }

  async #untilAnswered(task: TaskRuntime, search: SearchRuntime, runtime: RequestRuntime): Promise<void> {
    try {
      let isFirst = true;
      while (this.#isWanted(task) && search.asks.at(-1)?.status === 'running') {
        const answer = await this.#try(task, search, runtime, isFirst);
        isFirst = false;
        if (!this.#isWanted(task)) break;
        this.#record(task, search, runtime, answer);
        if (!answer.ok) await this.#parts.clock.sleep(pauseMs);
      }
    } catch (thrown) {
      this.#parts.log(`the search of task ${task.id} cannot go on: ${messageOf(thrown)}`);
    }
    this.#running.delete(task);
    if (!this.#parts.isClosed() && !isFinalTask(task.status)) this.#parts.advance(runtime);
  }

  #isWanted(task: TaskRuntime): boolean {
    const isEnding = task.control === 'killing' || task.control === 'finishing';
    return !this.#parts.isClosed() && !isEnding && !isFinalTask(task.status);
  }

  /** One try. Never rejects: what goes wrong is the answer. */
  async #try(
    task: TaskRuntime,
    search: SearchRuntime,
    runtime: RequestRuntime,
    isFirst: boolean,
  ): Promise<Tried> {
    try {
      const ask = search.asks.at(-1);
      if (ask === undefined) return fault('nothing was asked');
      const found = isFirst ? this.#found(task, ask) : undefined;
      if (found !== undefined) return this.#answerOf(search, ask, ask.directory ?? '', await found);
      const directory = join(
        this.#parts.requestDirectory(task.requestId),
        'searches',
        `${task.id}`,
        `${ask.generation}.${ask.tries + 1}`,
      );
      // Of a try that an earlier engine had begun and not stored.
      rmSync(directory, { recursive: true, force: true });
      const [control, work] = [join(directory, 'control'), join(directory, 'work')];
      for (const path of [control, work]) mkdirSync(path, { recursive: true });
      const steering = await chooseSteering(
        search.spec,
        search.options,
        { wanted: ask.wanted, maxPoints: search.rules.maxPoints },
        {
          directory: work,
          inContainer: (run) =>
            steeringInContainer(
              { ...run, directory, task: task.id, try: ask.tries + 1 },
              this.#parts.containers,
              runtime.request.options?.containers ?? this.#parts.containerMode,
            ),
        },
      );
      if (steering.kind === 'fault') return fault(steering.fault, true);
      const tried = this.#store(task, search, {
        ...ask,
        tries: ask.tries + 1,
        by: steering.by,
        isLocal: steering.isLocal,
        directory,
      });
      if (steering.kind === 'sampler') return await this.#sample(search, tried, steering);
      return this.#answerOf(
        search,
        tried,
        directory,
        await this.#run(task, search, runtime, steering, directory),
      );
    } catch (thrown) {
      return fault(messageOf(thrown), thrown instanceof PchainError);
    }
  }

  /** What became of a try that an earlier engine began; `undefined`: it must be done again. */
  #found(task: TaskRuntime, ask: StoredAsk): Promise<ProcessExit> | undefined {
    if (ask.directory === undefined) return undefined;
    const control = join(ask.directory, 'control');
    const adopted = adoptProcess(control, this.#parts.clock);
    switch (adopted.state) {
      case 'running':
        this.#running.set(task, { process: adopted.process, control });
        return adopted.process.ended;
      case 'ended':
        return Promise.resolve(adopted.exit);
      case 'lost':
        // Its container may run on where its command does not.
        void this.#parts.containers?.remove(control);
        return undefined;
    }
  }

  async #sample(
    search: SearchRuntime,
    ask: StoredAsk,
    { sampler }: Extract<Steering, { kind: 'sampler' }>,
  ): Promise<Tried> {
    // Loaded when it is needed: most engines never are asked for points.
    const { localAnswer } = await import('./sampling/local-steering.ts');
    const answer = localAnswer({
      spec: search.spec,
      sampler,
      points: search.points.map(toldPoint),
      wanted: ask.wanted,
      maxPoints: search.rules.maxPoints,
      seed: search.options.seed ?? 1,
    });
    return answer.ok ? answer : fault(answer.fault, true);
  }

  async #run(
    task: TaskRuntime,
    search: SearchRuntime,
    runtime: RequestRuntime,
    steering: Extract<Steering, { kind: 'command' }>,
    directory: string,
  ): Promise<ProcessExit> {
    const [control, work] = [join(directory, 'control'), join(directory, 'work')];
    if (steering.needsSandbox && runtime.request.sandbox !== undefined) {
      await copySandbox(await unpackedSandbox(this.#parts.requestDirectory(task.requestId)), work);
    }
    writeFileSync(
      join(work, steeringInput),
      steeringInputText(search.points.map(toldPoint), search.spec.space),
    );
    rmSync(join(work, steeringOutput), { force: true });
    const { environment, containers } = this.#parts;
    const process = startProcess(
      {
        control,
        workDirectory: work,
        script: steering.script,
        environment: { ...containers?.environment, ...environment, ...runtime.request.environment },
      },
      this.#parts.clock,
    );
    this.#running.set(task, { process, control });
    return process.ended;
  }

  #answerOf(search: SearchRuntime, ask: StoredAsk, directory: string, exit: ProcessExit): Tried {
    const { exitStatus } = exit;
    if (exitStatus !== 0) {
      const [line = ''] = lastLines(printable(readEnd(join(directory, 'control', 'log'))), 1);
      const status = exitStatus === undefined ? 'vanished' : `ended with status ${exitStatus}`;
      return fault(`the steering ${status}${line === '' ? '' : `: ${line}`}`);
    }
    let text: string;
    try {
      text = readFileSync(join(directory, 'work', steeringOutput), 'utf8');
    } catch {
      return fault(`the steering left no \`${steeringOutput}\``);
    }
    const answer = readAnswer(text, ask.wanted, search.spec.segments?.length);
    return answer.ok ? answer : fault(`the steering's ${answer.fault}`);
  }

  #record(task: TaskRuntime, search: SearchRuntime, runtime: RequestRuntime, answer: Tried): void {
    const ask = search.asks.at(-1);
    if (ask === undefined) return;
    const { store, journal } = this.#parts;
    const { id: requestId } = runtime.request;
    if (!answer.ok) {
      const failures = ask.failures + 1;
      const isOver = answer.isFinal || failures >= mostFailures;
      const times = failures > 1 ? ` (${failures} times)` : '';
      const error = `${answer.fault}${isOver ? times : ''}`;
      this.#store(task, search, { ...ask, failures, status: isOver ? 'failed' : 'running', error });
      return;
    }
    const first = search.points.length;
    const points = answer.points.map((point, index) => ({
      ...point,
      id: first + index,
      generation: ask.generation,
      job: undefined,
      evaluationJob: undefined,
      loss: undefined,
    }));
    journal.transaction((emit) => {
      for (const point of points) store.searches.addPoint(task.id, point);
      store.searches.setAsk(task.id, answered(ask, points.length));
      emit(requestId, { type: 'task', requestId, taskId: task.id, status: task.status });
    });
    search.points.push(...points);
    search.asks.splice(-1, 1, answered(ask, points.length));
  }

  #store(task: TaskRuntime, search: SearchRuntime, ask: StoredAsk): StoredAsk {
    const { store, journal } = this.#parts;
    journal.transaction(() => store.searches.setAsk(task.id, ask));
    search.asks.splice(-1, 1, ask);
    return ask;
  }
}

const answered = (ask: StoredAsk, given: number): StoredAsk => ({
  ...ask,
  status: 'answered',
  given,
  error: undefined,
});

type Tried =
  Extract<Answer, { ok: true }> | { readonly ok: false; readonly fault: string; readonly isFinal: boolean };

/** @param isFinal trying again cannot help */
function fault(text: string, isFinal = false): Tried {
  return { ok: false, fault: text, isFinal };
}
