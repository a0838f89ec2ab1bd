// What pbook asks of a remote PanDA about tasks, and what it makes of answers that were never recorded.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PbookRig, type PbookResult } from '../rigs/pbook.ts';
import { scriptedServer, type SeenRequest, type Step } from '../rigs/server.ts';

let rig: PbookRig;
beforeEach(() => (rig = new PbookRig()));
afterEach(() => rig.remove());

const claims = Buffer.from(JSON.stringify({ name: 'alice EXAMPLE', exp: 4_000_000_000 })).toString(
  'base64url',
);
const token = `eyJhbGciOiJub25lIn0.${claims}.c2lnbmF0dXJl`;
const task = (id: number, more: object = {}): object => ({
  jediTaskID: id,
  taskName: `user.alice.t${id}/`,
  status: 'done',
  reqID: 12,
  nFiles: 10,
  nFilesFinished: 10,
  nFilesFailed: 0,
  pctFinished: 100,
  ...more,
});

/** An answer to a question about tasks. */
function asked(
  filters: object | undefined,
  found: readonly object[],
  check?: (seen: SeenRequest) => void,
): Step {
  return {
    method: 'GET',
    path: '/api/v1/task/get_tasks_detailed_info_since',
    check: (seen) => {
      const given = seen.query.get('filters');
      expect(given === null ? undefined : JSON.parse(given)).toEqual(filters);
      check?.(seen);
    },
    reply: { json: { success: true, message: '', data: found } },
  };
}

function told(verb: string, id: number, reply: Step['reply']): Step {
  return {
    method: 'POST',
    path: `/api/v1/task/${verb}`,
    check: (seen) => expect(JSON.parse(seen.body.toString())).toMatchObject({ task_id: id }),
    reply,
  };
}

const registered = { json: { success: true, message: 'registered', data: 0 } };

/** Runs pbook against a server that answers exactly so. */
async function pbook(words: readonly string[], steps: readonly Step[], input?: string): Promise<PbookResult> {
  const hello: Step = { method: 'GET', path: '/pchain/v1/hello', reply: { status: 404 } };
  const server = await scriptedServer([hello, ...steps]);
  const env = {
    PANDA_URL_SSL: `${server.origin}/server/panda`,
    PANDA_AUTH: 'oidc',
    PANDA_AUTH_VO: 'wlcg',
    PANDA_AUTH_ID_TOKEN: token,
  };
  const result = await rig.run(words, env, input);
  await server.finish();
  return result;
}

