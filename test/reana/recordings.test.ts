// The client against what real servers were asked and answered: same paths, same bodies, answers understood.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { Secret } from '../../src/base/secret.ts';
import { ReanaClient } from '../../src/reana/client.ts';
import { downloadInto } from '../../src/reana/outputs.ts';
import { isLost } from '../../src/reana/wire.ts';
import { scriptedServer } from '../rigs/server.ts';
import type { Reply, ScriptedServer, Step } from '../rigs/server.ts';
import { describeWithShared, sharedJson } from '../rigs/shared.ts';
import { httpClient } from '../reana-server/rig.ts';

interface Recording {
  readonly requests: readonly {
    method: string;
    path: string;
    query: [string, string][];
    body: { json?: unknown } | null;
  }[];
  readonly responses: readonly { status: number; headers: Record<string, string>; body: unknown }[];
}

/** The token of every recording. */
const token = new Secret('tok');

const recording = (name: string): Recording => sharedJson('recordings/reana', `${name}.json`) as Recording;

/** Servers of 0.9 do not look at the header, so the first question is answered 401. */
const signIn: readonly Step[] = [
  {
    method: 'GET',
    path: '/api/you',
    check: (seen) => expect(seen.headers['authorization']).toBe('Bearer tok'),
    reply: { status: 401, json: { message: 'User not signed in' } },
  },
  {
    method: 'GET',
    path: '/api/ping',
    check: (seen) => expect(seen.query.has('access_token')).toBe(false),
    reply: { json: { message: 'OK', status: '200' } },
  },
  {
    method: 'GET',
    path: '/api/you',
    check: (seen) => expect(seen.query.get('access_token')).toBe('tok'),
    reply: { json: { email: 'john.doe@example.org', username: 'jdoe' } },
  },
];
const ping: Step = { method: 'GET', path: '/api/ping', reply: { json: { message: 'OK', status: '200' } } };

/** A request of a recording, and its answer: what the client sends must fit. */
function recorded(name: string, at = 0): Step {
  const { requests, responses } = recording(name);
  const request = requests.at(at);
  const response = responses.at(at);
  if (request === undefined || response === undefined) throw new Error(`${name} has no exchange ${at}`);
  return {
    name,
    method: request.method,
    path: request.path.split('/').map(encodeURIComponent).join('/'),
    check(seen) {
      expect(seen.headers['transfer-encoding']).toBeUndefined();
      expect(seen.query.get('access_token')).toBe('tok');
      for (const [key, value] of request.query) {
        if (key === 'file_name' && request.method === 'GET') continue;
        // Servers drop the leading slash; the name is the same.
        const given = seen.query.get(key);
        // The first page is what a server gives unasked.
        if (key === 'page' && given === null) continue;
        if (key === 'search') expect(JSON.parse(given ?? '')).toEqual(JSON.parse(value));
        else expect(key === 'file_name' ? `/${given ?? ''}` : given, key).toBe(value);
      }
      if (request.body?.json !== undefined)
        expect(JSON.parse(seen.body.toString('utf8'))).toEqual(request.body.json);
    },
    reply: replyOf(response),
  };
}

function replyOf({ status, headers, body }: Recording['responses'][number]): Reply {
  const plain = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
  delete plain['content-length'];
  return typeof body === 'string'
    ? { status, headers: plain, body }
    : { status, headers: plain, body: JSON.stringify(body) };
}

let server: ScriptedServer;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-recordings-'));
});
afterEach(async () => {
  rmSync(directory, { recursive: true, force: true });
  await server.finish();
});

async function clientOf(...steps: readonly Step[]): Promise<ReanaClient> {
  // Creating asks what the server takes before anything that needs a token.
  const [first, ...others] = steps;
  server = await scriptedServer(first === ping ? [ping, ...signIn, ...others] : [...signIn, ...steps]);
  return new ReanaClient({ http: httpClient(), server: `${server.origin}/`, token });
}
const host = (): string => new URL(server.origin).host;

