// The status of a run; who wants to know of its next change at once need not ask again and again. Both headers are
// standard (RFC 7240 `Prefer: wait`, RFC 9110 `If-None-Match`), and REANA's own server and client pass over them.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import type { ReanaEngine } from '../../engine/api.ts';
import { findRun } from './find-run.ts';
import { stateTag, statusAnswer } from './run-answers.ts';

/** Nobody waits longer; a client that wants more asks again. */
const longestWaitSeconds = 30;

export function registerStatusRoute(
  app: FastifyInstance,
  { engine, clock }: { readonly engine: ReanaEngine; readonly clock: Clock },
): void {
  const closing = new AbortController();
  app.addHook('preClose', (done) => {
    closing.abort();
    done();
  });

  app.get<{ Params: { key: string } }>('/api/workflows/:key/status', async (request, reply) => {
    const { id } = findRun(engine, request.params.key);
    const known = request.headers['if-none-match'];
    const waitSeconds = waitAsked(request);
    if (waitSeconds !== undefined) {
      reply.header('preference-applied', `wait=${waitSeconds}`);
      const isNews = (): boolean => stateTag(engine, findRun(engine, id)) !== known;
      if (known !== undefined && !isNews()) {
        const gone = new AbortController();
        reply.raw.once('close', () => gone.abort());
        const signal = AbortSignal.any([closing.signal, gone.signal]);
        await untilNews(engine, id, isNews, clock, waitSeconds * 1000, signal);
      }
    }
    const run = findRun(engine, id);
    const tag = stateTag(engine, run);
    reply.header('etag', tag);
    // A connection that was kept for the next request would hold up the closing.
    if (closing.signal.aborted) reply.header('connection', 'close');
    if (tag === known) return reply.code(304).send();
    return reply.send(statusAnswer(engine, run));
  });
}

/** Seconds of `Prefer: wait=N`, cut to the longest wait; `undefined` without it. */
function waitAsked(request: FastifyRequest): number | undefined {
  const prefer = request.headers['prefer'];
  const match = /(?:^|[,;\s])wait=([0-9]{1,6})(?:$|[,;\s])/i.exec(
    Array.isArray(prefer) ? prefer.join(',') : (prefer ?? ''),
  );
  return match === null ? undefined : Math.min(Number(match[1]), longestWaitSeconds);
}

async function untilNews(
  engine: ReanaEngine,
  runId: string,
  isNews: () => boolean,
  clock: Clock,
  longestMs: number,
  signal: AbortSignal,
): Promise<void> {
  const heard = new AbortController();
  const forget = engine.onChange((changed) => {
    if (changed === runId && isNews()) heard.abort();
  });
  try {
    await clock.sleep(longestMs, AbortSignal.any([heard.signal, signal]));
  } catch {
    // Something has happened, or nobody listens any more.
  } finally {
    forget();
  }
}
