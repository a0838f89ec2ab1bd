import { existsSync, readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { legacyMethods, methodsOfV1 } from '../../src/server/panda/face.ts';
import { bodyLimitBytes } from '../../src/server/request-body.ts';
import { planOf } from '../rigs/engine.ts';
import { rigToken, sandboxName, serverRig, type ServerRig } from './rig.ts';

let rig: ServerRig;
beforeAll(async () => {
  rig = await serverRig();
  rig.engine.submit({
    name: 'user.alice.blah',
    userName: 'Alice Example',
    plan: planOf('user.alice.blah', 'top'),
    sandbox: undefined,
    key: 'key',
    localDatasets: new Map(),
    environment: {},
  });
});
afterAll(() => rig.close());

const putUrl = '/server/panda/put_workflow_request';
const asJson = { 'content-type': 'application/json' };

describe('hostile bodies', () => {
  it('of gzip that inflates without end are stopped at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(bodyLimitBytes + 1));
    const answer = await rig.post(putUrl, bomb, asJson);
    expect([answer.status, await answer.text()]).toEqual([
      413,
      'ERROR : the inflated body is larger than 32 MB',
    ]);
  });

  it('of 100 MB are refused, announced or not', async () => {
    const big = Buffer.alloc(100 * 1024 * 1024, 0x20);
    const announced = await rig.post(putUrl, big, asJson).catch(() => undefined);
    // The server may hang up while the client still sends; if it was heard, then with the right words.
    if (announced !== undefined) {
      expect([announced.status, await announced.text()]).toEqual([
        413,
        'ERROR : the request body is too large',
      ]);
    }
    const stream = new Blob([big]).stream();
    const chunked = await fetch(`${rig.url}${putUrl}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${rigToken}`, ...asJson },
      body: stream,
      duplex: 'half',
    }).catch(() => undefined);
    if (chunked !== undefined) expect(chunked.status).toBe(413);
    expect((await rig.get('/pchain/v1/hello')).status).toBe(200);
  });

  it.each([
    ['truncated gzip', gzipSync('{"data": "x"}').subarray(0, 20), /^ERROR : received invalid gzip : \S.*$/],
    [
      'gzip of garbage',
      Buffer.concat([Buffer.from([0x1f, 0x8b]), deflateRawSync('x')]),
      /^ERROR : received invalid gzip/,
    ],
    ['a list', gzipSync('[1, 2]'), /^ERROR : received invalid JSON : not an object$/],
    ['a number', gzipSync('1'), /^ERROR : received invalid JSON : not an object$/],
    ['half of JSON', gzipSync('{"data": '), /^ERROR : received invalid JSON : /],
    [
      'bytes that are no text',
      gzipSync(Buffer.from([0xff, 0xfe, 0x00])),
      /^ERROR : received invalid text : /,
    ],
  ])('with %s get one line', async (_name, body, message) => {
    const answer = await rig.post(putUrl, body, asJson);
    expect(answer.status).toBe(500);
    expect(await answer.text()).toMatch(message);
  });

  it.each([
    ['nothing', {}, "Argument error: missing a required argument: 'data'"],
    ['a list as data', { data: [] }, "Argument error: missing a required argument: 'data'"],
    ['data that is not JSON', { data: '{' }, '`data` is not JSON'],
    ['data that is a list', { data: '[]' }, '`data` is not an object'],
    ['empty data', { data: '{}' }, '`workflowSpecFile` is missing'],
    ['a number as outDS', { data: '{"workflowSpecFile": "a", "outDS": 1}' }, '`outDS` is missing'],
    [
      'control characters in outDS',
      { data: '{"workflowSpecFile": "a", "outDS": "user.a\\u001b[2J"}' },
      '`outDS` has characters that no dataset name can have',
    ],
    [
      'a path as outDS',
      { data: '{"workflowSpecFile": "a", "outDS": "user.a/../../x"}' },
      '`outDS` has characters that no dataset name can have',
    ],
    ['no sandbox', { data: '{"workflowSpecFile": "a", "outDS": "user.a"}' }, '`sandbox` is missing'],
    [
      'a path as sandbox',
      { data: '{"workflowSpecFile": "a", "outDS": "user.a", "sandbox": "../../engine.db"}' },
      '`sandbox` is not the name of an uploaded sandbox',
    ],
  ])('with %s are refused by name', async (_name, fields, message) => {
    expect(await rig.legacyGzip('put_workflow_request', { ...fields, check: true })).toEqual([
      false,
      message,
    ]);
  });

  it.each([
    [{ pchain: 1 }, '`pchain` is not an object'],
    [{ pchain: { key: 5 } }, '`pchain.key` is not a text of 1 to 200 characters'],
    [{ pchain: { key: 'x'.repeat(201) } }, '`pchain.key` is not a text of 1 to 200 characters'],
    [{ pchain: { datasets: [] } }, '`pchain.datasets` is not an object'],
    [
      { pchain: { datasets: { 'user.x': ['relative'] } } },
      '`pchain.datasets`: the files of `user.x` must be absolute paths',
    ],
    [{ pchain: { datasets: { 'a\nb': [] } } }, '`pchain.datasets` has a name that no dataset can have'],
    [
      { pchain: { environment: { 'A=B': 'x' } } },
      '`pchain.environment` has a name that no variable can have',
    ],
    [{ pchain: { environment: { A: 1 } } }, '`pchain.environment`: `A` is not a text'],
    [{ workflowInputFile: 7 }, '`workflowInputFile` is not a path'],
  ])('with wrong extras %j are refused by name', async (extras, message) => {
    const data = { workflowSpecFile: 'a', outDS: 'user.a', sandbox: sandboxName(), ...extras };
    expect(await rig.legacyGzip('put_workflow_request', { data: JSON.stringify(data), sync: true })).toEqual([
      false,
      message,
    ]);
  });

  it('with very deep JSON do no harm', async () => {
    const deep = `{"data": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    const answer = await rig.post(putUrl, gzipSync(deep), asJson);
    expect(await answer.json()).toEqual([false, "Argument error: missing a required argument: 'data'"]);
  });
});

describe('hostile connections', () => {
  it.each([
    'GET /pchain/v1/hello HTTP/1.1\r\n\r\n',
    'GET /pchain/v1/requests HTTP/1.0\r\nHost: evil.example\r\n\r\n',
    'GET http://evil.example/pchain/v1/requests HTTP/1.1\r\nHost: evil.example\r\n\r\n',
    'nonsense\r\n\r\n',
    '\u0000\u0001\u0002\r\n\r\n',
    `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  ])('are answered with a 4xx and closed: %j', async (bytes) => {
    expect(await talk(rig, bytes)).toMatch(/^(HTTP\/1\.[01] 4\d\d |$)/);
    expect((await rig.get('/pchain/v1/hello')).status).toBe(200);
  });
});

