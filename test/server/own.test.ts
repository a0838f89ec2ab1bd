import { mkdirSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestId, TaskId } from '../../src/base/names.ts';
import type { RunRecord } from '../../src/engine/records.ts';
import { planOf } from '../rigs/engine.ts';
import { serverRig, type ServerRig } from './rig.ts';

let rig: ServerRig;
let runs: RunRecord[] = [];
beforeEach(async () => {
  runs = [];
  rig = await serverRig({ reana: { runs: () => runs } });
});
afterEach(() => rig.close());

function submit(outDS = 'user.alice.blah', key?: string): RequestId {
  return rig.engine.submit({
    name: outDS,
    userName: 'Alice Example',
    plan: planOf(outDS, 'top', 'bottom'),
    sandbox: undefined,
    key,
    localDatasets: new Map(),
    environment: {},
  });
}

function taskOf(id: RequestId, index = 0): TaskId {
  const task = rig.engine.tasks(id)[index];
  if (task === undefined) throw new Error('no such task');
  return task.id;
}

const json = async (path: string): Promise<unknown> => (await rig.get(`/pchain/v1${path}`)).json();
const post = async (path: string): Promise<{ status: number; body: unknown }> => {
  const answer = await rig.post(`/pchain/v1${path}`);
  return { status: answer.status, body: await answer.json() };
};

describe('/requests', () => {
  it('are listed, found by key, and described', async () => {
    const id = submit('user.alice.blah', 'a key/ü');
    const view = {
      id,
      name: 'user.alice.blah',
      status: 'Transforming',
      created_ms: rig.clock.nowMs(),
      ended_ms: null,
      error: null,
    };
    expect(await json('/requests')).toEqual({ requests: [view] });
    expect(await json(`/requests/by-key/${encodeURIComponent('a key/ü')}`)).toEqual({ request_id: id });
    rig.engine.setTask(taskOf(id), { status: 'running', nJobs: 3, nJobsRunning: 1, startedMs: 5 });
    expect(await json(`/requests/${id}`)).toEqual({
      request: view,
      tasks: [
        {
          id: 40_000_001,
          step_id: 0,
          step: 'top',
          type: 'prun',
          name: 'user.alice.blah_000_top',
          status: 'running',
          skipped: false,
          jobs: { total: 3, running: 1, finished: 0, failed: 0 },
          started_ms: 5,
          ended_ms: null,
          error: null,
        },
        expect.objectContaining({
          id: 40_000_002,
          status: 'registered',
          jobs: { total: null, running: 0, finished: 0, failed: 0 },
        }),
      ],
      datasets: [
        {
          name: 'user.alice.blah_000_top_out.txt/',
          task_id: 40_000_001,
          closed: false,
          files: 0,
          size_bytes: 0,
          is_output: false,
        },
        expect.objectContaining({ task_id: 40_000_002, is_output: true }),
      ],
      runs: [],
      last_event: 2,
    });
  });

  it('show the REANA runs that their jobs offloaded, and only those', async () => {
    const id = submit();
    const other = submit('user.alice.other');
    const mine = rig.engine.addJob(taskOf(id, 1), { status: 'running' });
    const theirs = rig.engine.addJob(taskOf(other), { status: 'running' });
    const run = (runId: string, jobId: typeof mine | undefined): RunRecord => ({
      id: runId,
      name: 'offload',
      seriesId: 'x',
      options: {},
      runNumber: '1',
      status: 'running',
      createdMs: 0,
      startedMs: 0,
      endedMs: undefined,
      specification: {},
      parameters: {},
      workspace: '/nowhere',
      stepsTotal: 4,
      stepsFinished: 1,
      currentStep: 'fit',
      error: undefined,
      jobId,
    });
    runs = [run('a', mine), run('b', theirs), run('c', undefined)];
    const { runs: shown } = (await json(`/requests/${id}`)) as { runs: unknown };
    expect(shown).toEqual([
      {
        id: 'a',
        name: 'offload',
        run_number: '1',
        status: 'running',
        steps_total: 4,
        steps_finished: 1,
        current_step: 'fit',
        job_id: mine,
        task_id: taskOf(id, 1),
      },
    ]);
  });

  it.each(['99', '0', '-1', 'x', '1e3', '99999999999999999999', '%2e%2e', '%00'])(
    'that do not exist are 404: %s',
    async (id) => {
      submit();
      for (const path of [`/requests/${id}`, `/requests/${id}/events`, `/requests/${id}/failures`]) {
        const answer = await rig.get(`/pchain/v1${path}`);
        expect(answer.status).toBe(404);
      }
      expect((await rig.post(`/pchain/v1/requests/${id}/kill`)).status).toBe(404);
    },
  );

  it('are killed and retried, and say why not', async () => {
    const id = submit();
    expect(await post(`/requests/${id}/kill`)).toMatchObject({
      status: 200,
      body: { accepted: true, message: 'request 1 is being stopped' },
    });
    rig.engine.setRequest(id, { status: 'Cancelled' });
    expect(await post(`/requests/${id}/kill`)).toEqual({
      status: 200,
      body: { accepted: false, message: 'request 1 has ended already: Cancelled' },
    });
    expect(await post(`/requests/${id}/retry`)).toMatchObject({
      body: { accepted: true, message: 'the failed jobs of request 1 run again' },
    });
    expect(await post(`/requests/${id}/retry`)).toEqual({
      status: 200,
      body: { accepted: false, message: 'request 1 has nothing to retry: Transforming' },
    });
  });

  it('are found by nobody under an unknown key', async () => {
    const answer = await rig.get('/pchain/v1/requests/by-key/nosuch');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ error: { message: 'no request was submitted with this key' } });
  });
});

