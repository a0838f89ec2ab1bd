// Runs the real binary as a user would: in a temporary directory, with a home and an environment of its own.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface CliResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliExtra {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly program?: 'pchain' | 'pbook';
  /** Folder of another installation; see `installVersion`. */
  readonly installation?: string;
  /** Standard input; without it there is none. */
  readonly input?: string | Uint8Array;
  /** An open file that becomes standard output; nothing is captured of it then. */
  readonly output?: number;
}

export interface RunningCli {
  readonly process: ChildProcess;
  readonly result: Promise<CliResult>;
  /** Resolves when stderr holds this text. */
  readonly said: (text: string | RegExp) => Promise<void>;
}

export class CliRig {
  readonly directory: string;
  readonly work: string;
  readonly home: string;

  constructor() {
    this.directory = mkdtempSync(join(tmpdir(), 'pchain-cli-'));
    this.work = join(this.directory, 'work');
    this.home = join(this.directory, 'home');
    mkdirSync(this.work);
    mkdirSync(this.home);
  }

  /** Copies an example of the project into the work directory. */
  useExample(name: string): void {
    cpSync(join(root, 'examples', name), this.work, {
      recursive: true,
      filter: (path) => !/\.tar(\.gz)?$/.test(path),
    });
  }

  /** The same program as another version of it; gives its folder. */
  installVersion(version: string): string {
    const folder = join(this.directory, `pchain-${version}`);
    for (const part of ['bin', 'dist']) cpSync(join(root, part), join(folder, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    rmSync(join(folder, 'dist', 'code-cache'), { force: true });
    const main = join(folder, 'dist', 'main.cjs');
    const text = readFileSync(main, 'utf8');
    writeFileSync(main, text.replaceAll(/"\d+\.\d+\.\d+"/g, JSON.stringify(version)));
    return folder;
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.work, name)), { recursive: true });
      writeFileSync(join(this.work, name), text);
    }
  }

  start(args: readonly string[], extra: CliExtra = {}): RunningCli {
    const binary = join(extra.installation ?? root, 'bin', `${extra.program ?? 'pchain'}.js`);
    const child = spawn(process.execPath, [binary, ...args], {
      cwd: extra.cwd ?? this.work,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: this.home,
        CI: '1',
        LANG: 'C.UTF-8',
        PCHAIN_CONTAINERS: 'none',
        ...extra.env,
      },
      stdio: [extra.input === undefined ? 'ignore' : 'pipe', extra.output ?? 'pipe', 'pipe'],
    });
    // A program that does not want it may end first.
    child.stdin?.on('error', () => undefined).end(extra.input);
    let stdout = '';
    let stderr = '';
    const waiting = new Set<() => void>();
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      for (const check of waiting) check();
    });
    const result = new Promise<CliResult>((resolve) =>
      child.once('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr })),
    );
    const said = (text: string | RegExp): Promise<void> =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (typeof text === 'string' ? stderr.includes(text) : text.test(stderr)) {
            waiting.delete(check);
            resolve();
          }
        };
        waiting.add(check);
        check();
        void result.then(() => {
          if (waiting.has(check)) reject(new Error(`it ended without saying ${String(text)}:\n${stderr}`));
        });
      });
    return { process: child, result, said };
  }

  run(args: readonly string[], extra: CliExtra = {}): Promise<CliResult> {
    return this.start(args, extra).result;
  }

  get dataDirectory(): string {
    return join(this.home, '.local/share/pchain');
  }

  /** The process of the embedded server, when one runs. */
  serverPid(): number | undefined {
    const path = join(this.dataDirectory, 'server.json');
    if (!existsSync(path)) return undefined;
    const record = JSON.parse(readFileSync(path, 'utf8')) as { pid?: number };
    return record.pid;
  }

  /** @returns false when there was none to kill */
  killServer(): boolean {
    const pid = this.serverPid();
    if (pid === undefined) return false;
    try {
      process.kill(pid, 'SIGKILL');
      return true;
    } catch {
      // It ended by itself in the meantime.
      return false;
    }
  }

  /** What the server said; shown when a test fails. */
  serverLog(): string {
    const path = join(this.dataDirectory, 'server.log');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  filesBelow(directory: string): readonly string[] {
    return existsSync(directory) ? readdirSync(directory, { recursive: true, encoding: 'utf8' }) : [];
  }

  remove(): void {
    this.killServer();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
