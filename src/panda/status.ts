// How far a request is on a remote PanDA: iDDS knows the request, JEDI knows its tasks.
import * as v from 'valibot';
import { requestId, taskId, type RequestId, type TaskId } from '../base/names.ts';
import { printable } from '../base/text.ts';
import { legacyForm, v1Get, type PandaServer } from './connection.ts';
import { legacyData, v1Data } from './envelope.ts';

export interface RequestState {
  readonly id: RequestId;
  /** The outDS. */
  readonly name: string;
  /** iDDS's own word: `Transforming`, `Finished`, … */
  readonly status: string;
  /** True when the status will not change by itself any more. */
  readonly isFinal: boolean;
  /** By task id, ascending. */
  readonly tasks: readonly TaskState[];
  /** What iDDS says went wrong, safe to print. */
  readonly errors: readonly string[];
}

export interface TaskState {
  readonly taskId: TaskId;
  readonly name: string;
  /** Name of the step, taken from the task's name; `undefined` when that is not of the form `<outDS>_<id>_<step>`. */
  readonly step: string | undefined;
  readonly stepId: number | undefined;
  /** JEDI's own word: `running`, `done`, `finished`, `failed`, … */
  readonly status: string;
  /** Input files, or jobs where there are none; `undefined` before they are known. */
  readonly nFiles: number | undefined;
  readonly nFinished: number;
  readonly nFailed: number;
  /** What JEDI says went wrong, safe to print. */
  readonly error: string | undefined;
}

/** Statuses of iDDS after which a request only moves when somebody asks for it. */
export function isFinalStatus(status: string): boolean {
  return ['Finished', 'SubFinished', 'Failed', 'Cancelled', 'Expired'].includes(status);
}

// An enum of Python arrives as `{"class": "RequestStatus", …, "attributes": {"_name_": "Transforming", …}}`.
const enumName = v.union([
  v.string(),
  v.pipe(
    v.object({ attributes: v.object({ _name_: v.string() }) }),
    v.transform((value) => value.attributes._name_),
  ),
]);

const requestsShape = v.array(
  v.object({
    request_id: v.number(),
    name: v.nullish(v.string(), ''),
    status: enumName,
    errors: v.nullish(v.unknown()),
  }),
);

const count = v.nullish(v.number());
const tasksShape = v.array(
  v.object({
    jediTaskID: v.number(),
    taskName: v.nullish(v.string(), ''),
    status: v.nullish(v.string(), 'unknown'),
    errorDialog: v.nullish(v.string()),
    nFiles: count,
    nFilesFinished: count,
    nFilesFailed: count,
  }),
);

/** Asks for a request and its tasks.
 *  @returns `undefined` when iDDS knows no such request */
export async function requestState(
  server: PandaServer,
  id: RequestId,
  signal?: AbortSignal,
): Promise<RequestState | undefined> {
  // Three fields, in the form in which the server takes them: the last is Python's word.
  const fields = {
    command_name: 'get_requests',
    kwargs: JSON.stringify({ request_id: id }),
    manager: 'True',
  };
  const answer = await legacyForm(server, 'relay_idds_command', fields, { repeatable: true, signal });
  const request = legacyData(answer, requestsShape).find((row) => row.request_id === id);
  if (request === undefined) return undefined;
  const name = printable(request.name);
  const tasks = await taskStates(server, id, name, signal);
  const { status } = request;
  return {
    id: requestId(request.request_id),
    name,
    status,
    isFinal: isFinalStatus(status),
    tasks,
    errors: errorTexts(request.errors),
  };
}

async function taskStates(
  server: PandaServer,
  id: RequestId,
  outDS: string,
  signal: AbortSignal | undefined,
): Promise<readonly TaskState[]> {
  const query = { n_tasks: '1000', filters: JSON.stringify({ reqID: String(id) }) };
  const answer = await v1Get(server, 'task/get_tasks_detailed_info_since', query, { signal });
  const states = v1Data(answer, tasksShape).map((task): TaskState => {
    const name = printable(task.taskName).replace(/\/$/, '');
    const parts = name.startsWith(`${outDS}_`) ? /^(\d{3,})_(.+)$/.exec(name.slice(outDS.length + 1)) : null;
    const dialog = printable(task.errorDialog ?? '').trim();
    return {
      taskId: taskId(task.jediTaskID),
      name,
      step: parts?.[2],
      stepId: parts?.[1] === undefined ? undefined : Number(parts[1]),
      status: task.status,
      nFiles: task.nFiles ?? undefined,
      nFinished: task.nFilesFinished ?? 0,
      nFailed: task.nFilesFailed ?? 0,
      error: dialog === '' ? undefined : dialog,
    };
  });
  return states.sort((a, b) => a.taskId - b.taskId);
}

/** iDDS gives `{}`, a mapping of anything, a text or null. */
function errorTexts(errors: unknown): readonly string[] {
  if (typeof errors === 'string') return errors.trim() === '' ? [] : [printable(errors)];
  if (typeof errors !== 'object' || errors === null) return [];
  return Object.values(errors)
    .filter((value) => value !== null && value !== '')
    .map((value) => printable(typeof value === 'string' ? value : JSON.stringify(value)));
}