describe('/requests/:id/events', () => {
  interface Events {
    readonly events: readonly { readonly seq: number; readonly type: string }[];
    readonly next: number;
  }
  const events = async (id: number, query: string) =>
    (await json(`/requests/${id}/events${query}`)) as Events;

  it('gives what happened after a number, in one flat form', async () => {
    const id = submit();
    rig.engine.setTask(taskOf(id), { status: 'running' });
    expect(await events(id, '')).toEqual({
      events: [
        { seq: 1, at_ms: rig.clock.nowMs(), type: 'request', request_id: id, status: 'Transforming' },
        {
          seq: 2,
          at_ms: rig.clock.nowMs(),
          type: 'task',
          request_id: id,
          task_id: 40_000_001,
          status: 'running',
        },
      ],
      next: 2,
    });
    expect(await events(id, '?after=2')).toEqual({ events: [], next: 2 });
    expect((await events(id, '?after=1')).events.map((event) => event.seq)).toEqual([2]);
  });

  it('waits for the next event of this request, whatever happens to others', async () => {
    const id = submit();
    const other = submit('user.alice.other');
    const answer = events(id, '?after=2&wait_ms=20000');
    await until(() => rig.engine.listeners > 0);
    rig.engine.setRequest(other, { status: 'Failed' });
    await until(() => rig.clock.sleepers > 0);
    rig.engine.setTask(taskOf(id), { status: 'running' });
    expect((await answer).events.map((event) => event.seq)).toEqual([4]);
    await until(() => rig.engine.listeners === 0);
    expect(rig.clock.sleepers).toBe(0);
  });

  it('answers with nothing when the time is over, at the latest after 30 seconds', async () => {
    const id = submit();
    const answer = events(id, '?after=1&wait_ms=3600000');
    await until(() => rig.clock.sleepers > 0);
    rig.clock.advance(29_999);
    expect(rig.clock.sleepers).toBe(1);
    rig.clock.advance(1);
    expect(await answer).toEqual({ events: [], next: 1 });
    expect(rig.engine.listeners).toBe(0);
  });

  it('stops waiting when nobody listens any more', async () => {
    const id = submit();
    const leave = new AbortController();
    const gone = fetch(`${rig.url}/pchain/v1/requests/${id}/events?after=1&wait_ms=30000`, {
      headers: { authorization: 'Bearer rig-token-0123456789abcdef' },
      signal: leave.signal,
    }).catch(() => undefined);
    await until(() => rig.engine.listeners === 1 && rig.clock.sleepers > 0);
    leave.abort();
    await gone;
    await until(() => rig.engine.listeners === 0);
    expect(rig.clock.sleepers).toBe(0);
  });

  it('is ended by the server when it closes', async () => {
    const id = submit();
    const answer = events(id, '?after=1&wait_ms=30000');
    await until(() => rig.clock.sleepers > 0);
    const closed = rig.server.close();
    expect(await answer).toEqual({ events: [], next: 1 });
    await closed;
  });

  it('gives at most a thousand at a time', async () => {
    const id = submit();
    for (let count = 0; count < 1500; count += 1) rig.engine.setTask(taskOf(id), { nJobsRunning: count });
    const first = await events(id, '');
    expect([first.events.length, first.next]).toEqual([1000, 1000]);
    const second = await events(id, `?after=${first.next}`);
    expect([second.events.length, second.next]).toEqual([501, 1501]);
    expect(((await json(`/requests/${id}`)) as { last_event: number }).last_event).toBe(1501);
  });

  it.each(['?after=-1', '?after=x', '?wait_ms=1.5', '?after=1&after=2', '?after='])(
    'refuses %s',
    async (query) => {
      const answer = await rig.get(`/pchain/v1/requests/${submit()}/events${query}`);
      expect(answer.status).toBe(400);
      const name = query.slice(1).split('=')[0] ?? '';
      expect(await answer.json()).toEqual({
        error: { message: `\`${name}\` must be a whole number from 0` },
      });
    },
  );
});

