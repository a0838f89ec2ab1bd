// Whatever a server answers, our client gives an error that it knows, in one line, or a value that it can use; it never breaks.
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PchainError } from '../../src/base/errors.ts';
import { jobId, requestId, taskId } from '../../src/base/names.ts';
import type { PandaServer } from '../../src/panda/connection.ts';
import { failedJobs, taskJobs } from '../../src/panda/job-failures.ts';
import { placeSandbox } from '../../src/panda/sandbox.ts';
import {
  deleteAllPandaSecrets,
  deletePandaSecret,
  readPandaSecrets,
  setPandaSecret,
} from '../../src/panda/secrets.ts';
import { signInConfig } from '../../src/panda/sign-in-config.ts';
import { nativeWorkflow } from '../../src/panda/native-workflow.ts';
import {
  datasetFiles,
  hello,
  jobLog,
  listRequests,
  requestByKey,
  requestDocument,
  whyRerun,
  requestEvents,
  requestFailures,
  requestIterations,
  retryRequest,
  shutdownIfIdle,
  taskSearch,
} from '../../src/panda/embedded.ts';
import { Secret } from '../../src/base/secret.ts';
import { requestsNamed, requestState } from '../../src/panda/status.ts';
import {
  putWorkflowRequest,
  submitNativeWorkflow,
  type WorkflowRequestData,
} from '../../src/panda/submit.ts';
import {
  isAlive,
  jobMetadata,
  recoverLostFiles,
  reloadInput,
  setDebugMode,
  submitTask,
} from '../../src/panda/task-extras.ts';
import { outputDatasets } from '../../src/panda/task-outputs.ts';
import { commandTask, findTask, findTaskRecords, findTasks, retryTask } from '../../src/panda/tasks.ts';
import { commandWorkflow, workflowStatus } from '../../src/panda/workflow-commands.ts';
import { pandaServer } from '../../src/panda/connection.ts';
import type { HttpAnswer } from '../../src/http/request.ts';
import type { HttpClient } from '../../src/http/client.ts';

const task = taskId(40_000_001);
const workflowData: WorkflowRequestData = {
  taskParams: { container: {} },
  sourceURL: '',
  sandbox: 'x',
  workflowSpecFile: 'w.cwl',
  workflowInputFile: '',
  language: 'cwl',
  outDS: 'user.alice.x',
  base_platform: 'centos7',
};
const calls: Readonly<Record<string, (server: PandaServer) => Promise<unknown>>> = {
  findTasks: (server) => findTasks(server, {}),
  commandTask: (server) => commandTask(server, task, 'kill'),
  retryTask: (server) => retryTask(server, task, {}),
  commandWorkflow: (server) => commandWorkflow(server, requestId(7), 'abort'),
  requestState: (server) => requestState(server, requestId(7)),
  failedJobs: (server) => failedJobs(server, task),
  outputDatasets: (server) => outputDatasets(server, task),
  reloadInput: (server) => reloadInput(server, task),
  recoverLostFiles: (server) => recoverLostFiles(server, task, true),
  jobMetadata: (server) => jobMetadata(server, task),
  setDebugMode: (server) => setDebugMode(server, jobId(6_000_000_001), true),
  submitTask: (server) => submitTask(server, {}),
  readPandaSecrets: (server) => readPandaSecrets(server),
  putWorkflowRequest: (server) => putWorkflowRequest(server, { mode: 'check', data: workflowData }),
  taskJobs: (server) => taskJobs(server, task),
  findTask: (server) => findTask(server, task),
  findTaskRecords: (server) => findTaskRecords(server, {}),
  requestsNamed: (server) => requestsNamed(server, ['user.alice.x']),
  workflowStatus: (server) => workflowStatus(server, requestId(7)),
  nativeWorkflow: (server) => nativeWorkflow(server, 7),
  submitNativeWorkflow: (server) => submitNativeWorkflow(server, workflowData),
  setPandaSecret: (server) => setPandaSecret(server, { name: 'K', kind: 'value' }, new Secret('v')),
  deletePandaSecret: (server) => deletePandaSecret(server, { name: 'K', kind: 'value' }),
  deleteAllPandaSecrets: (server) => deleteAllPandaSecrets(server),
  isAlive: (server) => isAlive(server),
  signInConfig: (server) => signInConfig(server.http, server.origin, 'wlcg', undefined),
  hello: (server) => hello(server),
  listRequests: (server) => listRequests(server),
  requestByKey: (server) => requestByKey(server, 'key'),
  requestDocument: (server) => requestDocument(server, requestId(7)),
  whyRerun: (server) => whyRerun(server, requestId(7), 'fit', new AbortController().signal),
  requestEvents: (server) => requestEvents(server, requestId(7), { after: 0, waitMs: 0 }),
  requestFailures: (server) => requestFailures(server, requestId(7)),
  requestIterations: (server) => requestIterations(server, requestId(7)),
  retryRequest: (server) => retryRequest(server, requestId(7)),
  taskSearch: (server) => taskSearch(server, task),
  datasetFiles: (server) => datasetFiles(server, 'user.alice.x'),
  jobLog: (server) => jobLog(server, jobId(6_000_000_001), 5),
  shutdownIfIdle: (server) => shutdownIfIdle(server),
  placeSandbox: (server) =>
    placeSandbox(server, { path: import.meta.filename, fileName: 'jobO.x.tar.gz', sizeBytes: 1, crc32: 1 }),
};

