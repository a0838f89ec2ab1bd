import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { format, resolveConfig } from 'prettier';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { jobId, requestId } from '../../src/base/names.ts';
import { downloadDataset, type DownloadProgress } from '../../src/panda/download.ts';
import { embeddedShapes, type FileAnswer, type RequestDocument } from '../../src/panda/embedded-answers.ts';
import {
  datasetFiles,
  hello,
  jobLog,
  listRequests,
  requestByKey,
  requestDocument,
  requestEvents,
  requestFailures,
  retryRequest,
  shutdownIfIdle,
} from '../../src/panda/embedded.ts';
import type { Reply, ScriptedServer, Step } from '../rigs/server.ts';
import { pandaRig, rejection, testHttp, type PandaRig } from './panda-rig.ts';

let rig: PandaRig;
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pchain-embedded-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
  await rig.finish();
});

const step = (method: string, path: string, reply: Reply, check?: Step['check']): Step => ({
  method,
  path: `/pchain/v1/${path}`,
  reply,
  check(seen) {
    if (path !== 'hello') expect(seen.headers['authorization']).toBe('Bearer test-token-of-alice');
    check?.(seen);
  },
});
const seven = requestId(7);

const summary = { id: 7, name: 'user.alice.x', status: 'Finished', created_ms: 1, ended_ms: 2, error: null };
const document: RequestDocument = {
  request: summary,
  tasks: [
    {
      id: 1,
      step_id: 0,
      step: 'top',
      type: 'prun',
      name: 'user.alice.x_000_top',
      status: 'done',
      skipped: false,
      jobs: { total: null, running: 0, finished: 3, failed: 0 },
      started_ms: 1,
      ended_ms: null,
      error: null,
    },
  ],
  datasets: [
    { name: 'user.alice.x_000_top_ö/', task_id: 1, closed: true, files: 2, size_bytes: 9, is_output: true },
  ],
  runs: [
    {
      id: 'u',
      name: 'r',
      run_number: '1.1',
      status: 'running',
      steps_total: 2,
      steps_finished: 1,
      current_step: null,
      job_id: 5,
      task_id: 1,
    },
  ],
  last_event: 12,
};

describe('the embedded server', () => {
  it('is known by its hello, which is asked for without a token', async () => {
    const greeting = { product: 'pchain', version: '0.1.0', reana_server_url: null };
    rig = await pandaRig([
      step('GET', 'hello', { json: greeting }, (seen) =>
        expect(seen.headers['authorization']).toBeUndefined(),
      ),
      step('GET', 'hello', { status: 404, body: 'nothing here' }),
      step('GET', 'hello', { body: '<html>welcome</html>' }),
      step('GET', 'hello', { json: { product: 'other' } }),
    ]);
    expect(await hello(rig.panda)).toEqual(greeting);
    expect(await hello(rig.panda)).toBeUndefined();
    expect(await hello(rig.panda)).toBeUndefined();
    expect(await hello(rig.panda)).toBeUndefined();
  });

  it('finds a request by its key, and says when there is none', async () => {
    rig = await pandaRig([
      step('GET', 'requests/by-key/k%2F1', { json: { request_id: 7 } }),
      step('GET', 'requests/by-key/k', { status: 404 }),
    ]);
    expect(await requestByKey(rig.panda, 'k/1')).toBe(7);
    expect(await requestByKey(rig.panda, 'k')).toBeUndefined();
  });

  it('describes a request, and drops what a later version adds', async () => {
    rig = await pandaRig([
      step('GET', 'requests/7', { json: { ...document, weather: 'fine' } }),
      step('GET', 'requests/7', { status: 404 }),
      step('GET', 'requests', { json: { requests: [summary] } }),
      step('GET', 'requests/7', { json: { ...document, tasks: [{}] } }),
    ]);
    expect(await requestDocument(rig.panda, seven)).toEqual(document);
    expect(await requestDocument(rig.panda, seven)).toBeUndefined();
    expect(await listRequests(rig.panda)).toEqual([summary]);
    expect((await rejection(requestDocument(rig.panda, seven))).message).toContain('tasks.0.id: expected');
  });

  it('tells what happened since, and asks again after a lost answer', async () => {
    const events = {
      events: [{ seq: 4, at_ms: 9, type: 'task', status: 'done', request_id: 7, task_id: 1 }],
      next: 4,
    };
    const query: Step['check'] = (seen) => expect(seen.query.toString()).toBe('after=3&wait_ms=2000');
    rig = await pandaRig([
      step('GET', 'requests/7/events', { reset: 'at once' }, query),
      step('GET', 'requests/7/events', { json: events }, query),
    ]);
    expect(await requestEvents(rig.panda, seven, { after: 3, waitMs: 2000 })).toEqual(events);
    expect(rig.lines).toHaveLength(1);
  });

  it('shows failed jobs and their logs', async () => {
    const job = {
      job_id: 5,
      task_id: 1,
      step: 'top',
      serial: 1,
      attempt: 2,
      command: 'false',
      exit_status: 1,
      error: 'it failed',
      log_tail: ['a', 'b'],
      directory: '/x',
      started_ms: 1,
      ended_ms: 2,
    };
    rig = await pandaRig([
      step('GET', 'requests/7/failures', { json: { jobs: [job] } }),
      step('GET', 'jobs/5/log', { body: 'one\ntwo\nthree\n' }, (seen) =>
        expect(seen.query.get('tail')).toBe('2'),
      ),
      step('GET', 'jobs/6/log', { status: 404 }),
    ]);
    expect(await requestFailures(rig.panda, seven)).toEqual([job]);
    expect(await jobLog(rig.panda, jobId(5), 2)).toEqual(['two', 'three']);
    expect(await jobLog(rig.panda, jobId(6), 2)).toBeUndefined();
  });

  it('takes commands', async () => {
    const accepted = { accepted: true, message: 'retrying 2 jobs' };
    rig = await pandaRig([
      step('POST', 'requests/7/retry', { json: accepted }, (seen) => expect(seen.body.toString()).toBe('{}')),
      step('POST', 'shutdown-if-idle', { json: { stopping: true } }),
    ]);
    expect(await retryRequest(rig.panda, seven)).toEqual(accepted);
    expect(await shutdownIfIdle(rig.panda)).toBe(true);
  });
});

