// Every route of the embedded REANA, asked by somebody who means no good, or who is broken.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { literal } from '../../src/reana/files/outputs.ts';
import { CliRig } from '../rigs/cli.ts';
import type { RunningCli } from '../rigs/cli.ts';
import { serialSpec, until } from './rig.ts';

const cli = new CliRig();
const outside = mkdtempSync(join(tmpdir(), 'pchain-outside-'));
let serving: RunningCli;
let server = { url: '', token: '' };

beforeAll(async () => {
  serving = cli.start(['serve']);
  await serving.said(/ serves http/);
  server = JSON.parse(readFileSync(join(cli.dataDirectory, 'server.json'), 'utf8')) as typeof server;
  writeFileSync(join(outside, 'private'), 'private');
});
afterAll(async () => {
  serving.process.kill('SIGTERM');
  await serving.result;
  cli.remove();
  rmSync(outside, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Sends what it is given, as it is: `fetch` would put names and headers in order first. */
function ask(
  method: string,
  path: string,
  options: {
    readonly body?: string | Buffer;
    readonly headers?: Record<string, string>;
    readonly token?: string | null;
  } = {},
): Promise<Answer> {
  const { port } = new URL(server.url);
  const token = options.token === undefined ? server.token : options.token;
  const headers: Record<string, string> = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    // Without it Node sends the body of a DELETE as if it were the next request.
    'content-length': String(Buffer.byteLength(options.body ?? '')),
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          body: Buffer.concat(chunks).toString('utf8'),
          headers: answer.headers,
        }),
      );
    });
    sent.on('error', (cause) => reject(new Error(`${method} ${path.slice(0, 200)}: ${cause.message}`)));
    sent.end(options.body);
  });
}

const json = { 'content-type': 'application/json' };
const bytes = { 'content-type': 'application/octet-stream' };

async function create(name = 'run'): Promise<{ id: string; workspace: string }> {
  const answer = await ask('POST', `/api/workflows?workflow_name=${name}`, {
    headers: json,
    body: JSON.stringify(serialSpec([{ commands: ['true'] }])),
  });
  const { workflow_id: id } = JSON.parse(answer.body) as { workflow_id: string };
  return { id, workspace: join(cli.dataDirectory, 'reana', id, 'workspace') };
}

/** Method and path of every operation; `:key` is a run. */
const operations: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/api/you'],
  ['GET', '/api/info'],
  ['GET', '/api/workflows'],
  ['POST', '/api/workflows'],
  ['GET', '/api/workflows/:key/status'],
  ['PUT', '/api/workflows/:key/status?status=stop'],
  ['PUT', '/api/workflows/:key/status?status=deleted'],
  ['GET', '/api/workflows/:key/logs'],
  ['GET', '/api/workflows/:key/specification'],
  ['GET', '/api/workflows/:key/parameters'],
  ['GET', '/api/workflows/:key/retention_rules'],
  ['POST', '/api/workflows/:key/start'],
  ['GET', '/api/workflows/:key/workspace'],
  ['POST', '/api/workflows/:key/workspace?file_name=x'],
  ['GET', '/api/workflows/:key/workspace/x'],
  ['DELETE', '/api/workflows/:key/workspace/x'],
  ['GET', '/api/workflows/:key/disk_usage'],
  ['PUT', '/api/workflows/move_files/:key?source=a&target=b'],
  ['POST', '/api/workflows/:key/prune'],
  ['GET', '/api/workflows/:key/diff/:key'],
  ['POST', '/api/workflows/:key/open/jupyter'],
  ['POST', '/api/workflows/:key/close/'],
  ['GET', '/api/secrets'],
  ['POST', '/api/secrets/'],
  ['DELETE', '/api/secrets/'],
];
const pathFor = (path: string, key: string): string => path.replaceAll(':key', key);

describe('the door of the embedded REANA', () => {
  it('is opened by the token only, at every operation', async () => {
    const { id } = await create('door');
    for (const [method, path] of operations) {
      const asked = pathFor(path, id);
      expect([asked, (await ask(method, asked, { token: null })).status]).toEqual([asked, 401]);
      expect([asked, (await ask(method, asked, { token: 'wrong' })).status]).toEqual([asked, 403]);
      const evil = await ask(method, asked, { headers: { host: 'evil.example' } });
      expect([asked, evil.status]).toEqual([asked, 403]);
      const page = await ask(method, asked, { headers: { origin: 'https://evil.example' } });
      expect([asked, page.status]).toEqual([asked, 403]);
    }
  });

  it('is on the loopback interface alone', async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const others = addresses.filter((address) => !address.internal && address.family === 'IPv4');
    for (const { address } of others) {
      const reached = await new Promise<boolean>((resolve) => {
        const socket = connect({ host: address, port: Number(new URL(server.url).port), timeout: 1000 });
        const end = (answer: boolean): void => {
          socket.destroy();
          resolve(answer);
        };
        socket
          .on('connect', () => end(true))
          .on('error', () => end(false))
          .on('timeout', () => end(false));
      });
      expect([address, reached]).toEqual([address, false]);
    }
  });
});