describe('whatever is sent to whatever address', () => {
  const addresses = [
    ...Object.entries(methodsOfV1).flatMap(([module, methods]) =>
      Object.keys(methods).map((name) => `/api/v1/${module}/${name}`),
    ),
    ...legacyMethods.map((name) => `/server/panda/${name}`),
    ...['hello', 'requests', 'requests/1', 'requests/by-key/key', 'tasks/40000001/search'],
    ...['events', 'failures', 'iterations', 'kill', 'retry', 'replay'].map((part) => `requests/1/${part}`),
    ...['datasets/user.alice.blah_000_top_o.txt/files', 'jobs/6000000001/log'],
  ].map((address) => (address.startsWith('/') ? address : `/pchain/v1/${address}`));
  const names = [
    'data',
    'check',
    'sync',
    'kwargs',
    'args',
    'command_name',
    'task_id',
    'key',
    'value',
    'filters',
    'since',
  ];
  const words = [
    'abort',
    'get_status',
    'get_requests',
    'retry',
    '{}',
    '[]',
    '{"request_id": 1}',
    '__proto__',
    '',
    '../x',
  ];
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(...words), fc.string(), fc.integer());
  const fields = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value, { maxKeys: 4 });
  const body = fc.oneof(
    fields.map((object) => ({ bytes: Buffer.from(JSON.stringify(object)), type: 'application/json' })),
    fields.map((object) => ({ bytes: gzipSync(JSON.stringify(object)), type: 'application/json' })),
    fields.map((object) => ({
      bytes: Buffer.from(formOf(object)),
      type: 'application/x-www-form-urlencoded',
    })),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => ({
      bytes: Buffer.from(bytes),
      type: 'multipart/form-data; boundary=x',
    })),
    fc
      .uint8Array({ maxLength: 200 })
      .map((bytes) => ({ bytes: Buffer.from(bytes), type: 'application/x-y' })),
  );
  const path = fc.oneof(
    fc.constantFrom(...addresses),
    fc
      .tuple(
        fc.constantFrom(
          '/api/v1/task/',
          '/server/panda/',
          '/cache/',
          '/cache/jedilog/',
          '/auth/',
          '/pchain/v1/tasks/',
          '/pchain/v1/requests/',
          '/pchain/v1/requests/by-key/',
          '/pchain/v1/datasets/',
          '/pchain/v1/jobs/',
          '/',
        ),
        fc.string({ maxLength: 40 }),
        fc.constantFrom('', '/files', '/files/x', '/log', '/events'),
      )
      .map(
        ([start, middle, end]) =>
          `${start}${encodeURIComponent(middle.replace(/[\ud800-\udfff]/g, '?'))}${end}`,
      ),
  );
  const query = fc.dictionary(
    fc.constantFrom('after', 'tail', 'filters', 'since', 'n_tasks', 'keys', 'x'),
    fc.string(),
    {
      maxKeys: 2,
    },
  );

  it('is answered in one line, and touches nothing outside of the data directory', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'),
        path,
        query,
        body,
        async (method, address, search, { bytes, type }) => {
          const answer = await fetch(`${rig.url}${address}?${new URLSearchParams(search).toString()}`, {
            method,
            headers: { authorization: `Bearer ${rigToken}`, 'content-type': type },
            ...(method === 'GET' ? {} : { body: bytes }),
          });
          const text = await answer.text();
          expect(text).not.toMatch(/\n\s+at /);
          expect(text).not.toContain(rigToken);
          if (answer.status >= 400) expect(text.trim()).not.toContain('\n');
          // 500 is the protocol's word for a body that cannot be read, and for nothing else here.
          if (answer.status >= 500) expect(text).toMatch(/^ERROR : received invalid /);
          expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
    expect(rig.lines.filter((line) => line.startsWith('error'))).toEqual([]);
    expect((await rig.get('/pchain/v1/hello')).status).toBe(200);
    expect(readdirSync(dirname(rig.directory))).toEqual(['data']);
    expect(
      readdirSync(rig.directory).filter((name) => !['cache', 'unpacked', 'server.json'].includes(name)),
    ).toEqual([]);
    const unpacked = join(rig.directory, 'unpacked');
    if (existsSync(unpacked)) expect(readdirSync(unpacked)).toEqual([]);
    expect(statSync(join(rig.directory, 'server.json')).mode & 0o777).toBe(0o600);
  });
});

function talk(to: ServerRig, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(Number(new URL(to.url).port), '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      heard += chunk;
      if (heard.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
}

function formOf(fields: Record<string, unknown>): string {
  const form = new URLSearchParams();
  for (const [name, item] of Object.entries(fields)) {
    form.append(name, typeof item === 'string' ? item : JSON.stringify(item));
  }
  return form.toString();
}
