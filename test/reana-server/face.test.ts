import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { faceRig, serialSpec, until } from './rig.ts';
import type { FaceRig } from './rig.ts';

let rig: FaceRig;
beforeEach(async () => {
  rig = await faceRig();
});
afterEach(() => rig.stop());

interface Answer {
  readonly status: number;
  readonly json: unknown;
  readonly text: string;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const separator = path.includes('?') ? '&' : '?';
  const isBytes = typeof body === 'string' || Buffer.isBuffer(body);
  const type = isBytes ? 'application/octet-stream' : 'application/json';
  const answer = await fetch(`${rig.url}${path}${separator}access_token=token-of-the-tests`, {
    method,
    headers: body === undefined ? headers : { 'content-type': type, ...headers },
    ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const text = bytes.toString('utf8');
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
  return {
    status: answer.status,
    json: isJson ? (JSON.parse(text) as unknown) : undefined,
    text,
    headers: answer.headers,
    bytes,
  };
}

async function create(spec: object, name = 'fit'): Promise<string> {
  const answer = await ask('POST', `/api/workflows?workflow_name=${name}`, spec);
  expect(answer.status).toBe(201);
  return (answer.json as { workflow_name: string }).workflow_name;
}

const upload = (run: string, name: string, body: string | Buffer): Promise<Answer> =>
  ask('POST', `/api/workflows/${run}/workspace?file_name=${encodeURIComponent(name)}`, body);

/** Empty for one that is gone. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

const workspace = (run: string): string => rig.engine.run(run)?.workspace ?? '';

describe('the REANA face', () => {
  it('answers ping to everybody, without the capabilities of later protocols', async () => {
    const answer = await fetch(`${rig.url}/api/ping`);
    const api_capabilities = ['pchain-workflow-files-v1'];
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { message: 'OK', status: '200', api_capabilities },
    ]);
  });

  it('takes the token from the query or the header, and nothing else', async () => {
    const status = async (path: string, headers: Record<string, string> = {}): Promise<[number, unknown]> => {
      const answer = await fetch(`${rig.url}${path}`, { headers });
      return [answer.status, await answer.json()];
    };
    expect((await status('/api/you?access_token=token-of-the-tests'))[0]).toBe(200);
    const [code, you] = await status('/api/you', { authorization: 'Bearer token-of-the-tests' });
    expect(code).toBe(200);
    expect(you).toMatchObject({
      username: 'jane',
      reana_server_version: '0.9.4',
      reana_token: { value: '' },
    });
    expect(await status('/api/you')).toEqual([401, { message: 'User not signed in.' }]);
    expect(await status('/api/workflows?access_token=wrong')).toEqual([403, { message: 'Token not valid.' }]);
    expect((await status('/api/you', { authorization: 'Basic token-of-the-tests' }))[0]).toBe(401);
  });

  it('describes itself in the types that REANA’s own client insists on', async () => {
    const info = (await ask('GET', '/api/info')).json as Record<string, { title: unknown; value: unknown }>;
    for (const list of ['workspaces_available', 'compute_backends'])
      expect(Array.isArray(info[list]?.value)).toBe(true);
    for (const text of [
      'default_workspace',
      'default_kubernetes_jobs_timeout',
      'maximum_kubernetes_jobs_timeout',
    ]) {
      expect(typeof info[text]?.value, text).toBe('string');
    }
    for (const row of Object.values(info)) expect(typeof row.title).toBe('string');
  });

  it('creates runs with the names and refusals of REANA', async () => {
    const spec = serialSpec([{ commands: ['true'] }]);
    const answer = await ask('POST', '/api/workflows?workflow_name=', spec);
    expect([answer.status, answer.json]).toEqual([
      201,
      {
        message: 'Workflow workspace created',
        workflow_id: rig.engine.runs()[0]?.id,
        workflow_name: 'workflow.1',
      },
    ]);
    const refusals: [string, number, string][] = [
      ['a.b', 403, 'Workflow name a.b contains illegal character "."'],
      ['00000001-1111-4111-8111-111111111111', 400, 'Workflow name cannot be a valid UUIDv4.'],
      ['%C3%A9', 400, 'Workflow name é is not valid.'],
      ['a%2Fb', 400, 'Workflow name a/b is not valid.'],
    ];
    for (const [name, status, message] of refusals) {
      const refused = await ask('POST', `/api/workflows?workflow_name=${name}`, spec);
      expect([refused.status, refused.json]).toEqual([status, { message }]);
    }
    const yadage = await ask('POST', '/api/workflows?workflow_name=y', {
      workflow: { type: 'yadage', specification: null },
    });
    expect([yadage.status, yadage.json]).toEqual([400, { message: 'a yadage workflow needs a `file`' }]);
    const broken = await ask('POST', '/api/workflows?workflow_name=y', {
      inputs: { files: ['/etc/passwd'] },
      ...serialSpec([{ commands: ['true'] }]),
      workflow: { type: 'serial' },
    });
    expect(broken.status).toBe(400);
    const notJson = await ask('POST', '/api/workflows?workflow_name=y', '{', {
      'content-type': 'application/json',
    });
    expect(notJson.status).toBe(400);
  });

  it('tells a run through its life', async () => {
    const run = await create(
      serialSpec([{ name: 'one', commands: ['echo hello; while [ ! -e go ]; do sleep 0.02; done'] }], {
        parameters: { n: 1 },
      }),
    );
    const id = rig.engine.run(run)?.id;
    const status = async (): Promise<Record<string, unknown>> =>
      (await ask('GET', `/api/workflows/${run}/status`)).json as Record<string, unknown>;
    expect(await status()).toMatchObject({
      id,
      name: 'fit.1',
      status: 'created',
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string,
      progress: {
        run_started_at: null,
        run_finished_at: null,
        run_stopped_at: null,
        total: { total: 0, job_ids: [] },
        current_command: null,
        current_step_name: null,
      },
      logs: '{}',
    });
    expect((await ask('PUT', `/api/workflows/${run}/status?status=stop`, {})).json).toEqual({
      message: `Workflow ${id ?? ''} is not running.`,
    });
    expect((await ask('POST', `/api/workflows/${run}/start`, { input_parameters: { m: 1 } })).json).toEqual({
      message: 'Input parameter m is not in the specification.',
    });
    expect(
      (await ask('POST', `/api/workflows/${run}/start`, { operational_options: { TARGET: 'x' } })).status,
    ).toBe(400);
    const started = await ask('POST', '/api/workflows/fit/start', {
      input_parameters: { n: '2' },
      operational_options: { CACHE: 'off' },
    });
    expect([started.status, started.json]).toEqual([
      200,
      {
        message: 'Workflow submitted.',
        workflow_id: id,
        workflow_name: 'fit',
        status: 'queued',
        run_number: '1',
        user: '00000000-0000-0000-0000-000000000000',
      },
    ]);
    const again = await ask('POST', `/api/workflows/${run}/start`, {});
    expect([again.status, again.json]).toEqual([
      403,
      { message: 'Workflow fit.1 is already running and cannot be started again.' },
    ]);
    const deleted = await ask('PUT', `/api/workflows/${run}/status?status=deleted`, {
      all_runs: false,
      workspace: true,
    });
    expect([deleted.status, deleted.json]).toEqual([
      500,
      { message: 'Workflow fit.1 cannot be deleted as it is currently running.' },
    ]);
    expect((await status())['progress']).toMatchObject({
      running: { total: 1 },
      total: { total: 1 },
      current_step_name: 'one',
    });
    writeFileSync(join(workspace(run), 'go'), '');
    await until('the end', () => rig.engine.run(run)?.status === 'finished');
    expect((await status())['progress']).toMatchObject({ running: { total: 0 }, finished: { total: 1 } });
    const logs = (await ask('GET', `/api/workflows/${run}/logs?page=1`)).json as { logs: string };
    const { workflow_logs: workflowLogs, job_logs: jobLogs } = JSON.parse(logs.logs) as {
      workflow_logs: string;
      job_logs: Record<string, object>;
    };
    expect(Object.values(jobLogs)).toMatchObject([
      { job_name: 'one', status: 'finished', logs: 'hello\n', docker_img: 'python:3.12' },
    ]);
    expect(workflowLogs).toContain('step one started on this machine itself, not in the image python:3.12\n');
    const specification = (await ask('GET', `/api/workflows/${run}/specification`)).json;
    expect(specification).toMatchObject({
      specification: { workflow: { type: 'serial' } },
      parameters: { n: '2' },
    });
    expect((await ask('GET', `/api/workflows/${run}/parameters`)).json).toEqual({
      id,
      name: 'fit.1',
      type: 'serial',
      parameters: { n: '2' },
    });
    expect((await ask('PUT', `/api/workflows/${run}/status?status=deleted`, {})).status).toBe(200);
    expect((await ask('GET', `/api/workflows/${run}/workspace`)).json).toEqual({
      message: 'Workspace does not exist.',
    });
    const unknown = await ask('GET', '/api/workflows/nope.7/status');
    expect([unknown.status, unknown.json]).toEqual([
      404,
      {
        message:
          'REANA_WORKON is set to nope.7, but that workflow does not exist. Please set your REANA_WORKON environment variable appropriately.',
      },
    ]);
  });

  it('takes no secret for a variable that no variable can hold', async () => {
    const value = Buffer.from('key\0tab').toString('base64');
    const sent = (type: string): Promise<Answer> => ask('POST', '/api/secrets', { KEYTAB: { value, type } });
    const refused = await sent('env');
    expect([refused.status, refused.json]).toEqual([
      400,
      { message: 'secret `KEYTAB` holds a zero character, which no variable can; send it as a file' },
    ]);
    expect((await sent('file')).status).toBe(201);
  });

  it('answers with the ends of many long logs, shorter ones where they would be too much together', async () => {
    const million = 'head -c 1000000 /dev/zero | tr "\\0" x; echo end';
    const run = await create(serialSpec([{ name: 'one', commands: Array<string>(40).fill(million) }]));
    await ask('POST', `/api/workflows/${run}/start`, {});
    await until('its end', () => rig.engine.run(run)?.status === 'finished', 60_000);
    const logsOf = (text: string): readonly string[] =>
      Object.values(JSON.parse(text) as Record<string, { logs: string }>).map((job) => job.logs);

    const status = await ask('GET', `/api/workflows/${run}/status`);
    expect(status.bytes.length).toBeLessThan(1_200_000);
    const ends = logsOf((status.json as { logs: string }).logs);
    expect(ends).toHaveLength(40);
    for (const end of ends) expect(end).toMatch(/^\[… \d+ bytes before …\]\nx{20000,}end\n$/);

    const logs = (await ask('GET', `/api/workflows/${run}/logs`)).json as { logs: string };
    expect(logs.logs.length).toBeLessThan(34_000_000);
    const page = (await ask('GET', `/api/workflows/${run}/logs?page=2&size=20`)).json as { logs: string };
    const { job_logs: jobLogs } = JSON.parse(page.logs) as { job_logs: object };
    const whole = logsOf(JSON.stringify(jobLogs));
    expect(whole).toHaveLength(20);
    for (const log of whole) expect(log).toHaveLength(1_000_004);
  });

  it('lists runs in pages, by status and by name', async () => {
    for (const name of ['a', 'b', 'ab', 'b']) await create(serialSpec([{ commands: ['true'] }]), name);
    const list = async (query: string): Promise<unknown> => {
      const { json } = await ask('GET', `/api/workflows?${query}`);
      const { items, ...rest } = json as { items: { name: string }[] };
      return { names: items.map((item) => item.name), ...rest };
    };
    const all = { total: 4, page: 1, has_prev: false, has_next: false, user_has_workflows: true };
    expect(await list('type=batch&status=created,running')).toEqual({
      names: ['b.2', 'ab.1', 'b.1', 'a.1'],
      ...all,
    });
    expect(await list('page=2&size=3')).toMatchObject({
      names: ['a.1'],
      total: 4,
      has_prev: true,
      has_next: false,
    });
    expect(await list(`search=${encodeURIComponent('{"name":["b"]}')}`)).toMatchObject({
      names: ['b.2', 'ab.1', 'b.1'],
    });
    expect(await list('status=finished&status=failed')).toMatchObject({ names: [] });
    expect(await list('workflow_id_or_name=b')).toMatchObject({ names: ['b.2', 'b.1'] });
    expect((await ask('GET', '/api/workflows?page=0')).json).toEqual({
      message: "Field 'page': Invalid value.",
    });
    expect((await ask('GET', '/api/workflows?search=x')).status).toBe(400);
  });

  it('closes the files of a zip that nobody waits for any more', async () => {
    const run = await create(serialSpec([{ commands: ['true'] }]));
    const below = join(workspace(run), 'large');
    mkdirSync(below);
    for (const name of ['a', 'b']) writeFileSync(join(below, name), Buffer.alloc(50_000_000));
    const opened = (): readonly string[] =>
      readdirSync('/proc/self/fd')
        .map((number) => linkOf(`/proc/self/fd/${number}`))
        .filter((path) => path.startsWith(below));
    const asked = httpRequest(
      `${rig.url}/api/workflows/${run}/workspace/large?access_token=token-of-the-tests`,
    );
    asked.on('error', () => undefined);
    asked.end();
    await once(asked, 'response');
    await until('the first file is open', () => opened().length === 1);
    asked.destroy();
    await until('no file is open', () => opened().length === 0);
  });

  it('packs thousands of files into a zip, to its very end', async () => {
    const run = await create(serialSpec([{ commands: ['true'] }]));
    const below = join(workspace(run), 'many');
    mkdirSync(below);
    for (let n = 0; n < 3000; n++) writeFileSync(join(below, `event-${n}.txt`), 'x'.repeat(n));
    const zip = await ask('GET', `/api/workflows/${run}/workspace/many`);
    // The end of a zip says how many members it lists.
    const end = zip.bytes.subarray(-22);
    expect(end.toString('latin1', 0, 4)).toBe('PK\u0005\u0006');
    expect(end.readUInt16LE(10)).toBe(3000);
  });

  it('keeps files of any size and name, and gives them back', async () => {
    const run = await create(serialSpec([{ commands: ['true'] }]));
    const names = ['a.txt', 'data/a b#100%&+ç.txt', 'empty', 'x/y/z/[1]*.txt', '/lead.txt'];
    for (const name of names) {
      const content = name === 'empty' ? Buffer.alloc(0) : Buffer.from(`content of ${name}`);
      const stored = await upload(run, name, content);
      expect([stored.status, stored.json]).toEqual([
        200,
        { message: `${name} has been successfully uploaded.` },
      ]);
      const path = name
        .replace(/^\//, '')
        // Asked for as it is, it would be a pattern that finds others.
        .replace(/[*[]/g, '[$&]')
        .split('/')
        .map(encodeURIComponent)
        .join('/');
      const got = await ask('GET', `/api/workflows/${run}/workspace/${path}`);
      expect(got.status).toBe(200);
      expect(got.headers.get('content-type')).toBe('application/octet-stream');
      expect(got.headers.get('content-length')).toBe(String(content.length));
      expect(got.bytes.equals(content)).toBe(true);
    }
    expect(
      (await ask('GET', `/api/workflows/${run}/workspace/a.txt`)).headers.get('content-disposition'),
    ).toBe('attachment; filename=a.txt');
    const list = (await ask('GET', `/api/workflows/${run}/workspace?page=1`)).json as {
      items: { name: string; size: object }[];
    };
    expect(list.items.map((item) => item.name)).toEqual([
      'a.txt',
      'data/a b#100%&+ç.txt',
      'empty',
      'lead.txt',
      'x/y/z/[1]*.txt',
    ]);
    expect(list.items[0]?.size).toEqual({ raw: 16, human_readable: '16 Bytes' });
    const zip = await ask('GET', `/api/workflows/${run}/workspace/x`);
    expect(zip.headers.get('content-type')).toBe('application/zip');
    expect(zip.headers.get('content-disposition')).toMatch(
      /^attachment; filename=download_fit\.1_x_\d{4}-\d\d-\d\d-\d{6}\.zip$/,
    );
    expect(zip.bytes.subarray(0, 2).toString()).toBe('PK');
    expect((await ask('GET', `/api/workflows/${run}/workspace/nope`)).json).toEqual({
      message: 'nope does not exist.',
    });
    expect((await ask('DELETE', `/api/workflows/${run}/workspace/*.txt`)).json).toEqual({
      deleted: { 'a.txt': { size: 16 }, 'lead.txt': { size: 20 } },
      failed: {},
    });
    expect((await ask('DELETE', `/api/workflows/${run}/workspace/nope*`)).json).toEqual({
      deleted: {},
      failed: {},
    });
  });

  it('sends the part of a file that is asked for, or says that there is none', async () => {
    const run = await create(serialSpec([{ commands: ['true'] }]));
    const content = Buffer.from('0123456789');
    await upload(run, 'digits', content);
    await upload(run, 'empty', Buffer.alloc(0));
    const part = async (range: string, name = 'digits'): Promise<string> => {
      const got = await ask('GET', `/api/workflows/${run}/workspace/${name}`, undefined, { range });
      return `${got.status} ${got.headers.get('content-range')} ${got.status === 416 ? '' : got.text}`;
    };
    expect(await part('bytes=4-')).toBe('206 bytes 4-9/10 456789');
    expect(await part('bytes=0-0')).toBe('206 bytes 0-0/10 0');
    expect(await part('bytes=7-99')).toBe('206 bytes 7-9/10 789');
    expect(await part('bytes=-3')).toBe('206 bytes 7-9/10 789');
    expect(await part('bytes=-99')).toBe('206 bytes 0-9/10 0123456789');
    expect(await part('bytes=10-')).toBe('416 bytes */10 ');
    expect(await part('bytes=-0')).toBe('416 bytes */10 ');
    expect(await part('bytes=0-', 'empty')).toBe('416 bytes */0 ');
    for (const ignored of ['bytes=5-2', 'bytes=0-1,4-5', 'lines=1-2', 'bytes=-'])
      expect(await part(ignored), ignored).toBe('200 null 0123456789');
  });

  it.skipIf(spawnSync('curl', ['--version']).status !== 0)('lets curl go on with a download', async () => {
    const run = await create(serialSpec([{ commands: ['true'] }]));
    const content = randomBytes(300_000);
    await upload(run, 'large', content);
    const path = join(rig.directory, 'large');
    writeFileSync(path, content.subarray(0, 123_456));
    const url = `${rig.url}/api/workflows/${run}/workspace/large?access_token=token-of-the-tests`;
    await promisify(execFile)('curl', ['-sSf', '-C', '-', '-o', path, url]);
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it('lists what a name stands for as it lists everything, links included', async () => {
    const run = await create(serialSpec([{ commands: ['true'] }]));
    for (const name of ['a/b/c.txt', 'a/b.txt', 'ab', 'z']) await upload(run, name, name);
    symlinkSync('b', join(workspace(run), 'a/to-directory'));
    symlinkSync('../z', join(workspace(run), 'a/to-file'));
    symlinkSync('/etc/passwd', join(workspace(run), 'a/outside'));
    const named = async (name: string): Promise<unknown> => {
      const list = await ask('GET', `/api/workflows/${run}/workspace?file_name=${name}`);
      return (list.json as { items: { name: string }[] }).items.map((item) => item.name);
    };
    expect(await named('a')).toEqual(['a/b.txt', 'a/b/c.txt', 'a/to-file']);
    expect(await named('a/b/')).toEqual(['a/b/c.txt']);
    expect(await named('a/to-file')).toEqual(['a/to-file']);
    for (const name of [
      'a/to-directory',
      'a/to-directory/c.txt',
      'a/outside',
      'ab/x',
      'x/y',
      'y'.repeat(300),
    ])
      expect(await named(name), name).toEqual([]);
  });

  it('lets no name and no link lead out of the workspace', async () => {
    const run = await create(serialSpec([{ commands: ['true'] }]));
    const outside = join(rig.directory, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'secret'), 'x');
    symlinkSync(outside, join(workspace(run), 'link'));
    symlinkSync(join(outside, 'secret'), join(workspace(run), 'file-link'));
    symlinkSync('inside.txt', join(workspace(run), 'good-link'));
    writeFileSync(join(workspace(run), 'inside.txt'), 'in');
    for (const name of ['../x', 'a/../../x', '/../x', '..', 'link/x', 'file-link', '', '/', 'a\0b']) {
      expect((await upload(run, name, 'evil')).status, name).toBe(400);
    }
    expect(existsSync(join(outside, 'x'))).toBe(false);
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('x');
    for (const path of ['link/secret', 'file-link', '..%2f..%2fengine.db', '%2e%2e/%2e%2e/engine.db']) {
      expect((await ask('GET', `/api/workflows/${run}/workspace/${path}`)).status, path).not.toBe(200);
    }
    expect((await ask('GET', `/api/workflows/${run}/workspace/good-link`)).text).toBe('in');
    const list = (await ask('GET', `/api/workflows/${run}/workspace`)).json as { items: { name: string }[] };
    expect(list.items.map((item) => item.name)).toEqual(['good-link', 'inside.txt']);
    expect((await upload(run, 'inside.txt/below', 'x')).json).toEqual({
      message: 'a part of `inside.txt/below` is a file in the workspace',
    });
    mkdirSync(join(workspace(run), 'folder/x'), { recursive: true });
    expect((await upload(run, 'folder', 'x')).json).toEqual({
      message: '`folder` is a directory in the workspace',
    });
  });

  it('keeps nothing of an upload that breaks off, and takes one in chunks', async () => {
    const run = await create(serialSpec([{ commands: ['true'] }]));
    await new Promise<void>((resolve) => {
      const sent = httpRequest(
        `${rig.url}/api/workflows/${run}/workspace?file_name=half.bin&access_token=token-of-the-tests`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream', 'content-length': '1000' },
        },
      );
      sent.on('error', () => resolve());
      sent.write(Buffer.alloc(500), () => sent.destroy());
    });
    expect(existsSync(join(workspace(run), 'half.bin'))).toBe(false);
    const status = await new Promise<number | undefined>((resolve) => {
      const sent = httpRequest(
        `${rig.url}/api/workflows/${run}/workspace?file_name=chunks.bin&access_token=token-of-the-tests`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream', 'transfer-encoding': 'chunked' },
        },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      sent.write('ab');
      sent.end('cd');
    });
    expect(status).toBe(200);
    expect(readFileSync(join(workspace(run), 'chunks.bin'), 'utf8')).toBe('abcd');
    const wrongType = await ask('POST', `/api/workflows/${run}/workspace?file_name=x`, 'x', {
      'content-type': 'image/png',
    });
    expect(wrongType.status).toBe(400);
  });

  it('names secrets but never gives them away', async () => {
    const add = (overwrite: boolean, secrets: object): Promise<Answer> =>
      ask('POST', `/api/secrets/?overwrite=${overwrite}`, secrets);
    const one = { A: { value: 'bmV3', type: 'env' }, '.keytab': { value: 'BQIA', type: 'file' } };
    expect([(await add(false, one)).status, (await ask('GET', '/api/secrets')).json]).toEqual([
      201,
      [
        { name: 'A', type: 'env' },
        { name: '.keytab', type: 'file' },
      ],
    ]);
    const conflict = await add(false, {
      B: { value: 'MQ==', type: 'env' },
      A: { value: 'MQ==', type: 'env' },
    });
    expect([conflict.status, conflict.json]).toEqual([
      409,
      { message: 'Operation cancelled. Secret A already exists. If you want change it use overwrite' },
    ]);
    expect((await add(true, { A: { value: 'MQ==', type: 'env' } })).status).toBe(201);
    expect(
      (await add(true, { C: { value: 'MQ==', type: 'env' }, 'x/y': { value: 'MQ==', type: 'env' } })).status,
    ).toBe(400);
    expect(rig.engine.reanaSecrets().has('C')).toBe(false);
    expect((await add(true, { C: { value: 1, type: 'env' } })).status).toBe(400);
    const missing = await ask('DELETE', '/api/secrets/', ['A', 'NOPE']);
    expect([missing.status, missing.json]).toEqual([404, ['NOPE']]);
    expect((await ask('DELETE', '/api/secrets/', ['A'])).json).toEqual(['A']);
    expect((await ask('GET', '/api/secrets')).json).toEqual([{ name: '.keytab', type: 'file' }]);
  });
});
