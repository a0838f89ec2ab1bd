// Follows submitted work to its end: survives a server that goes away, a closed lid, a lost network, a sign-in that expires.
import { AuthError, Interrupted, WaitTimeout } from '../../base/errors.ts';
import { requestId } from '../../base/names.ts';
import { requestEvents } from '../../panda/embedded.ts';
import { ProgressView } from '../../terminal/progress.ts';
import type { Connection } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import { isLost } from './persistence.ts';
import { knownSnapshot } from './request-state.ts';
import type { Snapshot } from './request-state.ts';
import { targetName, type Target } from './targets.ts';

export interface FollowOptions {
  /** Give up waiting after this time; the work goes on. */
  readonly timeoutMs: number | undefined;
}

/** The server of this machine may need a few tries when it has just been started again; when it stays away, it is broken. */
const mostLocalReconnects = 8;
const firstPollMs = 5_000;
const longestPollMs = 60_000;
/** A task on this machine has no events of its own to wait for. */
const localPollMs = 500;

/** The last snapshot of work that has ended.
 *  @throws Interrupted on Ctrl-C, WaitTimeout after the time allowed; both say how to go on
 *  @throws AuthError when the sign-in is over and nobody watches; UsageError for an unknown request; RemoteError when the server of this machine stays away */
export async function followRequest(
  connection: Connection,
  target: Target,
  host: Host,
  options: FollowOptions,
): Promise<Snapshot> {
  const deadline = options.timeoutMs === undefined ? undefined : AbortSignal.timeout(options.timeoutMs);
  const signal = deadline === undefined ? host.signal : AbortSignal.any([host.signal, deadline]);
  const view = new ProgressView(host.terminal, host.clock);
  view.start();
  try {
    return await followUntilEnd({ connection, target, host, signal, view });
  } catch (thrown) {
    const name = targetName(target);
    const hint = `\`pchain follow ${target.id}\` shows it again, \`pchain kill ${target.id}\` ends it`;
    if (host.signal.aborted)
      throw new Interrupted(`stopped watching; ${name} goes on`, { hint, cause: thrown });
    if (deadline?.aborted === true)
      throw new WaitTimeout(`${name} has not ended in time; it goes on`, { hint, cause: thrown });
    if (thrown instanceof AuthError) {
      const again = `then \`pchain follow ${target.id}\` shows it again`;
      throw new AuthError(`${thrown.message}; ${name} goes on`, {
        hint: thrown.hint === undefined ? again : `${thrown.hint}\n${again}`,
        cause: thrown,
      });
    }
    throw thrown;
  } finally {
    await view.stop();
  }
}

interface Following {
  readonly connection: Connection;
  readonly target: Target;
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly view: ProgressView;
}

async function followUntilEnd(following: Following): Promise<Snapshot> {
  const { target, host, signal, view } = following;
  let { connection } = following;
  let pause = firstPollMs;
  let failures = 0;
  for (;;) {
    try {
      const snapshot = await knownSnapshot(connection, target, signal);
      if (failures > 0 && !connection.isEmbedded) host.terminal.say('the server answers again');
      failures = 0;
      view.update(snapshot.state);
      if (snapshot.isFinal) return snapshot;
      if (snapshot.document !== undefined) {
        const wait = { after: snapshot.document.last_event, waitMs: 20_000 };
        await requestEvents(connection.server, requestId(snapshot.state.request.id), wait, signal);
        // A burst of changes is shown as one.
        await host.clock.sleep(100, signal);
      } else {
        await host.clock.sleep(connection.isEmbedded ? localPollMs : pause, signal);
        pause = Math.min(longestPollMs, pause * 1.5);
      }
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      failures++;
      await waitAfter(thrown, failures, connection, host, signal);
      connection = await again(connection);
    }
  }
}

/** Waits before the next try, or throws what cannot be waited for. A laptop that slept wakes up without network for a while, and
 *  somebody may sign in again in another window; both are worth waiting for as long as the user wants to wait. */
async function waitAfter(
  thrown: unknown,
  failures: number,
  connection: Connection,
  host: Host,
  signal: AbortSignal,
): Promise<void> {
  if (connection.name === 'local') {
    if (!isLost(thrown) || failures > mostLocalReconnects) throw thrown;
    host.terminal.detail(
      `the server does not answer; connecting again (${failures} of ${mostLocalReconnects})`,
    );
    return host.clock.sleep(200 * failures, signal);
  }
  const isSignedOut = thrown instanceof AuthError && host.terminal.interactive;
  if (!isLost(thrown) && !isSignedOut) throw thrown;
  if (failures === 1) {
    host.terminal.say(
      isSignedOut
        ? `${thrown.message}; \`pchain login\` in another window lets this go on`
        : 'the server does not answer; trying again until it does (Ctrl-C stops watching, the work goes on)',
    );
  }
  return host.clock.sleep(Math.min(longestPollMs, firstPollMs * 1.5 ** (failures - 1)), signal);
}

/** The same server once more; when it is still away, the next round finds that out. */
async function again(connection: Connection): Promise<Connection> {
  try {
    return await connection.again();
  } catch (thrown) {
    if (!isLost(thrown)) throw thrown;
    return connection;
  }
}
