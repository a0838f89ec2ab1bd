// `pchain status [ID]`: one look at a request.
import { UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { progressLines } from '../../terminal/progress-lines.ts';
import type { Host } from '../host.ts';
import { snapshotOf } from '../request-state.ts';
import { meantRequest } from '../requests.ts';

export async function runStatus(
  typed: string | undefined,
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<ExitCode> {
  const { id, connection } = await meantRequest(typed, options, host);
  const snapshot = await snapshotOf(connection, id, host.signal);
  if (snapshot === undefined)
    throw new UsageError(`the server knows no request ${id}`, { hint: 'see `pchain list`' });
  const { stdout } = host.terminal;
  if (options['json'] === true)
    host.terminal.out(JSON.stringify(snapshot.document ?? snapshot.state, null, 2));
  else
    host.terminal.out(
      progressLines(snapshot.state, {
        width: stdout.width,
        nowMs: host.clock.nowMs(),
        unicode: stdout.unicode,
        style: stdout.style,
      }).join('\n'),
    );
  return ExitCode.done;
}