describe('show', () => {
  it('asks for the tasks of somebody else by their name, and for the own ones by none', async () => {
    await pbook(['show', 'username=Bob Builder'], [asked({ userName: 'Bob Builder' }, [])]);
    await pbook(['show', 'username=Alice Example'], [asked(undefined, [])]);
  });

  it('asks once for each combination of what may be', async () => {
    const { stdout } = await pbook(
      ['show', 'reqid=12', 'status=done,failed'],
      [
        asked({ reqID: '12', status: 'done' }, [task(40000001)]),
        asked({ reqID: '12', status: 'failed' }, [task(40000002), task(40000001)]),
      ],
    );
    expect(stdout.match(/^4000\d+/gm)).toEqual(['40000001', '40000002']);
  });

  it('finds a task that is older than the days, unless they are given', async () => {
    const hasWindow = (seen: SeenRequest): void => expect(seen.query.has('since')).toBe(true);
    const id = { jediTaskID: '40000001' };
    const old = await pbook(
      ['show', '40000001'],
      [
        asked(id, [], hasWindow),
        asked(id, [task(40000001)], (seen) => expect(seen.query.has('since')).toBe(false)),
      ],
    );
    expect([old.exitCode, old.stdout]).toEqual([0, expect.stringContaining('40000001')]);
    const given = await pbook(['show', '40000001', 'days=3'], [asked(id, [], hasWindow)]);
    expect([given.exitCode, given.stderr]).toEqual([
      2,
      expect.stringContaining('knows nothing of task 40000001 in the last 3 days'),
    ]);
    const all = await pbook(
      ['show', 'days=None'],
      [asked(undefined, [], (seen) => expect(seen.query.has('since')).toBe(false))],
    );
    expect(all.exitCode).toBe(0);
  });

  it('shows what there is of several ids, and says what is not', async () => {
    const { exitCode, stdout, stderr } = await pbook(
      ['show', '40000001,40000002', 'days=5'],
      [asked({ jediTaskID: '40000001' }, [task(40000001)]), asked({ jediTaskID: '40000002' }, [])],
    );
    expect([exitCode, stdout.includes('40000001')]).toEqual([2, true]);
    expect(stderr).toContain('knows nothing of task 40000002');
  });

  it('says when there may be more than it shows', async () => {
    const { stderr } = await pbook(
      ['show', 'limit=1'],
      [asked(undefined, [task(40000001)], (seen) => expect(seen.query.get('n_tasks')).toBe('1'))],
    );
    expect(stderr).toContain('only the latest 1 tasks were asked for: there may be more');
  });

  it('shows nothing of a server that does something to a terminal', async () => {
    const hostile = task(40000001, {
      taskName: 'user.alice.\u001b]0;owned\u0007\u009b2Jx\tname\nforged 40000009/',
      status: 'do\u001b[31mne',
      errorDialog: '<b>\u001b[2J</b>',
      userName: null,
      reqID: 'twelve',
      nFilesFinished: null,
    });
    for (const format of ['standard', 'long', 'plain', 'json']) {
      const { stdout, stderr, exitCode } = await pbook(
        ['show', `format=${format}`],
        [asked(undefined, [hostile])],
      );
      expect([exitCode, stderr.includes('fault in pchain')]).toEqual([0, false]);
      // eslint-disable-next-line no-control-regex -- control characters are what must not be there
      expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      if (format !== 'json') expect(stdout).not.toMatch(/^forged/m);
    }
  });

  it('adds what jobs said about themselves', async () => {
    const metadata: Step = {
      method: 'GET',
      path: '/api/v1/job/get_metadata_for_analysis_jobs',
      reply: { json: { success: true, message: '', data: { '6000000001': { events: 7 } } } },
    };
    const { stdout } = await pbook(
      ['show', 'metadata=True', '--json'],
      [asked(undefined, [task(40000001)]), metadata],
    );
    expect(JSON.parse(stdout)).toMatchObject([
      { jediTaskID: 40000001, userJobMetadata: { '6000000001': { events: 7 } } },
    ]);
  });
});

