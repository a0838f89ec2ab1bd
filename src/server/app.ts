// The embedded server: one app with PanDA's face, REANA's face and the extension of our own, behind one door.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Clock } from '../base/clock.ts';
import type { Secret } from '../base/secret.ts';
import type { PandaEngine, ReanaEngine } from '../engine/api.ts';
import { judgeJobToken } from '../engine/weather/job-token.ts';
import { Activity } from './activity.ts';
import { faultAnswer, oneLine } from './faults.ts';
import { isReanaPath, pathOf, refusal, tokenOf, type Refusal, type Visit } from './gate.ts';
import type { SignIn } from './sign-in.ts';
import { registerOwn, sendFault } from './own/face.ts';
import { registerIddsHpo } from './panda/idds-hpo.ts';
import { registerPanda } from './panda/face.ts';
import { sendEnvelope, sendPair, sendText, failed } from './panda/outcome.ts';
import { SandboxCache } from './panda/sandbox-cache.ts';
import type { ServerParts } from './parts.ts';
import { bodyLimitBytes } from './request-body.ts';

export interface AppOptions {
  readonly engine: PandaEngine;
  /** Where REANA runs are that jobs offload, for their request's details. */
  readonly reana?: Pick<ReanaEngine, 'runs'> | undefined;
  /** Adds REANA's routes (`/api/…`) to a scope of their own; the door (host, origin, token) is passed by then. */
  readonly registerReana?: ((app: FastifyInstance) => void | Promise<void>) | undefined;
  /** What every request must carry, except the public ones. */
  readonly token: Secret;
  /** Lets ID tokens of an identity provider in as well; `undefined`: only the server's own token. */
  readonly signIn?: SignIn | undefined;
  /** The owner's display name, `Alice Example`. */
  readonly userName: string;
  /** The short name in dataset names, `alice`. */
  readonly nickname: string;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly version: string;
  readonly log: (line: string) => void;
  /** Asks the owner to end the server, because a client said so and nothing needs it. */
  readonly shutdown: () => void;
  /** Who uses the server; given by `serve`, which decides by it. */
  readonly activity?: Activity | undefined;
}

/** The app, ready to listen. Closing it ends long polls first. It must listen on 127.0.0.1 only. */
export function createApp(options: AppOptions): FastifyInstance {
  const closing = new AbortController();
  const activity = options.activity ?? new Activity(options.clock);
  const parts: ServerParts = {
    engine: options.engine,
    reana: options.reana,
    token: options.token,
    userName: options.userName,
    nickname: options.nickname,
    dataDirectory: options.dataDirectory,
    clock: options.clock,
    address: () => `http://127.0.0.1:${portOf(app)}`,
    version: options.version,
    log: (line) => options.log(oneLine(line)),
    shutdown: options.shutdown,
    servesReana: options.registerReana !== undefined,
    cache: new SandboxCache(join(options.dataDirectory, 'cache'), options.clock),
    activity,
    closing: closing.signal,
  };
  const app = Fastify({
    logger: false,
    bodyLimit: bodyLimitBytes,
    // A sandbox of 768 MiB on a slow disk takes minutes; nobody needs longer to say what he wants.
    requestTimeout: 10 * 60 * 1000,
    // Dataset names are long, and percent-encoding makes them longer.
    routerOptions: { maxParamLength: 2048 },
    return503OnClosing: false,
    frameworkErrors: (thrown, request, reply) => {
      // Not only before routes but also before hooks: the door is asked here as well.
      if (isRefused(request, reply, parts)) return;
      const { status, message } = faultAnswer(thrown);
      answerFault(request, reply, status, message);
    },
  });
  watch(app, parts, options.signIn);
  app.addHook('preClose', (done) => {
    closing.abort();
    done();
  });
  app.addHook('onReady', async () => {
    await parts.cache.sweep();
    await rm(join(options.dataDirectory, 'unpacked'), { recursive: true, force: true });
  });
  app.setErrorHandler((thrown, request, reply) => {
    const { status, message, unexpected } = faultAnswer(thrown);
    if (unexpected) parts.log(`error: ${message}`);
    return answerFault(request, reply, status, message);
  });
  app.setNotFoundHandler((request, reply) =>
    answerFault(request, reply, 404, `no such address: ${request.method} ${oneLine(pathOf(request.url))}`),
  );
  void app.register((scope) => registerPanda(scope, parts));
  void app.register((scope, _options, done) => {
    registerIddsHpo(scope, parts);
    done();
  });
  const { signIn } = options;
  if (signIn !== undefined) {
    app.get<{ Params: { file: string } }>('/auth/:file', (request, reply) => {
      const { configuration } = signIn;
      return request.params.file === `${configuration.vo}_auth_config.json`
        ? reply.send(configuration)
        : sendText(reply, 404, 'ERROR : no such virtual organisation');
    });
  }
  void app.register(
    (scope, _options, done) => {
      registerOwn(scope, parts);
      done();
    },
    { prefix: '/pchain/v1' },
  );
  const { registerReana } = options;
  if (registerReana !== undefined) {
    void app.register(async (scope) => {
      await registerReana(scope);
    });
  }
  return app;
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Counts and logs every request, and asks the door before anything of it is read. */
function watch(app: FastifyInstance, parts: ServerParts, signIn: SignIn | undefined): void {
  app.addHook('onRequest', async (request, reply) => {
    const end = parts.activity.beginRequest();
    const startedMs = parts.clock.monotonicMs();
    reply.raw.once('close', () => {
      end();
      const tookMs = Math.round(parts.clock.monotonicMs() - startedMs);
      const answer = reply.raw.writableFinished ? String(reply.statusCode) : 'given up';
      parts.log(`${request.method} ${pathOf(request.url)} ${answer} ${tookMs} ms`);
    });
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');
    await decideAtTheDoor(request, reply, parts, signIn);
    if (reply.sent) await reply;
  });
  // A connection that was kept for the next request would hold up the closing.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (parts.closing.aborted) reply.header('connection', 'close');
    done();
  });
}

