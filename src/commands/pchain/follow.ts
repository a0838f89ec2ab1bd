// `pchain follow [ID]`: sees a request to its end.
import type { ExitCode } from '../../base/exit-code.ts';
import { archivePath } from '../collect.ts';
import { finishRequest } from '../finish-request.ts';
import { followRequest } from '../follow-request.ts';
import type { Host } from '../host.ts';
import { meantRequest } from '../requests.ts';
import { secondsOption, textOption } from '../workflow-files.ts';

export async function runFollow(
  typed: string | undefined,
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<ExitCode> {
  const output = textOption(options, 'output');
  const path = output === undefined ? undefined : archivePath(output, host.workingDirectory);
  const timeoutMs = secondsOption(options, 'timeout');
  const { id, settings, connection } = await meantRequest(typed, options, host);
  const snapshot = await followRequest(connection, id, host, { timeoutMs });
  return finishRequest(await connection.again(), snapshot, path, settings, host);
}