describe('/requests/:id/failures', () => {
  it('describes jobs whose last attempt failed', async () => {
    const id = submit();
    const log = Array.from({ length: 30 }, (_, line) => `line ${line}`);
    rig.engine.addJob(taskOf(id), { serial: 1, attempt: 1, status: 'failed' });
    rig.engine.addJob(taskOf(id), { serial: 1, attempt: 2, status: 'finished' });
    const failed = rig.engine.addJob(
      taskOf(id),
      {
        serial: 2,
        attempt: 3,
        status: 'failed',
        command: 'false',
        exitStatus: 1,
        error: 'the payload ended with 1',
        directory: '/d',
        startedMs: 1,
        endedMs: 2,
      },
      log,
    );
    rig.engine.addJob(taskOf(id), { serial: 3, status: 'cancelled' });
    expect(await json(`/requests/${id}/failures`)).toEqual({
      jobs: [
        {
          job_id: failed,
          task_id: taskOf(id),
          step: 'top',
          serial: 2,
          attempt: 3,
          command: 'false',
          exit_status: 1,
          error: 'the payload ended with 1',
          log_tail: log.slice(-20),
          directory: '/d',
          started_ms: 1,
          ended_ms: 2,
        },
      ],
      total: 1,
    });
  });

  it('describes two hundred of very many and counts all', async () => {
    const id = submit();
    for (let serial = 1; serial <= 250; serial += 1)
      rig.engine.addJob(taskOf(id), { serial, status: 'failed' });
    const { jobs, total } = (await json(`/requests/${id}/failures`)) as { jobs: unknown[]; total: number };
    expect([jobs.length, total]).toEqual([200, 250]);
  });
});

describe('/jobs/:id/log', () => {
  it('gives the last lines', async () => {
    const job = rig.engine.addJob(taskOf(submit()), {}, ['a', 'b', 'c']);
    const log = async (query: string) => (await rig.get(`/pchain/v1/jobs/${job}/log${query}`)).text();
    expect(await log('')).toBe('a\nb\nc\n');
    expect(await log('?tail=2')).toBe('b\nc\n');
  });

  it.each([
    ['/jobs/1/log', 404, 'unknown job `1`'],
    ['/jobs/x/log', 400, '`job id` must be a whole number from 1'],
    ['/jobs/1/log?tail=0', 404, 'unknown job `1`'],
  ])('refuses %s', async (path, status, message) => {
    const answer = await rig.get(`/pchain/v1${path}`);
    expect([answer.status, await answer.json()]).toEqual([status, { error: { message } }]);
  });
});

