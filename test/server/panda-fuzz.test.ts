// Every address of the embedded PanDA under nonsense: wrong types, huge values, control characters, broken encodings, hostile names.
// Each answer has a telling status and one line; the server stays up, and nothing is written outside of its directory.
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawTar } from '../archive/raw-tar.ts';
import { legacyMethods, methodsOfV1 } from '../../src/server/panda/face.ts';
import { planOf } from '../rigs/engine.ts';
import { sandboxName, serverRig, type ServerRig } from './rig.ts';

let rig: ServerRig;
beforeEach(async () => {
  rig = await serverRig();
  rig.engine.submit({
    name: 'user.alice.x',
    userName: 'Alice Example',
    plan: planOf('user.alice.x', 'top', 'bottom'),
    sandbox: undefined,
    key: undefined,
    localDatasets: new Map(),
    environment: {},
  });
});
afterEach(() => rig.close());

const addressesOf = (verb: 'GET' | 'POST'): string[] =>
  Object.entries(methodsOfV1).flatMap(([module, methods]) =>
    Object.entries(methods)
      .filter(([, method]) => method.verb === verb)
      .map(([name]) => `${module}/${name}`),
  );
const posts = addressesOf('POST');
const gets = addressesOf('GET');
const legacy = [...legacyMethods, 'nosuch'];

const names = [
  'task_id',
  'job_id',
  'workflow_id',
  'mode',
  'soft',
  'new_parameters',
  'task_parameters',
  'parent_tid',
  'key',
  'value',
  'data',
  'sync',
  'check',
  'dry_run',
  'command_name',
  'args',
  'kwargs',
  'manager',
  'params',
  'file_size',
  'checksum',
  'filters',
  'since',
  'n_tasks',
  'keys',
  '__proto__',
  'constructor',
  'toString',
];
const nasty = fc.oneof(
  fc.constantFrom<unknown>(
    '',
    'x'.repeat(70_000),
    '\u0000',
    '\u001b[2J',
    '../../etc/passwd',
    '{"__proto__": {"x": 1}}',
    '[[[[',
    'NaN',
    '１',
    40_000_001,
    0,
    -1,
    1e308,
    1.5,
    true,
    null,
    [],
    {},
    [null],
    { a: { b: [] } },
    'get_status',
    'abort',
    '{"request_id": 1}',
  ),
  fc.anything({ maxDepth: 2 }).filter((value) => typeof JSON.stringify(value ?? null) === 'string'),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const fields = fc.dictionary(fc.constantFrom(...names), nasty, { maxKeys: 4 });

async function expectPlain(response: Response, what: string): Promise<void> {
  const text = await response.text();
  expect([200, 400, 403, 404, 413, 414, 415, 500], `${what}: ${response.status}`).toContain(response.status);
  // Not a stack, not a path of this machine, no terminal codes.
  expect(text, what).not.toMatch(/\n\s+at |node_modules|\.ts:\d+/);
  expect(text.includes('\u001b'), what).toBe(false);
  expect(text.length, what).toBeLessThan(400_000);
  if (response.status === 500) expect(text, what).toMatch(/^ERROR : received invalid/);
}

const alive = async (): Promise<void> => {
  expect((await rig.get('/api/v1/system/is_alive')).status).toBe(200);
};

describe('nonsense', () => {
  it('in JSON bodies is refused in one line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...posts), fields, async (path, body) => {
        const text = JSON.stringify(body, (_key, value: unknown) =>
          typeof value === 'bigint' ? value.toString() : value,
        );
        await expectPlain(
          await rig.post(`/api/v1/${path}`, text, { 'content-type': 'application/json' }),
          `${path} ${text.slice(0, 200)}`,
        );
      }),
      { numRuns: 250 },
    );
    await alive();
  });

  it('in queries is refused in one line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...gets), fields, async (path, query) => {
        const pairs = Object.entries(query).map(([key, value]): [string, string] => [
          key,
          JSON.stringify(value ?? '').slice(0, 3000),
        ]);
        await expectPlain(await rig.get(`/api/v1/${path}?${new URLSearchParams(pairs).toString()}`), path);
      }),
      { numRuns: 150 },
    );
    await alive();
  });

  it('in forms and in gzip of the legacy calls is refused in one line', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...legacy),
        fields,
        fc.constantFrom('form', 'gzip', 'plain', 'none'),
        async (path, body, kind) => {
          const json = JSON.stringify(body, (_key, value: unknown) =>
            typeof value === 'bigint' ? '0' : value,
          );
          const pairs = Object.entries(body).map(([key, value]): [string, string] => [
            key,
            JSON.stringify(value ?? '').slice(0, 3000),
          ]);
          const form = new URLSearchParams(pairs).toString();
          const sent = { form, gzip: gzipSync(json), plain: json, none: form }[kind];
          const headers: Record<string, string> =
            kind === 'form'
              ? { 'content-type': 'application/x-www-form-urlencoded' }
              : kind === 'none'
                ? {}
                : { 'content-type': 'application/json' };
          await expectPlain(await rig.post(`/server/panda/${path}`, sent, headers), `${path} ${kind}`);
        },
      ),
      { numRuns: 200 },
    );
    await alive();
  });

  it('as bytes is refused in one line', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          ...posts.map((path) => `/api/v1/${path}`),
          ...legacy.map((path) => `/server/panda/${path}`),
        ),
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(
          'application/json',
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
          'text/plain',
          '\u00ff',
        ),
        async (path, bytes, type) => {
          await expectPlain(
            await rig.post(path, Buffer.from(bytes), { 'content-type': type }),
            `${path} ${type}`,
          );
        },
      ),
      { numRuns: 200 },
    );
    await alive();
  });

  it('that is truncated gzip, or gzip of more than the limit, is refused', async () => {
    const whole = gzipSync(JSON.stringify({ data: 'x'.repeat(1000) }));
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024));
    const headers = { 'content-type': 'application/json' };
    const cut = await rig.post('/server/panda/put_workflow_request', whole.subarray(0, 20), headers);
    expect([cut.status, await cut.text()]).toEqual([
      500,
      expect.stringMatching(/^ERROR : received invalid gzip/),
    ]);
    expect((await rig.post('/server/panda/put_workflow_request', bomb, headers)).status).toBe(413);
    await alive();
  });
});

