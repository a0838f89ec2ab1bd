import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalError } from '../../src/base/errors.ts';
import { rawTar, type RawMember } from '../archive/raw-tar.ts';
import { describeWithShared, sharedJson, sharedPath } from '../rigs/shared.ts';
import { smallChain } from '../rigs/small-chain.ts';
import { sandboxName, serverRig, type ServerRig } from './rig.ts';

let rig: ServerRig;
beforeEach(async () => {
  rig = await serverRig();
});
afterEach(() => rig.close());

const workflow = smallChain({
  exec: 'echo %IN > results.root',
  args: '--outputs results.root --forceStaged',
});

interface Answer {
  readonly status: boolean;
  readonly request_id: number | null;
  readonly log: string;
}

async function sandboxOf(members: readonly RawMember[], number = 1): Promise<string> {
  const name = sandboxName(number);
  const uploaded = await rig.upload(name, gzipSync(rawTar(members)));
  expect(uploaded.success).toBe(true);
  return name;
}

const dataOf = (sandbox: string, more: object = {}) => ({
  taskParams: {},
  sourceURL: rig.url,
  sandbox,
  workflowSpecFile: 'main.cwl',
  workflowInputFile: '',
  language: 'cwl',
  outDS: 'user.alice.blah',
  base_platform: 'centos7',
  ...more,
});

async function put(data: object, mode: 'check' | 'sync'): Promise<Answer> {
  const answer = (await rig.legacyGzip('put_workflow_request', {
    data: JSON.stringify(data),
    [mode]: true,
  })) as [boolean, Answer];
  expect(answer[0]).toBe(true);
  return answer[1];
}

/** The messages of a log without their times; their form is checked by the way. */
function messages(log: string): string[] {
  expect(log.endsWith('\n')).toBe(true);
  const timed = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00) : /;
  return log
    .split('\n')
    .filter((line) => timed.test(line))
    .map((line) => line.replace(timed, '').replace(/workflow\.[0-9a-f-]{36}$/, 'workflow.<uuid>'));
}