describe('/datasets', () => {
  const name = 'user.alice:user.alice.blah_000_top_out.txt/';
  const content = Buffer.from('0123456789');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const base = `/pchain/v1/datasets/${encodeURIComponent(name)}/files`;

  function addFile(fileName: string, bytes: Buffer, recordedBytes = bytes.length): string {
    const path = join(rig.directory, 'files');
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'f'), bytes);
    rig.engine.addFile({
      name: fileName,
      dataset: name,
      sizeBytes: recordedBytes,
      sha256,
      path: join(path, 'f'),
    });
    return `${base}/${encodeURIComponent(fileName)}`;
  }

  it('list their files, named with or without slash', async () => {
    addFile('ü %2f.root', content);
    const files = { files: [{ name: 'ü %2f.root', size_bytes: 10, sha256 }] };
    expect(await (await rig.get(base)).json()).toEqual(files);
    expect(await (await rig.get(base.replace('%2F/', '/'))).json()).toEqual(files);
  });

  it('tell an empty dataset from one that does not exist', async () => {
    const id = submit();
    expect(await json('/datasets/user.alice.blah_000_top_out.txt%2F/files')).toEqual({ files: [] });
    expect(await json(`/datasets/user.alice.blah_000_top_out.txt%2F/files?request_id=${id}`)).toEqual({
      files: [],
    });
    const answer = await rig.get('/pchain/v1/datasets/user.alice.nosuch%2F/files');
    expect([answer.status, await answer.json()]).toEqual([
      404,
      { error: { message: 'unknown dataset `user.alice.nosuch/`' } },
    ]);
    const elsewhere = await rig.get(
      '/pchain/v1/datasets/user.alice.blah_000_top_out.txt%2F/files?request_id=77',
    );
    expect(elsewhere.status).toBe(404);
  });

  it('send a file whole, with its length and digest', async () => {
    const answer = await rig.get(addFile('ü %2f.root', content));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-length')).toBe('10');
    expect(answer.headers.get('etag')).toBe(`"${sha256}"`);
    expect(answer.headers.get('accept-ranges')).toBe('bytes');
    expect(await answer.text()).toBe('0123456789');
  });

  it.each([
    ['bytes=3-', 206, 'bytes 3-9/10', '3456789'],
    ['bytes=3-5', 206, 'bytes 3-5/10', '345'],
    ['bytes=-4', 206, 'bytes 6-9/10', '6789'],
    ['bytes=0-99', 206, 'bytes 0-9/10', '0123456789'],
    ['bytes=-99', 206, 'bytes 0-9/10', '0123456789'],
    ['bytes=10-', 416, 'bytes */10', ''],
    ['bytes=-0', 416, 'bytes */10', ''],
    ['bytes=5-3', 200, null, '0123456789'],
    ['bytes=0-1,3-4', 200, null, '0123456789'],
    ['lines=1-2', 200, null, '0123456789'],
  ])('send the part %s', async (range, status, contentRange, body) => {
    const answer = await rig.get(addFile('f.root', content), { range });
    expect([answer.status, answer.headers.get('content-range'), await answer.text()]).toEqual([
      status,
      contentRange,
      body,
    ]);
  });

  it('send the whole file when it is not the one a part was asked of', async () => {
    const path = addFile('f.root', content);
    const same = await rig.get(path, { range: 'bytes=3-', 'if-range': `"${sha256}"` });
    expect([same.status, await same.text()]).toEqual([206, '3456789']);
    const other = await rig.get(path, { range: 'bytes=3-', 'if-range': '"other"' });
    expect([other.status, await other.text()]).toEqual([200, '0123456789']);
    expect((await rig.get(path, { 'if-none-match': `"${sha256}"` })).status).toBe(304);
  });

  it('send an empty file, and only the head when asked', async () => {
    const path = addFile('empty', Buffer.alloc(0));
    const answer = await rig.get(path);
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([
      200,
      '0',
      '',
    ]);
    expect((await rig.get(path, { range: 'bytes=0-' })).status).toBe(416);
    const head = await fetch(`${rig.url}${path}`, {
      method: 'HEAD',
      headers: { authorization: 'Bearer rig-token-0123456789abcdef' },
    });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '0']);
  });

  it('say when a file is gone or has changed', async () => {
    const changed = await rig.get(addFile('changed', content, 11));
    expect([changed.status, await changed.json()]).toEqual([
      410,
      { error: { message: `file \`changed\` of dataset \`${name}\` has changed on the disk of the server` } },
    ]);
    rig.engine.addFile({ name: 'gone', dataset: name, sizeBytes: 1, sha256, path: '/nowhere/gone' });
    const gone = await rig.get(`${base}/gone`);
    expect([gone.status, await gone.json()]).toEqual([
      410,
      { error: { message: `file \`gone\` of dataset \`${name}\` is missing on the disk of the server` } },
    ]);
  });

  it.each(['..%2f..%2fserver.json', '%2fetc%2fpasswd', 'server.json', '..'])(
    'are no way to other files: %s',
    async (file) => {
      addFile('f.root', content);
      const answer = await rig.get(`${base}/${file}`);
      expect([400, 404]).toContain(answer.status);
    },
  );
});

