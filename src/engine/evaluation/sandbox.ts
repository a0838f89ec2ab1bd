// A place where foreign programs run without harm: JavaScript of CWL and jq of Yadage, each in an interpreter compiled to
// WebAssembly, which sees nothing of this machine. They live in a thread of their own that can be ended when it does not
// answer. It is started when it is first needed.
import { createRequire } from 'node:module';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { PchainError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { workerScript } from './worker-script.ts';

export interface SandboxLimits {
  /** JavaScript is told to stop after this time. */
  readonly timeLimitMs: number;
  /** How much longer the thread may take, its start included, before it is ended. */
  readonly graceMs: number;
}

const usualLimits: SandboxLimits = { timeLimitMs: 10_000, graceMs: 20_000 };
const memoryLimitBytes = 128 * 1024 * 1024;

export type Question =
  | {
      readonly language: 'javascript';
      /** Run in order, in one world; the value of the last is the answer. */
      readonly scripts: readonly string[];
    }
  | { readonly language: 'jq'; readonly program: string; readonly inputJson: string };

/** JSON of the value; for jq a list of all values. */
type Answer = { readonly json: string } | { readonly error: string };

export class Sandbox {
  readonly #limits: SandboxLimits;
  #thread: Thread | undefined;

  constructor(limits: SandboxLimits = usualLimits) {
    this.#limits = limits;
  }

  /** The value of a program.
   *  @throws PchainError with what the program said, or that it took too long */
  ask(question: Question): unknown {
    this.#thread ??= startThread(this.#limits);
    const answer = askThread(this.#thread, question, this.#limits);
    if (answer === undefined) {
      void this.#thread.worker.terminate();
      this.#thread = undefined;
      throw new PchainError(ExitCode.findings, `the ${nameOf(question)} did not come to an end`);
    }
    if ('error' in answer)
      throw new PchainError(ExitCode.findings, `the ${nameOf(question)} failed: ${answer.error}`);
    return JSON.parse(answer.json) as unknown;
  }

  close(): void {
    void this.#thread?.worker.terminate();
    this.#thread = undefined;
  }
}

const nameOf = (question: Question): string => (question.language === 'jq' ? 'jq program' : 'JavaScript');

interface Thread {
  readonly worker: Worker;
  readonly port: MessageChannel['port1'];
  /** 0: asked · 1: answered. */
  readonly signal: Int32Array;
}

function startThread({ timeLimitMs }: SandboxLimits): Thread {
  const require = createRequire(import.meta.url);
  const { port1, port2 } = new MessageChannel();
  const signal = new SharedArrayBuffer(4);
  const worker = new Worker(workerScript, {
    eval: true,
    env: {},
    workerData: {
      signal,
      port: port2,
      timeLimitMs,
      memoryLimitBytes,
      quickjs: require.resolve('quickjs-emscripten-core'),
      variant: require.resolve('@jitl/quickjs-wasmfile-release-sync'),
      jq: require.resolve('jq-web'),
    },
    transferList: [port2],
  });
  worker.unref();
  port1.unref();
  return { worker, port: port1, signal: new Int32Array(signal) };
}

/** `undefined`: no answer in time. This thread sleeps meanwhile: a run cannot go on without the value anyway. */
function askThread(
  { port, signal }: Thread,
  question: Question,
  { timeLimitMs, graceMs }: SandboxLimits,
): Answer | undefined {
  Atomics.store(signal, 0, 0);
  port.postMessage(question);
  if (Atomics.wait(signal, 0, 0, timeLimitMs + graceMs) === 'timed-out') return undefined;
  const received: { readonly message: unknown } | undefined = receiveMessageOnPort(port);
  return received?.message as Answer | undefined;
}
