// Client of what the embedded server offers beside PanDA's own protocol.
import type * as v from 'valibot';
import type { JobId, RequestId, TaskId } from '../base/names.ts';
import { LocalError } from '../base/errors.ts';
import { requestId } from '../base/names.ts';
import type { Secret } from '../base/secret.ts';
import { shapeReader } from '../base/shape-reader.ts';
import { lastLines } from '../base/text.ts';
import { parseJson, type HttpClient } from '../http/client.ts';
import type { HttpAnswer, HttpRequest, Timeouts } from '../http/request.ts';
import {
  commandAnswerShape,
  eventsAnswerShape,
  faultShape,
  failuresAnswerShape,
  filesAnswerShape,
  helloShape,
  iterationsAnswerShape,
  replayAnswerShape,
  rerunAnswerShape,
  requestByKeyShape,
  requestDocumentShape,
  requestListShape,
  shutdownAnswerShape,
  type CommandAnswer,
  type EventsAnswer,
  type FailureAnswer,
  type FileAnswer,
  type Hello,
  type IterationAnswer,
  type ReplayAnswer,
  type RerunAnswer,
  type RequestDocument,
  type RequestSummary,
} from './embedded-answers.ts';
import { searchAnswerShape, type SearchAnswer } from './search-answer.ts';

/** Where it is and how to be let in; a PandaServer fits. */
export interface EmbeddedServer {
  readonly http: HttpClient;
  /** `scheme://host:port`. */
  readonly origin: string;
  token(): Promise<Secret | undefined>;
}

/** Asks whether a pchain server is there. Sends no token, so any address may be asked.
 *  @returns `undefined` when something else answers
 *  @throws HttpFailure when nothing answers */
export async function hello(
  server: Pick<EmbeddedServer, 'http' | 'origin'>,
  options: { readonly signal?: AbortSignal; readonly timeouts?: Partial<Timeouts> } = {},
): Promise<Hello | undefined> {
  const answer = await server.http.request({
    method: 'GET',
    url: `${server.origin}/pchain/v1/hello`,
    expect: anyStatus,
    maxAnswerBytes: 65_536,
    ...options,
  });
  if (answer.status !== 200) return undefined;
  try {
    return parseJson(answer, shapeReader(helloShape));
  } catch {
    // Many servers answer every path with a page of their own.
    return undefined;
  }
}

const anyStatus = Array.from({ length: 400 }, (_, index) => 200 + index);

/** The latest request that was submitted with this key; `undefined`: none was. */
export async function requestByKey(
  server: EmbeddedServer,
  key: string,
  signal?: AbortSignal,
): Promise<RequestId | undefined> {
  const found = await read(server, `requests/by-key/${encodeURIComponent(key)}`, requestByKeyShape, {
    signal,
  });
  return found === undefined ? undefined : requestId(found.request_id);
}

/** All requests, the latest first. */
export async function listRequests(
  server: EmbeddedServer,
  signal?: AbortSignal,
): Promise<readonly RequestSummary[]> {
  return (await read(server, 'requests', requestListShape, { signal }))?.requests ?? [];
}

/** Everything about a request; `undefined`: there is none with this number. */
export function requestDocument(
  server: EmbeddedServer,
  id: RequestId,
  signal?: AbortSignal,
): Promise<RequestDocument | undefined> {
  return read(server, `requests/${id}`, requestDocumentShape, { signal });
}

/** Waits for something to happen after the event `after`.
 *  @param waitMs how long the server may hold the answer back; it is empty then
 *  @returns `undefined`: there is no such request */
export function requestEvents(
  server: EmbeddedServer,
  id: RequestId,
  wait: { readonly after: number; readonly waitMs: number },
  signal?: AbortSignal,
): Promise<EventsAnswer | undefined> {
  const path = `requests/${id}/events?after=${wait.after}&wait_ms=${Math.round(wait.waitMs)}`;
  const limitMs = wait.waitMs + 30_000;
  return read(server, path, eventsAnswerShape, { signal, timeouts: { idleMs: limitMs, tryMs: limitMs } });
}

/** The failed jobs of a request, with what they printed last. */
export async function requestFailures(
  server: EmbeddedServer,
  id: RequestId,
  signal?: AbortSignal,
): Promise<readonly FailureAnswer[] | undefined> {
  return (await read(server, `requests/${id}/failures`, failuresAnswerShape, { signal }))?.jobs;
}

/** The points of a phpo task; `undefined`: there is no such task, or it is of another type. */
export function taskSearch(
  server: EmbeddedServer,
  id: TaskId,
  signal?: AbortSignal,
): Promise<SearchAnswer | undefined> {
  return read(server, `tasks/${id}/search`, searchAnswerShape, { signal });
}

/** The files of a dataset; `undefined`: there is no such dataset. */
export async function datasetFiles(
  server: EmbeddedServer,
  dataset: string,
  signal?: AbortSignal,
): Promise<readonly FileAnswer[] | undefined> {
  const path = `datasets/${encodeURIComponent(dataset)}/files`;
  return (await read(server, path, filesAnswerShape, { signal }))?.files;
}

