import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestId } from '../../src/base/names.ts';
import { Secret } from '../../src/base/secret.ts';
import { systemClock } from '../../src/base/system-clock.ts';
import { Engine } from '../../src/engine/engine.ts';
import { openDatabase } from '../../src/engine/store/database.ts';
import { createHttpClient } from '../../src/http/client.ts';
import { pandaServer, type PandaServer } from '../../src/panda/connection.ts';
import { downloadDataset } from '../../src/panda/download.ts';
import * as embedded from '../../src/panda/embedded.ts';
import { commandWorkflow } from '../../src/panda/workflow-commands.ts';
import { placeSandbox } from '../../src/panda/sandbox.ts';
import { requestState } from '../../src/panda/status.ts';
import { putWorkflowRequest, type WorkflowRequestData } from '../../src/panda/submit.ts';
import { taskTemplates } from '../../src/panda/templates.ts';
import { serve, type RunningServer } from '../../src/server/serve.ts';
import { rawTar } from '../archive/raw-tar.ts';
import { sandboxName } from './rig.ts';

// The real engine and the real client of this program, with this server between them.
const workflow = `
cwlVersion: v1.0
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: bottom/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "sh make.sh > seed.txt"}
      opt_args: {default: "--outputs seed.txt --nJobs 2"}
    out: [outDS]
  bottom:
    run: prun
    in:
      opt_inDS: top/outDS
      opt_exec: {default: "cat $(echo %IN | tr , ' ') > all.txt"}
      opt_args: {default: "--outputs all.txt --nFilesPerJob 2 --forceStaged"}
    out: [outDS]
`;

let directory: string;
let server: RunningServer;
let engine: Engine;
let panda: PandaServer;
let closeDatabase: () => void;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-round-trip-'));
  const dataDirectory = join(directory, 'data');
  mkdirSync(dataDirectory);
  const database = openDatabase(join(dataDirectory, 'engine.db'));
  closeDatabase = () => database.close();
  const token = new Secret('round-trip-token-0123456789');
  engine = new Engine({
    database,
    dataDirectory,
    clock: systemClock,
    parallelJobs: 2,
    environment: { PATH: '/usr/bin:/bin' },
    binDirectory: undefined,
    embedded: () => undefined,
    onFatal: (thrown) => {
      throw thrown;
    },
    log: () => undefined,
  });
  server = await serve({
    engine,
    token,
    userName: 'Alice Example',
    nickname: 'alice',
    dataDirectory,
    clock: systemClock,
    version: '0.0.0-test',
    log: () => undefined,
    shutdown: () => undefined,
    pid: process.pid,
  });
  panda = pandaServer({
    http: createHttpClient({ clock: systemClock, userAgent: 'pchain/test', tls: { verify: true } }),
    pandaUrlSsl: `${server.url}/server/panda`,
    authVo: 'wlcg',
    token: () => Promise.resolve(token),
  });
});

afterAll(async () => {
  engine.close();
  await server.close();
  closeDatabase();
  rmSync(directory, { recursive: true, force: true });
});

async function submit(text: string, outDS: string, number: number): Promise<RequestId> {
  const path = join(directory, `sandbox-${number}.tar.gz`);
  const archive = gzipSync(
    rawTar([
      { name: './main.cwl', content: text },
      { name: './make.sh', content: 'echo from the sandbox\n' },
    ]),
  );
  writeFileSync(path, archive);
  const sandbox = {
    path,
    fileName: sandboxName(number),
    sizeBytes: archive.length,
    crc32: archive.readUInt32LE(archive.length - 8),
  };
  const placed = await placeSandbox(panda, sandbox);
  expect(await placeSandbox(panda, sandbox)).toEqual({ ...placed, reused: true });
  const data: WorkflowRequestData = {
    taskParams: taskTemplates({
      outDS,
      vo: undefined,
      prodSourceLabel: undefined,
      workingGroup: undefined,
      official: false,
      commandLine: ['--cwl', 'main.cwl', '--outDS', outDS],
      osInfo: 'Linux',
      sourceUrl: placed.sourceUrl,
      jobSandbox: placed.fileName,
      athena: undefined,
    }),
    sourceURL: placed.sourceUrl,
    sandbox: placed.fileName,
    workflowSpecFile: 'main.cwl',
    workflowInputFile: '',
    language: 'cwl',
    outDS,
    base_platform: 'centos7',
    pchain: { key: `key of ${outDS}`, datasets: {} },
  };
  const checked = await putWorkflowRequest(panda, { data, mode: 'check' });
  expect(checked).toMatchObject({ ok: true, requestId: undefined });
  const sent = await putWorkflowRequest(panda, { data, mode: 'submit' });
  if (sent.requestId === undefined) throw new Error(sent.log);
  expect((await putWorkflowRequest(panda, { data, mode: 'submit' })).requestId).toBe(sent.requestId);
  expect(await embedded.requestByKey(panda, `key of ${outDS}`)).toBe(sent.requestId);
  return sent.requestId;
}

