// Starts pchain itself in the background, free of the terminal and of the command that wanted it.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { LocalError, messageOf } from '../../base/errors.ts';

export interface DaemonSpec {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What it says is added to this file. */
  readonly logFile: string;
}

/** @throws LocalError when it cannot be started */
export function startDaemon(spec: DaemonSpec): void {
  const log = openSync(spec.logFile, 'a', 0o600);
  try {
    const child = spawn(spec.program, [...spec.args], {
      // Not the caller's folder: that one must stay removable.
      cwd: '/',
      env: { ...spec.environment },
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.on('error', () => undefined);
    child.unref();
  } catch (cause) {
    throw new LocalError(`cannot start \`${spec.program}\`: ${messageOf(cause)}`, { cause });
  } finally {
    closeSync(log);
  }
}
