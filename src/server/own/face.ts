// What PanDA's protocol has no words for: follow a request event by event, see why jobs failed, download outputs.
// Lives under `/pchain/v1`; answers are JSON, faults `{"error": {"message", "hint"}}` with a telling status.
import { isAbsolute } from 'node:path';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { jobId, requestId, taskId, type RequestId } from '../../base/names.ts';
import { PchainError } from '../../base/errors.ts';
import type { RequestRecord } from '../../engine/records.ts';
import type {
  CommandAnswer,
  Hello,
  IterationsAnswer,
  RequestByKey,
  RequestList,
  ShutdownAnswer,
} from '../../panda/embedded-answers.ts';
import type { SearchAnswer } from '../../panda/search-answer.ts';
import { faultAnswer, RequestFault } from '../faults.ts';
import type { ServerParts } from '../parts.ts';
import { datasetFiles, sendFile, type DatasetChoice } from './datasets.ts';
import { failures } from './failures.ts';
import { eventsWithin, longestWaitMs } from './follow.ts';
import { eventView, requestDetails, requestView, searchView } from './json-views.ts';
import { iterationView, replayView, rerunView } from './iteration-views.ts';

/** Adds the routes to a scope of their own. */
export function registerOwn(app: FastifyInstance, parts: ServerParts): void {
  const { engine } = parts;
  const lastEvents = new LastEvents(parts);
  app.removeAllContentTypeParsers();
  // No call here has a body; one that comes along is read within a small limit and ignored.
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 64 * 1024 }, (_request, _body, done) =>
    done(null),
  );
  app.setErrorHandler<FastifyError>((thrown, _request, reply) => {
    const { status, message, hint, unexpected } = faultAnswer(thrown);
    if (unexpected) parts.log(`error: ${message}`);
    return sendFault(reply, status, message, hint);
  });

  app.get('/hello', (request): Hello => ({
    product: 'pchain',
    version: parts.version,
    reana_server_url: parts.servesReana ? `http://${request.headers.host ?? '127.0.0.1'}` : null,
  }));

  app.get('/requests', (): RequestList => {
    const latestFirst = [...engine.requests()].sort((a, b) => b.id - a.id);
    return { requests: latestFirst.map(requestView) };
  });

  app.get<{ Params: { key: string } }>('/requests/by-key/:key', (request): RequestByKey => {
    const found = engine.requestByKey(request.params.key);
    if (found === undefined) throw new RequestFault(404, 'no request was submitted with this key');
    return { request_id: found.id };
  });

  app.get<{ Params: { id: string } }>('/requests/:id', (request) => {
    const found = known(request.params.id, parts);
    const lastEvent = lastEvents.of(found.id);
    return requestDetails(engine.request(found.id) ?? found, lastEvent, parts);
  });

  app.get<{ Params: { id: string }; Querystring: Query }>('/requests/:id/events', async (request, reply) => {
    const { id } = known(request.params.id, parts);
    const after = wholeNumber(request.query.after, 'after', 0, Number.MAX_SAFE_INTEGER);
    const waitMs = wholeNumber(request.query.wait_ms, 'wait_ms', 0, Number.MAX_SAFE_INTEGER);
    const left = new AbortController();
    reply.raw.once('close', () => left.abort());
    const endPoll = waitMs === 0 ? (): void => undefined : parts.activity.beginPoll();
    try {
      const signal = AbortSignal.any([left.signal, parts.closing]);
      const events = await eventsWithin(parts, id, after, Math.min(waitMs, longestWaitMs), signal);
      return { events: events.map(eventView), next: events.at(-1)?.seq ?? after };
    } finally {
      endPoll();
    }
  });

  app.get<{ Params: { id: string } }>('/requests/:id/failures', (request) =>
    failures(known(request.params.id, parts), parts),
  );

  app.get<{ Params: { id: string } }>('/requests/:id/iterations', (request): IterationsAnswer => {
    const { id } = known(request.params.id, parts);
    return { iterations: engine.iterations(id).map(iterationView) };
  });

  app.get<{ Params: { id: string }; Querystring: Query }>('/requests/:id/why-rerun', async (request) => {
    const { id } = known(request.params.id, parts);
    const { step } = request.query;
    if (typeof step !== 'string') throw new RequestFault(400, '`step` is missing');
    const report = await engine.whyRerun(id, step);
    if (report === undefined) throw new RequestFault(404, `request ${id} has no step \`${step}\``);
    return rerunView(report);
  });

  app.post<{ Params: { id: string }; Querystring: Query }>('/requests/:id/replay', async (request) => {
    const { id } = known(request.params.id, parts);
    const { junction, iteration } = request.query;
    const stepId = wholeNumber(request.query.step_id, 'step_id', 0, Number.MAX_SAFE_INTEGER);
    if (typeof iteration !== 'string') throw new RequestFault(400, '`iteration` is missing');
    if (junction !== undefined && (typeof junction !== 'string' || !isAbsolute(junction)))
      throw new RequestFault(400, '`junction` must be an absolute path');
    const again = await engine.replay(id, { stepId, iteration }, junction).catch((thrown: unknown) => {
      // What is wrong with the user's file is no fault of the server.
      if (thrown instanceof PchainError) throw new RequestFault(409, thrown.message, thrown.hint);
      throw thrown;
    });
    if (again === undefined) throw new RequestFault(404, `nothing was decided in iteration ${iteration}`);
    return replayView(again);
  });

  app.post<{ Params: { id: string } }>('/requests/:id/kill', (request): CommandAnswer => {
    const { id } = known(request.params.id, parts);
    return engine.kill(id)
      ? { accepted: true, message: `request ${id} is being stopped` }
      : { accepted: false, message: `request ${id} has ended already: ${statusOf(id, parts)}` };
  });

  app.post<{ Params: { id: string }; Querystring: Query }>(
    '/requests/:id/retry',
    (request): CommandAnswer => {
      const { id } = known(request.params.id, parts);
      const typed = request.query.max_iterations;
      const maxIterations =
        typed === undefined ? undefined : wholeNumber(typed, 'max_iterations', 1, Number.MAX_SAFE_INTEGER);
      return engine.retry(id, maxIterations)
        ? { accepted: true, message: `the failed jobs of request ${id} run again` }
        : { accepted: false, message: `request ${id} has nothing to retry: ${statusOf(id, parts)}` };
    },
  );

  app.get<{ Params: { name: string }; Querystring: Query }>('/datasets/:name/files', (request) =>
    datasetFiles(choice(request.params.name, request.query), parts),
  );

  app.get<{ Params: { name: string; file: string }; Querystring: Query }>(
    '/datasets/:name/files/:file',
    (request, reply) =>
      sendFile(request, reply, choice(request.params.name, request.query), request.params.file, parts),
  );

  app.get<{ Params: { id: string } }>('/tasks/:id/search', (request): SearchAnswer => {
    const id = taskId(wholeNumber(request.params.id, 'task id', 1, Number.MAX_SAFE_INTEGER));
    const search = engine.search(id);
    if (search === undefined) throw new RequestFault(404, `task ${id} is no task of phpo`);
    return searchView(search);
  });

  // The lines as they are; a download more than an answer, so it is text.
  app.get<{ Params: { id: string }; Querystring: Query }>('/jobs/:id/log', (request, reply) => {
    const job = engine.job(jobId(wholeNumber(request.params.id, 'job id', 1, Number.MAX_SAFE_INTEGER)));
    if (job === undefined) throw new RequestFault(404, `unknown job \`${request.params.id}\``);
    const tail = wholeNumber(request.query.tail, 'tail', 1, 100_000, 1000);
    const lines = engine.jobLogTail(job.id, tail).map((line) => `${line}\n`);
    return reply.header('content-type', 'text/plain; charset=utf-8').send(lines.join(''));
  });

  app.post('/shutdown-if-idle', (_request, reply): ShutdownAnswer => {
    // The request that asks is open itself; a poll is somebody who follows.
    const isIdle = !engine.isBusy && parts.activity.openPolls === 0 && parts.activity.openRequests <= 1;
    if (isIdle) reply.raw.once('close', () => parts.shutdown());
    return { stopping: isIdle };
  });
}