describe('a dataset', () => {
  const dataset = 'user.alice.x_000_top_ö/';
  const path = `datasets/${encodeURIComponent(dataset)}/files`;
  const contents: Record<string, Buffer> = {
    'a.txt': Buffer.from('alpha'),
    'ü b.root': Buffer.alloc(50_000, 3),
    empty: Buffer.alloc(0),
  };
  const fileOf = (name: string, bytes = contents[name] ?? Buffer.alloc(0)): FileAnswer => ({
    name,
    size_bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
  const listing = (files: readonly FileAnswer[]): Step => step('GET', path, { json: { files } });
  const bytes = (name: string, reply: Reply = { body: contents[name] ?? '' }): Step =>
    step('GET', `${path}/${encodeURIComponent(name)}`, reply);
  const any = async (...steps: Step[]): Promise<PandaRig> => {
    const { scriptedServer } = await import('../rigs/server.ts');
    const main: ScriptedServer = await scriptedServer(steps, { order: 'any' });
    const base = await pandaRig([]);
    const panda = { ...base.panda, http: testHttp(), origin: main.origin };
    return {
      ...base,
      panda,
      main,
      finish: () => Promise.all([main.finish(), base.finish()]).then(() => undefined),
    };
  };
  const all = Object.keys(contents);

  it('is fetched whole, and a second time only what is missing', async () => {
    const files = all.map((name) => fileOf(name));
    rig = await any(listing(files), ...all.map((name) => bytes(name)), listing(files), bytes('a.txt'));
    const seen: DownloadProgress[] = [];
    const done = await downloadDataset(rig.panda, dataset, join(directory, 'out'), {
      parallel: 2,
      onProgress: (progress) => seen.push(progress),
    });
    expect(done.map(({ name, sizeBytes, reused }) => [name, sizeBytes, reused])).toEqual([
      ['a.txt', 5, false],
      ['empty', 0, false],
      ['ü b.root', 50_000, false],
    ]);
    expect(await readFile(join(directory, 'out', 'ü b.root'))).toEqual(contents['ü b.root']);
    expect(seen.at(-1)).toEqual({ filesDone: 3, filesTotal: 3, bytesDone: 50_005, bytesTotal: 50_005 });

    await writeFile(join(directory, 'out', 'a.txt'), 'ALPHA');
    const again = await downloadDataset(rig.panda, dataset, join(directory, 'out'));
    expect(again.map(({ name, reused }) => [name, reused])).toEqual([
      ['a.txt', false],
      ['empty', true],
      ['ü b.root', true],
    ]);
    expect((await readdir(join(directory, 'out'))).sort()).toEqual(['a.txt', 'empty', 'ü b.root']);
  });

  it('that is empty or unknown is not an accident', async () => {
    rig = await any(listing([]), step('GET', path, { status: 404 }), step('GET', path, { status: 404 }));
    expect(await downloadDataset(rig.panda, dataset, directory)).toEqual([]);
    expect(await datasetFiles(rig.panda, dataset)).toBeUndefined();
    expect((await rejection(downloadDataset(rig.panda, dataset, directory))).message).toBe(
      `the server has no dataset \`${dataset}\``,
    );
  });

  it('with a damaged file gives the reason of the first failure, and no such file', async () => {
    const files = [fileOf('a.txt'), fileOf('ü b.root')];
    const wrong: Reply = { body: 'alphA' };
    rig = await any(listing(files), ...Array.from({ length: 4 }, () => bytes('a.txt', wrong)));
    const thrown = await rejection(downloadDataset(rig.panda, dataset, directory, { parallel: 1 }));
    expect(thrown.message).toContain('do not have the promised checksum');
    expect(existsSync(join(directory, 'a.txt'))).toBe(false);
  });

  it.each(['../x', '/etc/passwd', 'a/b', 'a\\b', '..', '.', '', 'a\u0000b', 'a\nb'])(
    'with a file called %j is not fetched',
    async (name) => {
      rig = await any(listing([fileOf('a.txt'), fileOf(name)]));
      expect((await rejection(downloadDataset(rig.panda, dataset, directory))).message).toBe(
        `\`${dataset}\` has a file called ${JSON.stringify(name)}, which is no file name`,
      );
      expect(await readdir(directory)).toEqual([]);
    },
  );

  it.each([
    [['x', 'x'], 'has two files called `x`'],
    [['x', 'X'], 'has two files called `X`'],
    [['x', 'x.part'], 'has both `x` and `x.part`'],
  ])('whose files %j would overwrite each other is not fetched', async (names, message) => {
    rig = await any(listing(names.map((name) => fileOf(name))));
    expect((await rejection(downloadDataset(rig.panda, dataset, directory))).message).toContain(message);
  });

  it('stops when the user stops', async () => {
    const stop = new AbortController();
    rig = await any(listing([fileOf('a.txt')]));
    const fetching = downloadDataset(rig.panda, dataset, directory, { signal: stop.signal });
    stop.abort();
    expect((await rejection(fetching)).name).toBe('Interrupted');
    await rig.finish().catch(() => undefined);
    rig = await pandaRig([]);
  });
});

describe('the JSON Schema of the embedded server', () => {
  const schemaPath = join(import.meta.dirname, '../../schemas/embedded.schema.json');

  it('says what the program reads', async () => {
    rig = await pandaRig([]);
    const answers = Object.entries(embeddedShapes).map(([name, shape]) => {
      const { $schema: _, ...schema } = toJsonSchema(shape, { target: 'draft-2020-12' });
      return [name, schema] as const;
    });
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Answers of the embedded server below /pchain/v1',
      $defs: Object.fromEntries(answers),
    };
    const layout = await resolveConfig(schemaPath);
    const text = await format(JSON.stringify(schema), { ...layout, parser: 'json' });
    await expect(text).toMatchFileSnapshot(schemaPath);
  });

  it('accepts and refuses what the program does', async () => {
    rig = await pandaRig([]);
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema(JSON.parse(await readFile(schemaPath, 'utf8')) as object, 'embedded');
    const validate = ajv.compile({ $ref: 'embedded#/$defs/RequestDocument' });
    expect(validate(document)).toBe(true);
    expect(validate({ ...document, last_event: -1 })).toBe(false);
    expect(validate({ ...document, tasks: [{ ...document.tasks[0], jobs: {} }] })).toBe(false);
    expect(v.is(embeddedShapes.RequestDocument, { ...document, last_event: -1 })).toBe(false);
  });
});
