// Submissions to a remote PanDA, which is a script here: what is sent, what is refused before that, and what becomes of a lost answer.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CliResult } from '../rigs/cli.ts';
import {
  cutSubmission,
  RemotePanda,
  requests,
  sandboxThere,
  smallWorkflow,
  task,
  tasks,
} from '../rigs/remote-panda.ts';
import type { SeenRequest, Step } from '../rigs/server.ts';

let remote: RemotePanda;
beforeEach(() => {
  remote = new RemotePanda();
});
afterEach(() => remote.finish());

const pchain = (steps: readonly Step[], ...args: string[]): Promise<CliResult> => remote.pchain(steps, args);

it('looks up a submission whose answer was lost, instead of sending it again', async () => {
  remote.cli.write({ 'w.cwl': smallWorkflow });
  const steps = [sandboxThere, sandboxThere, cutSubmission, requests('user.alice.old', 'user.alice.lost')];
  const result = await pchain(steps, '--cwl', 'w.cwl', '--outDS', 'user.alice.lost');
  expect(result.exitCode, result.stderr).toBe(0);
  expect(result.stdout).toBe('11\n');
  expect(result.stderr).toContain('the answer was lost, but the submission had arrived');
});

it('finds a lost submission by the tasks that it became, where requests are not listed', async () => {
  remote.cli.write({ 'w.cwl': smallWorkflow });
  const notListed: Step = {
    method: 'POST',
    path: '/server/panda/relay_idds_command',
    reply: { json: [false, 'get_requests needs an id'] },
  };
  const became = tasks(task('top', { taskName: 'user.alice.lost_000_top/', reqID: 4321, status: 'running' }));
  const steps = [sandboxThere, sandboxThere, cutSubmission, notListed, became];
  const result = await pchain(steps, '--cwl', 'w.cwl', '--outDS', 'user.alice.lost');
  expect([result.exitCode, result.stdout]).toEqual([0, '4321\n']);
});

it('writes --dumpJson for scripts, with what was submitted and what was not', async () => {
  remote.cli.write({ 'w.cwl': smallWorkflow });
  const put: Step = {
    method: 'POST',
    path: '/server/panda/put_workflow_request',
    reply: { json: [true, { status: true, request_id: 12, log: '' }] },
  };
  const args = ['--cw', 'w.cwl', '--outD', 'user.alice.dump', '--dumpJson', 'out.json'];
  const result = await pchain([sandboxThere, sandboxThere, put], ...args);
  expect(result.exitCode, result.stderr).toBe(0);
  const read = (): unknown => JSON.parse(readFileSync(join(remote.cli.work, 'out.json'), 'utf8'));
  expect(read()).toMatchObject({
    cwl: 'w.cwl',
    outDS: 'user.alice.dump',
    returnCode: 0,
    returnOut: 'successfully submitted with request_id=12',
    requestID: 12,
  });
});

