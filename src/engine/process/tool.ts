// Another program of this machine, run to its end: its lines as they come, its exit status at last.
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ToolRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly workDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends the program with SIGTERM. */
  readonly signal: AbortSignal;
  /** A line of either stream, without its end. */
  readonly onLine: (line: string) => void;
}

/** Runs it without a shell.
 *  @returns its exit status; `undefined` when a signal ended it
 *  @throws Error when it cannot be started */
export async function runTool(run: ToolRun): Promise<number | undefined> {
  const child = spawn(run.program, run.args, {
    cwd: run.workDirectory,
    env: { ...run.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: run.signal,
  });
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', run.onLine);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? undefined));
  });
}

/** The path of a program that can be run; `undefined`: it is in none of the directories.
 *  @param searchPath as in PATH */
export function findProgram(name: string, searchPath: string): string | undefined {
  for (const directory of searchPath.split(delimiter).filter((part) => part !== '')) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not here.
    }
  }
  return undefined;
}
