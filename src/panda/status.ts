// How far a request is on a remote PanDA: iDDS knows the request, JEDI knows its tasks.
import * as v from 'valibot';
import { requestId, type RequestId } from '../base/names.ts';
import { printable } from '../base/text.ts';
import { legacyForm, v1Post, type PandaServer } from './connection.ts';
import { askEither } from './generations.ts';
import { findTasks, type TaskState } from './tasks.ts';

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

/** Asks for a request and its tasks.
 *  @returns `undefined` when iDDS knows no such request */
export async function requestState(
  server: PandaServer,
  id: RequestId,
  signal?: AbortSignal,
): Promise<RequestState | undefined> {
  const request = (await listRequests(server, { request_id: id }, signal)).find(
    (row) => row.request_id === id,
  );
  if (request === undefined) return undefined;
  const name = printable(request.name);
  const tasks = await findTasks(server, { filters: { reqID: String(id) } }, signal);
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

/** The user's requests with one of these names, by id, ascending.
 *  @throws HttpFailure where the server does not list requests */
export async function requestsNamed(
  server: PandaServer,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<readonly { readonly id: RequestId; readonly name: string }[]> {
  return (await listRequests(server, {}, signal))
    .flatMap(({ name, request_id }) => (names.includes(name) ? [{ id: requestId(request_id), name }] : []))
    .toSorted((a, b) => a.id - b.id);
}

function listRequests(
  server: PandaServer,
  kwargs: object,
  signal: AbortSignal | undefined,
): Promise<v.InferOutput<typeof requestsShape>> {
  const fields = { command_name: 'get_requests', kwargs: JSON.stringify(kwargs) };
  const options = { repeatable: true, signal };
  return askEither(
    server,
    {
      // Three fields, in the form in which the server takes them: the last is Python's word.
      legacy: () => legacyForm(server, 'relay_idds_command', { ...fields, manager: 'True' }, options),
      v1: () => v1Post(server, 'idds/relay_idds_command', { ...fields, manager: true }, options),
    },
    requestsShape,
  );
}

/** iDDS gives `{}`, a mapping of anything, a text or null. */
function errorTexts(errors: unknown): readonly string[] {
  if (typeof errors === 'string') return errors.trim() === '' ? [] : [printable(errors)];
  if (typeof errors !== 'object' || errors === null) return [];
  return Object.values(errors)
    .filter((value) => value !== null && value !== '')
    .map((value) => printable(typeof value === 'string' ? value : JSON.stringify(value)));
}
