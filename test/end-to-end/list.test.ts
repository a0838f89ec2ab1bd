// What a user's work looks like from two machines: the one that submitted it, and another one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestsOf } from '../../src/commands/work/known-requests.ts';
import type { TaskRecord } from '../../src/panda/tasks.ts';
import { taskId } from '../../src/base/names.ts';
import { CliRig } from '../rigs/cli.ts';
import { oneStep } from '../rigs/one-step.ts';
import { deafPort } from '../rigs/server.ts';

const workflow = oneStep(
  `echo '{"events": %RNDM:7}' > userJobMetadata.json; echo x > o.txt`,
  '--outputs o.txt --nJobs 2',
);

const here = new CliRig();
const there = new CliRig();
const alice = { PANDA_NICKNAME: 'alice' };
let overThere: Record<string, string>;

beforeAll(async () => {
  here.write({ 'w.cwl': workflow });
  const ran = await here.run(['--cwl', 'w.cwl', '--outDS', 'user.alice.w', '--wait'], { env: alice });
  expect(ran.exitCode, ran.stderr).toBe(0);
  const record = JSON.parse(readFileSync(join(here.dataDirectory, 'server.json'), 'utf8')) as {
    url: string;
    token: string;
  };
  overThere = {
    PANDA_URL_SSL: `${record.url}/server/panda`,
    PANDA_AUTH: 'oidc',
    PANDA_AUTH_VO: 'local',
    PANDA_AUTH_ID_TOKEN: record.token,
  };
});
afterAll(() => {
  here.remove();
  there.remove();
});

interface Listed {
  readonly submissions: readonly {
    readonly request_id: number;
    readonly status: string;
    readonly now: string | null;
  }[];
  readonly elsewhere: readonly {
    readonly request_id: number;
    readonly out_ds: string;
    readonly status: string;
  }[];
  readonly server_asked: boolean;
  readonly server_problem: string | null;
}

function listed(text: string): Listed {
  const schema = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../schemas/list.schema.json'), 'utf8'),
  ) as object;
  const ajv = new Ajv2020({ strict: false });
  const found = JSON.parse(text) as Listed;
  expect(ajv.validate(schema, found), ajv.errorsText()).toBe(true);
  return found;
}

describe('pchain list', () => {
  it('shows what was submitted from here, and how the server sees it', async () => {
    const found = listed((await here.run(['list', '--json'])).stdout);
    expect(found).toMatchObject({
      submissions: [{ request_id: 1, status: 'Finished', now: 'done' }],
      elsewhere: [],
      server_asked: true,
    });
    expect((await here.run(['list'])).stdout).toMatch(/^1\tuser\.alice\.w\tlocal\tFinished\t\S+Z\there$/m);
  });

  it('shows on another machine what was submitted elsewhere, and says so', async () => {
    const { stdout, exitCode } = await there.run(['list'], { env: overThere });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^1\tuser\.alice\.w\thttp:\S+\tdone\t\S+Z\telsewhere$/m);
    const found = listed((await there.run(['list', '--json'], { env: overThere })).stdout);
    expect(found.elsewhere).toMatchObject([{ request_id: 1, out_ds: 'user.alice.w', status: 'done' }]);
  });

  it('shows the ledger alone when the server is away, and when it is told to', async () => {
    const env = { ...overThere, PANDA_URL_SSL: `http://127.0.0.1:${await deafPort()}/server/panda` };
    const away = await there.run(['list', '--json'], { env });
    expect(away.exitCode).toBe(0);
    expect(away.stderr).toContain('only what was submitted from here: the server was not asked');
    expect(listed(away.stdout)).toMatchObject({ submissions: [], elsewhere: [], server_asked: false });
    const offline = await there.run(['list', '--json', '--offline'], { env });
    expect([offline.stderr, listed(offline.stdout).server_problem]).toEqual(['', null]);
  });

  it('starts no server', async () => {
    const alone = new CliRig();
    const { exitCode, stdout } = await alone.run(['list', '--json']);
    expect([exitCode, listed(stdout).server_asked, alone.serverPid()]).toEqual([0, false, undefined]);
    alone.remove();
  });

  it('refuses days that are none', async () => {
    expect((await here.run(['list', '--days', 'many'])).exitCode).toBe(2);
  });
});

it('pchain status --metadata prints what the jobs said about themselves', async () => {
  const { stdout, exitCode } = await here.run(['status', '1', '--metadata']);
  expect(exitCode).toBe(0);
  const [task, ...more] = Object.values(JSON.parse(stdout) as Record<string, Record<string, unknown>>);
  expect(more).toEqual([]);
  expect(Object.values(task ?? {})).toEqual([{ events: 7 }, { events: 8 }]);
});

describe('tasks, put together as requests', () => {
  const task = (id: number, name: string, status: string, requestId?: number): TaskRecord =>
    ({ taskId: taskId(id), name, status, requestId, createdMs: id }) as unknown as TaskRecord;

  it('are named after their workflow, and partial success is not success', () => {
    const found = requestsOf([
      task(5, 'user.a.w_001_fit', 'finished', 7),
      task(4, 'user.a.w_000_top', 'done', 7),
      task(6, 'user.a.x_000_top', 'running', 8),
      task(7, 'user.a.x_001_fit', 'registered', 8),
      task(8, 'user.a.single', 'done'),
      task(9, 'user.a.one_000_b', 'done', 9),
      task(10, 'user.b.other', 'exhausted', 9),
    ]);
    expect(
      found.map(({ requestId, outDS, status, createdMs }) => [requestId, outDS, status, createdMs]),
    ).toEqual([
      [7, 'user.a.w', '1 finished, 1 done', 4],
      [8, 'user.a.x', 'running, 0 of 2 tasks done', 6],
      [undefined, 'user.a.single', 'done', 8],
      [9, 'user.a.one_000_b …', '1 done, 1 exhausted', 9],
    ]);
  });
});
