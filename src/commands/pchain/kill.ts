// `pchain kill [ID]`: ends a request and its jobs.
import { UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { endRequest } from '../../panda/embedded.ts';
import { killRequest } from '../../panda/kill.ts';
import type { Host } from '../host.ts';
import { meantRequest } from '../requests.ts';

export async function runKill(
  typed: string | undefined,
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<ExitCode> {
  const { id, connection } = await meantRequest(typed, options, host);
  if (!connection.isEmbedded) {
    host.terminal.say(`request ${id}: ${await killRequest(connection.server, id, host.signal)}`);
    return ExitCode.done;
  }
  const answer = await endRequest(connection.server, id, host.signal);
  if (answer === undefined)
    throw new UsageError(`the server knows no request ${id}`, { hint: 'see `pchain list`' });
  host.terminal.say(`request ${id}: ${answer.message}`);
  return answer.accepted ? ExitCode.done : ExitCode.findings;
}
