// Whether a submission whose answer was lost has arrived at a remote PanDA: looked up, never repeated.
import { RemoteError } from '../../base/errors.ts';
import { requestId, type RequestId } from '../../base/names.ts';
import { HttpFailure } from '../../http/http-failure.ts';
import { submissionMark } from '../../ledger/submission-key.ts';
import { requestsNamed } from '../../panda/status.ts';
import { findTasks, stepOfTask } from '../../panda/tasks.ts';
import type { Connection } from '../servers/connection.ts';
import type { Host } from '../host.ts';

export interface LostSubmission {
  /** Of the ledger. */
  readonly key: string;
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

/** Looks for a request by the name that this submission gave it, and by the tasks that are named after its output. Looks again for
 *  ten minutes after it was sent: the server may still be at work.
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
  { key, outDS, others }: LostSubmission,
  host: Host,
): Promise<RequestId | undefined> {
  try {
    const named = await requestsNamed(server, [submissionMark(outDS, key), outDS], host.signal);
    // Its own name is certain; the name of the output alone may be that of an earlier submission.
    const certain = named.find(({ name }) => name !== outDS);
    return certain?.id ?? named.findLast(({ id }) => !others.has(id))?.id;
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
  const own = tasks.filter((task) => stepOfTask(task.name, outDS) !== undefined);
  const ids = own.map((task) => task.requestId).filter((id) => id !== undefined);
  const latest = Math.max(...ids.filter((id) => !others.has(id)));
  if (Number.isFinite(latest)) return requestId(latest);
  const [first] = own;
  if (first === undefined || ids.length > 0) return undefined;
  // Sent again, it would run twice.
  throw new RemoteError(
    `the submission has arrived: its tasks begin with ${first.taskId}; the server does not tell its own number`,
    { hint: `\`pchain follow ${first.taskId}\` shows a task; --fresh submits the workflow anew` },
  );
}
