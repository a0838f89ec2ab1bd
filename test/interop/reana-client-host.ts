// The official REANA client, many commands one after the other, each in a process of its own that need not load the
// libraries first (that takes longer than most commands).
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PythonClient } from '../rigs/python-client.ts';

export interface ClientResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ClientOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export class ReanaClientHost {
  readonly #child: ChildProcess;
  readonly #bin: string;
  readonly #answers: AsyncIterator<string>;
  readonly #files = mkdtempSync(join(tmpdir(), 'pchain-client-'));
  #last: Promise<unknown>;

  constructor(client: PythonClient) {
    this.#bin = join(client.directory, 'bin');
    const script = join(import.meta.dirname, 'reana-client-host.py');
    this.#child = spawn(join(client.directory, 'bin/python'), ['-W', 'ignore', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('the client host has no output');
    this.#answers = createInterface(stdout)[Symbol.asyncIterator]();
    this.#last = this.#answers.next();
  }

  /** Runs `reana-client`. Commands wait for each other. */
  run(args: readonly string[], options: ClientOptions): Promise<ClientResult> {
    const result = this.#last.then(() => this.#run(args, options));
    this.#last = result.catch(() => undefined);
    return result;
  }

  close(): void {
    this.#child.stdin?.end();
    rmSync(this.#files, { recursive: true, force: true });
  }

  async #run(args: readonly string[], { cwd, env }: ClientOptions): Promise<ClientResult> {
    const [stdout, stderr] = [join(this.#files, 'stdout'), join(this.#files, 'stderr')];
    const environment = {
      // The client calls `cwltool` to pack workflows.
      PATH: `${this.#bin}:${process.env['PATH'] ?? ''}`,
      HOME: this.#files,
      // Of its libraries, about each other.
      PYTHONWARNINGS: 'ignore',
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      ...env,
    };
    this.#child.stdin?.write(`${JSON.stringify({ args, cwd, env: environment, stdout, stderr })}\n`);
    const answer = await this.#answers.next();
    if (answer.done === true) throw new Error('the client host has died');
    const { exit_code: exitCode } = JSON.parse(answer.value) as { exit_code: number };
    return { exitCode, stdout: readFileSync(stdout, 'utf8'), stderr: readFileSync(stderr, 'utf8') };
  }
}
