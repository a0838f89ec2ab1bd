// Branded numbers that must not be mixed up.

declare const brand: unique symbol;
type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };

/** One submission of a workflow, as PanDA/iDDS numbers it. */
export type RequestId = Brand<number, 'RequestId'>;
/** What a step becomes in PanDA: `jediTaskID`. */
export type TaskId = Brand<number, 'TaskId'>;
/** One execution on one resource: `PandaID`. */
export type JobId = Brand<number, 'JobId'>;

export const requestId = (value: number): RequestId => value as RequestId;
export const taskId = (value: number): TaskId => value as TaskId;
export const jobId = (value: number): JobId => value as JobId;
