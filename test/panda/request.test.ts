// Submitting, following and ending a request on a remote PanDA, beyond what was recorded.
import { afterEach, describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { AuthError, UsageError } from '../../src/base/errors.ts';
import { requestId } from '../../src/base/names.ts';
import { HttpFailure } from '../../src/http/http-failure.ts';
import { legacyData, pandaTime, v1Data } from '../../src/panda/envelope.ts';
import { commandWorkflow } from '../../src/panda/workflow-commands.ts';
import { stepOfTask } from '../../src/panda/tasks.ts';
import { requestState } from '../../src/panda/status.ts';
import { putWorkflowRequest, type WorkflowRequestData } from '../../src/panda/submit.ts';
import type { HttpAnswer } from '../../src/http/request.ts';
import { describeWithShared, sharedJson } from '../rigs/shared.ts';
import type { Reply, Step } from '../rigs/server.ts';
import { pandaRig, rejection, shown, type PandaRig } from './panda-rig.ts';

let rig: PandaRig | undefined;
afterEach(async () => {
  await rig?.finish();
  rig = undefined;
});

const legacy = (method: string, reply: Reply, check?: Step['check']): Step => ({
  method: 'POST',
  path: `/server/panda/${method}`,
  reply,
  ...(check === undefined ? {} : { check }),
});
const data: WorkflowRequestData = {
  taskParams: { container: {} },
  sourceURL: 'https://c',
  sandbox: 'jobO.x.tar.gz',
  workflowSpecFile: 'a.cwl',
  workflowInputFile: 'a.yaml',
  language: 'cwl',
  outDS: 'user.alice.x',
  base_platform: 'centos7',
};

describe('a submission', () => {
  it('is sent once, and whether it may have arrived can be told from the failure', async () => {
    rig = await pandaRig([legacy('put_workflow_request', { reset: 'at once' })]);
    const lost = await rejection(putWorkflowRequest(rig.panda, { data, mode: 'submit' }));
    expect(lost).toBeInstanceOf(HttpFailure);
    expect(lost).toMatchObject({ reached: 'unknown' });
    await rig.finish();
    const gone = rig.panda;
    rig = undefined;
    const refused = await rejection(putWorkflowRequest(gone, { data, mode: 'submit' }));
    expect(refused).toMatchObject({ reached: 'no' });
  });

  it('for a check only is repeated like any question', async () => {
    const verified = { json: [true, { status: true, request_id: null, log: 'fine\u001b[2J' }] };
    rig = await pandaRig([
      legacy('put_workflow_request', { status: 503 }),
      legacy('put_workflow_request', verified),
    ]);
    const answer = await putWorkflowRequest(rig.panda, { data, mode: 'check' });
    expect(answer).toEqual({ ok: true, requestId: undefined, log: 'fine' });
    expect(rig.lines).toHaveLength(1);
  });

  it.each([
    ["[True, {'status': True}]", 'did not answer with JSON but with `[True,'],
    ['[true]', 'has an unknown form'],
    ['[true, {"status": "yes"}]', 'has an unknown form'],
    ['[true, {"status": true, "request_id": 1.5, "log": ""}]', 'has an unknown form'],
    ['', 'did not answer with JSON but with an empty text'],
  ])('answered with %j is not taken for a success', async (body, message) => {
    rig = await pandaRig([legacy('put_workflow_request', { body })]);
    expect((await rejection(putWorkflowRequest(rig.panda, { data, mode: 'submit' }))).message).toContain(
      message,
    );
  });

  it('is not refused in silence', async () => {
    rig = await pandaRig([legacy('put_workflow_request', { json: [false, ''] })]);
    expect((await rejection(putWorkflowRequest(rig.panda, { data, mode: 'submit' }))).message).toContain(
      'was refused: the server gives no reason',
    );
  });
});

const tasksStep = (reply: Reply, check?: Step['check']): Step => ({
  method: 'GET',
  path: '/api/v1/task/get_tasks_detailed_info_since',
  reply,
  ...(check === undefined ? {} : { check }),
});
const request = (more: object): Reply => ({
  json: [
    true,
    [{ request_id: 7, name: 'user.alice.x', status: { attributes: { _name_: 'Transforming' } }, ...more }],
  ],
});
const tasks = (...rows: object[]): Reply => ({ json: { success: true, message: '', data: rows } });

describe('the state of a request', () => {
  it('has its tasks with the steps that their names tell', async () => {
    rig = await pandaRig([
      legacy('relay_idds_command', request({ errors: { msg: 'a\u0007b', none: null } })),
      tasksStep(
        tasks(
          {
            jediTaskID: 12,
            taskName: 'user.alice.x_001_bottom_half/',
            status: 'running',
            nFiles: 10,
            nFilesFinished: 4,
          },
          { jediTaskID: 11, taskName: 'user.alice.x_000_top', status: 'failed', errorDialog: ' no site\n' },
          { jediTaskID: 13, taskName: 'user.alice.other/', status: null },
        ),
        (seen) => {
          expect(seen.query.get('filters')).toBe('{"reqID":"7"}');
          expect(seen.headers['accept']).toBe('application/json');
        },
      ),
    ]);
    const state = await requestState(rig.panda, requestId(7));
    expect(state).toMatchObject({
      id: 7,
      name: 'user.alice.x',
      status: 'Transforming',
      isFinal: false,
      errors: ['ab'],
    });
    expect(state?.tasks.map(({ name }) => stepOfTask(name, 'user.alice.x'))).toEqual([
      { id: 0, name: 'top' },
      { id: 1, name: 'bottom_half' },
      undefined,
    ]);
    expect(state?.tasks).toMatchObject([
      {
        taskId: 11,
        name: 'user.alice.x_000_top',
        status: 'failed',
        nFiles: undefined,
        nFinished: 0,
        nFailed: 0,
        error: 'no site',
      },
      {
        taskId: 12,
        name: 'user.alice.x_001_bottom_half',
        status: 'running',
        nFiles: 10,
        nFinished: 4,
        nFailed: 0,
        error: undefined,
      },
      {
        taskId: 13,
        name: 'user.alice.other',
        status: 'unknown',
        nFiles: undefined,
        nFinished: 0,
        nFailed: 0,
        error: undefined,
      },
    ]);
  });

  it('is absent when iDDS does not know it, and final when iDDS says so', async () => {
    rig = await pandaRig([
      legacy('relay_idds_command', { json: [true, []] }),
      legacy('relay_idds_command', request({ status: 'SubFinished', errors: 'half of it' })),
      tasksStep(tasks()),
    ]);
    expect(await requestState(rig.panda, requestId(7))).toBeUndefined();
    expect(await requestState(rig.panda, requestId(7))).toMatchObject({
      isFinal: true,
      errors: ['half of it'],
      tasks: [],
    });
  });
});

describeWithShared('a recorded answer about a request', () => {
  const responses = (name: string): { json: unknown }[] =>
    v
      .parse(
        v.object({ responses: v.array(v.object({ json: v.unknown() })) }),
        sharedJson('recordings', 'panda', name),
      )
      .responses.map(({ json }) => ({ json }));

  it('gives its state, asked for as the official client does', async () => {
    const [idds] = responses('py_idds_relay_get_requests.curl.json');
    const [jedi] = responses('pbook_show_reqid.curl.json');
    if (idds === undefined || jedi === undefined) throw new Error('no recording');
    rig = await pandaRig([
      legacy('relay_idds_command', idds, (seen) => {
        expect(seen.headers['content-type']).toBe('application/x-www-form-urlencoded');
        const form = new URLSearchParams(seen.body.toString());
        expect([...form.keys()]).toEqual(['command_name', 'kwargs', 'manager']);
        expect(form.get('command_name')).toBe('get_requests');
        expect(JSON.parse(form.get('kwargs') ?? '')).toEqual({ request_id: 3455 });
        expect(form.get('manager')).toBe('True');
      }),
      tasksStep(jedi),
    ]);
    const state = await requestState(rig.panda, requestId(3455));
    expect(state).toMatchObject({ status: 'Transforming', name: 'user.alice.blah', errors: [] });
    expect(
      state?.tasks.map(({ taskId, name, status, nFiles, nFinished, nFailed }) => [
        taskId,
        stepOfTask(name, 'user.alice.blah')?.name,
        status,
        nFiles,
        nFinished,
        nFailed,
      ]),
    ).toEqual([
      [40000001, 'top', 'running', 10, 4, 1],
      [40000002, 'bottom', 'finished', 10, 8, 2],
    ]);
  });

  it.each([
    ['pbook_kill_workflow', 3455, 'Command registered successfully', undefined],
    ['pbook_kill_workflow_idds_exception', 3455, 'some iDDS error', undefined],
    ['pbook_kill_workflow_not_owner', 3400, 'request 3400 is not owned by Alice Example', AuthError],
    ['pbook_kill_workflow_unknown', 99999, 'the server knows no request 99999', UsageError],
  ])('%s says how its end went', async (name, id, words, error) => {
    const [reply] = responses(`${name}.curl.json`);
    if (reply === undefined) throw new Error('no recording');
    rig = await pandaRig([
      legacy('execute_idds_workflow_command', reply, (seen) => {
        const form = new URLSearchParams(seen.body.toString());
        expect([...form.keys()]).toEqual(['command_name', 'kwargs']);
        expect(form.get('command_name')).toBe('abort');
        expect(JSON.parse(form.get('kwargs') ?? '')).toEqual({ request_id: id });
      }),
    ]);
    const ended = commandWorkflow(rig.panda, requestId(id), 'abort');
    if (error === undefined) {
      expect(await ended).toEqual({ done: !name.endsWith('exception'), message: words });
      return;
    }
    const thrown = await rejection(ended);
    expect(thrown).toBeInstanceOf(error);
    expect(thrown.message).toContain(words);
  });
});

describe('a server that has the second generation of the protocol only', () => {
  const gone = legacy('relay_idds_command', {
    status: 403,
    body: 'ERROR : method relay_idds_command is forbidden',
  });
  const second = (command: string, data: unknown): Step => ({
    method: 'POST',
    path: `/api/v1/idds/${command}`,
    check: (seen) => expect(seen.headers['content-type']).toBe('application/json'),
    reply: { json: { success: true, message: '', data } },
  });

  it('is asked in that, and never in the first again', async () => {
    const done = [[0, { status: 0, message: 'Command registered successfully' }]];
    rig = await pandaRig([
      gone,
      second('relay_idds_command', []),
      second('relay_idds_command', []),
      second('execute_idds_workflow_command', done),
    ]);
    expect(await requestState(rig.panda, requestId(7))).toBeUndefined();
    expect(await requestState(rig.panda, requestId(7))).toBeUndefined();
    expect(await commandWorkflow(rig.panda, requestId(7), 'abort')).toMatchObject({ done: true });
  });
});

describe('an answer of PanDA', () => {
  const answer = (body: string): HttpAnswer => ({
    status: 200,
    headers: {},
    body: Buffer.from(body),
    name: 'GET http://HOST/x',
    saved: undefined,
  });

  it('may hold times, which are UTC unless they say otherwise', () => {
    const read = (text: string): number => v.parse(pandaTime, { __datetime__: text });
    expect(read('2026-07-01T12:00:00')).toBe(Date.UTC(2026, 6, 1, 12));
    expect(read('2026-07-01T12:00:00.250000')).toBe(Date.UTC(2026, 6, 1, 12, 0, 0, 250));
    expect(read('2026-07-01T12:00:00+02:00')).toBe(Date.UTC(2026, 6, 1, 10));
    expect(() => read('soon')).toThrow('Invalid time');
  });

  it('that is code is read as text, never run', () => {
    expect(() => legacyData(answer("__import__('os').system('touch /tmp/x')"), v.string())).toThrow(
      'did not answer with JSON',
    );
  });

  it('of an unknown form names the place, and shortens what was there', () => {
    const body = JSON.stringify({ success: true, message: '', data: { n: 'x'.repeat(500) } });
    const read = (): unknown => v1Data(answer(body), v.object({ n: v.number() }));
    expect(read).toThrow(
      /^the answer to `GET http:\/\/HOST\/x` has an unknown form: n: expected number but received "x{58}…$/,
    );
  });

  it('that refuses is told in one line, without terminal codes', () => {
    const body = JSON.stringify({ success: false, message: 'no\u001b[31m\nway', data: null });
    expect(() => v1Data(answer(body), v.unknown())).toThrow('`GET http://HOST/x` was refused: no way');
    expect(shown('http://127.0.0.1:1/')).toBe('http://HOST/');
  });
});
