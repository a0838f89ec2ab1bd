// `pchain follow [ID]`: sees a request, a native workflow or a task to its end.
import type { ExitCode } from '../../base/exit-code.ts';
import { archivePath } from '../work/collect.ts';
import { finishRequest } from '../work/finish-request.ts';
import { followRequest } from '../work/follow-request.ts';
import type { Host } from '../host.ts';
import { minSuccessOption } from '../work/outcome.ts';
import { meantTarget } from '../work/targets.ts';
import { secondsOption, textOption } from '../check/workflow-files.ts';

export async function runFollow(
  typed: string | undefined,
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<ExitCode> {
  const output = textOption(options, 'output');
  const path = output === undefined ? undefined : archivePath(output, host.workingDirectory);
  const timeoutMs = secondsOption(options, 'timeout');
  const minSuccess = minSuccessOption(options);
  const { target, settings, connection } = await meantTarget(typed, options, host);
  const snapshot = await followRequest(connection, target, host, { timeoutMs });
  return finishRequest(await connection.again(), snapshot, { output: path, minSuccess }, settings, host);
}
