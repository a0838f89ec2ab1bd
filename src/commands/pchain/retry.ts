// `pchain retry [ID]`: runs the failed jobs of a request again; finished ones are kept.
import { UnsupportedError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { retryRequest } from '../../panda/embedded.ts';
import type { Host } from '../host.ts';
import { meantRequest } from '../requests.ts';

export async function runRetry(
  typed: string | undefined,
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<ExitCode> {
  const { id, connection } = await meantRequest(typed, options, host);
  if (!connection.isEmbedded) {
    throw new UnsupportedError('only requests on this machine can be retried', {
      hint: 'use `pbook retry_workflow` of the PanDA client',
    });
  }
  const answer = await retryRequest(connection.server, id, host.signal);
  if (answer === undefined)
    throw new UsageError(`the server knows no request ${id}`, { hint: 'see `pchain list`' });
  host.terminal.say(`request ${id}: ${answer.message}`);
  if (!answer.accepted) return ExitCode.findings;
  host.terminal.say(`\`pchain follow ${id}\` shows how it goes`);
  return ExitCode.done;
}