/** Address of the bytes of a file. */
export function datasetFileUrl(server: EmbeddedServer, dataset: string, file: string): string {
  return `${server.origin}/pchain/v1/datasets/${encodeURIComponent(dataset)}/files/${encodeURIComponent(file)}`;
}

/** The last lines that a job printed, as they are (not safe to print); `undefined`: there is no such job. */
export async function jobLog(
  server: EmbeddedServer,
  id: JobId,
  lines: number,
  signal?: AbortSignal,
): Promise<readonly string[] | undefined> {
  const answer = await ask(server, { method: 'GET', path: `jobs/${id}/log?tail=${lines}` }, { signal });
  return answer.status === 404 ? undefined : lastLines(answer.body.toString('utf8'), lines);
}

/** Runs failed jobs again. `undefined`: there is no such request. */
export function retryRequest(
  server: EmbeddedServer,
  id: RequestId,
  { maxIterations, signal }: { maxIterations?: number | undefined; signal?: AbortSignal } = {},
): Promise<CommandAnswer | undefined> {
  const query = maxIterations === undefined ? '' : `?max_iterations=${maxIterations}`;
  return command(server, `requests/${id}/retry${query}`, commandAnswerShape, signal);
}

/** The iterations of the loops of a request; `undefined`: the server does not know it. */
export async function requestIterations(
  server: EmbeddedServer,
  id: RequestId,
  signal?: AbortSignal,
): Promise<readonly IterationAnswer[] | undefined> {
  return (await read(server, `requests/${id}/iterations`, iterationsAnswerShape, { signal }))?.iterations;
}

/** Why the jobs of a step ran again, or did not; `undefined`: there is no such step. */
export function whyRerun(
  server: EmbeddedServer,
  id: RequestId,
  step: string,
  signal: AbortSignal,
): Promise<RerunAnswer | undefined> {
  const query = new URLSearchParams({ step });
  return read(server, `requests/${id}/why-rerun?${query.toString()}`, rerunAnswerShape, { signal });
}

/** Lets the junction of one iteration decide again; nothing is stored.
 *  @param junction absolute path of a file that takes the place of the one with its name in the sandbox
 *  @returns `undefined`: it has not decided before
 *  @throws LocalError when the file has no place in the sandbox, or an input is gone */
export async function replayIteration(
  server: EmbeddedServer,
  id: RequestId,
  { step_id: step, iteration }: Pick<IterationAnswer, 'step_id' | 'iteration'>,
  junction: string | undefined,
  signal: AbortSignal,
): Promise<ReplayAnswer | undefined> {
  const query = new URLSearchParams({ step_id: String(step), iteration });
  if (junction !== undefined) query.set('junction', junction);
  const path = `requests/${id}/replay?${query.toString()}`;
  const timeouts = { idleMs: longestReplayMs, tryMs: longestReplayMs, callMs: longestReplayMs };
  const answer = await ask(server, { method: 'POST', path }, { signal, timeouts, expect: [200, 404, 409] });
  if (answer.status === 409) {
    const { error } = parseJson(answer, shapeReader(faultShape));
    throw new LocalError(error.message, error.hint === undefined ? {} : { hint: error.hint });
  }
  return answer.status === 404 ? undefined : parseJson(answer, shapeReader(replayAnswerShape));
}

/** A little more than the engine gives a junction. */
const longestReplayMs = 11 * 60_000;

/** Asks the server to stop unless it has work; true when it does. */
export async function shutdownIfIdle(server: EmbeddedServer, signal?: AbortSignal): Promise<boolean> {
  return (await command(server, 'shutdown-if-idle', shutdownAnswerShape, signal))?.stopping ?? false;
}

type Options = Pick<HttpRequest, 'signal' | 'timeouts'> & { readonly expect?: readonly number[] };

async function read<const Shape extends v.GenericSchema>(
  server: EmbeddedServer,
  path: string,
  shape: Shape,
  options: Options,
): Promise<v.InferOutput<Shape> | undefined> {
  const answer = await ask(server, { method: 'GET', path }, options);
  return answer.status === 404 ? undefined : parseJson(answer, shapeReader(shape));
}

// All commands may be given twice: a retry finds nothing to do the second time, an end has ended already.
async function command<const Shape extends v.GenericSchema>(
  server: EmbeddedServer,
  path: string,
  shape: Shape,
  signal: AbortSignal | undefined,
): Promise<v.InferOutput<Shape> | undefined> {
  const answer = await ask(server, { method: 'POST', path }, { signal });
  return answer.status === 404 ? undefined : parseJson(answer, shapeReader(shape));
}

async function ask(
  server: EmbeddedServer,
  call: { readonly method: 'GET' | 'POST'; readonly path: string },
  options: Options,
): Promise<HttpAnswer> {
  return server.http.request({
    method: call.method,
    url: `${server.origin}/pchain/v1/${call.path}`,
    headers: {
      accept: 'application/json',
      ...(call.method === 'POST' ? { 'content-type': 'application/json' } : {}),
    },
    ...(call.method === 'POST' ? { body: '{}' } : {}),
    token: await server.token(),
    repeatable: true,
    expect: [200, 404],
    ...options,
  });
}