describe('the embedded REANA', () => {
  it('answers every operation with a clear error when the body is not what it should be', async () => {
    const deep = '['.repeat(100_000);
    const bodies = [
      '',
      '{',
      'null',
      '[]',
      '"text"',
      '0',
      '{"a":',
      '\u0000',
      deep,
      `{"input_parameters":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}}`,
      '{"input_parameters":[1],"operational_options":"x","restart":true,"reana_specification":[]}',
      '{"__proto__":{"x":1},"constructor":1,"workflow":{"type":"serial","specification":{"steps":[{"environment":1,"commands":[{}]}]}}}',
      '{"A":{"value":1,"type":"env"}}',
      '{"../x":{"value":"eA==","type":"file"}}',
      '[null,1,{}]',
      JSON.stringify({ workflow: { type: 'serial', specification: { steps: 'x'.repeat(1 << 20) } } }),
    ];
    const { id } = await create('bodies');
    for (const [method, path] of operations) {
      // Started and deleted runs are another test.
      if (path.includes('status=deleted')) continue;
      for (const body of bodies) {
        for (const headers of [json, bytes, { 'content-type': 'text/html' }, {}]) {
          const { status, body: said } = await ask(method, pathFor(path, id), {
            body,
            headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
          });
          expect([method, path, body.slice(0, 30), status, said.slice(0, 200)]).toSatisfy(([, , , given]) =>
            isClear(Number(given)),
          );
          if (status >= 400) expect(typeof messageOf(said), `${method} ${path} ${said}`).toBe('string');
        }
      }
    }
    await alive();
  });

  it('answers every operation with a clear error when names and numbers are not what they should be', async () => {
    const { id } = await create('names');
    const keys = [
      '..',
      '%2e%2e',
      '%2e%2e%2f%2e%2e',
      '%00',
      '%',
      '%zz',
      '%C3%28',
      'é'.normalize(),
      'a'.repeat(3000),
      'names.1.1.1',
      'names.0',
      'names.99999999999',
      'names.1e3',
      ' ',
      '%0a',
      'names%20',
      "'; DROP TABLE reana_runs; --",
      '../../../etc/passwd',
      '__proto__',
      'constructor',
    ];
    const queries = [
      'page=-1',
      'page=0',
      'page=abc',
      'page=1e9',
      'size=999999999',
      'size=-5&page=2',
      'page=1&page=2&size=3',
      'search=[',
      'search={"name":1}',
      'search=%00',
      'status=%27',
      'status=,,,',
      'sort=x',
      'file_name=..%2f..%2f..%2fetc%2fpasswd',
      `file_name=${'*'.repeat(3000)}`,
      'file_name=[',
      'file_name=%00',
      'context_lines=-1',
      'context_lines=999999999999',
      'source=..%2fx&target=y',
      'workflow_name=%0a',
      'workflow_name=' + 'n'.repeat(5000),
      'verbose=true&include_progress=x',
      'access_token[]=x',
    ];
    for (const [method, path] of operations) {
      if (path.includes('status=deleted')) continue;
      for (const key of keys) {
        const asked = pathFor(path, encodeForRequest(key));
        const { status } = await ask(method, asked, { headers: json, body: method === 'GET' ? '' : '{}' });
        expect([asked, status]).toSatisfy(([, given]) => isClear(Number(given)));
      }
      for (const query of queries) {
        const asked = `${pathFor(path, id)}${path.includes('?') ? '&' : '?'}${encodeForRequest(query)}`;
        const { status } = await ask(method, asked, { headers: json, body: method === 'GET' ? '' : '{}' });
        expect([asked, status]).toSatisfy(([, given]) => isClear(Number(given)));
      }
    }
    await alive();
  });

  it('survives requests that break off', async () => {
    const { id } = await create('halves');
    for (const [method, path] of operations) {
      const { port, host } = new URL(server.url);
      const head = `${method} ${pathFor(path, id)} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${server.token}\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000\r\n\r\nhalf`;
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1', () => socket.write(head, () => socket.destroy()));
        socket.on('close', () => resolve()).on('error', () => undefined);
      });
    }
    await alive();
    expect(existsSync(join(cli.dataDirectory, 'reana', id, 'workspace/x'))).toBe(false);
  });

  it('keeps every file name inside the workspace, whatever it is', async () => {
    const { id, workspace } = await create('files');
    const segment = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '',
        ' ',
        '~',
        '%2e%2e',
        '\\',
        '\n',
        '\u0001',
        '#',
        '?',
        '*',
        '[',
        '!x',
        'a',
        'ü',
        '\u{1f600}',
        '-rf',
        'C:',
        'con',
      ),
      fc.string({ maxLength: 12, unit: 'binary' }),
    );
    const before = everything();
    await fc.assert(
      fc.asyncProperty(
        fc.array(segment, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        async (segments, isAbsolute) => {
          const name = `${isAbsolute ? '/' : ''}${segments.join('/')}`;
          const target = `/api/workflows/${id}/workspace?file_name=${encoded(name)}`;
          const stored = await ask('POST', target, { headers: bytes, body: 'content' });
          expect([name, stored.status]).toSatisfy(([, status]) => [200, 400].includes(Number(status)));
          if (stored.status !== 200) return;
          const path = segments
            .filter((part) => part !== '' && part !== '.')
            // Names are asked for by patterns, in which some characters mean others.
            .map((part) => encoded(literal(part)))
            .join('/');
          const got = await ask('GET', `/api/workflows/${id}/workspace/${path}`);
          expect([name, got.status, got.body]).toEqual([name, 200, 'content']);
          const moved = await ask(
            'PUT',
            `/api/workflows/move_files/${id}?source=${encoded(name)}&target=moved`,
          );
          expect([name, moved.status]).toEqual([name, 200]);
          const gone = await ask('DELETE', `/api/workflows/${id}/workspace/moved`);
          expect(Object.keys((JSON.parse(gone.body) as { deleted: object }).deleted)).toHaveLength(1);
        },
      ),
      { numRuns: 150 },
    );
    expect(everything()).toEqual(before);
    expect(existsSync(workspace)).toBe(true);
  });

  it('follows no link out of the workspace, in no operation', async () => {
    const { id, workspace } = await create('links');
    const other = await create('links');
    symlinkSync(outside, join(workspace, 'directory'));
    symlinkSync(join(outside, 'private'), join(workspace, 'file'));
    symlinkSync('.', join(workspace, 'loop'));
    mkdirSync(join(workspace, 'below'));
    writeFileSync(join(workspace, 'below/own'), 'own');
    symlinkSync(outside, join(workspace, 'below/directory'));
    const key = `/api/workflows/${id}`;
    for (const [method, path, body] of [
      ['POST', `${key}/workspace?file_name=directory/new`, 'x'],
      ['POST', `${key}/workspace?file_name=file`, 'x'],
      ['PUT', `/api/workflows/move_files/${id}?source=below/own&target=directory/own`, undefined],
      ['PUT', `/api/workflows/move_files/${id}?source=directory/private&target=taken`, undefined],
      ['GET', `${key}/workspace/directory/private`, undefined],
      ['GET', `${key}/workspace/file`, undefined],
      ['GET', `${key}/workspace/loop/loop/directory/private`, undefined],
    ] as const) {
      const { status, body: said } = await ask(
        method,
        path,
        body === undefined ? {} : { headers: bytes, body },
      );
      expect([path, status]).toSatisfy(([, given]) => [400, 404].includes(Number(given)));
      expect(said).not.toContain('private\n');
    }
    await ask('DELETE', `${key}/workspace/directory/*`);
    const zip = await ask('GET', `${key}/workspace/below`);
    expect(zip.body).toContain('below/own');
    expect(zip.body).not.toContain('private');
    expect((await ask('GET', `${key}/disk_usage`)).body).not.toContain('private');
    expect((await ask('GET', `${key}/diff/${other.id}`)).body).not.toContain('private');
    expect((await ask('POST', `${key}/prune`)).status).toBe(200);
    expect((await ask('PUT', `${key}/status?status=deleted`, { headers: json, body: '{}' })).status).toBe(
      200,
    );
    expect(readdirSync(outside)).toEqual(['private']);
    expect(readFileSync(join(outside, 'private'), 'utf8')).toBe('private');
  });

  it('takes `!` and other signs of a pattern for themselves, so that nothing else is deleted', async () => {
    const { id, workspace } = await create('patterns');
    const names = ['!keep', 'a+b', '(x)', '{y}', 'plain'];
    for (const name of names) writeFileSync(join(workspace, name), name);
    for (const pattern of ['!nothing', '@(plain)', '+(plain)', '{plain,a+b}', '(plain|x)', '!(plain)']) {
      const { body } = await ask('DELETE', `/api/workflows/${id}/workspace/${encodeURIComponent(pattern)}`);
      expect([pattern, body]).toEqual([pattern, '{"deleted":{},"failed":{}}']);
    }
    expect(readdirSync(workspace).sort()).toEqual([...names].sort());
    await ask('DELETE', `/api/workflows/${id}/workspace/${encodeURIComponent('!keep')}`);
    expect(readdirSync(workspace)).not.toContain('!keep');
  });

  it('tells the size of a file of 5 GiB that is all holes, and what it takes', async () => {
    const { id, workspace } = await create('large');
    writeFileSync(join(workspace, 'holes'), '');
    truncateSync(join(workspace, 'holes'), 5 * 1024 ** 3);
    const list = JSON.parse((await ask('GET', `/api/workflows/${id}/workspace`)).body) as {
      items: { size: object }[];
    };
    expect(list.items[0]?.size).toEqual({ raw: 5368709120, human_readable: '5 GiB' });
    const usage = JSON.parse((await ask('GET', `/api/workflows/${id}/disk_usage`)).body) as {
      disk_usage_info: { size: { raw: number } }[];
    };
    expect(usage.disk_usage_info[0]?.size.raw).toBeLessThan(1 << 20);
    const length = await new Promise<string | undefined>((resolve, reject) => {
      const sent = httpRequest(
        `${server.url}/api/workflows/${id}/workspace/holes`,
        { headers: { authorization: `Bearer ${server.token}` } },
        (answer) => {
          resolve(answer.headers['content-length']);
          answer.destroy();
        },
      );
      sent.on('error', reject).end();
    });
    expect(length).toBe('5368709120');
    await alive();
  });

  it('gives every one of many runs that are created at once a number of its own', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => create('crowd')));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(40);
    const list = await ask('GET', '/api/workflows?workflow_id_or_name=crowd');
    const { items } = JSON.parse(list.body) as { items: { name: string }[] };
    expect(items.map(({ name }) => name)).toEqual(
      Array.from({ length: 40 }, (_, index) => `crowd.${40 - index}`),
    );
  });
});