describe('put_workflow_request', () => {
  it('checks a workflow and shows what was understood, without submitting it', async () => {
    const sandbox = await sandboxOf([{ name: './main.cwl', content: workflow }]);
    const answer = await put(dataOf(sandbox), 'check');
    expect(answer).toMatchObject({ status: true, request_id: null });
    expect(messages(answer.log)).toEqual([
      `downloading sandbox from ${rig.url}/cache/${sandbox}`,
      'parse workflow',
      'the description was internally converted as follows',
      '',
      'start workflow.<uuid>',
      'is_OK=True request_id=None',
    ]);
    expect(answer.log).toContain('ID:0 Name:top Type:prun\n  Parent:\n  Input:\n');
    expect(answer.log).toContain('Default Link ID:0 is_started -> ID:1');
    expect(rig.engine.submitted).toEqual([]);
  });

  it('keeps the lists of input files that steps name in the sandbox', async () => {
    const listed = workflow
      .replace('--forceStaged', '--inputFileList lists/a.txt')
      .replace('--nJobs 3', '--nJobs 3 --secondaryDSs IN2:1:user.alice.more:::lists/b.txt');
    const sandbox = await sandboxOf([
      { name: './main.cwl', content: listed },
      { name: './lists/a.txt', content: '# mine\n\n x.root \nmc:y.root\n' },
      { name: './lists/b.txt', content: 'z.root' },
    ]);
    expect(await put(dataOf(sandbox), 'sync')).toMatchObject({ status: true });
    expect(rig.engine.submitted[0]?.plan.steps.map(({ beside }) => beside)).toEqual([
      { files: { IN2: ['z.root'] } },
      { files: { IN: ['x.root', 'mc:y.root'] } },
    ]);
  });

  it('submits a workflow with its sandbox', async () => {
    const sandbox = await sandboxOf([{ name: './main.cwl', content: workflow }]);
    const answer = await put(dataOf(sandbox), 'sync');
    expect(answer).toMatchObject({ status: true, request_id: 1 });
    expect(messages(answer.log).slice(-3)).toEqual([
      'submit workflow',
      'start workflow.<uuid>',
      'is_OK=True request_id=1',
    ]);
    expect(rig.engine.submitted).toMatchObject([
      {
        name: 'user.alice.blah',
        userName: 'Alice Example',
        sandbox: join(rig.directory, 'cache', sandbox),
        key: undefined,
        environment: {},
        plan: {
          outDS: 'user.alice.blah',
          steps: [
            { id: 0, name: 'top' },
            { id: 1, name: 'bottom', parents: [0] },
          ],
          outputSteps: [1],
        },
      },
    ]);
    expect(readdirSync(join(rig.directory, 'unpacked'))).toEqual([]);
  });

  it('gives the earlier request for a key that was seen before, also when both arrive at once', async () => {
    const sandbox = await sandboxOf([{ name: './main.cwl', content: workflow }]);
    const data = dataOf(sandbox, { pchain: { key: 'the key', datasets: {} } });
    const both = await Promise.all([put(data, 'sync'), put(data, 'sync')]);
    expect(both.map((answer) => answer.request_id)).toEqual([1, 1]);
    const again = await put(data, 'sync');
    expect(again).toMatchObject({ status: true, request_id: 1 });
    expect(messages(again.log)[0]).toBe('request_id=1 was submitted before with the same key');
    expect(rig.engine.submitted.length).toBe(1);
    const other = await put(dataOf(sandbox, { pchain: { key: 'another' } }), 'sync');
    expect(other.request_id).toBe(2);
    expect((await put(data, 'check')).request_id).toBeNull();
  });

  it('hands on local datasets and variables', async () => {
    const sandbox = await sandboxOf([{ name: './main.cwl', content: workflow }]);
    const pchain = {
      key: 'k',
      datasets: { 'user.alice.in/': ['/data/ü 1.root'] },
      environment: { ROOTSYS: '/r' },
    };
    await put(dataOf(sandbox, { pchain }), 'sync');
    const [request] = rig.engine.submitted;
    expect([...(request?.localDatasets ?? [])]).toEqual([['user.alice.in', ['/data/ü 1.root']]]);
    expect(request?.environment).toEqual({ ROOTSYS: '/r' });
  });

  it('gives jobs the sandbox that the task template names', async () => {
    const sandbox = await sandboxOf([{ name: './main.cwl', content: workflow }]);
    const forJobs = await sandboxOf([{ name: 'payload.sh', content: 'true' }], 2);
    const template = (archive: string) => ({
      taskParams: { container: { jobParameters: [{ type: 'constant', value: `-a ${archive}` }] } },
    });
    await put(dataOf(sandbox, template(forJobs)), 'sync');
    await put(dataOf(sandbox, template('None')), 'sync');
    expect(rig.engine.submitted.map((request) => request.sandbox)).toEqual([
      join(rig.directory, 'cache', forJobs),
      undefined,
    ]);
    const missing = await put(dataOf(sandbox, template(sandboxName(9))), 'sync');
    expect(missing.status).toBe(false);
    expect(messages(missing.log)).toContain(
      `failed to run with the sandbox of the jobs \`${sandboxName(9)}\` was not uploaded`,
    );
    const hostile = await sandboxOf([{ name: '../x', content: 'x' }], 3);
    const refused = await put(dataOf(sandbox, template(hostile)), 'sync');
    expect(refused.status).toBe(false);
    expect(rig.engine.submitted.length).toBe(2);
  });

  it('says where the workflow is wrong, and submits nothing', async () => {
    const wrong = workflow.replace('opt_inDS: top/outDS', 'opt_foo: {default: 1}');
    const sandbox = await sandboxOf([{ name: 'main.cwl', content: wrong }]);
    for (const mode of ['check', 'sync'] as const) {
      const answer = await put(dataOf(sandbox), mode);
      expect(answer).toMatchObject({ status: false, request_id: null });
      const lines = messages(answer.log);
      expect(lines.at(-1)).toBe('is_OK=False is_fatal=True request_id=None');
      expect(lines.filter((line) => line.startsWith('Verification failure in ID:')).join('\n')).toMatch(
        /^Verification failure in ID:\d main\.cwl:\d+:\d+: error\[[a-z/-]+\] .*`opt_foo`/m,
      );
    }
    expect(rig.engine.submitted).toEqual([]);
  });

  it.each([
    ['no such main file', { workflowSpecFile: 'nosuch.cwl' }, /nosuch\.cwl/],
    [
      'no such inputs file',
      { workflowInputFile: 'nosuch.yaml' },
      /the inputs file `nosuch\.yaml` does not exist/,
    ],
    ['a main file outside of the sandbox', { workflowSpecFile: '../../server.json' }, /server\.json/],
    ['an absolute main file', { workflowSpecFile: '/etc/passwd' }, /passwd/],
    [
      'an unknown language',
      { language: 'cwll' },
      /cannot be read here, only `cwl`, `snakemake`, `yaml`; did you mean `cwl`\?$/,
    ],
  ])('refuses %s', async (_name, more, message) => {
    const sandbox = await sandboxOf([{ name: 'main.cwl', content: workflow }]);
    const answer = await put(dataOf(sandbox, more), 'check');
    expect(answer.status).toBe(false);
    expect(messages(answer.log).some((line) => message.test(line))).toBe(true);
    expect(answer.log).not.toContain('root:x:');
    expect(answer.log).not.toContain('"token"');
  });

  it('reads documents in sub-directories, but not through links that lead out', async () => {
    const sandbox = await sandboxOf([
      { name: './sub/main.cwl', content: workflow },
      { name: './sub/in.yaml', content: '{}' },
    ]);
    const more = { workflowSpecFile: './sub/main.cwl', workflowInputFile: 'sub/in.yaml' };
    expect((await put(dataOf(sandbox, more), 'check')).status).toBe(true);
    const linked = await sandboxOf([{ name: 'main.cwl', type: '2', linkTarget: '/etc/passwd' }], 2);
    const answer = await put(dataOf(linked), 'check');
    expect(answer.status).toBe(false);
    expect(messages(answer.log).find((line) => line.startsWith('failed to run with '))).toMatch(/main\.cwl/);
  });

  it('says in the log that a sandbox is not there, broken, or not an archive', async () => {
    const missing = await put(dataOf(sandboxName(8)), 'sync');
    expect(messages(missing.log)).toEqual([
      `downloading sandbox from ${rig.url}/cache/${sandboxName(8)}`,
      'bad HTTP response 404',
      'start workflow.<uuid>',
      'is_OK=False is_fatal=False request_id=None',
    ]);
    const whole = gzipSync(rawTar([{ name: 'main.cwl', content: workflow }]));
    await rig.upload(sandboxName(2), whole.subarray(0, whole.length - 30));
    await rig.upload(sandboxName(3), Buffer.from('no archive at all'));
    await rig.upload(sandboxName(4), Buffer.alloc(0));
    for (const number of [2, 3, 4]) {
      const answer = await put(dataOf(sandboxName(number)), 'sync');
      expect(answer.status).toBe(false);
      expect(messages(answer.log).some((line) => line.startsWith('failed to run with '))).toBe(true);
    }
    expect(existsSync(join(rig.directory, 'unpacked'))).toBe(true);
    expect(readdirSync(join(rig.directory, 'unpacked'))).toEqual([]);
  });

  it('says why the engine does not take a workflow', async () => {
    const sandbox = await sandboxOf([{ name: 'main.cwl', content: workflow }]);
    rig.engine.failNext = new LocalError('dataset `user.bob.in/` is not on this machine');
    const answer = await put(dataOf(sandbox), 'sync');
    expect(answer).toMatchObject({ status: false, request_id: null });
    expect(messages(answer.log)).toContain(
      'failed to run with dataset `user.bob.in/` is not on this machine',
    );
  });

  it('answers a client that asks neither for a check nor for the log as PanDA does', async () => {
    const sandbox = await sandboxOf([{ name: 'main.cwl', content: workflow }]);
    const data = JSON.stringify(dataOf(sandbox));
    expect(await rig.legacyForm('put_workflow_request', { data })).toEqual([
      true,
      'request was accepted and will be processed in a few minutes',
    ]);
    expect(rig.engine.submitted.length).toBe(1);
    const missing = JSON.stringify(dataOf(sandboxName(7)));
    const [ok, why] = (await rig.legacyForm('put_workflow_request', { data: missing })) as [boolean, string];
    expect(ok).toBe(false);
    expect(why).toMatch(/^request was not accepted\n/);
  });

  it.each([
    ['True', null],
    ['true', null],
    ['1', null],
    ['False', 1],
    ['0', 1],
  ])('takes check=%s in a form for what it says', async (check, requestId) => {
    const sandbox = await sandboxOf([{ name: 'main.cwl', content: workflow }]);
    const fields = { data: JSON.stringify(dataOf(sandbox)), check, sync: 'True' };
    const [, answer] = (await rig.legacyForm('put_workflow_request', fields)) as [boolean, Answer];
    expect(answer.request_id).toBe(requestId);
  });

  it('has twins in API v1', async () => {
    const sandbox = await sandboxOf([{ name: 'main.cwl', content: workflow }]);
    const data = JSON.stringify(dataOf(sandbox));
    const dry = await rig.v1('file_server/upload_workflow_request', { data, dry_run: true });
    expect(dry).toMatchObject({ success: true, message: '', data: { status: true, request_id: null } });
    const sync = await rig.v1('file_server/upload_workflow_request', { data, sync: true });
    expect(sync).toMatchObject({ success: true, data: { status: true, request_id: 1 } });
    const raw = await rig.v1('workflow/submit_workflow_raw_request', { params: dataOf(sandbox) });
    expect(raw).toEqual({ success: true, message: '', data: { workflow_id: 2 } });
    const wfd = await rig.v1('workflow/submit_workflow_raw_request', {
      params: dataOf(sandbox, { language: 'yaml' }),
    });
    expect(wfd.success).toBe(false);
    expect(wfd.message).toMatch(/^Failed to submit raw workflow request\n/);
  });
});

