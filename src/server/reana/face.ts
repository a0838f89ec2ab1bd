// The embedded REANA as a REANA 0.9 server: what reana-client 0.9 and pchain's own client ask for.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import { messageOf, PchainError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { redact } from '../../base/secret.ts';
import type { ReanaEngine } from '../../engine/api.ts';
import { parsePythonJson } from '../../reanaspec/python-json.ts';
import { infoAnswer, youAnswer } from './about.ts';
import { registerDiffRoute } from './diff.ts';
import { registerFileRoutes } from './file-routes.ts';
import { rateLimit, tooManyRequests } from './limits.ts';
import type { ReanaLimits } from './limits.ts';
import { single } from './query.ts';
import type { Query } from './query.ts';
import { registerRunRoutes } from './run-routes.ts';
import { registerSecretRoutes } from './secret-routes.ts';
import { registerStartRoutes } from './start-routes.ts';
import { registerStatusRoute } from './status-route.ts';
import { registerWorkspaceRoutes } from './workspace-routes.ts';
import { WireError } from './wire-error.ts';

export interface ReanaFaceOptions {
  readonly engine: ReanaEngine;
  readonly clock: Clock;
  /** A fresh identifier that may be part of a file name. */
  readonly newId: () => string;
  /** Who a token belongs to; `undefined`: nobody. */
  readonly authorise: (token: string) => { readonly user: string } | undefined;
  /** None without it. */
  readonly limits?: ReanaLimits | undefined;
}

/** Adds the routes below `/api/` that REANA has. A token may come as `access_token` in the query or as
 *  `Authorization: Bearer`. Body parsers and error answers stay inside and do not touch other routes of `app`. */
export function registerReanaFace(app: FastifyInstance, options: ReanaFaceOptions): void {
  const { engine, clock, limits = {} } = options;
  void app.register((scope, _, done) => {
    limitRate(scope, limits, clock);
    scope.setErrorHandler(async (error, _request, reply) => {
      const { status, message } = errorAnswer(error);
      await reply.code(status).send({ message: redact(message) });
    });

    scope.get('/api/ping', () => ({ message: 'OK', status: '200', api_capabilities: capabilities }));

    void scope.register((guarded, _options, guardedDone) => {
      guarded.addHook('onRequest', (request, _reply, next) => {
        userOf(request, options);
        next();
      });
      keepFloats(guarded);
      guarded.get('/api/you', (request) => youAnswer(userOf(request, options), limits, engine.usage()));
      guarded.get('/api/info', () => infoAnswer());
      registerRunRoutes(guarded, { engine, limits });
      registerStartRoutes(guarded, { engine, limits });
      registerStatusRoute(guarded, { engine, clock });
      // Only here: a route that expects JSON must never meet a stream.
      void guarded.register((files, _filesOptions, filesDone) => {
        streamUploads(files);
        registerFileRoutes(files, { ...options, limits });
        filesDone();
      });
      registerWorkspaceRoutes(guarded, engine);
      registerDiffRoute(guarded, engine);
      registerSecretRoutes(guarded, engine);
      guardedDone();
    });
    done();
  });
}

/** None of REANA's own: clients of 0.95 find that this is no server for them. */
const capabilities = ['pchain-workflow-files-v1'];

function limitRate(scope: FastifyInstance, limits: ReanaLimits, clock: Clock): void {
  const { requestsPerSecond } = limits;
  if (requestsPerSecond === undefined) return;
  const take = rateLimit(requestsPerSecond, clock);
  scope.addHook('onRequest', async (request, reply) => {
    const { allowed, headers } = take(`${request.headers['user-agent'] ?? ''} ${request.ip}`);
    reply.headers(headers);
    if (!allowed) throw new WireError(429, tooManyRequests(requestsPerSecond));
    return Promise.resolve();
  });
}

/** What a client sends as `1.0` is to stand so in commands. */
function keepFloats(scope: FastifyInstance): void {
  const standard = scope.getDefaultJsonParser('error', 'error');
  scope.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    void standard(request, text, (error, value: unknown) =>
      done(error, error === null ? parsePythonJson(text) : value),
    );
  });
}

// Files go from the socket to the disk; no other body is expected to be large.
function streamUploads(scope: FastifyInstance): void {
  const type = 'application/octet-stream';
  if (scope.hasContentTypeParser(type)) scope.removeContentTypeParser(type);
  scope.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
}

function userOf(request: FastifyRequest, options: ReanaFaceOptions): string {
  const header = request.headers.authorization;
  const bearer = header === undefined ? undefined : /^Bearer +(\S+)$/i.exec(header)?.[1];
  const token = bearer ?? single(request.query as Query, 'access_token');
  if (token === undefined || token === '') throw new WireError(401, 'User not signed in.');
  const found = options.authorise(token);
  if (found === undefined) throw new WireError(403, 'Token not valid.');
  return found.user;
}

/** For faults of what was sent; everything else is a fault of this machine. */
const statuses: ReadonlyMap<ExitCode, number> = new Map([
  [ExitCode.usage, 400],
  [ExitCode.findings, 400],
  [ExitCode.unsupported, 501],
]);

function errorAnswer(error: unknown): { readonly status: number; readonly message: string } {
  if (error instanceof WireError) return { status: error.statusCode, message: error.message };
  if (error instanceof PchainError)
    return { status: statuses.get(error.exitCode) ?? 500, message: error.message };
  const status = (error as { statusCode?: unknown }).statusCode;
  // The framework's own refusals: REANA answers 400 where a body has the wrong type or form.
  if (typeof status === 'number' && status < 500) {
    return { status: status === 413 ? 413 : 400, message: messageOf(error) };
  }
  return { status: 500, message: `Internal server error: ${messageOf(error)}` };
}
