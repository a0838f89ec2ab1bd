import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthError, Interrupted, LocalError, WaitTimeout } from '../../src/base/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import { fileBody, formBody, multipartBody } from '../../src/http/body.ts';
import { createHttpClient, parseJson, type HttpClient } from '../../src/http/client.ts';
import { HttpFailure } from '../../src/http/http-failure.ts';
import type { HttpRequest } from '../../src/http/request.ts';
import type { TlsTrust } from '../../src/http/trust.ts';
import {
  deafPort,
  partsOf,
  scriptedServer,
  type ScriptedServer,
  type ScriptOptions,
  type SeenRequest,
  type Step,
} from '../rigs/server.ts';
import { selfSigned } from './self-signed.ts';
import { testClock, type TestClock } from './test-clock.ts';

let servers: ScriptedServer[];
/** The one that was started last. */
let server: ScriptedServer | undefined;
let clock: TestClock;
let lines: string[];
let directory: string;

beforeEach(async () => {
  clock = testClock();
  lines = [];
  servers = [];
  directory = await mkdtemp(join(tmpdir(), 'pchain-http-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
  await Promise.all(servers.map((server) => server.finish()));
});

function client(tls: TlsTrust = { verify: true }): HttpClient {
  return createHttpClient({ clock, userAgent: 'pchain/test', log: (line) => lines.push(line), tls });
}

async function script(steps: readonly Step[], options?: ScriptOptions): Promise<string> {
  server = await scriptedServer(steps, options);
  servers.push(server);
  return server.origin;
}

async function failure(request: HttpRequest, http = client()): Promise<unknown> {
  try {
    await http.request(request);
  } catch (thrown) {
    return thrown;
  }
  throw new Error('the request did not fail');
}

const get = (reply: Step['reply'], path = '/x'): Step => ({ method: 'GET', path, reply });
const shown = (text: string): string => text.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST');

describe('an answer', () => {
  it('has its status, headers and unpacked body, and the request carried agent and token', async () => {
    const origin = await script([
      {
        ...get({ headers: { 'content-encoding': 'gzip', 'x-a': '1' }, body: gzipSync('{"a": "ü"}') }),
        check: (request) => {
          expect(request.headers).toMatchObject({
            'user-agent': 'pchain/test',
            authorization: 'Bearer t0ken-value',
          });
        },
      },
    ]);
    const answer = await client().request({
      method: 'GET',
      url: `${origin}/x?y=1`,
      token: new Secret('t0ken-value'),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['x-a']).toBe('1');
    expect(shown(answer.name)).toBe('GET http://HOST/x');
    expect(parseJson(answer, (value) => value)).toEqual({ a: 'ü' });
  });

  it('may have an unusual status when that is expected', async () => {
    const origin = await script([get({ status: 404 })]);
    const answer = await client().request({ method: 'GET', url: `${origin}/x`, expect: [200, 404] });
    expect(answer.status).toBe(404);
  });

  it('that is no JSON, or of another form, is named with its beginning', async () => {
    const origin = await script([get({ body: "{'success': True}" }), get({ body: '' }), get({ json: [1] })]);
    const ask = (): Promise<unknown> =>
      client()
        .request({ method: 'GET', url: `${origin}/x` })
        .then((answer) =>
          parseJson(answer, () => {
            throw new Error('expected an object');
          }),
        );
    await expect(ask()).rejects.toThrow("did not answer with JSON but with `{'success': True}`");
    await expect(ask()).rejects.toThrow('did not answer with JSON but with an empty text');
    await expect(ask()).rejects.toThrow('has an unknown form: expected an object');
  });

  it('that is a page for people is named by its title', async () => {
    const body = '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Who are you?</body></html>';
    const origin = await script([get({ body })]);
    const answer = await client().request({ method: 'GET', url: `${origin}/x` });
    const thrown = await Promise.resolve()
      .then(() => parseJson(answer, () => undefined))
      .catch((error: unknown) => error);
    expect(shown((thrown as Error).message)).toBe(
      '`GET http://HOST/x` did not answer with JSON but with the page `Sign in`',
    );
    expect(thrown).toMatchObject({
      hint: 'something before the server may answer in its place, such as a sign-in; or check the address',
    });
  });
});

describe('a body', () => {
  it('is sent as text, bytes, form or file with its length', async () => {
    const path = join(directory, 'ö.bin');
    await writeFile(path, Buffer.alloc(200_000, 7));
    const step = (check: Step['check']): Step => ({
      method: 'POST',
      path: '/x',
      reply: {},
      ...(check ? { check } : {}),
    });
    const origin = await script([
      step((request) =>
        expect([request.body.toString(), request.headers['content-length']]).toEqual(['ü', '2']),
      ),
      step((request) => expect(request.body).toEqual(Buffer.from([0, 255]))),
      step((request) => expect(request.body.toString()).toBe('kwargs=%7B%22a%22%3A+1%7D&manager=True')),
      step((request) =>
        expect([request.body.length, request.headers['content-length']]).toEqual([200_000, '200000']),
      ),
      step((request) => expect([request.body.length, request.headers['content-length']]).toEqual([0, '0'])),
    ]);
    const form = formBody({ kwargs: '{"a": 1}', manager: 'True' });
    for (const body of ['ü', new Uint8Array([0, 255]), form, fileBody(path), undefined]) {
      await client().request({ method: 'POST', url: `${origin}/x`, body });
    }
  });

  it('with a file streams as a multipart form, and progress reaches its end', async () => {
    const path = join(directory, 'sandbox');
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    await writeFile(path, bytes);
    const origin = await script([
      {
        method: 'POST',
        path: '/up',
        reply: {},
        check: (request) => {
          const [part, ...rest] = partsOf(request);
          expect(rest).toEqual([]);
          expect(part).toMatchObject({
            name: 'file',
            fileName: 'a%22b.tar.gz',
            contentType: 'application/octet-stream',
          });
          expect(part?.body.equals(bytes)).toBe(true);
          expect(request.headers['content-length']).toBe(String(request.body.length));
        },
      },
    ]);
    const { body, contentType } = multipartBody({ field: 'file', fileName: 'a"b.tar.gz', path }, 'b0undary');
    const seen: number[] = [];
    await client().request({
      method: 'POST',
      url: `${origin}/up`,
      body,
      headers: { 'content-type': contentType },
      onProgress: ({ direction, doneBytes }) => {
        if (direction === 'up') seen.push(doneBytes);
      },
    });
    expect(seen.at(-1)).toBe(body.sizeBytes);
  });

  it('that cannot be read is a local problem', () => {
    const missing = join(directory, 'missing');
    expect(() => fileBody(missing)).toThrow(LocalError);
    expect(() => fileBody(missing)).toThrow(`cannot read \`${missing}\``);
    expect(() => multipartBody({ field: 'f', fileName: 'f', path: directory }, 'b')).toThrow('is not a file');
  });

  it('that vanishes while it is sent is a local problem too', async () => {
    const path = join(directory, 'gone');
    await writeFile(path, 'abc');
    const body = fileBody(path);
    await rm(path);
    server = await scriptedServer([]);
    const thrown = await failure({ method: 'POST', url: `${server.origin}/x`, body });
    expect(thrown).toBeInstanceOf(LocalError);
    expect((thrown as Error).message).toContain('cannot read what is to be sent with');
    await server.finish().catch(() => undefined);
    servers = [];
  });
});

describe('a retry', () => {
  it('follows a passing failure of a repeatable request, with one line each', async () => {
    const origin = await script([
      get({ status: 503, headers: { 'retry-after': '7' } }),
      get({ status: 502, body: '<html><title>Bad Gateway</title></html>' }),
      get({ reset: 'at once' }),
      get({ json: 1 }),
    ]);
    await client().request({ method: 'GET', url: `${origin}/x?secret=1`, repeatable: true });
    expect(clock.pauses).toEqual([7000, 1000, 2000]);
    expect(lines.map(shown)).toEqual([
      '`GET http://HOST/x` answered 503 (Service Unavailable); trying again in 7 s, 3 tries left',
      '`GET http://HOST/x` answered 502 (Bad Gateway): Bad Gateway; trying again in 1 s, 2 tries left',
      '`GET http://HOST/x` failed: `HOST` closed the connection without an answer; trying again in 2 s, 1 try left',
    ]);
  });

  it('sends the body of a file again from its start', async () => {
    const path = join(directory, 'f');
    await writeFile(path, 'whole');
    const step = (reply: Step['reply']): Step => ({
      method: 'PUT',
      path: '/x',
      reply,
      check: (request) => expect(request.body.toString()).toBe('whole'),
    });
    const origin = await script([step({ status: 503 }), step({})]);
    await client().request({
      method: 'PUT',
      url: `${origin}/x`,
      body: fileBody(path),
      repeatable: true,
    });
  });

  it('does not follow when the request must not be sent twice', async () => {
    const origin = await script([{ method: 'POST', path: '/x', reply: { status: 503 } }]);
    const thrown = await failure({ method: 'POST', url: `${origin}/x`, body: '' });
    expect(thrown).toBeInstanceOf(HttpFailure);
    expect(thrown).toMatchObject({ status: 503, reached: 'answered', exitCode: 5 });
    expect(lines).toEqual([]);
  });

  it('says how long a server wants to be left alone that is not waited for', async () => {
    const limited = (seconds: string): Step => get({ status: 429, headers: { 'retry-after': seconds } });
    for (const [seconds, words] of [
      ['90', '90 s'],
      ['7200', '120 min'],
      ['Sat, 21 Nov 2026 05:00:00 GMT', '60 min'],
    ] as const) {
      const origin = await script([limited(seconds)]);
      const thrown = await failure({ method: 'GET', url: `${origin}/x`, repeatable: true });
      expect(thrown).toMatchObject({
        status: 429,
        hint: `the server asks to wait ${words} before the next try`,
      });
    }
  });

  it('ends after the last try with the last reason', async () => {
    const origin = await script([1, 2, 3, 4].map((n) => get({ status: n === 4 ? 504 : 503 })));
    const thrown = await failure({ method: 'GET', url: `${origin}/x`, repeatable: true });
    expect(thrown).toMatchObject({ status: 504 });
  });

  it('can be cut short by the signal during the pause', async () => {
    const stop = new AbortController();
    const origin = await script([get({ status: 503 })]);
    const stopping: TestClock = {
      ...clock,
      sleep: () => {
        stop.abort(new Interrupted('stopped by the user'));
        return Promise.reject(stop.signal.reason as Error);
      },
    };
    const http = createHttpClient({ clock: stopping, userAgent: 'x', tls: { verify: true } });
    const thrown = await failure(
      { method: 'GET', url: `${origin}/x`, repeatable: true, signal: stop.signal },
      http,
    );
    expect(thrown).toBe(stop.signal.reason);
  });
});

describe('a connection', () => {
  it('is kept for what may be repeated, and new for what must not be sent twice', async () => {
    const post: Step = { method: 'POST', path: '/x', reply: {} };
    const origin = await script([get({}), get({}), post, post]);
    const http = client();
    for (const method of ['GET', 'GET', 'POST', 'POST'] as const) {
      const body = method === 'POST' ? '' : undefined;
      await http.request({ method, url: `${origin}/x`, body, repeatable: method === 'GET' });
    }
    const [first, second, third, fourth] = (server?.requests ?? []).map(({ clientPort }) => clientPort);
    expect(second).toBe(first);
    expect(new Set([first, third, fourth]).size).toBe(3);
  });
});

describe('a failure in words', () => {
  it('is an AuthError for 401 and 403, with what the server says', async () => {
    const words = 'ERROR : Token authentication failed. Invalid token. Signature has expired';
    const origin = await script([get({ status: 403, body: words })]);
    const thrown = await failure({ method: 'GET', url: `${origin}/x`, repeatable: true });
    expect(thrown).toBeInstanceOf(AuthError);
    expect(shown((thrown as Error).message)).toBe(`\`GET http://HOST/x\` answered 403 (Forbidden): ${words}`);
  });

  it('says that nothing listens', async () => {
    const port = await deafPort();
    const thrown = await failure({ method: 'GET', url: `http://127.0.0.1:${port}/x` });
    expect(thrown).toMatchObject({ reached: 'no', exitCode: 5 });
    expect(shown((thrown as Error).message)).toBe(
      '`GET http://HOST/x` failed: nothing listens at `HOST` (connection refused)',
    );
    expect((thrown as Error).cause).toBeInstanceOf(Error);
  });

  it('says that there is no such host', async () => {
    const thrown = await failure({ method: 'GET', url: 'http://no-such-host.invalid/x' });
    expect((thrown as Error).message).toMatch(
      /^`GET http:\/\/no-such-host\.invalid\/x` failed: (no host is called|the name) `no-such-host\.invalid`/,
    );
    expect(thrown).toMatchObject({ reached: 'no' });
  });

  it('says that the connection was closed, and that the server may have acted', async () => {
    const origin = await script([{ method: 'POST', path: '/x', reply: { reset: 'at once' } }]);
    const thrown = await failure({ method: 'POST', url: `${origin}/x`, body: 'do it' });
    expect(shown((thrown as Error).message)).toBe(
      '`POST http://HOST/x` failed: `HOST` closed the connection without an answer',
    );
    expect(thrown).toMatchObject({ reached: 'unknown' });
  });

  it('says that an answer broke off', async () => {
    const origin = await script([get({ body: '0123456789', reset: { afterBytes: 4 } })]);
    const thrown = await failure({ method: 'GET', url: `${origin}/x` });
    expect(shown((thrown as Error).message)).toBe(
      '`GET http://HOST/x` failed: the answer broke off after 4 bytes',
    );
    expect(thrown).toMatchObject({ reached: 'unknown', status: 200 });
  });

  const text = Buffer.from('{"a": "ü"}');
  it.each([
    ['gzip', gzipSync(text)],
    ['X-GZip', gzipSync(text)],
    ['gzip', gzipSync(text).subarray(0, -8)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', text],
    ['deflate, gzip', gzipSync(deflateSync(text))],
  ])('is unpacked: %s', async (encoding, body) => {
    const origin = await script([get({ headers: { 'content-encoding': encoding }, body })]);
    expect((await client().request({ method: 'GET', url: `${origin}/x` })).body.toString()).toBe(
      '{"a": "ü"}',
    );
  });

  it.each([
    ['gzip', 'this is no gzip', 'its gzip is damaged: '],
    ['br', 'nor is this brotli', 'its br is damaged: '],
    ['zstd', 'x', 'it is packed as `zstd`, which was not asked for'],
  ])('that cannot be unpacked is none: %s', async (encoding, body, words) => {
    const origin = await script([get({ headers: { 'content-encoding': encoding }, body })]);
    const thrown = await failure({ method: 'GET', url: `${origin}/x` });
    expect(shown((thrown as Error).message)).toContain(`\`GET http://HOST/x\` failed: ${words}`);
    expect(thrown).toMatchObject({ reached: 'answered', status: 200 });
  });

  it('says how long it waited for silence and for an endless answer', async () => {
    const origin = await script([get({ silent: true }), get({ silent: true })]);
    const url = `${origin}/x`;
    const silence = await failure({ method: 'GET', url, timeouts: { idleMs: 100 } });
    expect((silence as Error).message).toContain('failed: nothing was heard for 0.1 s');
    const endless = await failure({ method: 'GET', url, timeouts: { callMs: 150 } });
    expect((endless as Error).message).toContain('failed: it did not end within 0.2 s');
  });

  it('says that an answer is too large, also when it grows on unpacking', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    const origin = await script([get({ headers: { 'content-encoding': 'gzip' }, body: bomb })]);
    const thrown = await failure({
      method: 'GET',
      url: `${origin}/x`,
      maxAnswerBytes: 100_000,
      repeatable: true,
    });
    expect((thrown as Error).message).toContain('failed: the answer is larger than 100000 bytes');
  });

  it('refuses addresses that are none, or hold a password, without repeating it', async () => {
    const none = await failure({ method: 'GET', url: 'ftp://host/x' });
    expect((none as Error).message).toBe('an address of a server must start with `http://` or `https://`');
    const password = await failure({ method: 'GET', url: 'https://alice:hunter2@host/x' });
    expect((password as Error).message).toBe(
      'the address of `host` must not contain a user name or password',
    );
  });

  it('is Interrupted when the user stops, WaitTimeout when the time given is over', async () => {
    const origin = await script([get({ silent: true }), get({ silent: true })]);
    const stop = new AbortController();
    const asked = failure({ method: 'GET', url: `${origin}/x`, signal: stop.signal });
    stop.abort();
    expect(await asked).toBeInstanceOf(Interrupted);
    const late = await failure({ method: 'GET', url: `${origin}/x`, signal: AbortSignal.timeout(50) });
    expect(late).toBeInstanceOf(WaitTimeout);
    const before = await failure({ method: 'GET', url: `${origin}/x`, signal: AbortSignal.abort() });
    expect(shown((before as Error).message)).toBe('stopped during `GET http://HOST/x`');
    if (server !== undefined && server.requests.length < 2) {
      // The first request may have been stopped before it left.
      await server.finish().catch(() => undefined);
      servers = [];
    }
  });
});

describe('a certificate', () => {
  const answer: Step = get({ json: 1 });

  it('nobody vouches for is refused before the token is sent', async () => {
    const origin = await script([], { tls: selfSigned });
    const thrown = await failure({ method: 'GET', url: `${origin}/x`, token: new Secret('t0ken-value') });
    expect(shown((thrown as Error).message)).toBe(
      '`GET https://HOST/x` failed: its certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)',
    );
    expect(thrown).toMatchObject({
      reached: 'no',
      hint: expect.stringContaining('X509_CERT_DIR') as unknown,
    });
  });

  it('is accepted with its authority, or when checks are off', async () => {
    const origin = await script([answer, answer], { tls: selfSigned });
    await client({ verify: true, ca: [selfSigned.cert] }).request({ method: 'GET', url: `${origin}/x` });
    await client({ verify: false }).request({ method: 'GET', url: `${origin}/x` });
  });

  it('that is not checked is mentioned, once for a client', async () => {
    const origin = await script([answer, answer], { tls: selfSigned });
    const http = client({ verify: false, onUnverified: () => lines.push('unverified') });
    expect(lines).toEqual([]);
    await http.request({ method: 'GET', url: `${origin}/x` });
    await http.request({ method: 'GET', url: `${origin}/x` });
    expect(lines).toEqual(['unverified']);
  });

  it('of the user is shown to the servers it is meant for, and to no other', async () => {
    const subjects: unknown[] = [];
    const asked: Step = { ...answer, check: (request) => subjects.push(request.clientSubject) };
    const [mine, other] = [
      await script([asked], { tls: { ...selfSigned, askForCertificate: true } }),
      await script([asked], { tls: { ...selfSigned, askForCertificate: true } }),
    ];
    const mineOnly = {
      certificates: selfSigned.cert,
      privateKey: new Secret(selfSigned.key),
      origins: new Set([mine]),
    };
    const http = client({
      verify: true,
      ca: () => Promise.resolve([selfSigned.cert]),
      client: () => mineOnly,
    });
    await http.request({ method: 'GET', url: `${mine}/x`, repeatable: true });
    await http.request({ method: 'GET', url: `${other}/x`, repeatable: true });
    expect(subjects).toEqual(['localhost', undefined]);
  });

  it('of the user that does not parse is a fault of this machine, said without its text', async () => {
    const origin = await script([], { tls: selfSigned });
    const broken = { certificates: 'x', privateKey: new Secret('y'), origins: new Set([origin]) };
    const thrown = await failure(
      { method: 'GET', url: `${origin}/x` },
      client({ verify: true, client: () => broken }),
    );
    expect(thrown).toBeInstanceOf(LocalError);
    expect((thrown as Error).message).toMatch(/^cannot use the client certificate: /);
  });

  it('is missing where no TLS is spoken', async () => {
    const origin = await script([]);
    const thrown = await failure({ method: 'GET', url: `${origin.replace('http:', 'https:')}/x` });
    expect((thrown as Error).message).toContain('failed: no TLS is spoken there');
    expect(thrown).toMatchObject({ hint: 'check whether the address starts with http: or https:' });
  });

  it('is not to blame where no HTTP is spoken', async () => {
    const mail = createServer((socket) => socket.end('220 mail.example.org ESMTP\r\n'));
    await new Promise<void>((resolve) => mail.listen(0, '127.0.0.1', resolve));
    const { port } = mail.address() as AddressInfo;
    const thrown = await failure({ method: 'GET', url: `http://127.0.0.1:${port}/x` });
    mail.close();
    expect((thrown as Error).message).toContain('failed: no HTTP is spoken there');
    expect(thrown).toMatchObject({ hint: 'check whether the address starts with http: or https:' });
  });
});

describe('a server that lets one wait', () => {
  const late = () => ({ json: 1, after: new Promise((resolve) => setTimeout(resolve, 250)) });
  const impatient = { noticeMs: 100, idleMs: 400 };

  it('is mentioned once, until it answers', async () => {
    const silent = get({ silent: true });
    const origin = await script([silent, silent, get(late), get(late)]);
    const http = client();
    const ask = () =>
      http.request({ method: 'GET', url: `${origin}/x`, repeatable: true, timeouts: impatient });
    await ask();
    expect(lines.map(shown)).toEqual([
      '`GET http://HOST/x` has had no answer for 0.1 s; it is waited for, up to 0.4 s',
      '`GET http://HOST/x` failed: nothing was heard for 0.4 s; trying again in 0.5 s, 3 tries left',
      '`GET http://HOST/x` failed: nothing was heard for 0.4 s; trying again in 1 s, 2 tries left',
    ]);
    await ask();
    expect(lines).toHaveLength(4);
  });

  it('is not mentioned while it takes what is sent', async () => {
    const origin = await script([
      {
        method: 'POST',
        path: '/x',
        reply: late,
      },
    ]);
    const path = join(directory, 'large');
    await writeFile(path, Buffer.alloc(2 << 20));
    const body = fileBody(path);
    await client().request({ method: 'POST', url: `${origin}/x`, body, timeouts: impatient });
    expect(lines).toEqual([]);
  });
});

it('every answer can be told, without what is secret', async () => {
  const told: string[] = [];
  const origin = await script([get({ status: 503 }), get({ json: 1 })]);
  const http = createHttpClient({
    clock,
    userAgent: 'pchain/test',
    trace: (line) => told.push(shown(line)),
    tls: { verify: true },
  });
  await http.request({ method: 'GET', url: `${origin}/x?access_token=t0ken`, repeatable: true });
  expect(told).toEqual([
    '`GET http://HOST/x` answered 503 in 0 ms',
    '`GET http://HOST/x` answered 200 in 0 ms',
  ]);
});

describe('a redirect', () => {
  it('is followed on the same server', async () => {
    const origin = await script([get({ status: 302, headers: { location: '/y' } }), get({ json: 1 }, '/y')]);
    const answer = await client().request({
      method: 'GET',
      url: `${origin}/x`,
      token: new Secret('t0ken-value'),
    });
    expect(answer.status).toBe(200);
  });

  it('to another server loses the token and whatever else says who asks', async () => {
    const seen: SeenRequest[] = [];
    const other = await script([
      { method: 'GET', path: '/file', check: (request) => seen.push(request), reply: { body: 'data' } },
    ]);
    const origin = await script([get({ status: 302, headers: { location: `${other}/file?part=1` } })]);
    const answer = await client().request({
      method: 'GET',
      url: `${origin}/x`,
      token: new Secret('t0ken-value'),
      headers: { accept: 'text/plain', origin: 'atlas', cookie: 'session=1', 'x-panda-job': '7' },
      repeatable: true,
    });
    expect(answer.body.toString()).toBe('data');
    expect(JSON.stringify(seen[0]?.headers)).not.toMatch(/t0ken-value|atlas|session|x-panda-job/);
    expect(seen[0]?.headers['accept']).toBe('text/plain');
  });

  it('to another server that refuses is told as such', async () => {
    const other = await script([
      { method: 'GET', path: '/login', reply: { status: 401, body: 'who are you?' } },
    ]);
    const origin = await script([get({ status: 302, headers: { location: `${other}/login?token=abc` } })]);
    const thrown = await failure({ method: 'GET', url: `${origin}/x`, token: new Secret('t0ken-value') });
    expect(shown((thrown as Error).message)).toBe(
      '`GET http://HOST/x`, redirected to `http://HOST/login` answered 401 (Unauthorized): who are you?',
    );
  });

  it('that ends somewhere else than at the file is told', async () => {
    const origin = await script([
      get({ status: 302, headers: { location: '/login?next=1' } }),
      get({ body: 'a page to sign in' }, '/login'),
    ]);
    const saveTo = { path: join(directory, 'f'), sizeBytes: 3, isStaging: true };
    const thrown = await failure({ method: 'GET', url: `${origin}/x`, saveTo });
    expect(shown((thrown as Error).message)).toBe(
      '`GET http://HOST/x` failed: 17 bytes arrived where 3 were promised, after a redirect to `http://HOST/login`',
    );
  });

  it('of a request that changes something is not followed at all', async () => {
    const origin = await script([
      { method: 'POST', path: '/x', reply: { status: 307, headers: { location: '/y' } } },
    ]);
    const thrown = await failure({ method: 'POST', url: `${origin}/x`, body: '' });
    expect(shown((thrown as Error).message)).toBe(
      '`POST http://HOST/x` failed: the server redirects it to `http://HOST/y`',
    );
  });

  it('in circles ends', async () => {
    const origin = await script(
      Array.from({ length: 6 }, () => get({ status: 302, headers: { location: '/x' } })),
    );
    const thrown = await failure({ method: 'GET', url: `${origin}/x` });
    expect((thrown as Error).message).toContain('the server redirects in circles');
  });
});

describe('an answer that is saved', () => {
  const bytes = Buffer.from(Array.from({ length: 10_000 }, (_, index) => (index * 7) % 256));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const ranged = (): Step['reply'] => (request) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers['range'] ?? '')?.[1] ?? 0);
    const body = bytes.subarray(start);
    const partial: Record<string, string> =
      request.headers['range'] === undefined ? {} : { 'content-range': `bytes ${start}-9999/10000` };
    return { status: request.headers['range'] === undefined ? 200 : 206, headers: partial, body };
  };
  const target = () => ({ path: join(directory, 'new', 'out.bin'), sizeBytes: bytes.length, sha256 });
  const save = (origin: string): HttpRequest => ({
    method: 'GET',
    url: `${origin}/x`,
    saveTo: target(),
    repeatable: true,
  });

  it('appears whole under its name, and is not asked for a second time', async () => {
    const origin = await script([get(ranged())]);
    const answer = await client().request(save(origin));
    expect(answer.saved).toEqual({ path: target().path, sizeBytes: 10_000, sha256, reused: false });
    expect((await readFile(target().path)).equals(bytes)).toBe(true);
    const again = await client().request(save(origin));
    expect(again.saved?.reused).toBe(true);
    expect(await readdir(join(directory, 'new'))).toEqual(['out.bin']);
  });

  it('goes on where it broke off', async () => {
    // Large enough that the connection cannot end before some of it was read.
    const large = Buffer.from(Array.from({ length: 4_000_000 }, (_, index) => (index * 7) % 253));
    const startOf = (request: SeenRequest): number =>
      Number(/^bytes=(\d+)-$/.exec(request.headers['range'] ?? 'bytes=0-')?.[1]);
    const part: Step['reply'] = (request) => {
      const start = startOf(request);
      const headers = { 'content-range': `bytes ${start}-3999999/4000000` };
      return {
        ...(start === 0 ? {} : { status: 206, headers }),
        body: large.subarray(start),
        ...(start < 1_000_000 ? { reset: { afterBytes: 2_000_000 } } : {}),
      };
    };
    const origin = await script([get(part), get(part)]);
    const seen: number[] = [];
    const saveTo = {
      ...target(),
      sizeBytes: large.length,
      sha256: createHash('sha256').update(large).digest('hex'),
    };
    const answer = await client().request({
      ...save(origin),
      saveTo,
      onProgress: (now) => seen.push(now.doneBytes),
    });
    expect(answer.saved?.sha256).toBe(saveTo.sha256);
    const [first, second] = (server?.requests ?? []).map(startOf);
    expect(first).toBe(0);
    expect(second).toBeGreaterThan(1_000_000);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(large.length);
  });

  it('goes on where an earlier program stopped, and starts again when that part was wrong', async () => {
    const origin = await script([get(ranged()), get(ranged())]);
    const path = target().path;
    await mkdir(join(directory, 'new'));
    await writeFile(`${path}.part`, Buffer.alloc(5000, 1));
    const answer = await client().request(save(origin));
    expect(answer.saved?.sha256).toBe(sha256);
    expect(server?.requests.map((request) => request.headers['range'])).toEqual(['bytes=5000-', undefined]);
    expect(lines.map(shown)).toEqual([
      '`GET http://HOST/x` failed: the bytes that arrived do not have the promised checksum; trying again in 0.5 s, 3 tries left',
    ]);
  });

  it('needs no request when all bytes were there and only the name was missing', async () => {
    await mkdir(join(directory, 'new'));
    await writeFile(`${target().path}.part`, bytes);
    const origin = await script([]);
    expect((await client().request(save(origin))).saved?.sha256).toBe(sha256);
  });

  it('starts again when the server does not know ranges, sends another one, or none is left', async () => {
    await mkdir(join(directory, 'new'));
    const origin = await script([
      get({ status: 200, body: bytes }),
      get({ status: 206, headers: { 'content-range': 'bytes 9-9999/10000' }, body: bytes.subarray(9) }),
      get(ranged()),
      get({ status: 416 }),
      get(ranged()),
    ]);
    for (let round = 0; round < 3; round++) {
      await rm(target().path, { force: true });
      await writeFile(`${target().path}.part`, bytes.subarray(0, 2000));
      expect((await client().request(save(origin))).saved?.sha256).toBe(sha256);
    }
  });

  it('never gets its name when it is damaged', async () => {
    const other = Buffer.from(bytes);
    other[9999] = 1;
    const origin = await script(Array.from({ length: 4 }, () => get({ body: other })));
    const thrown = await failure(save(origin));
    expect((thrown as Error).message).toContain('do not have the promised checksum');
    expect(existsSync(target().path)).toBe(false);
    expect(existsSync(`${target().path}.part`)).toBe(false);
  });

  it('never gets its name when the server ends early or goes on too long', async () => {
    const origin = await script([
      get({ body: bytes.subarray(1) }),
      get({ body: Buffer.concat([bytes, bytes]) }),
    ]);
    const short = await failure({ ...save(origin), repeatable: false });
    expect((short as Error).message).toContain('9999 bytes arrived where 10000 were promised');
    await rm(join(directory, 'new'), { recursive: true, force: true });
    const long = await failure({ ...save(origin), repeatable: false });
    expect((long as Error).message).toContain('20000 bytes arrived where 10000 were promised');
    expect(existsSync(target().path)).toBe(false);
  });

  it('as a small file in staging is written whole, or not at all', async () => {
    const origin = await script([
      get({ body: bytes }),
      get({ body: bytes.subarray(1) }),
      get({ body: Buffer.concat([bytes, bytes]) }),
    ]);
    const staged = (name: string): HttpRequest => ({
      ...save(origin),
      repeatable: false,
      saveTo: { path: join(directory, 'staged', name), sizeBytes: bytes.length, isStaging: true },
    });
    await client().request(staged('whole'));
    expect((await readFile(join(directory, 'staged/whole'))).equals(bytes)).toBe(true);
    expect(String(await failure(staged('short')))).toContain('9999 bytes arrived where 10000 were promised');
    expect(String(await failure(staged('long')))).toContain('20000 bytes arrived where 10000 were promised');
    expect(await readdir(join(directory, 'staged'))).toEqual(['whole']);
  });

  it('into a place that cannot be written is a local problem', async () => {
    await writeFile(join(directory, 'new'), 'a file, not a folder');
    const origin = await script([get(ranged())]);
    const thrown = await failure(save(origin));
    expect(thrown).toBeInstanceOf(LocalError);
    if (server?.requests.length === 0) {
      await server.finish().catch(() => undefined);
      servers = [];
    }
  });

  it('is an error page only in memory', async () => {
    const origin = await script([get({ status: 404, body: 'no such file' })]);
    const thrown = await failure(save(origin));
    expect(shown((thrown as Error).message)).toBe(
      '`GET http://HOST/x` answered 404 (Not Found): no such file',
    );
    expect(existsSync(`${target().path}.part`)).toBe(false);
  });
});

describe.skipIf(!existsSync('/proc/self'))('a file below a directory that nobody can make', () => {
  it.each([{ sizeBytes: 3, isStaging: true }, {}])('is refused, saved as %o', async (how) => {
    const origin = await script([get({ body: 'abc' })]);
    const saveTo = { path: '/proc/no/where/f', ...how };
    const thrown = await failure({ method: 'GET', url: `${origin}/x`, saveTo });
    expect(thrown).toBeInstanceOf(LocalError);
    expect((thrown as Error).message).toMatch(/^cannot make the directory `\/proc\/no`: ENOENT/);
  });
});
