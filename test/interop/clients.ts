// The official REANA client, from the package index, for tests of the embedded server.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'vitest';
import { environmentDirectory, isReady } from './environment.mjs';

const directory = environmentDirectory();

if (!isReady(directory) && process.env['PCHAIN_REQUIRE_INTEROP'] === '1')
  throw new Error(
    'the official clients are required here; `node test/interop/environment.mjs` installs them',
  );

/** `describe` for tests that need the official clients; skipped with a line that says why where they are absent. */
export function describeWithClients(name: string, tests: () => void): void {
  if (isReady(directory)) {
    describe(name, tests);
    return;
  }
  describe(name, () => {
    it.skip('is skipped: the official clients are not installed; `npm run test:interop` does that', () =>
      undefined);
  });
}

export interface ClientResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ClientOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** `reana-client`, many commands one after the other. */
export class ReanaClientHost {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #files = mkdtempSync(join(tmpdir(), 'pchain-client-'));
  #last: Promise<unknown>;

  constructor() {
    this.#child = spawn(join(directory, 'bin/python'), [join(import.meta.dirname, 'client-host.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('the client host has no output');
    this.#answers = createInterface(stdout)[Symbol.asyncIterator]();
    this.#last = this.#answers.next();
  }

  /** Commands wait for each other. */
  run(args: readonly string[], options: ClientOptions): Promise<ClientResult> {
    const result = this.#last.then(() => this.#run(args, options));
    this.#last = result;
    return result;
  }

  close(): void {
    this.#child.stdin?.end();
    rmSync(this.#files, { recursive: true, force: true });
  }

  async #run(args: readonly string[], { cwd, env }: ClientOptions): Promise<ClientResult> {
    const [stdout, stderr] = [join(this.#files, 'stdout'), join(this.#files, 'stderr')];
    const environment = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.#files,
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