/** What a submission told the server. */
function submitted(request: SeenRequest): Record<string, unknown> {
  const { data } = JSON.parse(gunzipSync(request.body).toString()) as { data: string };
  return JSON.parse(data) as Record<string, unknown>;
}
const accepted = (check: (data: Record<string, unknown>) => void): Step => ({
  method: 'POST',
  path: '/server/panda/put_workflow_request',
  check: (seen) => check(submitted(seen)),
  reply: { json: [true, { status: true, request_id: 12, log: '' }] },
});
/** A token that nobody signed, of the user `alice`. */
const tokenOf = (claims: object): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ exp: 4e9, preferred_username: 'alice', ...claims })}.x`;
};

describe('the name of a request', () => {
  it('tells which submission it is, so that this one is found among others of the same outDS', async () => {
    remote.cli.write({ 'w.cwl': smallWorkflow });
    let name = '';
    const lost: Step = {
      ...cutSubmission,
      check: (seen) => (name = String(submitted(seen)['workflow_name'])),
    };
    const found: Step = {
      method: 'POST',
      path: '/server/panda/relay_idds_command',
      reply: () => ({
        json: [
          true,
          [
            { request_id: 30, name, status: 'New', errors: {} },
            { request_id: 31, name: 'user.alice.lost', status: 'New', errors: {} },
            { request_id: 32, name: null, status: 'New', errors: {} },
          ],
        ],
      }),
    };
    const result = await pchain(
      [sandboxThere, sandboxThere, lost, found],
      ...['--cwl', 'w.cwl', '--outDS', 'user.alice.lost'],
    );
    expect([result.exitCode, result.stdout], result.stderr).toEqual([0, '30\n']);
    expect(name).toMatch(/^user\.alice\.lost\.pchain-[0-9a-f]{32}\.1$/);
  });

  it('is looked up before the same command sends anything again', async () => {
    remote.cli.write({ 'w.cwl': smallWorkflow });
    const command = ['--cwl', 'w.cwl', '--outDS', 'user.alice.lost'];
    let name = '';
    const lost: Step = {
      ...cutSubmission,
      check: (seen) => (name = String(submitted(seen)['workflow_name'])),
    };
    const away: Step = { method: 'POST', path: '/server/panda/relay_idds_command', reply: { status: 500 } };
    const noTasks: Step = { ...tasks(), reply: { status: 500, body: 'broken' } };
    const first = await pchain([sandboxThere, sandboxThere, lost, away, noTasks], ...command);
    expect(first.exitCode).toBe(5);
    const found: Step = {
      method: 'POST',
      path: '/server/panda/relay_idds_command',
      reply: () => ({ json: [true, [{ request_id: 44, name, status: 'Transforming', errors: {} }]] }),
    };
    // Nothing is uploaded and nothing is submitted.
    const again = await remote.again([found], command);
    expect([again.exitCode, again.stdout], again.stderr).toEqual([0, '44\n']);
    expect(again.stderr).toContain('an earlier call submitted this as request 44');
  });

  it('is the one that the user gives', async () => {
    remote.cli.write({ 'w.cwl': smallWorkflow });
    const put = accepted((data) => expect(data['workflow_name']).toBe('my_wf'));
    const args = ['--cwl', 'w.cwl', '--outDS', 'user.alice.named', '--workflowName', 'my_wf'];
    expect((await pchain([sandboxThere, sandboxThere, put], ...args)).exitCode).toBe(0);
    const long = ['--cwl', 'w.cwl', '--outDS', 'user.alice.long', '--workflowName', 'x'.repeat(256)];
    expect((await pchain([sandboxThere, sandboxThere], ...long)).exitCode).toBe(2);
  });
});

it('does not send a native workflow again whose tasks are there, though its number is not told', async () => {
  remote.cli.write({ 'w.yaml': nativeWorkflow });
  const cut: Step = {
    method: 'POST',
    path: '/api/v1/workflow/submit_workflow_raw_request',
    reply: { reset: 'at once' },
  };
  const none: Step = {
    method: 'POST',
    path: '/server/panda/relay_idds_command',
    reply: { json: [true, []] },
  };
  const own = tasks(task('top', { taskName: 'user.alice.n_001_top/', reqID: null, status: 'running' }));
  const result = await pchain(
    [sandboxThere, sandboxThere, cut, none, own],
    ...['--wfd', 'w.yaml', '--outDS', 'user.alice.n'],
  );
  expect(result.exitCode).toBe(5);
  expect(result.stderr).toContain('the submission has arrived: its tasks begin with 40000001');
});

const nativeWorkflow = `inputs: {data: user.alice.in}
outputs: {result: {from: top/outDS}}
steps:
  top: {type: prun, inDS: "{data}", args: --outputs o.txt, exec: cat %IN > o.txt}
