// Tasks of PanDA: how far they are, and commands to them.
import * as v from 'valibot';
import { taskId, type TaskId } from '../base/names.ts';
import { printable } from '../base/text.ts';
import { v1Get, v1Post, type PandaServer } from './connection.ts';
import { pandaTime, refusal, v1Data, v1Envelope } from './envelope.ts';

export interface TaskState {
  readonly taskId: TaskId;
  /** Without `/` at its end. */
  readonly name: string;
  /** The request it belongs to. */
  readonly requestId: number | undefined;
  /** JEDI's own word: `running`, `done`, `finished`, `failed`, … */
  readonly status: string;
  /** Input files, or jobs where there are none; `undefined` before they are known. */
  readonly nFiles: number | undefined;
  readonly nFinished: number;
  readonly nFailed: number;
  /** What JEDI says went wrong, safe to print. */
  readonly error: string | undefined;
  /** Milliseconds since 1970; `undefined`: not known. */
  readonly createdMs: number | undefined;
  readonly endedMs: number | undefined;
}

/** JEDI's statuses after which a task only moves when somebody asks for it. */
export function isFinalTaskStatus(status: string): boolean {
  return ['done', 'finished', 'failed', 'broken', 'aborted', 'exhausted'].includes(status);
}

/** Ended, and not all of its work is done. */
export function isRetriable(status: string): boolean {
  return isFinalTaskStatus(status) && status !== 'done' && status !== 'broken';
}

/** A task as a list shows it: how far it is, and everything else that the server tells. */
export interface TaskRecord extends TaskState {
  readonly userName: string;
  /** JEDI's coarse status: `running`, `submitting`, `done`, … */
  readonly superStatus: string;
  readonly modifiedMs: number | undefined;
  /** Shares of `nFiles`, 0 to 100; `undefined`: not known. */
  readonly percentFinished: number | undefined;
  readonly percentFailed: number | undefined;
  /** All fields under PanDA's names, as the server sent them, but times as RFC 3339. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface TaskQuery {
  /** At most so many, the latest first; 1000 when not given. */
  readonly limit?: number;
  /** Only tasks that changed after this time, milliseconds since 1970. */
  readonly sinceMs?: number;
  /** Fields and the values they must have: `reqID`, `jediTaskID`, `taskName`, `status`, `superStatus`, `userName`. */
  readonly filters?: Readonly<Record<string, string>>;
}

const count = v.nullish(v.number());
const time = v.fallback(v.nullish(pandaTime), undefined);
const name = v.fallback(v.nullish(v.string(), ''), '');
const tasksShape = v.array(
  v.looseObject({
    jediTaskID: v.number(),
    reqID: v.fallback(v.nullish(v.number()), undefined),
    taskName: v.nullish(v.string(), ''),
    status: v.nullish(v.string(), 'unknown'),
    errorDialog: v.nullish(v.string()),
    nFiles: count,
    nFilesFinished: count,
    nFilesFailed: count,
    creationDate: time,
    modificationTime: time,
    endTime: time,
    userName: name,
    superStatus: name,
    pctFinished: v.fallback(count, undefined),
    pctFailed: v.fallback(count, undefined),
  }),
);

/** The tasks that fit, by id, ascending. */
export async function findTasks(
  server: PandaServer,
  query: TaskQuery,
  signal?: AbortSignal,
): Promise<readonly TaskState[]> {
  return (await findTaskRecords(server, query, signal)).toSorted((a, b) => a.taskId - b.taskId);
}

/** The tasks that fit, in the order of the server: the latest first. */
export async function findTaskRecords(
  server: PandaServer,
  query: TaskQuery,
  signal?: AbortSignal,
): Promise<readonly TaskRecord[]> {
  const { limit = 1000, sinceMs, filters } = query;
  const parameters = {
    n_tasks: String(limit),
    ...(sinceMs === undefined
      ? {}
      : { since: new Date(sinceMs).toISOString().slice(0, 19).replace('T', ' ') }),
    ...(filters === undefined ? {} : { filters: JSON.stringify(filters) }),
  };
  const answer = await v1Get(server, 'task/get_tasks_detailed_info_since', parameters, { signal });
  return v1Data(answer, tasksShape).map(recordOf);
}

