// `--dumpJson`: how a submission went, for scripts that were written for the official client: its options and its three results.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LocalError, messageOf, PchainError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import type { Host } from '../host.ts';

export interface SubmissionResult {
  readonly exitCode: ExitCode;
  /** `undefined`: there is none. */
  readonly requestId: number | undefined;
}

/** Runs a submission and writes what came of it, also when it fails; the failure goes on as it was.
 *  @param path where to; `undefined`: nothing is written
 *  @throws LocalError when the file cannot be written */
export async function dumping(
  path: string | undefined,
  options: Readonly<Record<string, unknown>>,
  host: Host,
  submit: () => Promise<SubmissionResult>,
): Promise<ExitCode> {
  if (path === undefined) return (await submit()).exitCode;
  const write = async (returnCode: number, returnOut: string, requestID: number | null): Promise<void> => {
    const content = { ...options, returnCode, returnOut, requestID };
    try {
      await writeFile(resolve(host.workingDirectory, path), `${JSON.stringify(content)}\n`);
    } catch (cause) {
      throw new LocalError(`cannot write \`--dumpJson ${path}\`: ${messageOf(cause)}`, { cause });
    }
  };
  let result: SubmissionResult;
  try {
    result = await submit();
  } catch (thrown) {
    await write(thrown instanceof PchainError ? thrown.exitCode : ExitCode.bug, messageOf(thrown), null);
    throw thrown;
  }
  const { exitCode, requestId } = result;
  const out = requestId === undefined ? '' : `successfully submitted with request_id=${requestId}`;
  await write(exitCode, out, requestId ?? null);
  return exitCode;
}
