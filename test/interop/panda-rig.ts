// The embedded server as a user starts it, and the official PanDA client pointed at it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/base/system-clock.ts';
import { CliRig, type CliResult, type RunningCli } from '../rigs/cli.ts';
import { runClient, type PythonClient } from '../rigs/python-client.ts';

interface ServerRecord {
  readonly url: string;
  readonly token: string;
}

export class PandaClientRig {
  readonly cli = new CliRig();
  readonly #client: PythonClient;
  #serving: RunningCli | undefined;
  #record: ServerRecord = { url: '', token: '' };

  constructor(client: PythonClient) {
    this.#client = client;
  }

  /** Starts `pchain serve` for the user `alice`. */
  async start(args: readonly string[] = []): Promise<void> {
    this.#serving = this.cli.start(['serve', ...args], { env: { PANDA_NICKNAME: 'alice' } });
    await this.#serving.said(/ serves http/);
    this.#record = JSON.parse(
      readFileSync(join(this.cli.dataDirectory, 'server.json'), 'utf8'),
    ) as ServerRecord;
  }

  get url(): string {
    return this.#record.url;
  }

  get token(): string {
    return this.#record.token;
  }

  /** What the official client wants to know of a server. */
  environment(): Record<string, string> {
    const base = `${this.url}/server/panda`;
    return {
      HOME: this.cli.home,
      LANG: 'C.UTF-8',
      COLUMNS: '200',
      PANDA_SYS: this.#client.directory,
      PANDA_PYTHON_EXEC: join(this.#client.directory, 'bin/python'),
      PANDA_CONFIG_ROOT: join(this.cli.home, '.pathena'),
      PANDA_BEHIND_REAL_LB: '1',
      PANDA_URL: base,
      PANDA_URL_SSL: base,
      PANDACACHE_URL: base,
      PANDA_AUTH: 'oidc',
      PANDA_AUTH_VO: 'local',
      PANDA_AUTH_ID_TOKEN: this.token,
    };
  }

  /** Runs a program of the official client in the work directory. */
  run(
    command: readonly string[],
    options: { readonly env?: Readonly<Record<string, string | undefined>>; readonly input?: string } = {},
  ): Promise<CliResult> {
    const merged = Object.entries({ ...this.environment(), ...options.env });
    const env = Object.fromEntries(
      merged.filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    return runClient(this.#client, command, {
      cwd: this.cli.work,
      env,
      ...(options.input === undefined ? {} : { input: options.input }),
    });
  }

  /** The lines that a program of the official client printed, both streams. */
  async say(...command: string[]): Promise<string> {
    const { stdout, stderr } = await this.run(command);
    return stdout + stderr;
  }

  /** Asks the server as a client does; gives the `data` of its answer. */
  async ask(path: string): Promise<unknown> {
    const answer = await fetch(`${this.url}/api/v1/${path}`, {
      headers: { authorization: `Bearer ${this.token}`, accept: 'application/json' },
    });
    return ((await answer.json()) as { data: unknown }).data;
  }

  /** Waits until a task has one of these statuses, and gives it. */
  async taskStatus(taskId: number, ...wanted: string[]): Promise<string> {
    for (;;) {
      const status = String(await this.ask(`task/get_status?task_id=${taskId}`));
      if (wanted.includes(status)) return status;
      await systemClock.sleep(50);
    }
  }

  async stop(): Promise<void> {
    this.#serving?.process.kill('SIGTERM');
    await this.#serving?.result;
    this.cli.remove();
  }
}

/** The number that a program printed after these words. */
export function numberAfter(words: string, text: string): number {
  const found = new RegExp(`${words}(\\d+)`).exec(text)?.[1];
  if (found === undefined) throw new Error(`there is no number after \`${words}\` in:\n${text}`);
  return Number(found);
}