describe('a sandbox with hostile members', () => {
  const members: Record<string, Parameters<typeof rawTar>[0]> = {
    'an absolute path': [{ name: '/tmp/pchain-fuzz-absolute', content: 'x' }],
    'a way up': [{ name: '../../pchain-fuzz-up', content: 'x' }],
    'a link that leads out': [
      { name: 'out', type: '2', linkTarget: '/tmp' },
      { name: 'out/pchain-fuzz-link', content: 'x' },
    ],
    'a hard link to a file of the machine': [{ name: 'passwd', type: '1', linkTarget: '/etc/passwd' }],
    'a device': [{ name: 'disk', type: '3' }],
    'a pipe': [{ name: 'pipe', type: '6' }],
  };

  it.each(Object.keys(members))(
    '%s is refused for a workflow and for a task, and nothing is written',
    async (what) => {
      const parent = dirname(rig.directory);
      mkdirSync(parent, { recursive: true });
      const before = readdirSync(parent).toSorted();
      const name = sandboxName(7);
      await rig.upload(name, gzipSync(rawTar(members[what] ?? [])));
      const data = {
        workflowSpecFile: 'w.cwl',
        outDS: 'user.alice.h',
        sandbox: name,
        sourceURL: '',
        language: 'cwl',
        taskParams: {},
      };
      const answer = (await rig.legacyGzip('put_workflow_request', {
        data: JSON.stringify(data),
        check: true,
      })) as [boolean, { status: boolean; log: string }];
      expect(answer[1].status).toBe(false);
      const task = await rig.v1('task/submit', {
        task_parameters: {
          taskName: 'user.alice.h/',
          jobParameters: [{ value: `-a ${name}` }, { value: '-p "' }, { value: 'true' }, { value: '"' }],
        },
        parent_tid: null,
      });
      expect(task.success).toBe(false);
      expect(task.message).not.toMatch(/\n/);
      expect(readdirSync(parent).toSorted()).toEqual(before);
      expect(rig.engine.submitted.some((request) => request.name === 'user.alice.h')).toBe(false);
    },
  );

  it.each([
    '../x.tar.gz',
    '/etc/passwd',
    'jobO.x.tar.gz',
    'a\u0000b',
    'CON',
    `${'a'.repeat(300)}.tar.gz`,
    '.hidden',
  ])('cannot be stored as %j', async (name) => {
    const answer = await rig.upload(name, Buffer.from('x'));
    expect(answer.success).toBe(false);
  });
});