/** Answers a request that may not come in. A token that is not the server's own may be one of the identity provider. */
async function decideAtTheDoor(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: ServerParts,
  signIn: SignIn | undefined,
): Promise<void> {
  if (isHeldByWeather(request, reply, parts)) return;
  const visit = visitOf(request);
  const why = refusal(visit, parts.token);
  if (why !== 'bad-token' || signIn === undefined) {
    isRefused(request, reply, parts);
    return;
  }
  const verdict = await signIn.judge(tokenOf(visit) ?? '');
  if (!verdict.ok) sendText(reply, 403, `ERROR : Token authentication failed. ${verdict.why}`);
}

/** A job under weather shows a token of its own: it counts as that of the server, or the weather answers. */
function isHeldByWeather(request: FastifyRequest, reply: FastifyReply, parts: ServerParts): boolean {
  const verdict = judgeJobToken(tokenOf(visitOf(request)) ?? '', parts.token, parts.clock.nowMs());
  if (verdict === 'good') request.headers.authorization = `Bearer ${parts.token.reveal()}`;
  if (verdict === 'unavailable') {
    reply.header('retry-after', '1');
    answerFault(request, reply, 503, 'weather: the server is not available for a while');
    return true;
  }
  if (verdict === 'ended') answerRefusal(request, reply, 'ended-token');
  return verdict === 'ended';
}

function visitOf(request: FastifyRequest): Visit {
  return { headers: request.headers, url: request.raw.url ?? '', port: request.raw.socket.localPort };
}

/** Answers a request that may not come in. */
function isRefused(request: FastifyRequest, reply: FastifyReply, parts: ServerParts): boolean {
  const why = refusal(visitOf(request), parts.token);
  if (why === undefined) return false;
  answerRefusal(request, reply, why);
  return true;
}

const refusals: Readonly<Record<Refusal | 'ended-token', string>> = {
  'ended-token': 'weather: the token has ended',
  host: 'this server answers to 127.0.0.1 and localhost only',
  origin: 'requests of web pages are not accepted here',
  'no-token': 'a token is needed',
  'bad-token': 'the token is not the one of this server',
};

function answerRefusal(request: FastifyRequest, reply: FastifyReply, why: Refusal | 'ended-token'): void {
  const path = pathOf(request.raw.url ?? '');
  const isPanda = path.startsWith('/api/v1/') || path.startsWith('/server/panda/');
  if (why === 'no-token' && isPanda) {
    // PanDA's words for "I do not know you", which its clients print.
    const outcome = failed('SSL secure connection is required');
    if (path.startsWith('/api/v1/')) sendEnvelope(reply, outcome);
    else sendPair(reply, outcome);
    return;
  }
  if (isPanda && (why === 'bad-token' || why === 'ended-token')) {
    sendText(reply, 403, `ERROR : Token authentication failed. Invalid token. ${refusals[why]}`);
    return;
  }
  const status = why === 'no-token' ? 401 : 403;
  if (isReanaPath(path)) {
    const message =
      why === 'no-token' ? 'User not signed in.' : why === 'bad-token' ? 'Token not valid.' : refusals[why];
    reply.code(status).send({ message });
    return;
  }
  answerFault(request, reply, status, refusals[why]);
}

/** The form of a fault depends on who asks: PanDA's clients print text, the others read JSON. */
function answerFault(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  message: string,
): FastifyReply {
  const path = pathOf(request.raw.url ?? '');
  if (path.startsWith('/pchain/')) return sendFault(reply, status, message);
  if (isReanaPath(path)) return reply.code(status).send({ message });
  return sendText(reply, status, `ERROR : ${message}`);
}
