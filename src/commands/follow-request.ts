// Follows a request to its end: survives a server that goes away, a closed lid, a lost network.
import { Interrupted, UsageError, WaitTimeout } from '../base/errors.ts';
import type { RequestId } from '../base/names.ts';
import { requestEvents } from '../panda/embedded.ts';
import { ProgressView } from '../terminal/progress.ts';
import type { Connection } from './connection.ts';
import type { Host } from './host.ts';
import { isLost } from './persistence.ts';
import { snapshotOf } from './request-state.ts';
import type { Snapshot } from './request-state.ts';

export interface FollowOptions {
  /** Give up waiting after this time; the work goes on. */
  readonly timeoutMs: number | undefined;
}

/** A server that has just been started again may need a few tries; one that stays away ends the following. */
const mostReconnects = 8;
const firstPollMs = 5_000;
const longestPollMs = 60_000;

/** The last snapshot of a request that has ended.
 *  @throws Interrupted on Ctrl-C, WaitTimeout after the time allowed; both say how to go on
 *  @throws UsageError for an unknown request; RemoteError when the server stays away */
export async function followRequest(
  connection: Connection,
  id: RequestId,
  host: Host,
  options: FollowOptions,
): Promise<Snapshot> {
  const deadline = options.timeoutMs === undefined ? undefined : AbortSignal.timeout(options.timeoutMs);
  const signal = deadline === undefined ? host.signal : AbortSignal.any([host.signal, deadline]);
  const view = new ProgressView(host.terminal, host.clock);
  view.start();
  try {
    return await followUntilEnd(connection, id, host, signal, view);
  } catch (thrown) {
    const hint = `\`pchain follow ${id}\` shows it again, \`pchain kill ${id}\` ends it`;
    if (host.signal.aborted)
      throw new Interrupted(`stopped watching; request ${id} goes on`, { hint, cause: thrown });
    if (deadline?.aborted === true)
      throw new WaitTimeout(`request ${id} has not ended in time; it goes on`, { hint, cause: thrown });
    throw thrown;
  } finally {
    await view.stop();
  }
}

async function followUntilEnd(
  first: Connection,
  id: RequestId,
  host: Host,
  signal: AbortSignal,
  view: ProgressView,
): Promise<Snapshot> {
  let connection = first;
  let reconnects = 0;
  let pollMs = firstPollMs;
  for (;;) {
    try {
      const snapshot = await snapshotOf(connection, id, signal);
      if (snapshot === undefined)
        throw new UsageError(`the server knows no request ${id}`, { hint: 'see `pchain list`' });
      reconnects = 0;
      view.update(snapshot.state);
      if (snapshot.isFinal) return snapshot;
      if (snapshot.document === undefined) {
        await host.clock.sleep(pollMs, signal);
        pollMs = Math.min(longestPollMs, pollMs * 1.5);
      } else {
        await requestEvents(
          connection.server,
          id,
          { after: snapshot.document.last_event, waitMs: 20_000 },
          signal,
        );
        // A burst of changes is shown as one.
        await host.clock.sleep(100, signal);
      }
    } catch (thrown) {
      if (signal.aborted || !isLost(thrown) || ++reconnects > mostReconnects) throw thrown;
      host.terminal.detail(
        `the server does not answer; connecting again (${reconnects} of ${mostReconnects})`,
      );
      await host.clock.sleep(200 * reconnects, signal);
      connection = await connection.again();
    }
  }
}
