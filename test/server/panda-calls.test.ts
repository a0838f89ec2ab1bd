import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import type { RequestId, TaskId } from '../../src/base/names.ts';
import { planOf } from '../rigs/engine.ts';
import { describeWithShared, sharedJson } from '../rigs/shared.ts';
import { serverRig, type ServerRig } from './rig.ts';

let rig: ServerRig;
beforeEach(async () => {
  rig = await serverRig();
});
afterEach(() => rig.close());

function submit(outDS = 'user.alice.blah', userName = 'Alice Example', steps = ['top', 'bottom']): RequestId {
  return rig.engine.submit({
    name: outDS,
    userName,
    plan: planOf(outDS, ...steps),
    sandbox: undefined,
    key: undefined,
    localDatasets: new Map(),
    environment: {},
  });
}

function taskOf(id: RequestId, index = 0): TaskId {
  const task = rig.engine.tasks(id)[index];
  if (task === undefined) throw new Error('no such task');
  return task.id;
}

const execute = (command: string, kwargs: unknown) =>
  rig.legacyForm('execute_idds_workflow_command', {
    command_name: command,
    kwargs: JSON.stringify(kwargs),
  });

describe('workflow/get_workflow_details', () => {
  const details = async (id: number): Promise<{ success: boolean; message: string; data: unknown }> => {
    const answer = await rig.get(`/api/v1/workflow/get_workflow_details?workflow_id=${id}`, {
      accept: 'application/json',
    });
    return (await answer.json()) as { success: boolean; message: string; data: unknown };
  };

  it('tells a workflow in the words of native ones: its steps, their progress, and its data', async () => {
    const id = submit('user.alice.blah', 'Alice Example', ['top', 'bottom', 'other']);
    rig.engine.setTask(taskOf(id), { status: 'finished', nJobs: 4, nJobsFinished: 3, nJobsFailed: 1 });
    rig.engine.setTask(taskOf(id, 1), { status: 'aborted', skipped: true });
    const { success, data } = await details(id);
    expect(success).toBe(true);
    expect(data).toMatchObject({
      workflow_id: 1,
      name: 'user.alice.blah',
      status: 'running',
      user: 'Alice Example',
      steps: [
        {
          member_id: 1,
          name: 'top',
          status: 'done',
          flavor: 'panda_task',
          target_id: '40000001',
          progress: { n_files: 4, n_files_finished: 3, n_files_failed: 1, pct_finished: 75 },
        },
        { member_id: 2, name: 'bottom', status: 'closed', progress: null },
        { member_id: 3, name: 'other', status: 'pending' },
      ],
    });
    rig.engine.setRequest(id, { status: 'Failed', error: 'no input' });
    expect((await details(id)).data).toMatchObject({ status: 'failed', reason: 'no input' });
  });

  it('knows no others', async () => {
    expect(await details(99)).toMatchObject({ success: false, message: 'workflow_id=99 is not found' });
  });
});

