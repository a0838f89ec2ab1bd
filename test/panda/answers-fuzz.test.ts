// Whatever a server answers, our client gives an error that it knows, in one line, or a value that it can use; it never breaks.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PchainError } from '../../src/base/errors.ts';
import { jobId, requestId, taskId } from '../../src/base/names.ts';
import type { PandaServer } from '../../src/panda/connection.ts';
import { failedJobs } from '../../src/panda/job-failures.ts';
import { placeSandbox } from '../../src/panda/sandbox.ts';
import { readPandaSecrets } from '../../src/panda/secrets.ts';
import { requestState } from '../../src/panda/status.ts';
import { putWorkflowRequest } from '../../src/panda/submit.ts';
import {
  jobMetadata,
  recoverLostFiles,
  reloadInput,
  setDebugMode,
  submitTask,
} from '../../src/panda/task-extras.ts';
import { outputDatasets } from '../../src/panda/task-outputs.ts';
import { commandTask, findTasks, retryTask } from '../../src/panda/tasks.ts';
import { commandWorkflow } from '../../src/panda/workflow-commands.ts';
import { pandaServer } from '../../src/panda/connection.ts';
import type { HttpAnswer } from '../../src/http/request.ts';
import type { HttpClient } from '../../src/http/client.ts';

const task = taskId(40_000_001);
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
  putWorkflowRequest: (server) =>
    putWorkflowRequest(server, {
      mode: 'check',
      data: {
        taskParams: { container: {} },
        sourceURL: '',
        sandbox: 'x',
        workflowSpecFile: 'w.cwl',
        workflowInputFile: '',
        language: 'cwl',
        outDS: 'user.alice.x',
        base_platform: 'centos7',
      },
    }),
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
      { numRuns: 120 },
    );
  });
});
