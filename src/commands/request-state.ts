// How far a request is, from either kind of server, in the one form that is shown.
import type { RequestId } from '../base/names.ts';
import { requestDocument } from '../panda/embedded.ts';
import type { RequestDocument } from '../panda/embedded-answers.ts';
import { isFinalStatus, requestState } from '../panda/status.ts';
import type { RequestState } from '../panda/status.ts';
import type { ProgressState } from '../terminal/progress-state.ts';
import type { Connection } from './connection.ts';

export interface Snapshot {
  readonly state: ProgressState;
  readonly isFinal: boolean;
  /** What only the embedded server tells. */
  readonly document: RequestDocument | undefined;
}

/** `undefined`: the server knows no such request. */
export async function snapshotOf(
  connection: Connection,
  id: RequestId,
  signal: AbortSignal,
): Promise<Snapshot | undefined> {
  if (connection.isEmbedded) {
    const document = await requestDocument(connection.server, id, signal);
    if (document === undefined) return undefined;
    return { state: document, isFinal: isFinalStatus(document.request.status), document };
  }
  const remote = await requestState(connection.server, id, signal);
  if (remote === undefined) return undefined;
  return { state: progressOf(remote), isFinal: remote.isFinal, document: undefined };
}

// A remote server does not say when things began; zero would show as decades.
function progressOf(remote: RequestState): ProgressState {
  return {
    request: {
      id: remote.id,
      name: remote.name,
      status: remote.status,
      created_ms: 0,
      ended_ms: null,
      error: remote.errors.length === 0 ? null : remote.errors.join('; '),
    },
    tasks: remote.tasks.map((task) => ({
      id: task.taskId,
      step_id: task.stepId ?? null,
      step: task.step ?? task.name,
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
      ended_ms: null,
      error: task.error ?? null,
    })),
    runs: [],
  };
}
