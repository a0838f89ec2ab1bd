// The embedded REANA as a REANA 0.9 server: what reana-client 0.9 and pchain's own client ask for.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import { messageOf, PchainError } from '../../base/errors.ts';
import { redact } from '../../base/secret.ts';
import type { ReanaEngine } from '../../engine/api.ts';
import { registerFileRoutes } from './file-routes.ts';
import { single } from './query.ts';
import type { Query } from './query.ts';
import { registerRunRoutes } from './run-routes.ts';
import { registerSecretRoutes } from './secret-routes.ts';
import { WireError } from './wire-error.ts';

export interface ReanaFaceOptions {
  readonly engine: ReanaEngine;
  readonly clock: Clock;
  /** A fresh identifier that may be part of a file name. */
  readonly newId: () => string;
  /** Who a token belongs to; `undefined`: nobody. */
  readonly authorise: (token: string) => { readonly user: string } | undefined;
}

/** The generation of the protocol that is spoken here, in the words of its servers. */
const protocolVersion = '0.9.4';

/** Adds the routes below `/api/` that REANA has. A token may come as `access_token` in the query or as
 *  `Authorization: Bearer`. Body parsers and error answers stay inside and do not touch other routes of `app`. */
export function registerReanaFace(app: FastifyInstance, options: ReanaFaceOptions): void {
  void app.register((scope, _, done) => {
    streamUploads(scope);
    scope.setErrorHandler(async (error, _request, reply) => {
      const { status, message } = errorAnswer(error);
      await reply.code(status).send({ message: redact(message) });
    });

    scope.get('/api/ping', () => ({ message: 'OK', status: '200' }));

    void scope.register((guarded, _options, guardedDone) => {
      guarded.addHook('onRequest', (request, _reply, next) => {
        userOf(request, options);
        next();
      });
      guarded.get('/api/you', (request) => youAnswer(userOf(request, options)));
      guarded.get('/api/info', () => infoAnswer());
      registerRunRoutes(guarded, options.engine);
      registerFileRoutes(guarded, options);
      registerSecretRoutes(guarded, options.engine);
      guardedDone();
    });
    done();
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

function youAnswer(user: string): object {
  const nothing = { usage: { raw: 0, human_readable: '0' } };
  return {
    email: `${user}@localhost`,
    full_name: user,
    username: user,
    reana_server_version: protocolVersion,
    reana_token: { value: '', status: 'active', requested_at: 'Thu, 01 Jan 1970 00:00:00 GMT' },
    quota: { cpu: nothing, disk: nothing },
  };
}

function infoAnswer(): object {
  const row = (title: string, value: unknown): object => ({ title, value });
  return {
    workspaces_available: row('List of available workspaces', ['/var/reana']),
    default_workspace: row('Default workspace', '/var/reana'),
    // Back ends are accepted by their names, so that a specification for a cluster runs unchanged; all of them mean this machine.
    compute_backends: row('List of supported compute backends', [
      'kubernetes',
      'htcondorcern',
      'slurmcern',
      'compute4punch',
    ]),
    default_kubernetes_memory_limit: row('Default memory limit for Kubernetes jobs', null),
    kubernetes_max_memory_limit: row('Maximum allowed memory limit for Kubernetes jobs', null),
    maximum_workspace_retention_period: row('Maximum retention period in days for workspace files', null),
    // These two must be texts: REANA's client refuses the whole answer otherwise.
    default_kubernetes_jobs_timeout: row('Default timeout for Kubernetes jobs', 'none'),
    maximum_kubernetes_jobs_timeout: row('Maximum timeout for Kubernetes jobs', 'none'),
    maximum_interactive_session_inactivity_period: row(
      'Maximum inactivity period in days before automatic closure of interactive sessions',
      null,
    ),
  };
}

function errorAnswer(error: unknown): { readonly status: number; readonly message: string } {
  if (error instanceof WireError) return { status: error.statusCode, message: error.message };
  if (error instanceof PchainError)
    return { status: error.exitCode === 2 ? 400 : 500, message: error.message };
  const status = (error as { statusCode?: unknown }).statusCode;
  // The framework's own refusals: REANA answers 400 where a body has the wrong type or form.
  if (typeof status === 'number' && status < 500) {
    return { status: status === 413 ? 413 : 400, message: messageOf(error) };
  }
  return { status: 500, message: `Internal server error: ${messageOf(error)}` };
}