describe('execute_idds_workflow_command', () => {
  it('draws the status of a request as iDDS does', async () => {
    submit();
    expect(await execute('get_status', { request_id: 1 })).toEqual([
      true,
      [
        '  request_id  request_workload_id    scope:name                status        errors',
        '------------  ---------------------  ------------------------  ------------  --------',
        '           1                         workflow:user.alice.blah  Transforming  {}',
      ].join('\n'),
    ]);
  });

  it('draws a table without rows for an unknown request', async () => {
    expect(await execute('get_status', { request_id: 99999 })).toEqual([
      true,
      [
        'request_id    request_workload_id    scope:name    status    errors',
        '------------  ---------------------  ------------  --------  --------',
      ].join('\n'),
    ]);
  });

  it('aborts a request once', async () => {
    const id = submit();
    const ok = [true, [[0, { status: 0, message: 'Command registered successfully' }]]];
    expect(await execute('abort', { request_id: 1 })).toEqual(ok);
    expect(rig.engine.request(id)?.status).toBe('Cancelling');
    rig.engine.setRequest(id, { status: 'Cancelled' });
    expect(await execute('abort', { request_id: 1 })).toEqual([
      true,
      [[-1, { status: -1, message: 'request 1 has ended already: Cancelled' }]],
    ]);
  });

  it('retries what failed and refuses what did not', async () => {
    const id = submit();
    rig.engine.setRequest(id, { status: 'Failed', error: 'broken' });
    expect(await execute('retry', { request_id: 1 })).toEqual([
      true,
      [[0, { status: 0, message: 'Command registered successfully' }]],
    ]);
    expect(rig.engine.request(id)?.status).toBe('Transforming');
    expect(await execute('retry', { request_id: 1 })).toEqual([
      true,
      [[-1, { status: -1, message: 'request 1 has nothing to retry: Transforming' }]],
    ]);
  });

  it.each([
    ['finish', 'finish-soft'],
    ['suspend', 'pause'],
    ['resume', 'resume'],
  ])('gives %s to the engine as %s', async (command, given) => {
    const id = submit();
    expect(await execute(command, { request_id: 1 })).toEqual([
      true,
      [[0, { status: 0, message: 'Command registered successfully' }]],
    ]);
    expect(rig.engine.commands).toEqual([{ of: id, command: given }]);
    rig.engine.setRequest(id, { status: 'Finished' });
    expect(await execute(command, { request_id: 1 })).toEqual([
      true,
      [[-1, { status: -1, message: 'request 1 has ended already: Finished' }]],
    ]);
  });

  it('knows neither unknown requests nor those of others', async () => {
    submit('user.bob.blah', 'Bob Example');
    expect(await execute('abort', { request_id: 99999 })).toEqual([false, 'request 99999 is not found']);
    expect(await execute('abort', { request_id: 1 })).toEqual([
      false,
      'request 1 is not owned by Alice Example',
    ]);
  });

  it.each([
    ['close', [false, 'close is unsupported']],
    ['__proto__', [false, '__proto__ is unsupported']],
    ['constructor', [false, 'constructor is unsupported']],
  ])('refuses %s', async (command, answer) => {
    submit();
    expect(await execute(command, { request_id: 1 })).toEqual(answer);
  });

  it('passes on that iDDS knows no such argument', async () => {
    expect(await execute('get_status', { request_id: 1, json: 1 })).toEqual([
      true,
      [false, "ClientManager.get_status() got an unexpected keyword argument 'json'"],
    ]);
  });

  it.each([
    [{ request_id: 'x' }, [false, "Type error: 'request_id' must be of type int"]],
    [{ request_id: 1.5 }, [false, "Type error: 'request_id' must be of type int"]],
    [{}, [false, "Argument error: missing a required argument: 'request_id'"]],
    [[1], [false, "Type error: 'kwargs' must be a JSON object"]],
  ])('refuses to abort %j', async (kwargs, answer) => {
    expect(await execute('abort', kwargs)).toEqual(answer);
  });
});

describe('relay_idds_command', () => {
  it('lists requests, from a form and from gzip without Content-Encoding', async () => {
    submit();
    const entry = {
      request_id: 1,
      workload_id: null,
      scope: 'workflow',
      name: 'user.alice.blah',
      username: 'Alice Example',
      status: {
        class: 'RequestStatus',
        module: 'idds.common.constants',
        attributes: { _value_: 2, _name_: 'Transforming', _sort_order_: 2 },
      },
      errors: {},
    };
    const form = { command_name: 'get_requests', kwargs: '{"request_id": 1}', manager: 'True' };
    expect(await rig.legacyForm('relay_idds_command', form)).toEqual([true, [entry]]);
    expect(await rig.legacyGzip('relay_idds_command', { ...form, manager: true })).toEqual([true, [entry]]);
    expect(await rig.legacyForm('relay_idds_command', { command_name: 'get_requests' })).toEqual([
      true,
      [entry],
    ]);
  });

  it('takes positional arguments', async () => {
    submit();
    const [ok, table] = (await rig.legacyGzip('relay_idds_command', {
      command_name: 'get_status',
      args: '[1]',
      manager: true,
    })) as [boolean, string];
    expect(ok).toBe(true);
    expect(table).toContain('workflow:user.alice.blah');
  });

  it('refuses what iDDS does not have', async () => {
    expect(await rig.legacyForm('relay_idds_command', { command_name: 'no_such', manager: 'True' })).toEqual([
      false,
      'no_such is not a command of iDDS ClientManager',
    ]);
  });

  it('has a twin in API v1', async () => {
    submit();
    const answer = await rig.v1('idds/relay_idds_command', {
      command_name: 'get_status',
      kwargs: '{"request_id": 1}',
      manager: true,
    });
    expect(answer).toMatchObject({ success: true, message: '' });
    const abort = { command_name: 'abort', kwargs: '{"request_id": 1}' };
    expect(await rig.v1('idds/execute_idds_workflow_command', abort)).toEqual({
      success: true,
      message: '',
      data: [[0, { status: 0, message: 'Command registered successfully' }]],
    });
    expect(await rig.v1('idds/execute_idds_workflow_command', { ...abort, command_name: 'close' })).toEqual({
      success: false,
      message: 'close is unsupported',
      data: null,
    });
  });
});

