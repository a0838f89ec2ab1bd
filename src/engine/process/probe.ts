// Short questions to programs of this machine.
import { spawn } from 'node:child_process';

/** Whether a program ends well within a time. It prints nothing and asks nobody. */
export function endsWell(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  timeLimitMs: number,
): Promise<boolean> {
  const [program = '', ...args] = words;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...environment },
      stdio: 'ignore',
      timeout: timeLimitMs,
      killSignal: 'SIGKILL',
    });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
    child.unref();
  });
}
