// Starts pchain itself in the background, free of the terminal and of the command that wanted it.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { LocalError, messageOf, systemCode } from '../../base/errors.ts';

export interface DaemonSpec {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What it says is added to this file. */
  readonly logFile: string;
}

/** `done`: it ended as it should. `failed`: it could not be started, ended with an error, or was killed. */
export type DaemonState = 'running' | 'done' | 'failed';

/** @returns how it is, each time it is asked
 *  @throws LocalError when it cannot be started */
export function startDaemon(spec: DaemonSpec): () => DaemonState {
  const log = openSync(spec.logFile, 'a', 0o600);
  try {
    const child = spawn(spec.program, [...spec.args], {
      // Not the caller's folder: that one must stay removable.
      cwd: '/',
      env: { ...spec.environment },
      detached: true,
      stdio: ['ignore', log, log],
    });
    let state: DaemonState = 'running';
    child.on('error', () => (state = 'failed'));
    child.on('exit', (status) => (state = status === 0 ? 'done' : 'failed'));
    child.unref();
    return () => state;
  } catch (cause) {
    throw new LocalError(`cannot start \`${spec.program}\`: ${messageOf(cause)}`, { cause });
  } finally {
    closeSync(log);
  }
}

/** Asks a process in the background to end; one that has ended already is no fault.
 *  @param word of its command line, by which a stranger that got the same number is told apart where `/proc` is
 *  @throws LocalError when the system does not let us */
export function askToEnd(pid: number, word: string): void {
  const commandLine = readCommandLine(pid);
  if (commandLine?.includes(word) === false) return;
  try {
    process.kill(pid, 'SIGTERM');
  } catch (cause) {
    if (systemCode(cause) === 'ESRCH') return;
    throw new LocalError(`cannot end process ${pid}: ${messageOf(cause)}`, { cause });
  }
}

/** Its words; `undefined`: it has ended, or this system does not tell. */
function readCommandLine(pid: number): readonly string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return undefined;
  }
}