describeWithShared('the client, asked as recorded servers were', () => {
  it('reads the state of a run', async () => {
    const client = await clientOf(recorded('status'), recorded('status-created'), recorded('status-by-uuid'));
    expect(await client.status('test')).toEqual({
      id: '00000001-1111-4111-8111-111111111111',
      name: 'test.1',
      status: 'running',
      created: '2025-01-02T03:04:05',
      currentStep: 'step1',
      currentCommand: 'python code/helloworld.py',
      jobsTotal: 1,
      jobsFinished: 0,
      jobsFailed: 0,
    });
    expect(await client.status('test.1')).toMatchObject({
      status: 'created',
      currentStep: undefined,
      jobsTotal: 0,
    });
    expect(await client.status('00000001-1111-4111-8111-111111111111')).toMatchObject({
      status: 'finished',
      jobsFinished: 1,
    });
  });

  it('reads logs, files, runs and secrets', async () => {
    const client = await clientOf(
      recorded('logs'),
      recorded('ls'),
      recorded('list-filter'),
      recorded('secrets-list'),
    );
    expect((await client.logs('test')).jobs).toMatchObject([
      {
        step: 'step1',
        status: 'finished',
        log: 'job: :\n hello\n',
        image: 'docker.io/library/python:2.7-slim',
      },
    ]);
    expect((await client.files('test')).map((file) => [file.name, file.sizeBytes])).toEqual([
      ['code/helloworld.py', 12],
      ['data/names.txt', 20],
      ['reana.yaml', 15],
      ['results/greetings.txt', 34],
    ]);
    expect(await client.list({ name: 'oth', statuses: ['running'] })).toEqual([]);
    expect([...(await client.secrets())]).toEqual([['GITHUB_TOKEN', 'env']]);
  });

  it('creates a run with the body that the real client sends', async () => {
    const client = await clientOf(ping, recorded('create-serial', 1));
    const document = recording('create-serial').requests[1]?.body?.json;
    expect(await client.create('test', document)).toEqual({
      id: '00000001-1111-4111-8111-111111111111',
      name: 'test.1',
    });
  });

  it('says what a server does not like about a specification', async () => {
    const client = await clientOf(ping, recorded('create-server-400', 1));
    const document = recording('create-server-400').requests[1]?.body?.json;
    await expect(client.create('test', document)).rejects.toMatchObject({
      exitCode: 5,
      message: `\`${host()}\` refuses: Input path cannot be absolute: /etc/passwd`,
    });
  });

  it('does not create again after a gateway lost the answer', async () => {
    const client = await clientOf(ping, recorded('create-html-502', 1));
    const error: unknown = await client
      .create('test', recording('create-html-502').requests[1]?.body?.json)
      .catch((thrown: unknown) => thrown);
    expect(isLost(error)).toBe(true);
  });

  it('does not send JSON to a server that takes bundles', async () => {
    const capable = {
      json: { message: 'OK', status: '200', api_capabilities: ['workflow-specification-bundles-v1'] },
    };
    server = await scriptedServer([{ ...ping, reply: capable }]);
    const client = new ReanaClient({ http: httpClient(), server: server.origin, token });
    await expect(client.create('test', {})).rejects.toMatchObject({
      exitCode: 33,
      message: `\`${server.origin}\` speaks the protocol of REANA 0.95, pchain that of 0.9`,
    });
  });

  it('uploads bytes with their length, also when there are none', async () => {
    const length = (step: Step, bytes: number): Step => ({
      ...step,
      check(seen) {
        step.check?.(seen);
        expect(seen.headers['content-length']).toBe(String(bytes));
        expect(seen.headers['content-type']).toBe('application/octet-stream');
      },
    });
    const client = await clientOf(
      length(recorded('upload-binary'), 3),
      length(recorded('v095-upload-empty-file'), 0),
      length(recorded('upload-odd-name'), 1),
    );
    await client.upload('test', 'b.bin', new Uint8Array([0, 1, 2]));
    await client.upload('test', 'empty.dat', new Uint8Array());
    await client.upload('test', 'data/a b+ç&=#.txt', 'x');
  });

  it('waits and uploads again when it was too fast', async () => {
    const limited = recorded('upload-rate-limited-429');
    const client = await clientOf(limited, { ...limited, reply: { json: { message: 'fine' } } });
    await client.upload('test', 'code/helloworld.py', 'x');
  });

  it('takes the refusal of a second start for what it is', async () => {
    const refused = recorded('start-already-running-403');
    const queued = {
      ...recorded('status-created'),
      reply: replyWith('status-created', { status: 'queued' }),
    };
    const client = await clientOf(recorded('status-created'), refused, queued);
    await client.start('test.1', {});
  });

  it('leaves a run alone that was started before', async () => {
    const client = await clientOf(recorded('status'));
    await client.start('test', {});
  });

  it('adds secrets as the real client does, and keeps those that are there', async () => {
    const secret = (type: 'env' | 'file', value: string) => ({ type, value: new Secret(value) });
    const client = await clientOf(
      { ...recorded('secrets-list'), reply: { json: [] } },
      recorded('secrets-add'),
      { ...recorded('secrets-list'), reply: { json: [] } },
      recorded('secrets-add-conflict-409'),
      recorded('secrets-list'),
      {
        method: 'POST',
        path: '/api/secrets/',
        check: (seen) =>
          expect(JSON.parse(seen.body.toString())).toEqual({ OTHER: { value: 'MQ==', type: 'env' } }),
        reply: { status: 201, json: {} },
      },
    );
    const first = new Map([
      ['CERN_USER', secret('env', 'am9obmRvZQ==')],
      ['EQ', secret('env', 'YT1iPWM=')],
      ['.keytab', secret('file', 'BQIA/2JpbmFyeQ==')],
    ]);
    expect(await client.addSecrets(first, 'keep')).toEqual([]);
    const second = new Map([
      ['GITHUB_TOKEN', secret('env', 'bmV3')],
      ['OTHER', secret('env', 'MQ==')],
    ]);
    expect(await client.addSecrets(second, 'keep')).toEqual(['GITHUB_TOKEN']);
  });

  it('downloads files, and unpacks the zip that a directory becomes', async () => {
    const zip = recorded('download-directory-zip');
    const archive = new ZipFile();
    for (const member of recording('download-directory-zip').responses[0]?.body as {
      name: string;
      text: string;
    }[]) {
      archive.addBuffer(Buffer.from(member.text), member.name);
    }
    archive.end();
    const chunks: Buffer[] = [];
    for await (const chunk of archive.outputStream) chunks.push(chunk as Buffer);
    const client = await clientOf(
      listing({ 'results/greetings.txt': 34 }),
      recorded('download-two-files'),
      listing({ 'data/more.txt': 2, 'data/names.txt': 20 }),
      {
        ...zip,
        reply: {
          headers: {
            'content-type': 'application/zip',
            'content-disposition': 'attachment; filename=../../evil.zip',
          },
          body: Buffer.concat(chunks),
        },
      },
    );
    expect(await downloadInto(client, 'test', 'results/greetings.txt', directory)).toEqual([
      'results/greetings.txt',
    ]);
    expect(readFileSync(join(directory, 'results/greetings.txt'), 'utf8')).toBe(
      'Hello Jane Doe!\nHello Joe Bloggs!\n',
    );
    expect(await downloadInto(client, 'test', 'data/', directory)).toEqual([
      'data/more.txt',
      'data/names.txt',
    ]);
    expect(readFileSync(join(directory, 'data/names.txt'), 'utf8')).toBe('Jane Doe\nJoe Bloggs\n');
  });

  it('puts refusals into words and exit codes', async () => {
    // `force_stop` is left out on purpose: later servers refuse it.
    const stopped = { ...recorded('stop-not-running-409'), check: () => undefined };
    const client = await clientOf(recorded('status-unknown-404'), stopped, recorded('delete-running-500'));
    await expect(client.status('nope.7')).rejects.toMatchObject({
      exitCode: 2,
      message: `\`${host()}\` knows no run \`nope.7\``,
    });
    await expect(client.stop('test.1')).rejects.toMatchObject({
      exitCode: 5,
      message: `\`${host()}\` refuses: Workflow 00000001-1111-4111-8111-111111111111 is not running.`,
    });
    await expect(client.delete('test.1')).rejects.toMatchObject({
      exitCode: 5,
      message: `\`${host()}\` refuses: Workflow test.1 cannot be deleted as it is currently running.`,
    });
  });

  it('tells a wrong token from a wrong address', async () => {
    server = await scriptedServer(
      [...signIn.slice(0, 2), recorded('ping-bad-token')].map((step) => ({
        ...step,
        check: () => undefined,
      })),
    );
    const client = new ReanaClient({ http: httpClient(), server: server.origin, token });
    await expect(client.ping()).rejects.toMatchObject({
      exitCode: 4,
      message: `\`${host()}\` refuses the token: Token not valid.`,
    });
    await server.finish();
    server = await scriptedServer([
      { method: 'GET', path: '/api/you', reply: { status: 404, body: 'nothing here' } },
      { method: 'GET', path: '/api/ping', reply: { status: 404, body: 'nothing here' } },
    ]);
    const lost = new ReanaClient({ http: httpClient(), server: server.origin, token });
    await expect(lost.ping()).rejects.toMatchObject({
      exitCode: 5,
      message: `there is no REANA server at \`${server.origin}\` (it answered 404)`,
    });
    expect(() => new ReanaClient({ http: httpClient(), server: 'reana.cern.ch', token })).toThrow(
      'the address of the REANA server must start with `https://`',
    );
  });

  it('never writes the token into the address of a server that signs in with OpenID', async () => {
    server = await scriptedServer([
      { method: 'GET', path: '/api/you', reply: { status: 401, json: { message: 'Invalid access token.' } } },
      {
        method: 'GET',
        path: '/api/ping',
        reply: {
          json: { message: 'OK', status: '200', api_capabilities: ['workflow-specification-bundles-v1'] },
        },
      },
      {
        method: 'GET',
        path: '/api/.well-known/openid-configuration',
        reply: { json: { issuer: 'https://x' } },
      },
    ]);
    const client = new ReanaClient({ http: httpClient(), server: server.origin, token });
    await expect(client.ping()).rejects.toMatchObject({
      exitCode: 4,
      message: `\`${host()}\` refuses the token: Invalid access token.`,
    });
    expect(server.requests.every((request) => !request.query.has('access_token'))).toBe(true);
  });
});

function replyWith(name: string, changes: object): Reply {
  return { json: { ...(recording(name).responses[0]?.body as object), ...changes } };
}

function listing(files: Readonly<Record<string, number>>): Step {
  const items = Object.entries(files).map(([name, raw]) => ({ name, 'last-modified': '', size: { raw } }));
  return {
    method: 'GET',
    path: '/api/workflows/test/workspace',
    reply: { json: { items, has_next: false } },
  };
}