`;

describe('the name of the output', () => {
  const refused = async (outDS: string, claims: object, ...more: string[]): Promise<string> => {
    remote.cli.write({ 'w.cwl': smallWorkflow });
    const args = ['--cwl', 'w.cwl', '--outDS', outDS, ...more];
    const result = await remote.offline(args, { PANDA_AUTH_ID_TOKEN: tokenOf(claims) });
    expect(result.exitCode).toBe(2);
    return result.stderr;
  };

  it('is refused before anything is sent when it is that of somebody else', async () => {
    expect(await refused('user.bob.x', {})).toContain('`outDS` starts with `user.alice.`, not `user.bob.x`');
  });

  it('of a group needs its production role', async () => {
    const official = (groups: string[], outDS: string): Promise<string> =>
      refused(outDS, { groups }, '--official');
    expect(await official(['atlas', 'wlcg/pilot'], 'group.higgs.x')).toContain(
      'needs the production role of a group',
    );
    expect(await official(['susy/production'], 'group.higgs.x')).toContain('your groups are susy');
  });

  it('of a group of the user is taken', async () => {
    remote.cli.write({ 'w.cwl': smallWorkflow });
    const put = accepted((data) =>
      expect((data['taskParams'] as { container: object }).container).toMatchObject({ official: true }),
    );
    const args = ['--cwl', 'w.cwl', '--outDS', 'group.higgs.x', '--official'];
    const env = { PANDA_AUTH_ID_TOKEN: tokenOf({ groups: ['higgs/production'] }) };
    const result = await remote.pchain([sandboxThere, sandboxThere, put], args, env);
    expect(result.exitCode, result.stderr).toBe(0);
  });
});

describe('Athena', () => {
  const step = smallWorkflow.replace('opt_args', 'opt_useAthenaPackages: {default: true}\n      opt_args');

  it('is told of with the archive of what was built here', async () => {
    remote.cli.write({ 'w.cwl': step, 'build/CPackConfig.cmake': '', 'build/x/setup.sh': '' });
    remote.install(
      'cpack',
      'mkdir -p usr/lib; echo built > usr/lib/libMine.so; tar -czf "$4/${6#*=}.tar.gz" usr; rm -r usr',
    );
    const absent: Step = {
      ...sandboxThere,
      reply: { json: { success: false, message: 'NOTFOUND', data: null } },
    };
    let sources = '';
    const upload: Step = {
      method: 'POST',
      path: '/api/v1/file_server/upload_cache_file',
      check: (seen) => {
        sources = /filename="(sources\.[0-9a-f-]+\.tar\.gz)"/.exec(seen.body.toString('latin1'))?.[1] ?? '';
      },
      reply: { json: { success: true, message: '', data: null } },
    };
    const put = accepted((data) => {
      const { athena } = data['taskParams'] as { athena: { transUses: string; buildSpec: object } };
      expect(athena.transUses).toBe('Atlas-21.6.85');
      expect(athena.buildSpec).toMatchObject({ archiveName: sources });
    });
    const env = {
      CMAKE_PREFIX_PATH: `${remote.cli.work}/build/x`,
      AtlasVersion: '21.6.85',
      AtlasProject: 'AthGeneration',
      CMTCONFIG: 'x86_64-centos7-gcc62-opt',
    };
    const args = ['--cwl', 'w.cwl', '--outDS', 'user.alice.athena'];
    const result = await remote.pchain([sandboxThere, sandboxThere, absent, upload, put], args, env);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(sources).not.toBe('');
  });

  it('must be set up, which is said before anything is sent', async () => {
    remote.cli.write({ 'w.cwl': step });
    const result = await remote.offline(['--cwl', 'w.cwl', '--outDS', 'user.alice.athena']);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('the workflow needs Athena, and none is set up in this shell');
  });
});

it('remembers which generation of the protocol a server has, and finds out anew when that is gone', async () => {
  const gone = (path: string): Step => ({ method: 'POST', path, reply: { status: 404, body: 'not found' } });
  const legacy = '/server/panda/relay_idds_command';
  const v1 = '/api/v1/idds/relay_idds_command';
  const rows = [{ request_id: 7, name: 'user.alice.x', status: 'Finished', errors: {} }];
  const inV1: Step = {
    method: 'POST',
    path: v1,
    reply: { json: { success: true, message: '', data: rows } },
  };
  const inLegacy: Step = { method: 'POST', path: legacy, reply: { json: [true, rows] } };
  const ended = tasks(task('top', { status: 'done' }));
  const status = ['status', '7'];
  expect((await pchain([gone(legacy), inV1, ended], ...status)).exitCode).toBe(0);
  expect((await remote.again([inV1, ended], status)).exitCode).toBe(0);
  expect((await remote.again([gone(v1), inLegacy, ended], status)).exitCode).toBe(0);
  expect((await remote.again([inLegacy, ended], status)).exitCode).toBe(0);
});

describe('a native workflow', () => {
  const sent: Step = {
    method: 'POST',
    path: '/api/v1/workflow/submit_workflow_raw_request',
    reply: { json: { success: true, message: '', data: { workflow_id: 78 } } },
  };
  const details = (reply: Step['reply']): Step => ({
    method: 'GET',
    path: '/api/v1/workflow/get_workflow_details',
    check: (seen) => expect(seen.query.get('workflow_id')).toBe('78'),
    reply,
  });
  const told = (status: string, more: object = {}): Step =>
    details({ json: { success: true, message: '', data: { workflow_id: 78, status, steps: [], ...more } } });
  // What servers before this method say, and those that forbid what they do not know.
  const older = [
    details({ status: 404, body: 'Not Found' }),
    details({ status: 403, body: 'ERROR : method get_workflow_details is forbidden' }),
  ];
  const native = (step: string, more: object): object =>
    task('x', { taskName: `user.alice.n_001_${step}/`, reqID: null, ...more });
  const submit = async (): Promise<void> => {
    remote.cli.write({ 'w.yaml': nativeWorkflow });
    const result = await pchain(
      [sandboxThere, sandboxThere, sent],
      '--wfd',
      'w.yaml',
      '--outDS',
      'user.alice.n',
    );
    expect([result.exitCode, result.stdout], result.stderr).toEqual([0, '78\n']);
  };

  it.each(older)('is followed by its tasks where the server has no word for it: %#', async (lacks) => {
    await submit();
    const running = tasks(native('top', { status: 'running', nFilesFinished: 3, nFilesFailed: 0 }));
    const status = await remote.again([running, lacks], ['status', '78']);
    expect(status.exitCode, status.stderr).toBe(0);
    expect(status.stdout + status.stderr).toContain('running');
    const ended = tasks(native('top', { status: 'done', nFilesFinished: 10, nFilesFailed: 0 }));
    const followed = await remote.again([ended, lacks], ['follow', '78']);
    expect(followed.exitCode, followed.stderr).toBe(0);
  });

  it('with the outDS of an earlier one is sent with a warning: PanDA skips steps whose outputs are there', async () => {
    await submit();
    const again = ['--wfd', 'w.yaml', '--outDS', 'user.alice.n', '--fresh'];
    const result = await remote.again([sandboxThere, sandboxThere, sent], again);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(result.stderr).toContain('`user.alice.n` was the output of workflow 78 before');
  });

  it('that is cancelled before it has a task ends, with the words of the server', async () => {
    await submit();
    const steps = [tasks(), told('cancelled', { reason: 'failed to parse: steps must be a map' })];
    const followed = await remote.again(steps, ['follow', '78']);
    expect(followed.exitCode).toBe(1);
    expect(followed.stderr).toContain('failed to parse: steps must be a map');
  });

  it('whose outputs were there already is done though nothing ran', async () => {
    await submit();
    expect((await remote.again([tasks(), told('done')], ['follow', '78'])).exitCode).toBe(0);
  });

  it('of which a step was lost in part has not succeeded', async () => {
    await submit();
    const partly = tasks(native('top', { status: 'finished' }));
    const jobs: Step = {
      method: 'GET',
      path: '/api/v1/task/get_job_descriptions',
      reply: { json: { success: true, message: '', data: [] } },
    };
    const followed = await remote.again([partly, told('done'), jobs], ['follow', '78']);
    expect(followed.exitCode).toBe(1);
  });

  it('is killed task by task', async () => {
    await submit();
    const running = tasks(native('top', { status: 'running' }));
    const kill: Step = {
      method: 'POST',
      path: '/api/v1/task/kill',
      check: (seen) => expect(JSON.parse(seen.body.toString())).toEqual({ task_id: 40_000_001 }),
      reply: { json: { success: true, message: 'command=kill is registered', data: 0 } },
    };
    const killed = await remote.again([running, told('running'), kill], ['kill', '78']);
    expect(killed.exitCode, killed.stderr).toBe(0);
  });
});
