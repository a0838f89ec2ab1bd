// Which version of a program is installed here.
import { execFile } from 'node:child_process';
import { printable } from '../../base/text.ts';

/** The first line that a program prints for `--version`.
 *  @param env where programs are looked for
 *  @param limitMs a program that takes longer is taken for broken
 *  @returns `undefined` when there is no such program, or it does not work */
export function programVersion(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
  limitMs: number,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { env: { ...env }, timeout: limitMs, killSignal: 'SIGKILL', windowsHide: true } as const;
    execFile(program, ['--version'], options, (error, stdout) => {
      const [line] = printable(stdout).trim().split('\n');
      resolve(error !== null || line === undefined || line === '' ? undefined : line.slice(0, 100));
    });
  });
}