/** Query values as they come: a repeated key gives a list. */
type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export function sendFault(reply: FastifyReply, status: number, message: string, hint?: string): FastifyReply {
  const error = hint === undefined ? { message } : { message, hint };
  return reply
    .code(status)
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify({ error }));
}

/** `?request_id=N` chooses among datasets of the same name. */
function choice(name: string, query: Query): DatasetChoice {
  if (query.request_id === undefined) return { name, requestId: undefined };
  return {
    name,
    requestId: requestId(wholeNumber(query.request_id, 'request_id', 1, Number.MAX_SAFE_INTEGER)),
  };
}

function known(id: string, { engine }: ServerParts): RequestRecord {
  const number = /^\d{1,15}$/.test(id) ? Number(id) : undefined;
  const found = number === undefined ? undefined : engine.request(requestId(number));
  if (found === undefined) throw new RequestFault(404, `unknown request \`${id.slice(0, 80)}\``);
  return found;
}

function statusOf(id: RequestId, { engine }: ServerParts): string {
  return engine.request(id)?.status ?? 'unknown';
}

function wholeNumber(
  value: string | readonly string[] | undefined,
  name: string,
  least: number,
  most: number,
  otherwise = least,
): number {
  if (value === undefined) return otherwise;
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new RequestFault(400, `\`${name}\` must be a whole number from ${least}`);
}

/** Remembers where the events of each request ended, so that only the later ones are read again. */
class LastEvents {
  readonly #engine: ServerParts['engine'];
  readonly #last = new Map<RequestId, number>();

  constructor({ engine }: ServerParts) {
    this.#engine = engine;
  }

  of(id: RequestId): number {
    const before = this.#last.get(id) ?? 0;
    const last = this.#engine.eventsAfter(before, id).at(-1)?.seq ?? before;
    this.#last.set(id, last);
    return last;
  }
}