describe('limits of the embedded REANA', () => {
  it('are what `serve` is told, and a wrong one is refused', async () => {
    const other = new CliRig();
    const limited = other.start(['serve', '--reana-quota', '1.5M', '--reana-rate-limit', '2']);
    await limited.said(/ serves http/);
    const record = JSON.parse(
      readFileSync(join(other.dataDirectory, 'server.json'), 'utf8'),
    ) as typeof server;
    const you = (): Promise<Response> =>
      fetch(`${record.url}/api/you`, { headers: { authorization: `Bearer ${record.token}` } });
    const answers = await Promise.all([you(), you(), you()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
    const served = answers.find(({ status }) => status === 200);
    expect(await served?.json()).toMatchObject({
      quota: { disk: { limit: { raw: 1572864, human_readable: '1.5 MiB' } } },
    });
    limited.process.kill('SIGTERM');
    await limited.result;
    for (const [flag, value] of [
      ['--reana-quota', 'much'],
      ['--reana-quota', '0'],
      ['--reana-quota', '-1G'],
      ['--reana-rate-limit', '0'],
      ['--reana-rate-limit', '1.5'],
    ] as const) {
      const { exitCode, stderr } = await other.run(['serve', `${flag}=${value}`]);
      expect([exitCode, stderr.includes(`\`${flag}\` takes`)]).toEqual([2, true]);
    }
    other.remove();
  });
});

/** Not our fault, or said to be beyond us: a fault of ours would be 500. */
const isClear = (status: number): boolean =>
  status >= 200 && status < 600 && status !== 500 && status !== 502;

function messageOf(body: string): unknown {
  const parsed = JSON.parse(body) as unknown;
  return Array.isArray(parsed) ? 'names of missing secrets' : (parsed as { message?: unknown }).message;
}

/** Half of a pair of surrogates cannot be encoded. */
const encoded = (text: string): string => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\u{fffd}'));

/** What a request line cannot hold is encoded; the rest goes as it is. */
const encodeForRequest = (text: string): string =>
  text
    .replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character))
    .replace(/[{}"]/g, (character) => encodeURIComponent(character));

async function alive(): Promise<void> {
  expect((await ask('GET', '/api/ping')).body).toContain('"message":"OK"');
  await until('the server to live', () => serving.process.exitCode === null);
}

/** Names in the data directory and beside it, without the workspaces themselves and what the server keeps for itself. */
function everything(): readonly string[] {
  const own = readdirSync(cli.dataDirectory).filter((name) => !name.startsWith('engine.db'));
  const runs = readdirSync(join(cli.dataDirectory, 'reana'));
  return [
    ...own,
    ...runs,
    ...readdirSync(cli.directory),
    ...readdirSync(outside),
    ...readdirSync(cli.home),
  ].sort();
}
