import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { rateLimit } from '../../src/server/reana/limits.ts';
import { openDatabase } from '../../src/engine/store/database.ts';
import { RunStore } from '../../src/engine/reana/run-store.ts';
import { selectRuns } from '../../src/engine/reana/run-list.ts';
import { faceRig, realClock, serialSpec, token, until } from './rig.ts';
import type { FaceRig } from './rig.ts';

let rig: FaceRig;
afterEach(() => rig.stop());

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${rig.url}${path}`, {
    ...init,
    headers: {
      authorization: `Bearer ${token.reveal()}`,
      ...(init.headers as Record<string, string> | undefined),
    },
  });
const messageOf = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { message: string }).message;
const spec = serialSpec([{ commands: ['true'] }]);
const create = (): Promise<Response> =>
  ask('/api/workflows?workflow_name=fit', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(spec),
  });
const upload = (name: string, sizeBytes: number): Promise<Response> =>
  ask(`/api/workflows/fit/workspace?file_name=${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: Buffer.alloc(sizeBytes, 'x'),
  });

describe('the rate limit', () => {
  it('answers 429 with the time to wait when a client asks too often, and lets others ask', async () => {
    let nowMs = 1_800_000_000_000;
    rig = await faceRig(undefined, { requestsPerSecond: 3 }, { ...realClock, nowMs: () => nowMs });
    const statuses: number[] = [];
    for (let count = 1; count <= 3; count++) statuses.push((await ask('/api/you')).status);
    const refused = await ask('/api/you');
    expect([...statuses, refused.status]).toEqual([200, 200, 200, 429]);
    const names = ['retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];
    expect(names.map((name) => refused.headers.get(name))).toEqual(['1', '3', '0', '1800000001']);
    expect(await messageOf(refused)).toBe(
      'Too many requests in a given amount of time. Only "3 per 1 second" allowed.',
    );
    expect((await ask('/api/you', { headers: { 'user-agent': 'another' } })).status).toBe(200);
    nowMs += 1000;
    expect((await ask('/api/you')).status).toBe(200);
  });

  it('is off without being asked for', async () => {
    rig = await faceRig();
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask('/api/ping')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers[0]?.headers.has('x-ratelimit-limit')).toBe(false);
  });

  it('remembers no more clients than it must, however many names there are', async () => {
    rig = await faceRig();
    const take = rateLimit(1, { ...realClock, nowMs: () => 0 });
    for (let count = 0; count < 5000; count++) take(`client ${count}`);
    // The first ones are forgotten, the last ones are not.
    expect([take('client 0').allowed, take('client 4999').allowed]).toEqual([true, false]);
  });
});

describe('the disk quota', () => {
  it('refuses uploads, runs and starts that go beyond it, in the words of REANA', async () => {
    rig = await faceRig(undefined, { diskBytes: 1 << 20 });
    expect((await create()).status).toBe(201);
    expect((await upload('a', 600_000)).status).toBe(200);
    const refused = await upload('b', 600_000);
    expect([refused.status, await messageOf(refused)]).toEqual([
      403,
      'Uploading file b would exceed the disk quota limit (1 MiB). Aborting. Please see: https://docs.reana.io/advanced-usage/user-quotas',
    ]);
    // The same file again takes no more than before.
    expect((await upload('a', 400_000)).status).toBe(200);
    const { workspace, id } = rig.engine.run('fit') ?? { workspace: '', id: '' };
    writeFileSync(join(workspace, 'by-a-job'), Buffer.alloc(2 << 20));
    rig.engine.workspaceChanged(id);
    for (const answer of [await create(), await ask('/api/workflows/fit/start', { method: 'POST' })]) {
      expect([answer.status, await messageOf(answer)]).toEqual([
        403,
        expect.stringMatching(
          /^User quota exceeded\.\nResource: disk, usage: [\d.]+ MiB out of 1 MiB used \(2\d\d%\)\nPlease see: https/,
        ),
      ]);
    }
    const you = (await (await ask('/api/you')).json()) as { quota: { disk: object } };
    expect(you.quota.disk).toMatchObject({
      limit: { raw: 1048576, human_readable: '1 MiB' },
      health: 'critical',
    });
    await ask('/api/workflows/fit/workspace/by-a-job', { method: 'DELETE' });
    expect((await create()).status).toBe(201);
  });

  it('tells what is in use, of which nothing is left after the runs are deleted', async () => {
    rig = await faceRig();
    await create();
    await upload('a', 100_000);
    const used = async (): Promise<{
      cpu: { usage: { raw: number } };
      disk: { usage: { raw: number }; limit?: object };
    }> => ((await (await ask('/api/you')).json()) as { quota: Awaited<ReturnType<typeof used>> }).quota;
    const before = await used();
    expect(before.disk.usage.raw).toBeGreaterThanOrEqual(100_000);
    expect(before.disk.limit).toBeUndefined();
    const run = rig.engine.createRun({
      name: 'slow',
      specification: serialSpec([{ commands: ['sleep 0.05'] }]),
    });
    rig.engine.startRun(run.id, {});
    await until('the end', () => rig.engine.run('slow')?.status === 'finished');
    expect((await used()).cpu.usage.raw).toBeGreaterThanOrEqual(40);
    for (const one of rig.engine.runs()) rig.engine.deleteRun(one.id);
    expect((await used()).disk.usage.raw).toBe(0);
  });
});

