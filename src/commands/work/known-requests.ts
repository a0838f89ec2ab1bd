// What a server knows of the user's work: its tasks, put together as the requests that they belong to.
import { PchainError } from '../../base/errors.ts';
import { counted } from '../../base/text.ts';
import type { PandaServer } from '../../panda/connection.ts';
import { findTaskRecords, isFinalTaskStatus, type TaskRecord } from '../../panda/tasks.ts';
import type { Settings } from '../../settings/settings.ts';
import { connect, httpClient } from '../servers/connection.ts';
import { runningEmbedded } from '../servers/embedded-server.ts';
import type { Host } from '../host.ts';

export interface KnownRequest {
  /** `undefined`: tasks that belong to none. */
  readonly requestId: number | undefined;
  /** Of a workflow its outDS, of a single task its name. */
  readonly outDS: string;
  /** `running, 1 of 3 tasks done`; `done`; `2 done, 1 failed`. */
  readonly status: string;
  readonly createdMs: number | undefined;
  /** Ascending. */
  readonly taskIds: readonly number[];
}

/** A look that nobody asked for must not take long. */
const limitMs = 10_000;
const dayMs = 86_400_000;
const mostTasks = 1000;

export interface ServerView {
  /** As the ledger names it. */
  readonly server: string;
  /** The latest first. */
  readonly requests: readonly KnownRequest[];
  /** Why it could not be asked; nothing is known then. */
  readonly problem: string | undefined;
}

/** Asks the server of the settings for the tasks of the last days. Starts none, and never fails.
 *  @returns `undefined` when there is no server to ask: workflows run on this machine, and none does */
export async function serverView(
  settings: Settings,
  days: number,
  host: Host,
): Promise<ServerView | undefined> {
  const isLocal = settings.server.value.kind === 'local';
  const url = settings.pandaUrlSsl.value;
  const name = isLocal || url === undefined ? 'local' : new URL(url).origin;
  const limit = AbortSignal.timeout(limitMs);
  const signal = AbortSignal.any([host.signal, limit]);
  try {
    const server = await inTime(reach(settings, { ...host, signal }), signal);
    if (server === undefined) return undefined;
    const query = { limit: mostTasks, sinceMs: host.clock.nowMs() - days * dayMs };
    return {
      server: name,
      requests: requestsOf(await findTaskRecords(server, query, signal)),
      problem: undefined,
    };
  } catch (thrown) {
    if (host.signal.aborted || !(thrown instanceof PchainError || limit.aborted)) throw thrown;
    const late = `it did not answer within ${limitMs / 1000} s`;
    const problem = limit.aborted || !(thrown instanceof PchainError) ? late : thrown.message;
    return { server: name, requests: [], problem };
  }
}

async function reach(settings: Settings, host: Host): Promise<PandaServer | undefined> {
  if (settings.server.value.kind === 'local') return runningEmbedded(settings, httpClient(settings, host));
  return (await connect(settings, host)).server;
}

function inTime<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    work.then(resolve, reject);
  });
}

/** Puts tasks together by their requests. */
export function requestsOf(tasks: readonly TaskRecord[]): readonly KnownRequest[] {
  const groups = new Map<string, TaskRecord[]>();
  for (const task of tasks) {
    const key = task.requestId === undefined ? `task ${task.taskId}` : String(task.requestId);
    groups.set(key, [...(groups.get(key) ?? []), task]);
  }
  return [...groups.values()].map((group) => {
    const created = group.map((task) => task.createdMs).filter((ms) => ms !== undefined);
    return {
      requestId: group[0]?.requestId,
      outDS: commonName(group.map((task) => task.name)),
      status: statusOf(group.map((task) => task.status)),
      createdMs: created.length === 0 ? undefined : Math.min(...created),
      taskIds: group.map((task) => task.taskId).toSorted((a, b) => a - b),
    };
  });
}

/** Tasks of a workflow are named `<outDS>_<NNN>_<step>`. */
function commonName(names: readonly string[]): string {
  const [first = ''] = names;
  const outDS = /^(.+?)_\d{3,}_/.exec(first)?.[1];
  if (outDS !== undefined && names.every((name) => name.startsWith(`${outDS}_`))) return outDS;
  return names.length === 1 ? first : `${first} …`;
}

/** A task that is `finished` has lost some of its work: it is counted by itself. */
function statusOf(statuses: readonly string[]): string {
  const open = statuses.filter((status) => !isFinalTaskStatus(status));
  const done = statuses.filter((status) => status === 'done').length;
  if (open.length > 0) {
    const word = open.includes('running') ? 'running' : (open[0] ?? 'running');
    return `${word}, ${done} of ${counted(statuses.length, 'task')} done`;
  }
  const counts = new Map<string, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  const [only, ...more] = counts.keys();
  if (only !== undefined && more.length === 0) return only;
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}
