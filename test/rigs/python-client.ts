// The official Python clients, in virtual environments that scripts/interop.mjs makes. Tests that need them skip, with a line that
// says why, when they are not started by it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import type { CliResult } from './cli.ts';

export interface PythonClient {
  /** Directory of its virtual environment. */
  readonly directory: string;
}

/** `describe` for tests that run an official client.
 *  @param variable the variable in which scripts/interop.mjs says where its environment is */
export function describeWithClient(
  name: string,
  variable: string,
  tests: (client: PythonClient) => void,
): void {
  const directory = process.env[variable];
  if (directory !== undefined) {
    describe(name, () => tests({ directory }));
    return;
  }
  describe(name, () => {
    it.skip(`is skipped: ${variable} is not set; \`npm run test:interop\` installs the client`, () =>
      undefined);
  });
}

/** Runs one of a client's programs.
 *  @param input what it reads from standard input */
export function runClient(
  client: PythonClient,
  command: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly input?: string },
): Promise<CliResult> {
  const [program = '', ...args] = command;
  const bin = join(client.directory, 'bin');
  const child = spawn(join(bin, program), args, {
    cwd: options.cwd,
    env: { ...options.env, VIRTUAL_ENV: client.directory, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
  });
}