describe('API v1', () => {
  it.each([
    ['{"task_id": 40000001, "foo": 1}', "Argument error: got an unexpected keyword argument 'foo'"],
    ['{}', "Argument error: missing a required argument: 'task_id'"],
    ['', "Argument error: missing a required argument: 'task_id'"],
    ['{"task_id": "40000001"}', "Type error: 'task_id' must be of type int, got str."],
    ['{"task_id": 1.5}', "Type error: 'task_id' must be of type int, got float."],
    ['{"task_id": null}', "Type error: 'task_id' must be of type int, got NoneType."],
    ['{"task_id": {"__proto__": 1}}', "Type error: 'task_id' must be of type int, got dict."],
  ])('answers %s with HTTP 200 and the argument that is wrong', async (body, message) => {
    const answer = await rig.post('/api/v1/task/kill', body, { 'content-type': 'application/json' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await answer.json()).toEqual({ success: false, message, data: null });
  });

  it('names the right verb', async () => {
    const answer = await rig.get('/api/v1/task/kill?task_id=40000001');
    expect(await answer.json()).toEqual({
      success: false,
      message: 'expecting POST, received GET',
      data: null,
    });
  });

  it('answers broken JSON with 500 and one line', async () => {
    const answer = await rig.post('/api/v1/task/kill', '{', { 'content-type': 'application/json' });
    expect(answer.status).toBe(500);
    expect(await answer.text()).toMatch(/^ERROR : received invalid JSON : [^\n]+$/);
  });

  it('reads gzip with Content-Encoding and without', async () => {
    const body = gzipSync('{"task_id": "x"}');
    const encodings: Record<string, string>[] = [{}, { 'content-encoding': 'gzip' }];
    for (const headers of encodings) {
      const answer = await rig.post('/api/v1/task/kill', body, {
        'content-type': 'application/json',
        ...headers,
      });
      expect(await answer.json()).toMatchObject({
        message: "Type error: 'task_id' must be of type int, got str.",
      });
    }
  });

  it.each([
    ['/api/v1/task/nosuch', 'ERROR : method nosuch is forbidden'],
    ['/api/v1/nosuch/kill', 'ERROR : method kill is forbidden'],
    ['/api/v1/__proto__/toString', 'ERROR : method toString is forbidden'],
    ['/server/panda/nosuch', 'ERROR : method nosuch is forbidden'],
    ['/server/panda/constructor', 'ERROR : method constructor is forbidden'],
  ])('forbids what it does not know: %s', async (path, text) => {
    const answer = await rig.post(path, 'a=1', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toBe(text);
  });

  it('is alive, and knows whom it serves', async () => {
    expect(await (await rig.get('/api/v1/system/is_alive')).json()).toEqual({
      success: true,
      message: '',
      data: null,
    });
    expect(await (await rig.get('/api/v1/system/get_attributes')).json()).toMatchObject({
      success: true,
      data: { environment: { SSL_CLIENT_S_DN: 'Alice Example/CN=nickname:alice' } },
    });
  });
});

describe('secrets', () => {
  const set = (key: unknown, value: unknown) => rig.v1('creds/set_user_secrets', { key, value });
  const all = async (query = '') =>
    ((await (await rig.get(`/api/v1/creds/get_user_secrets${query}`)).json()) as { data: string }).data;

  it('are set, listed as JSON inside JSON, and deleted', async () => {
    expect(await all()).toBe('{}');
    expect(await set('MY_KEY', 's3cr3t-value')).toEqual({ success: true, message: 'OK', data: null });
    expect(await set('___file___:MY_FILE', 'aGVsbG8=')).toMatchObject({ success: true });
    expect(JSON.parse(await all())).toEqual({ MY_KEY: 's3cr3t-value', '___file___:MY_FILE': 'aGVsbG8=' });
    expect(rig.engine.secret('MY_KEY')).toBeInstanceOf(Secret);
    expect(JSON.parse(await all('?keys=MY_KEY&keys=NONE'))).toEqual({ MY_KEY: 's3cr3t-value' });
    await set('MY_KEY', null);
    expect(JSON.parse(await all())).toEqual({ '___file___:MY_FILE': 'aGVsbG8=' });
    await set(null, null);
    expect(await all()).toBe('{}');
  });

  it('keep the name __proto__ as a name', async () => {
    await set('__proto__', 'harmless-value');
    expect(await all()).toBe('{"__proto__":"harmless-value"}');
  });

  it('refuse values that are no text, too long, or without a name', async () => {
    expect((await set('K', ['a', 'b'])).message).toBe("Type error: 'value' must be of type str, got list.");
    expect((await set('K', 'x'.repeat(1000 * 1024 + 1))).message).toBe(
      'The value length exceeds the limit (1000 kB)',
    );
    expect((await set('', 'x')).message).toBe(
      'The key must have 1 to 256 characters and no control characters',
    );
    expect((await set('a\nb', 'x')).success).toBe(false);
    expect(await all()).toBe('{}');
  });

  it('never reach the log', async () => {
    await set('MY_KEY', 'tell-nobody-this');
    await all();
    expect(rig.lines.join('\n')).not.toContain('tell-nobody-this');
  });
});

describe('get_tasks_detailed_info_since', () => {
  const tasks = async (query = ''): Promise<Record<string, unknown>[]> => {
    const answer = await rig.get(`/api/v1/task/get_tasks_detailed_info_since${query}`);
    return ((await answer.json()) as { data: Record<string, unknown>[] }).data;
  };
  const filtered = (filters: unknown) => tasks(`?filters=${encodeURIComponent(JSON.stringify(filters))}`);

  it('lists the latest first, and counts jobs as files', async () => {
    const id = submit();
    rig.engine.setTask(taskOf(id), {
      status: 'finished',
      nJobs: 10,
      nJobsFinished: 8,
      nJobsFailed: 2,
      startedMs: rig.clock.nowMs(),
      endedMs: rig.clock.nowMs() + 60_000,
    });
    const [bottom, top] = await tasks();
    expect(bottom?.jediTaskID).toBe(40_000_002);
    expect(top).toMatchObject({
      jediTaskID: 40_000_001,
      taskName: 'user.alice.blah_000_top/',
      status: 'finished',
      superStatus: 'finished',
      userName: 'Alice Example',
      reqID: 1,
      creationDate: { __datetime__: '2026-11-20T20:48:26' },
      startTime: { __datetime__: '2026-11-20T20:48:26' },
      endTime: { __datetime__: '2026-11-20T20:49:26' },
      modificationTime: { __datetime__: '2026-11-20T20:49:26' },
      nFiles: 10,
      nFilesFinished: 8,
      nFilesFailed: 2,
      nFilesMissing: 0,
      pctFinished: 80,
      pctFailed: 20,
      task_creation_arguments: "prun --exec 'echo hi' --outDS user.alice.blah_000_top",
    });
  });

  it('was created when its iteration began, not its request', async () => {
    const id = submit();
    rig.engine.setTask(taskOf(id), { iteration: '2', createdMs: rig.clock.nowMs() + 3_600_000 });
    const [, later] = await tasks();
    expect(later).toMatchObject({
      creationDate: { __datetime__: '2026-11-20T21:48:26' },
      modificationTime: { __datetime__: '2026-11-20T21:48:26' },
    });
  });

  it('filters as pbook asks', async () => {
    const id = submit();
    submit('user.alice.other', 'Alice Example', ['only']);
    rig.engine.setTask(taskOf(id), { status: 'running' });
    const ids = async (filters: unknown) => (await filtered(filters)).map((task) => task.jediTaskID);
    expect(await ids({ jediTaskID: '40000002' })).toEqual([40_000_002]);
    expect(await ids({ reqID: '2' })).toEqual([40_000_003]);
    expect(await ids({ superStatus: 'running' })).toEqual([40_000_001]);
    expect(await ids({ status: 'registered' })).toEqual([40_000_003, 40_000_002]);
    expect(await ids({ taskName: 'blah' })).toEqual([]);
    expect(await ids({ taskName: 'user.alice.other_000_only' })).toEqual([40_000_003]);
    expect(await ids({ nosuch: 'x' })).toEqual([]);
    expect((await tasks('?n_tasks=2')).length).toBe(2);
    expect((await tasks('?n_tasks=-1')).length).toBe(0);
  });

  it('leaves out what has not changed since', async () => {
    submit();
    expect((await tasks('?since=2026-11-20+20:48:26')).length).toBe(2);
    expect(await tasks('?since=2026-11-20+20:48:27')).toEqual([]);
  });

  it.each([
    ['?filters=x', 'filters is not valid JSON'],
    ['?filters=%5B1%5D', 'filters is not valid JSON'],
    ['?since=yesterday', "Type error: 'since' must be a time of the form YYYY-MM-DD HH:MM:SS."],
    ['?n_tasks=many', "Type error: 'n_tasks' must be of type int, got str."],
    ['?nosuch=1', "Argument error: got an unexpected keyword argument 'nosuch'"],
    ['?__proto__=1', "Argument error: got an unexpected keyword argument '__proto__'"],
  ])('refuses %s', async (query, message) => {
    const answer = await rig.get(`/api/v1/task/get_tasks_detailed_info_since${query}`);
    expect(await answer.json()).toEqual({ success: false, message, data: null });
  });
});

describe('commands on tasks', () => {
  it('kill the last open task of a request', async () => {
    const id = submit('user.alice.one', 'Alice Example', ['only']);
    expect(await rig.v1('task/kill', { task_id: taskOf(id) })).toEqual({
      success: true,
      message: `command=kill is registered for task ID ${taskOf(id)}. will be executed in a few minutes`,
      data: 0,
    });
    expect(rig.engine.commands).toEqual([{ of: taskOf(id), command: 'kill' }]);
  });

  it('finish, pause and resume', async () => {
    const id = submit();
    const task_id = taskOf(id);
    for (const [path, body, given] of [
      ['finish', { task_id }, 'finish'],
      ['finish', { task_id, soft: true }, 'finish-soft'],
      ['pause', { task_id }, 'pause'],
      ['resume', { task_id }, 'resume'],
    ] as const) {
      expect(await rig.v1(`task/${path}`, body)).toEqual({
        success: true,
        message: `command=${path} is registered for task ID ${task_id}. will be executed in a few minutes`,
        data: 0,
      });
      expect(rig.engine.commands.at(-1)).toEqual({ of: task_id, command: given });
    }
  });

  it('retry with other parameters, and say which of them mean nothing here', async () => {
    const id = submit();
    rig.engine.setTask(taskOf(id), { status: 'finished' });
    const retry = (new_parameters: unknown) => rig.v1('task/retry', { task_id: taskOf(id), new_parameters });
    expect(await retry({ nFilesPerJob: 10, excludedSite: ['ABC'], ramCount: 4000 })).toEqual({
      success: true,
      message: `reactivation accepted. jediTaskID=${taskOf(id)} (currently in finished state) will be re-executed with old and/or new input; without effect on this machine: excludedSite`,
      data: 3,
    });
    expect(rig.engine.commands.at(-1)).toMatchObject({ change: { splitting: { nFilesPerJob: 10 } } });
    expect(await retry({ nFilesPerJob: 'many' })).toMatchObject({
      success: true,
      message: 'Command rejected: nFilesPerJob must be a positive integer',
      data: 4,
    });
    expect(await retry({ nosuch: 1 })).toMatchObject({
      message: 'Command rejected: nosuch cannot be changed by a retry',
      data: 4,
    });
    expect(await retry('[1]')).toMatchObject({
      message: 'Command rejected: new_parameters must be a dictionary',
      data: 4,
    });
    expect(rig.engine.commands).toHaveLength(1);
  });

  it('reload the input of a task that has ended', async () => {
    const id = submit();
    expect(await rig.v1('task/reload_input', { task_id: taskOf(id) })).toEqual({
      success: false,
      message: 'Command rejected: the incexec command is not accepted if the task is in registered status ',
      data: 4,
    });
    rig.engine.setTask(taskOf(id), { status: 'done' });
    expect(await rig.v1('task/reload_input', { task_id: taskOf(id) })).toEqual({
      success: true,
      message: `command=incexec is registered for task ID ${taskOf(id)}. will be executed in a few minutes`,
      data: 0,
    });
  });

  it('recover lost files, and give the address of a log that needs no token', async () => {
    const id = submit();
    rig.engine.setTask(taskOf(id), { status: 'done' });
    rig.engine.lost.set(taskOf(id), ['user.alice.40000001._000001.out.txt']);
    const answer = await rig.v1('file_server/upload_file_recovery_request', {
      task_id: taskOf(id),
      dry_run: true,
    });
    expect(answer).toMatchObject({
      success: true,
      message: 'The request was accepted and will be processed in a few minutes',
    });
    const { logFileURL } = answer.data as { logFileURL: string };
    expect(logFileURL.startsWith(`${rig.url}/cache/jedilog/lost_file_recovery.`)).toBe(true);
    expect(await (await fetch(logFileURL)).text()).toContain(
      'lost user.alice.40000001._000001.out.txt: the job that made it would run again',
    );
    expect((await fetch(`${rig.url}/cache/jedilog/..%2Fidentity.json`)).status).toBe(404);
  });

  it('are refused in the wrong state as PanDA does it', async () => {
    const id = submit('user.alice.one', 'Alice Example', ['only']);
    rig.engine.setTask(taskOf(id), { status: 'done' });
    rig.engine.setRequest(id, { status: 'Finished' });
    expect(await rig.v1('task/kill', { task_id: taskOf(id) })).toEqual({
      success: false,
      message: 'Command rejected: the kill command is not accepted if the task is in done status ',
      data: 4,
    });
    expect(await rig.v1('task/retry', { task_id: taskOf(id) })).toEqual({
      success: true,
      message: 'Command rejected: the retry command is not accepted if the task is in done status ',
      data: 4,
    });
  });

  it('retry a failed task', async () => {
    const id = submit('user.alice.one', 'Alice Example', ['only']);
    rig.engine.setTask(taskOf(id), { status: 'failed' });
    rig.engine.setRequest(id, { status: 'Failed' });
    expect(await rig.v1('task/retry', { task_id: taskOf(id) })).toEqual({
      success: true,
      message: `command=retry is registered for task ID ${taskOf(id)}. will be executed in a few minutes`,
      data: 0,
    });
  });

  it('know only the tasks of their owner', async () => {
    const id = submit('user.bob.x', 'Bob Example', ['only']);
    for (const task of [taskOf(id), 1]) {
      expect(await rig.v1('task/kill', { task_id: task })).toEqual({
        success: false,
        message: 'not the task owner or no production role',
        data: null,
      });
    }
  });
});

describeWithShared('answers have the shape of the recorded ones', () => {
  interface Recording {
    readonly responses: readonly { readonly status: number; readonly json: unknown }[];
  }
  const recorded = (name: string, index = 0) =>
    (sharedJson('recordings', 'panda', `${name}.curl.json`) as Recording).responses[index]?.json;

  it('for tasks: the same fields in the same order', async () => {
    submit();
    const answer = await rig.get('/api/v1/task/get_tasks_detailed_info_since?n_tasks=1');
    const fields = (body: unknown) => Object.keys((body as { data: object[] }).data[0] ?? {});
    expect(fields(await answer.json())).toEqual(fields(recorded('pbook_show_id')));
  });

  it('for iDDS requests, commands and tables', async () => {
    submit();
    const form = { command_name: 'get_requests', kwargs: '{"request_id": 1}', manager: 'True' };
    expect(shapeOf(await rig.legacyForm('relay_idds_command', form))).toEqual(
      shapeOf(recorded('py_idds_relay_get_requests')),
    );
    expect(await execute('get_status', { request_id: 99999 })).toEqual(
      recorded('pbook_show_workflow_unknown'),
    );
    expect(await execute('abort', { request_id: 99999 })).toEqual(recorded('pbook_kill_workflow_unknown'));
    expect(await execute('abort', { request_id: 1 })).toEqual(recorded('pbook_kill_workflow'));
    rig.engine.setRequest(rig.engine.requests()[0]?.id ?? submit(), { status: 'Failed' });
    expect(await execute('retry', { request_id: 1 })).toEqual(recorded('pbook_retry_workflow'));
  });

  it('for secrets', async () => {
    const set = (key: unknown, value: unknown) => rig.v1('creds/set_user_secrets', { key, value });
    expect(await set('MY_KEY', 's3cr3t-value')).toEqual(recorded('pbook_set_secret'));
    expect(await set('MY_KEY', ['a', 'b'])).toEqual(recorded('pbook_set_secret_comma'));
    expect(await set('MY_KEY', null)).toEqual(recorded('pbook_delete_secret'));
    expect(await set(null, null)).toEqual(recorded('pbook_delete_all_secrets'));
    const none = await (await rig.get('/api/v1/creds/get_user_secrets')).json();
    expect(none).toEqual(recorded('pbook_list_secrets_none'));
  });
});

/** The names and types in a value, without the values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shapeOf(item)]));
}
