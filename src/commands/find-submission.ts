// Whether a submission whose answer was lost has arrived at a remote PanDA: looked up, never repeated.
import { requestId, type RequestId } from '../base/names.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { requestsNamed } from '../panda/status.ts';
import { findTasks, stepOfTask } from '../panda/tasks.ts';
import type { Connection } from './connection.ts';
import type { Host } from './host.ts';

export interface LostSubmission {
  readonly outDS: string;
  /** When it was about to be sent, milliseconds since 1970. */
  readonly intendedMs: number;
  /** Requests that are known to be others, though their outDS is the same. */
  readonly others: ReadonlySet<number>;
}

/** The server unpacks, resolves and submits before it answers; after this time it has either done so or never will. */
const settleMs = 10 * 60_000;
const firstPauseMs = 5_000;
const longestPauseMs = 60_000;
/** The clocks of this machine and of the server may differ by so much. */
const clockSkewMs = 15 * 60_000;

/** Looks for a request by the name of its output, and by the tasks that are named after it. Looks again for ten minutes after it
 *  was sent: the server may still be at work.
 *  @returns `undefined`: it did not arrive */
export async function findSubmission(
  connection: Connection,
  lost: LostSubmission,
  host: Host,
): Promise<RequestId | undefined> {
  let isTold = false;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 1.5)) {
    const found = (await byName(connection, lost, host)) ?? (await byTasks(connection, lost, host));
    if (found !== undefined) return found;
    const leftMs = lost.intendedMs + settleMs - host.clock.nowMs();
    if (leftMs <= 0) return undefined;
    if (!isTold) {
      host.terminal.say(
        'the answer to the submission was lost; looking whether it arrived, for up to ten minutes',
      );
      isTold = true;
    }
    await host.clock.sleep(Math.min(pauseMs, leftMs), host.signal);
  }
}

/** iDDS lists a user's requests; one that does not is asked for nothing more. */
async function byName(
  { server }: Connection,
  { outDS, others }: LostSubmission,
  host: Host,
): Promise<RequestId | undefined> {
  try {
    const found = await requestsNamed(server, outDS, host.signal);
    return found.filter((id) => !others.has(id)).at(-1);
  } catch (thrown) {
    if (thrown instanceof HttpFailure && thrown.reached === 'answered') return undefined;
    throw thrown;
  }
}

async function byTasks(
  { server }: Connection,
  { outDS, intendedMs, others }: LostSubmission,
  host: Host,
): Promise<RequestId | undefined> {
  const tasks = await findTasks(server, { sinceMs: intendedMs - clockSkewMs }, host.signal);
  const ids = tasks
    .filter((task) => stepOfTask(task.name, outDS) !== undefined)
    .map((task) => task.requestId)
    .filter((id) => id !== undefined && !others.has(id));
  const latest = ids.length === 0 ? undefined : Math.max(...ids.filter((id) => id !== undefined));
  return latest === undefined ? undefined : requestId(latest);
}