describe('commands to tasks', () => {
  it('reach what is there, and say what is not', async () => {
    const { exitCode, stderr } = await pbook(
      ['kill', '9999,40000001'],
      [asked({ reqID: '9999' }, []), told('kill', 40000001, registered)],
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('task 40000001: registered\nthe server knows no tasks of request 9999\n');
  });

  it('on a request are for those of its tasks that are in a state for them', async () => {
    const tasks = [
      task(40000001),
      task(40000002, { status: 'running' }),
      task(40000003, { status: 'finished' }),
    ];
    await pbook(['kill', '12'], [asked({ reqID: '12' }, tasks), told('kill', 40000002, registered)]);
    await pbook(['retry', '12'], [asked({ reqID: '12' }, tasks), told('retry', 40000003, registered)]);
    const none = await pbook(['pause', '12'], [asked({ reqID: '12' }, [task(40000001)])]);
    expect([none.exitCode, none.stderr]).toEqual([
      2,
      expect.stringContaining('no task of request 12 is in a state for this'),
    ]);
  });

  it('end with what the server said when somebody else owns one of several', async () => {
    const refused = {
      json: { success: false, message: 'not the task owner or no production role', data: null },
    };
    const { exitCode, stderr } = await pbook(
      ['finish', '40000001,40000002'],
      [told('finish', 40000001, refused), told('finish', 40000002, registered)],
    );
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/task 40000001: .*not the task owner[^]*task 40000002: registered/);
  });

  it('are silent with --quiet, except for refusals', async () => {
    expect(
      (await pbook(['kill', '40000001', '-q'], [told('kill', 40000001, registered)])).stderr,
    ).not.toContain('registered');
    const rejected = { json: { success: false, message: 'Command rejected', data: 4 } };
    const { exitCode, stderr } = await pbook(['kill', '40000001', '-q'], [told('kill', 40000001, rejected)]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('task 40000001: Command rejected')]);
  });

  it.each([
    [['retry', '40000001', 'days=3'], '`days` and `limit` have a meaning'],
    [['retry', '40000001', 'nFilesPerJob=ten'], '`nFilesPerJob` must be a number, not `ten`'],
    [['retry', '40000001', 'memory=1', 'ramCount=2'], '`ramCount` is given two values'],
    [['retry', '40000001', 'avoidVP=perhaps'], '`avoidVP` must be `True` or `False`'],
  ])('%j asks nothing', async (words, message) => {
    const result = await rig.run(words, {
      PANDA_URL_SSL: 'http://127.0.0.1:9/server/panda',
      PANDA_AUTH_ID_TOKEN: token,
    });
    expect([result.exitCode, result.stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('take new values as a dictionary at the prompt, and know their names', async () => {
    const retried: Step = {
      method: 'POST',
      path: '/api/v1/task/retry',
      check: (seen) =>
        expect(JSON.parse(seen.body.toString())).toEqual({
          task_id: 40000001,
          new_parameters: { nMaxFilesPerJob: 5, excludedSite: ['A', 'B'], avoidVP: true },
        }),
      reply: { json: { success: true, message: 'reactivation accepted', data: 3 } },
    };
    const line = "retry(40000001, newOpts={'maxNFilesPerJob': 5, 'excludedSite': 'A,B', 'avoidVP': True})";
    expect((await pbook(['-c', line], [retried])).exitCode).toBe(0);
    const wrong = await rig.run(['-c', "retry(1, newOpts={'nFilesPerJb': 5})"], {});
    expect([wrong.exitCode, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('did you mean `nFilesPerJob`?'),
    ]);
  });
});

describe('secrets', () => {
  const put: Step = {
    method: 'POST',
    path: '/api/v1/creds/set_user_secrets',
    check: (seen) => expect(JSON.parse(seen.body.toString())).toEqual({ key: 'K', value: 'hush-hush' }),
    reply: { json: { success: true, message: 'OK', data: null } },
  };

  it('that come through a pipe were on no command line', async () => {
    const { stderr, exitCode } = await pbook([], [put], "set_secret('K', 'hush-hush')\n");
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('PanDA keeps `K`')]);
    expect(stderr).not.toMatch(/on the command line|hush/);
    expect((await pbook(['-c', "set_secret('K', 'hush-hush')"], [put])).stderr).toContain(
      'on the command line',
    );
  });
});

it('show_workflow --json is as its schema says', async () => {
  const dashes = '------------  ---------------------  -----------------  ---------  -----------------';
  const table = [
    '  request_id    request_workload_id  scope:name         status     errors',
    dashes,
    "          12                         workflow:user.a.w  Failed     {'msg': 'no site'}",
  ].join('\n');
  const status: Step = {
    method: 'POST',
    path: '/server/panda/execute_idds_workflow_command',
    reply: { json: [true, table] },
  };
  const { stdout } = await pbook(['show_workflow', '12', '--json'], [status]);
  const path = join(import.meta.dirname, '../../schemas/workflows.schema.json');
  const ajv = new Ajv2020({ strict: false });
  expect(ajv.validate(JSON.parse(readFileSync(path, 'utf8')) as object, JSON.parse(stdout)), stdout).toBe(
    true,
  );
  expect(JSON.parse(stdout)).toEqual([
    { request_id: 12, name: 'workflow:user.a.w', status: 'Failed', errors: "{'msg': 'no site'}" },
  ]);
});