describe('/shutdown-if-idle', () => {
  it('ends a server that nobody needs, after its answer', async () => {
    expect(await post('/shutdown-if-idle')).toEqual({ status: 200, body: { stopping: true } });
    await until(() => rig.shutdowns() === 1);
  });

  it('does nothing while something runs', async () => {
    rig.engine.isBusy = true;
    expect(await post('/shutdown-if-idle')).toEqual({ status: 200, body: { stopping: false } });
    expect(rig.shutdowns()).toBe(0);
  });

  it('does nothing while somebody follows', async () => {
    const id = submit();
    const poll = json(`/requests/${id}/events?after=1&wait_ms=1000`);
    await until(() => rig.clock.sleepers > 0);
    expect(await post('/shutdown-if-idle')).toEqual({ status: 200, body: { stopping: false } });
    rig.clock.advance(1000);
    await poll;
    expect(rig.shutdowns()).toBe(0);
  });
});

describe('unexpected faults', () => {
  it('become one line and status 500, in the answer and in the log, without stack or secret', async () => {
    Object.defineProperty(rig.engine, 'requests', {
      value: () => {
        throw new Error('disk I/O error\n    at secret place rig-token-0123456789abcdef');
      },
    });
    const own = await rig.get('/pchain/v1/requests');
    expect([own.status, await own.json()]).toEqual([
      500,
      { error: { message: 'disk I/O error at secret place [hidden]' } },
    ]);
    const panda = await rig.get('/api/v1/task/get_tasks_detailed_info_since');
    expect([panda.status, await panda.text()]).toEqual([
      500,
      'ERROR : disk I/O error at secret place [hidden]',
    ]);
    expect(rig.lines).toContain('error: disk I/O error at secret place [hidden]');
    expect((await rig.get('/pchain/v1/hello')).status).toBe(200);
  });

  it('of addresses and URLs are told as such', async () => {
    const own = await rig.get('/pchain/v1/nosuch?x=1');
    expect([own.status, await own.json()]).toEqual([
      404,
      { error: { message: 'no such address: GET /pchain/v1/nosuch' } },
    ]);
    const other = await rig.get('/');
    expect([other.status, await other.text()]).toEqual([404, 'ERROR : no such address: GET /']);
    const broken = await rig.get('/pchain/v1/requests/%E0%A4%A');
    expect(broken.status).toBe(400);
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; !isTrue(); tries += 1) {
    if (tries > 100_000) throw new Error('it never became true');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