describe('the list of runs', () => {
  it('costs the same with ten thousand runs as with a hundred', async () => {
    rig = await faceRig();
    const database = openDatabase(join(rig.directory, 'many.db'));
    const store = new RunStore(database);
    const add = (from: number, to: number): void =>
      database.transaction(() => {
        for (let count = from; count < to; count++)
          store.insert(
            `id-${count}`,
            { name: `run${count % 100}`, specification: { text: 'x'.repeat(500) } },
            {},
            count,
          );
      });
    const timed = (): number => {
      const startedMs = performance.now();
      for (let repeat = 0; repeat < 20; repeat++) {
        selectRuns(database, { limit: 10, offset: 10, statuses: ['created', 'running'] });
        selectRuns(database, { limit: 10, nameParts: ['run7'] });
        selectRuns(database, { limit: 10, key: 'run7' });
      }
      return performance.now() - startedMs;
    };
    add(0, 100);
    timed();
    const few = timed();
    add(100, 10_000);
    const many = timed();
    const { runs, total } = selectRuns(database, { limit: 10, offset: 20, key: 'run7' });
    expect([runs.map(({ runNumber }) => runNumber).at(0), runs.length, total]).toEqual(['80', 10, 100]);
    database.close();
    // Counting what matches takes a little; reading all of them would take a hundred times as long.
    expect(many).toBeLessThan(Math.max(few * 30, 600));
  }, 120_000);
});

describe('waiting for the next change of a run', () => {
  it('is answered at once when something happens, and with nothing new when the time is over', async () => {
    rig = await faceRig();
    const run = rig.engine.createRun({
      name: 'fit',
      specification: serialSpec([{ commands: ['while [ ! -e go ]; do sleep 0.02; done'] }]),
    });
    rig.engine.startRun(run.id, {});
    const first = await ask('/api/workflows/fit/status');
    const tag = first.headers.get('etag') ?? '';
    expect(first.headers.has('preference-applied')).toBe(false);
    const wait = (seconds: number, known = tag): Promise<Response> =>
      ask('/api/workflows/fit/status', { headers: { prefer: `wait=${seconds}`, 'if-none-match': known } });
    const nothing = await wait(0);
    expect([nothing.status, nothing.headers.get('preference-applied')]).toEqual([304, 'wait=0']);
    expect((await wait(20, '"another"')).status).toBe(200);
    const startedMs = performance.now();
    const waiting = wait(20);
    await realClock.sleep(100);
    writeFileSync(join(run.workspace, 'go'), '');
    const news = await waiting;
    expect([news.status, ((await news.json()) as { status: string }).status]).toEqual([200, 'finished']);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  });

  it('does not hold up the end of the server', async () => {
    rig = await faceRig();
    const run = rig.engine.createRun({ name: 'fit', specification: spec });
    const tag = (await ask('/api/workflows/fit/status')).headers.get('etag') ?? '';
    const waiting = ask('/api/workflows/fit/status', {
      headers: { prefer: 'wait=30', 'if-none-match': tag },
    });
    await realClock.sleep(100);
    const startedMs = performance.now();
    await rig.app.close();
    expect((await waiting).status).toBe(304);
    expect(performance.now() - startedMs).toBeLessThan(5000);
    expect(rig.engine.run(run.id)?.status).toBe('created');
  });
});

describe('the rules of a specification on how long files are kept', () => {
  it('remove what is over, but no input and no output', async () => {
    rig = await faceRig();
    const specification = {
      ...serialSpec([{ commands: ['mkdir -p out; touch a.tmp out/b.tmp in.tmp kept.txt'] }]),
      inputs: { files: ['in.tmp'] },
      outputs: { directories: ['out'] },
      workspace: { retention_days: { '**/*.tmp': 3 } },
    };
    const run = rig.engine.createRun({ name: 'fit', specification });
    const rules = async (): Promise<{ retention_rules: { status: string; apply_on: string | null }[] }> =>
      (await (await ask('/api/workflows/fit/retention_rules')).json()) as Awaited<ReturnType<typeof rules>>;
    expect((await rules()).retention_rules).toMatchObject([{ status: 'created', apply_on: null }]);
    mkdirSync(run.workspace, { recursive: true });
    rig.engine.startRun(run.id, {});
    await until('the end', () => rig.engine.run('fit')?.status === 'finished');
    expect((await rules()).retention_rules).toMatchObject([
      {
        id: '1',
        workspace_files: '**/*.tmp',
        retention_days: 3,
        status: 'active',
        apply_on: expect.stringMatching(/T23:59:59$/) as string,
      },
    ]);
    const names = async (): Promise<string[]> =>
      ((await (await ask('/api/workflows/fit/workspace')).json()) as { items: { name: string }[] }).items.map(
        ({ name }) => name,
      );
    expect(await names()).toEqual(['a.tmp', 'in.tmp', 'kept.txt', 'out/b.tmp']);
    rig.moveTime(Date.now() + 5 * 24 * 3600 * 1000);
    rig.reopen();
    expect(await names()).toEqual(['in.tmp', 'kept.txt', 'out/b.tmp']);
    expect((await rules()).retention_rules).toMatchObject([{ status: 'applied' }]);
  });
});
