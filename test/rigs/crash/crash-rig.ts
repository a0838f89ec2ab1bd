// Runs the engine as a process of its own, over and over, until its request has ended.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { planToJson } from '../../../src/engine/store/plan-json.ts';
import type { Plan } from '../../../src/workflow/plan.ts';
import type { CrashOrder } from './order.ts';

const root = join(import.meta.dirname, '../../..');

/** The program, bundled to where it finds the native modules of the project. */
export async function bundleProgram(): Promise<string> {
  const outfile = join(root, 'node_modules', '.cache', `crash-${process.pid}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, 'program.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
    packages: 'external',
  });
  return outfile;
}

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

export class CrashRig {
  readonly directory = mkdtempSync(join(tmpdir(), 'pchain-crash-'));
  readonly #program: string;

  constructor(program: string, plan: Plan) {
    this.#program = program;
    mkdirSync(join(this.directory, 'marks'));
    writeFileSync(join(this.directory, 'plan.json'), planToJson(plan));
  }

  /** Starts the engine and waits for its end.
   *  @param killAfterMs ends it from outside after this time
   *  @param wrapper a command with arguments that starts it, such as `prlimit` */
  run(
    order: Omit<CrashOrder, 'directory' | 'clockShiftMs'> & { clockShiftMs?: number } = {},
    { killAfterMs, wrapper = [] }: { killAfterMs?: number; wrapper?: readonly string[] } = {},
  ): Promise<Ended> {
    const text = JSON.stringify({
      clockShiftMs: 0,
      ...order,
      directory: this.directory,
    } satisfies CrashOrder);
    const [first, ...rest] = wrapper;
    const own = [this.#program, text];
    const args = first === undefined ? own : [...rest, process.execPath, ...own];
    const child = spawn(first ?? process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const timer =
      killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    return new Promise((resolve) => {
      child.once('close', (exitCode, signal) => {
        clearTimeout(timer);
        resolve({ exitCode, signal, stderr });
      });
    });
  }

  get answer(): unknown {
    return JSON.parse(readFileSync(join(this.directory, 'answer.json'), 'utf8')) as unknown;
  }

  get log(): string {
    return readFileSync(join(this.directory, 'engine.log'), 'utf8');
  }

  /** What the payloads left: a file for each job, with a line for each time it began and each time it ended. */
  marks(): Readonly<Record<string, string>> {
    const folder = join(this.directory, 'marks');
    return Object.fromEntries(
      readdirSync(folder)
        .sort()
        .map((name) => [name, readFileSync(join(folder, name), 'utf8').trim().replaceAll('\n', ' ')]),
    );
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