/** A server that gives this body to every request. */
function answering(body: string): PandaServer {
  const http = {
    request: (): Promise<HttpAnswer> =>
      Promise.resolve({
        status: 200,
        headers: {},
        body: Buffer.from(body),
        name: 'GET http://HOST/x',
        saved: undefined,
      }),
  } as unknown as HttpClient;
  return pandaServer({
    http,
    pandaUrlSsl: 'http://127.0.0.1:1/server/panda',
    authVo: undefined,
    token: () => Promise.resolve(undefined),
  });
}

const value = fc.anything({ maxDepth: 3 });
const nasty = fc.oneof(
  fc.constantFrom(
    '{"success": true, "message": "", "data": ""}',
    '{"success": true, "message": "", "data": "{"}',
    '',
    '{',
    '[true',
    '<html>',
    'null',
    '[]',
    '{}',
    '0',
    '"x"',
    '\u001b[2J',
    '[true, "\u001b[31m"]',
    "{'success': True}",
    '1'.repeat(5000),
  ),
  fc
    .record({ success: fc.oneof(fc.boolean(), value), message: fc.oneof(fc.string(), value), data: value })
    .map((one) => json(one)),
  fc.tuple(fc.oneof(fc.boolean(), value), value).map((one) => json(one)),
  fc
    .record({
      success: fc.constant(true),
      message: fc.constantFrom('', 'FOUND:h:f', 'FOUND:../x:/etc/passwd', 'NOTFOUND'),
      data: fc.array(
        fc.dictionary(
          fc.constantFrom(
            'jediTaskID',
            'taskName',
            'status',
            'nFiles',
            'errorDialog',
            'PandaID',
            'pilotErrorCode',
            'creationDate',
            'reqID',
            'jobStatus',
          ),
          value,
        ),
        { maxLength: 3 },
      ),
    })
    .map((one) => json(one)),
);

function json(one: unknown): string {
  // In a list, because a value that JSON does not have becomes null there.
  const list = JSON.stringify([one], (_key, inside: unknown) =>
    typeof inside === 'bigint' ? Number(inside) : inside,
  );
  return list.slice(1, -1);
}

it('of every call is looked at', async () => {
  // Every function that asks a server is in the list above, or leads to one that is.
  const others = [
    'send',
    'v1Get',
    'v1Post',
    'legacyPost',
    'legacyForm',
    'askEither',
    'uploadCacheFile',
    'validateCacheFile',
  ];
  const elsewhere = ['downloadDataset', 'replayIteration', 'datasetFileUrl'];
  const found: string[] = [];
  for (const file of readdirSync(join(import.meta.dirname, '../../src/panda'))) {
    const text = await readFile(join(import.meta.dirname, '../../src/panda', file), 'utf8');
    for (const [, name] of text.matchAll(
      /^export (?:async )?function (\w+)(?:<[^(]*>)?\(\s*(?:server|http)\b/gm,
    ))
      found.push(name ?? '');
  }
  expect(found.filter((name) => !(name in calls) && ![...others, ...elsewhere].includes(name))).toEqual([]);
  expect(found.length).toBeGreaterThan(30);
});

describe('an answer', () => {
  it.each(Object.keys(calls))('of any form to %s is understood or refused', async (name) => {
    await fc.assert(
      fc.asyncProperty(nasty, async (body) => {
        try {
          await calls[name]?.(answering(body));
        } catch (thrown) {
          expect(thrown, body).toBeInstanceOf(PchainError);
          expect((thrown as Error).message, body).not.toMatch(/\n/);
        }
      }),
      { numRuns: 80 },
    );
  });
});
