// PanDA's protocol: API v1 (`/api/v1/<module>/<method>`), the legacy calls (`/server/panda/<method>`) and the
// sandbox cache. Both spell the same operations; both answer with text/plain.
import multipart from '@fastify/multipart';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { faultAnswer } from '../faults.ts';
import type { ServerParts } from '../parts.ts';
import { bodyLimitBytes, readFields, type Fields } from '../request-body.ts';
import { credsMethods } from './creds.ts';
import { fileServerMethods, sendSandbox } from './file-server.ts';
import { executeWorkflowCommand, iddsMethods, relayCommand } from './idds.ts';
import type { Method } from './method.ts';
import { failed, sendEnvelope, sendPair, sendText, type Outcome } from './outcome.ts';
import { jobMethods } from './jobs.ts';
import { systemMethods } from './system.ts';
import { taskMethods } from './tasks.ts';
import { handleWorkflowRequest, modeOf } from './workflow-request.ts';
import { workflowMethods } from './workflow.ts';

/** Every method of API v1, by its module: `/api/v1/<module>/<method>`. */
export const methodsOfV1: Readonly<Record<string, Readonly<Record<string, Method>>>> = {
  creds: credsMethods,
  file_server: fileServerMethods,
  idds: iddsMethods,
  job: jobMethods,
  system: systemMethods,
  task: taskMethods,
  workflow: workflowMethods,
};

type LegacyCall = (fields: Fields, parts: ServerParts) => Outcome | Promise<Outcome>;

const legacyCalls: Readonly<Record<string, LegacyCall>> = {
  put_workflow_request: putWorkflowRequest,
  execute_idds_workflow_command: (fields, parts) =>
    withCommand(fields, (command) => executeWorkflowCommand(command, fields.kwargs, parts)),
  relay_idds_command: (fields, parts) =>
    withCommand(fields, (command) => relayCommand(command, fields.args, fields.kwargs, parts)),
};

/** Every legacy method: `/server/panda/<method>`. */
export const legacyMethods: readonly string[] = Object.keys(legacyCalls);

/** Adds PanDA's routes to a scope of their own: its bodies are read differently from all others. */
export async function registerPanda(app: FastifyInstance, parts: ServerParts): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(multipart, { throwFileSizeLimit: false });
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyLimitBytes }, (_request, body, done) =>
    done(null, body),
  );
  app.setErrorHandler<FastifyError>((thrown, _request, reply) => {
    const { status, message, unexpected } = faultAnswer(thrown);
    if (unexpected) parts.log(`error: ${message}`);
    return sendText(reply, status, `ERROR : ${message}`);
  });
  app.route<{ Params: { module: string; method: string } }>({
    method: ['GET', 'POST'],
    url: '/api/v1/:module/:method',
    exposeHeadRoute: false,
    handler: (request, reply) => answerV1(request, reply, parts),
  });
  app.route<{ Params: { method: string } }>({
    method: ['GET', 'POST'],
    url: '/server/panda/:method',
    exposeHeadRoute: false,
    handler: (request, reply) => answerLegacy(request, reply, parts),
  });
  app.get<{ Params: { name: string } }>('/cache/:name', (request, reply) =>
    sendSandbox(request.params.name, reply, parts),
  );
  app.get<{ Params: { name: string } }>('/cache/jedilog/:name', async (request, reply) => {
    const log = await parts.cache.readLog(request.params.name);
    return log === undefined ? sendText(reply, 404, 'ERROR : no such file') : sendText(reply, 200, log);
  });
}

type WithMethod = FastifyRequest<{ Params: { module?: string; method: string } }>;

async function answerV1(request: WithMethod, reply: FastifyReply, parts: ServerParts): Promise<FastifyReply> {
  const found = lookUp(lookUp(methodsOfV1, request.params.module ?? ''), request.params.method);
  if (found === undefined) return forbidden(request.params.method, reply);
  if (found.verb !== request.method) {
    return sendEnvelope(reply, failed(`expecting ${found.verb}, received ${request.method}`));
  }
  return sendEnvelope(reply, await found.answer(request, parts));
}

async function answerLegacy(
  request: WithMethod,
  reply: FastifyReply,
  parts: ServerParts,
): Promise<FastifyReply> {
  const found = lookUp(legacyCalls, request.params.method);
  if (found === undefined) return forbidden(request.params.method, reply);
  const fields = await readFields(request.body, request.headers['content-type'], 'form');
  return sendPair(reply, await found(fields, parts));
}

function lookUp<Value>(table: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

function forbidden(method: string, reply: FastifyReply): FastifyReply {
  const name = method.length > 80 ? `${method.slice(0, 80)}…` : method.replace(/\p{Cc}/gu, '?');
  return sendText(reply, 403, `ERROR : method ${name} is forbidden`);
}

function putWorkflowRequest(fields: Fields, parts: ServerParts): Outcome | Promise<Outcome> {
  if (typeof fields.data !== 'string') return failed("Argument error: missing a required argument: 'data'");
  return handleWorkflowRequest(fields.data, modeOf(isSaid(fields.check), isSaid(fields.sync)), parts);
}

function withCommand(fields: Fields, run: (command: string) => Outcome): Outcome {
  const command = fields.command_name;
  if (typeof command !== 'string')
    return failed("Argument error: missing a required argument: 'command_name'");
  return run(command);
}

/** Forms carry truth as text. PanDA takes every text for true, `False` included; that is not what anybody means. */
function isSaid(value: unknown): boolean {
  if (typeof value === 'string')
    return !['', '0', 'false', 'none', 'no'].includes(value.trim().toLowerCase());
  return value === true || value === 1;
}