describeWithShared('the log of put_workflow_request is the recorded one', () => {
  interface Recording {
    readonly requests: readonly {
      readonly path: string;
      readonly body: { readonly json?: { readonly data: string } };
    }[];
    readonly responses: readonly { readonly json: [boolean, Answer] }[];
  }

  const cases: readonly [string, string, 'check' | 'sync'][] = [
    ['pchain_check', 'test', 'check'],
    ['pchain_submit', 'test', 'sync'],
    ['pchain_check_example_cond', 'cond', 'check'],
    ['pchain_check_example_gitlab', 'gitlab', 'check'],
    ['pchain_check_example_reana', 'reana', 'check'],
    ['pchain_check_example_sig_bg_comb', 'sig_bg_comb', 'check'],
  ];

  it.each(cases)('for %s', async (recordingName, name, mode) => {
    const recording = sharedJson('recordings', 'panda', `${recordingName}.curl.json`) as Recording;
    const index = recording.requests.findIndex((request) => request.path.endsWith('/put_workflow_request'));
    const data = JSON.parse(recording.requests[index]?.body.json?.data ?? '') as Record<string, unknown>;
    const expected = recording.responses[index]?.json[1];
    const inputFile = String(data['workflowInputFile']);
    const { inputs } = sharedJson('resolved', `${name}.json`) as { readonly inputs: unknown };
    const content = readFileSync(sharedPath('corpus', 'panda-cwl', `${name}.cwl`));
    const members: RawMember[] = [{ name: `./${name}.cwl`, content }];
    members.push({ name: `./${inputFile}`, content: inputs === null ? '' : JSON.stringify(inputs) });
    for (const used of archivesOf(data)) await rig.upload(used, gzipSync(rawTar(members)));

    const answer = await put(data, mode);
    expect(comparable(answer.log)).toBe(comparable(expected?.log ?? ''));
    expect(answer.status).toBe(expected?.status);
    expect(typeof answer.request_id).toBe(typeof expected?.request_id);
  });

  function archivesOf(data: Record<string, unknown>): ReadonlySet<string> {
    const names = JSON.stringify(data).match(/jobO\.[0-9a-f-]{36}\.tar\.gz/g) ?? [];
    return new Set(names);
  }

  /** Without what differs from run to run: times, UUIDs, the number of the request, the server's directory. */
  function comparable(log: string): string {
    return log
      .replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00 : /gm, '<time> : ')
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
      .replace(/request_id=\d+/, 'request_id=<id>')
      .replace(/ : start \S*workflow\./, ' : start workflow.');
  }
});