/** One task; `undefined`: there is none of this id. */
export async function findTask(
  server: PandaServer,
  id: TaskId,
  signal?: AbortSignal,
): Promise<TaskState | undefined> {
  return (await findTasks(server, { filters: { jediTaskID: String(id) } }, signal)).find(
    (task) => task.taskId === id,
  );
}

function recordOf(task: v.InferOutput<typeof tasksShape>[number]): TaskRecord {
  const dialog = printable(task.errorDialog ?? '').trim();
  return {
    taskId: taskId(task.jediTaskID),
    name: printable(task.taskName).replace(/\/$/, ''),
    requestId: task.reqID ?? undefined,
    status: printable(task.status),
    nFiles: task.nFiles ?? undefined,
    nFinished: task.nFilesFinished ?? 0,
    nFailed: task.nFilesFailed ?? 0,
    error: dialog === '' ? undefined : dialog,
    createdMs: task.creationDate ?? undefined,
    endedMs: task.endTime ?? undefined,
    userName: printable(task.userName),
    superStatus: printable(task.superStatus),
    modifiedMs: task.modificationTime ?? undefined,
    percentFinished: task.pctFinished ?? undefined,
    percentFailed: task.pctFailed ?? undefined,
    fields: Object.fromEntries(Object.entries(task).map(([key, value]) => [key, plainField(key, value)])),
  };
}

const timeFields: ReadonlySet<string> = new Set(['creationDate', 'modificationTime', 'endTime']);

function plainField(key: string, value: unknown): unknown {
  if (timeFields.has(key)) return typeof value === 'number' ? new Date(value).toISOString() : null;
  const parsed = v.safeParse(pandaTime, value);
  return parsed.success ? new Date(parsed.output).toISOString() : value;
}

/** The step that a task of a workflow is, from its name `<outDS>_<NNN>_<step>`; of a native sub-workflow `<outDS>_<NNN>_<MMM>_<step>`, and
 *  where it is scattered `<outDS>_<NNN>s<k>_<MMM>_<step>`, whose name here begins with `<k>_`. */
export function stepOfTask(
  name: string,
  outDS: string,
): { readonly id: number; readonly name: string } | undefined {
  if (!name.startsWith(`${outDS}_`)) return undefined;
  const [, id, copy, step] = /^(\d{3,})(?:s(\d+))?_(.+)$/.exec(name.slice(outDS.length + 1)) ?? [];
  if (id === undefined || step === undefined) return undefined;
  return { id: Number(id), name: copy === undefined ? step : `${copy}_${step}` };
}

export type TaskCommand = 'kill' | 'finish' | 'finish-soft' | 'pause' | 'resume';

export interface CommandOutcome {
  readonly done: boolean;
  /** The server's words, safe to print. */
  readonly message: string;
}

/** Gives a command to a task. It is executed some time later.
 *  @throws AuthError for somebody else's task, or where the command needs a role that the user does not have */
export async function commandTask(
  server: PandaServer,
  id: TaskId,
  command: TaskCommand,
  signal?: AbortSignal,
): Promise<CommandOutcome> {
  const path = command === 'finish-soft' ? 'finish' : command;
  const body = { task_id: id, ...(command === 'finish-soft' ? { soft: true } : {}) };
  // All of them may be given twice: the second finds the first registered.
  const answer = await v1Post(server, `task/${path}`, body, { repeatable: true, signal });
  const { success, message, data } = v1Envelope(answer);
  if (!success && data === null) throw refusal(answer, message);
  return { done: success, message: printable(message).trim() };
}

/** Runs the failed jobs of a task again.
 *  @param newParameters other values for task parameters; empty: as it was
 *  @throws AuthError for somebody else's task */
export async function retryTask(
  server: PandaServer,
  id: TaskId,
  newParameters: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<CommandOutcome> {
  const changes = Object.keys(newParameters).length > 0 ? { new_parameters: newParameters } : {};
  const answer = await v1Post(
    server,
    'task/retry',
    { task_id: id, ...changes },
    { repeatable: false, signal },
  );
  const { success, message, data } = v1Envelope(answer);
  if (!success) throw refusal(answer, message);
  // The server says success in any case; the code in the data tells: 0 and 3 are yes.
  return { done: data === 0 || data === 3, message: printable(message).trim() };
}
