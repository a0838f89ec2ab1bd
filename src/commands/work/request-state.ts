// How far something is, from either kind of server, in the one form that is shown.
import { UsageError } from '../../base/errors.ts';
import { requestDocument } from '../../panda/embedded.ts';
import type { RequestDocument } from '../../panda/embedded-answers.ts';
import { nativeWorkflow, type NativeWorkflow } from '../../panda/native-workflow.ts';
import { isFinalStatus, requestState } from '../../panda/status.ts';
import type { RequestState } from '../../panda/status.ts';
import type { PandaServer } from '../../panda/connection.ts';
import { findTask, findTaskRecords, isFinalTaskStatus, stepOfTask } from '../../panda/tasks.ts';
import type { TaskRecord, TaskState } from '../../panda/tasks.ts';
import type { ProgressState, ProgressTask } from '../../terminal/progress-state.ts';
import type { Connection } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import { targetName, type Target } from './targets.ts';

export interface Snapshot {
  readonly state: ProgressState;
  readonly isFinal: boolean;
  /** What only the embedded server tells. */
  readonly document: RequestDocument | undefined;
}

/** `undefined`: the server knows nothing of it. */
async function snapshotOf(
  connection: Connection,
  target: Target,
  signal: AbortSignal,
): Promise<Snapshot | undefined> {
  const { server } = connection;
  switch (target.kind) {
    case 'task': {
      const task = await findTask(server, target.id, signal);
      return task === undefined ? undefined : taskSnapshot(task);
    }
    case 'native': {
      const tasks = await nativeTasks(server, target, signal);
      return nativeSnapshot(target, tasks, await nativeWorkflow(server, target.id, signal));
    }
    case 'request': {
      if (connection.isEmbedded) {
        const document = await requestDocument(server, target.id, signal);
        if (document === undefined) return undefined;
        return { state: document, isFinal: isFinalStatus(document.request.status), document };
      }
      const remote = await requestState(server, target.id, signal);
      return remote === undefined ? undefined : requestSnapshot(remote);
    }
  }
}

/** The tasks of something that the server must know.
 *  @throws UsageError when it does not */
export async function tasksOf(
  connection: Connection,
  target: Target,
  host: Pick<Host, 'signal'>,
): Promise<readonly ProgressTask[]> {
  return (await knownSnapshot(connection, target, host.signal)).state.tasks;
}

/** @throws UsageError when the server knows nothing of it */
export async function knownSnapshot(
  connection: Connection,
  target: Target,
  signal: AbortSignal,
): Promise<Snapshot> {
  const snapshot = await snapshotOf(connection, target, signal);
  if (snapshot !== undefined) return snapshot;
  throw new UsageError(`the server knows no ${targetName(target)}`, { hint: 'see `pchain list`' });
}

/** The clocks of this machine and of the server may differ by so much. */
const clockSkewMs = 15 * 60_000;

function requestSnapshot(remote: RequestState): Snapshot {
  const state = {
    // A remote server does not say when things began; zero would show as decades.
    request: {
      id: remote.id,
      name: remote.name,
      status: remote.status,
      created_ms: 0,
      ended_ms: null,
      error: remote.errors.length === 0 ? null : remote.errors.join('; '),
    },
    tasks: remote.tasks.map((task) => progressTask(task, remote.name)),
    runs: [],
  };
  return { state, isFinal: remote.isFinal, document: undefined };
}

function taskSnapshot(task: TaskState): Snapshot {
  const state = {
    request: {
      id: task.taskId,
      name: task.name,
      status: task.status,
      created_ms: task.createdMs ?? 0,
      ended_ms: isFinalTaskStatus(task.status) ? (task.endedMs ?? null) : null,
      error: null,
    },
    tasks: [progressTask(task, '')],
    runs: [],
  };
  return { state, isFinal: isFinalTaskStatus(task.status), document: undefined };
}

/** The tasks of a native workflow, by id, ascending: those named after its steps. */
export async function nativeTasks(
  server: PandaServer,
  { outDS, sinceMs }: Extract<Target, { kind: 'native' }>,
  signal: AbortSignal,
): Promise<readonly TaskRecord[]> {
  const tasks = await findTaskRecords(server, { sinceMs: sinceMs - clockSkewMs }, signal);
  return tasks
    .filter((task) => stepOfTask(task.name, outDS) !== undefined)
    .toSorted((a, b) => a.taskId - b.taskId);
}

/** Older servers have no word for a native workflow as a whole; it follows from its tasks.
 *  @param told what the server says itself; `undefined`: it has no word for it */
export function nativeSnapshot(
  target: Extract<Target, { kind: 'native' }>,
  tasks: readonly TaskState[],
  told?: NativeWorkflow,
): Snapshot {
  const { id, outDS, sinceMs, expected } = target;
  const noneMoves = tasks.every((task) => isFinalTaskStatus(task.status));
  const names = new Set(tasks.map((task) => task.name));
  // Steps whose outputs are there from an earlier submission become no task.
  const allThere =
    told?.status === 'done' || expected === undefined || expected.every((name) => names.has(name));
  // The steps after one that failed are never submitted.
  const isStuck = tasks.some((task) => ['failed', 'broken', 'aborted', 'exhausted'].includes(task.status));
  // Of a workflow that failed, tasks that were begun run on.
  const isFinal = noneMoves && (told?.isFinal ?? (tasks.length > 0 && (allThere || isStuck)));
  const state = {
    request: {
      id,
      name: outDS,
      status: isFinal ? statusOf(tasks, allThere, told) : 'Transforming',
      created_ms: sinceMs,
      ended_ms: isFinal ? Math.max(sinceMs, ...tasks.map((task) => task.endedMs ?? sinceMs)) : null,
      error: told === undefined ? null : whyOf(told),
    },
    tasks: tasks.map((task) => progressTask(task, outDS)),
    runs: [],
  };
  return { state, isFinal, document: undefined };
}

/** What the server says is wrong with a workflow, or with the first step that it says something of. */
function whyOf({ reason, steps }: NativeWorkflow): string | null {
  if (reason !== undefined) return reason;
  const step = steps.find(({ status, reason: why }) => status !== 'closed' && why !== undefined);
  return step?.reason === undefined ? null : `${step.name}: ${step.reason}`;
}

function statusOf(tasks: readonly TaskState[], allThere: boolean, told: NativeWorkflow | undefined): string {
  if (told?.status === 'cancelled') return 'Cancelled';
  if (told?.status === 'failed' && !tasks.some((task) => task.nFinished > 0)) return 'Failed';
  if (allThere && tasks.every((task) => task.status === 'done')) return 'Finished';
  if (tasks.length > 0 && tasks.every((task) => task.status === 'aborted')) return 'Cancelled';
  return tasks.some((task) => task.nFinished > 0) ? 'SubFinished' : 'Failed';
}

function progressTask(task: TaskState, outDS: string): ProgressTask {
  const step = stepOfTask(task.name, outDS);
  return {
    id: task.taskId,
    step_id: step?.id ?? null,
    step: step?.name ?? task.name,
    type: 'task',
    name: task.name,
    status: task.status,
    skipped: false,
    jobs: {
      total: task.nFiles ?? null,
      running: 0,
      finished: task.nFinished,
      failed: task.nFailed,
    },
    started_ms: null,
    ended_ms: isFinalTaskStatus(task.status) ? (task.endedMs ?? null) : null,
    error: task.error ?? null,
  };
}