async function followToEnd(id: RequestId, start = 0): Promise<string> {
  let after = start;
  for (;;) {
    const answer = await embedded.requestEvents(panda, id, { after, waitMs: 10_000 });
    if (answer === undefined) throw new Error('the request is gone');
    after = answer.next;
    const last = answer.events.filter((event) => event.type === 'request').at(-1)?.status;
    if (last !== undefined && !['New', 'Transforming', 'Cancelling'].includes(last)) return last;
  }
}

describe('a workflow on the embedded server', () => {
  it('is checked, submitted once, followed to its end, and its output downloaded', async () => {
    const id = await submit(workflow, 'user.alice.trip', 1);
    expect(await followToEnd(id)).toBe('Finished');
    const document = await embedded.requestDocument(panda, id);
    expect(document?.tasks.map((task) => [task.step, task.status, task.jobs.finished])).toEqual([
      ['top', 'done', 2],
      ['bottom', 'done', 1],
    ]);
    const [output, ...others] = document?.datasets.filter((dataset) => dataset.is_output) ?? [];
    expect(others).toEqual([]);
    expect(output).toMatchObject({ name: 'user.alice.trip_001_bottom_all.txt/', closed: true, files: 1 });
    const files = await downloadDataset(panda, output?.name ?? '', join(directory, 'out'));
    expect(files.map((file) => readFileSync(file.path, 'utf8'))).toEqual([
      'from the sandbox\nfrom the sandbox\n',
    ]);
    expect(await requestState(panda, id)).toMatchObject({ status: 'Finished', name: 'user.alice.trip' });
    expect((await embedded.listRequests(panda))[0]?.id).toBe(id);
    expect(await commandWorkflow(panda, id, 'abort')).toEqual({
      done: false,
      message: `request ${id} has ended already: Finished`,
    });
  });

  it('tells why it failed, and is tried again', async () => {
    const broken = workflow.replace('sh make.sh > seed.txt', 'echo no luck today; exit 7');
    const id = await submit(broken, 'user.alice.broken', 2);
    expect(await followToEnd(id)).toBe('Failed');
    const failures = await embedded.requestFailures(panda, id);
    expect(failures?.map((job) => [job.step, job.exit_status])).toEqual([
      ['top', 7],
      ['top', 7],
    ]);
    expect(failures?.[0]?.log_tail.join('\n')).toContain('no luck today');
    const before = (await embedded.requestDocument(panda, id))?.last_event;
    expect(await embedded.retryRequest(panda, id)).toMatchObject({ accepted: true });
    expect(await followToEnd(id, before)).toBe('Failed');
  });

  it('is stopped in the words of iDDS', async () => {
    const slow = workflow.replace('sh make.sh > seed.txt', 'sleep 600');
    const id = await submit(slow, 'user.alice.slow', 3);
    expect(await commandWorkflow(panda, id, 'abort')).toEqual({
      done: true,
      message: 'Command registered successfully',
    });
    expect(await followToEnd(id)).toBe('Cancelled');
    await expect(commandWorkflow(panda, 424242 as RequestId, 'abort')).rejects.toThrow(
      'the server knows no request 424242',
    );
  });

  it('says who it is to the client', async () => {
    expect(await embedded.hello(panda)).toEqual({
      product: 'pchain',
      version: '0.0.0-test',
      reana_server_url: null,
    });
  });
});
