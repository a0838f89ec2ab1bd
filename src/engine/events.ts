// What happens in a run. The engine has no other voice: journal, terminal, page and tests listen to these.
import type { JobId, RequestId, TaskId } from '../base/names.ts';
import type { JobStatus, RequestStatus, RunStatus, TaskStatus } from './records.ts';

export type EngineEvent =
  /** A request was stored, or went from one status to another. */
  | { readonly type: 'request'; readonly requestId: RequestId; readonly status: RequestStatus }
  /** A task changed status or its counts of jobs changed. */
  | {
      readonly type: 'task';
      readonly requestId: RequestId;
      readonly taskId: TaskId;
      readonly status: TaskStatus;
    }
  /** A job changed status. */
  | {
      readonly type: 'job';
      readonly requestId: RequestId;
      readonly taskId: TaskId;
      readonly jobId: JobId;
      readonly status: JobStatus;
    }
  /** A REANA run changed status or finished a step; `jobId` is the PanDA job that offloaded it, when known. */
  | {
      readonly type: 'run';
      readonly runId: string;
      readonly jobId: JobId | undefined;
      readonly status: RunStatus;
      readonly stepsFinished: number;
      readonly stepsTotal: number;
    };

/** Position in the stream, from 1, gapless and kept across restarts. */
export interface NumberedEvent {
  readonly seq: number;
  readonly atMs: number;
  readonly event: EngineEvent;
}
