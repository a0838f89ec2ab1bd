// The client against the embedded server, both real, over a real port.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Interrupted } from '../../src/base/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import { fileBody } from '../../src/http/body.ts';
import { ReanaClient } from '../../src/reana/client.ts';
import { downloadAll, downloadInto, findOutputs, literal } from '../../src/reana/outputs.ts';
import { faceRig, httpClient, serialSpec, token, until } from '../reana-server/rig.ts';
import type { FaceRig } from '../reana-server/rig.ts';

const oddNames = [
  'a b.txt',
  '#1',
  '100%',
  '%41',
  'ç☃.root',
  'a[1].txt',
  '*',
  '?',
  "it's",
  '"q"',
  'a+b&c=d',
  '-rf',
  'x;y',
  'back\\slash',
  '{a,b}',
  '!x',
  '$HOME',
  '(1)',
];

let face: FaceRig;
let client: ReanaClient;
let directory: string;
beforeEach(async () => {
  face = await faceRig();
  client = new ReanaClient({ http: httpClient(), server: face.url, token });
  directory = mkdtempSync(join(tmpdir(), 'pchain-client-'));
});
afterEach(async () => {
  await face.stop();
  rmSync(directory, { recursive: true, force: true });
});

const waiting = serialSpec([{ name: 'wait', commands: ['while [ ! -e go ]; do sleep 0.02; done'] }], {
  parameters: { n: 1 },
});

describe('the client and the embedded server', () => {
  it('agree on who is signed in, and send the token in the header', async () => {
    expect(await client.ping()).toEqual({ user: 'jane', email: 'jane@localhost', serverVersion: '0.9.4' });
    expect(face.requests).toEqual(['GET /api/you', 'GET /api/you']);
    expect(client.isLocal).toBe(true);
  });

  it('take a run through its life', async () => {
    const run = await client.create('fit', waiting);
    expect(run.name).toBe('fit.1');
    expect(await client.status(run.name)).toMatchObject({ id: run.id, status: 'created' });
    await client.start(run.id, { n: '2' });
    await client.start(run.id, { n: '3' });
    expect(face.engine.run(run.id)?.parameters).toEqual({ n: '2' });
    await expect(client.delete(run.name)).rejects.toThrow('cannot be deleted as it is currently running');
    await client.stop(run.name);
    expect((await client.status(run.name)).status).toBe('stopped');
    await expect(client.stop(run.name)).rejects.toThrow(`Workflow ${run.id} is not running.`);
    await client.delete(run.name);
    expect(await client.list()).toEqual([]);
    expect((await client.list({ statuses: ['deleted'] })).map((deleted) => deleted.name)).toEqual(['fit.1']);
    await expect(client.files(run.name)).rejects.toThrow('Workspace does not exist.');
  });

  it('refuse a parameter that the specification does not have', async () => {
    const run = await client.create('fit', waiting);
    await expect(client.start(run.id, { m: '1' })).rejects.toThrow(
      'Input parameter m is not in the specification.',
    );
  });

  it('list more runs than fit on a page, of one name only', async () => {
    for (let index = 0; index < 105; index++)
      face.engine.createRun({ name: index % 5 === 0 ? 'some' : 'something', specification: waiting });
    expect(await client.list({ name: 'some', limit: 1000 })).toHaveLength(21);
    expect(await client.list({ limit: 104 })).toHaveLength(104);
    expect((await client.list({ limit: 1 })).map((run) => run.name)).toEqual(['something.84']);
  });

  it('pass files of odd names and sizes there and back', async () => {
    const run = await client.create('fit', waiting);
    const sources = join(directory, 'sources');
    mkdirSync(sources);
    for (const [index, name] of oddNames.entries()) {
      writeFileSync(join(sources, name), 'x'.repeat(index * 1000));
      await client.upload(run.id, `odd/${name}`, await fileBody(join(sources, name)));
    }
    const files = await client.files(run.id);
    expect(files.map((file) => file.name).sort()).toEqual(oddNames.map((name) => `odd/${name}`).sort());
    await downloadAll(client, run.id, files, join(directory, 'back'), () => undefined);
    for (const { name } of files) {
      expect(
        readFileSync(join(directory, 'back', name)).equals(readFileSync(join(sources, name.slice(4)))),
        name,
      ).toBe(true);
    }
    const literals = await Promise.all(
      ['odd/*', 'odd/?', 'odd/a[1].txt'].map((name) => client.files(run.id, literal(name))),
    );
    expect(literals.map((found) => found.map((file) => file.name))).toEqual([
      ['odd/*'],
      ['odd/?'],
      ['odd/a[1].txt'],
    ]);
  });

  it('give a directory as files, whatever the server packs them into', async () => {
    const run = await client.create('fit', waiting);
    for (const name of ['out/1.txt', 'out/deep/2.txt', 'out/empty', 'other.txt'])
      await client.upload(run.id, name, name === 'out/empty' ? new Uint8Array() : name);
    expect(await downloadInto(client, run.id, 'out', directory)).toEqual([
      'out/1.txt',
      'out/deep/2.txt',
      'out/empty',
    ]);
    expect(await downloadInto(client, run.id, '*.txt', join(directory, 'globbed'))).toEqual(['other.txt']);
    expect(readdirSync(directory, { recursive: true }).sort()).toContain('out/deep/2.txt');
    await expect(downloadInto(client, run.id, 'absent', directory)).rejects.toThrow(
      'run `' + run.id + '` has no file `absent`',
    );
    await expect(downloadInto(client, run.id, '../up', directory)).rejects.toThrow(
      'file name `../up` leads out of the workspace',
    );
    expect(readdirSync(directory).filter((name) => name.includes('arriving'))).toEqual([]);
    expect(
      (await findOutputs(client, 'fit.1', ['out/', 'out/1.txt', '*.txt'])).map((file) => file.name),
    ).toEqual(['other.txt', 'out/1.txt', 'out/deep/2.txt', 'out/empty']);
  });

  it('find a file that an earlier call has already brought, and bring one of another size again', async () => {
    const run = await client.create('fit', waiting);
    await client.upload(run.id, 'a', 'first');
    const files = await client.files(run.id);
    await downloadAll(client, run.id, files, directory, () => undefined);
    const asked = face.requests.length;
    await downloadAll(client, run.id, files, directory, () => undefined);
    expect(face.requests.length).toBe(asked);
    writeFileSync(join(directory, 'a'), 'fir');
    await downloadAll(client, run.id, files, directory, () => undefined);
    expect(readFileSync(join(directory, 'a'), 'utf8')).toBe('first');
  });

  it('do not let a server that lies about names write outside of the directory', async () => {
    for (const name of ['../../evil', '/etc/evil', 'a/../../evil', 'a//b', '.', 'a\0b']) {
      const files = [{ name, sizeBytes: 4, modified: '' }];
      await expect(downloadAll(client, 'fit', files, directory, () => undefined)).rejects.toThrow(
        'which leads out of the workspace',
      );
    }
    expect(face.requests).toEqual([]);
  });

  it('keep and replace secrets', async () => {
    const secret = (text: string) =>
      new Map([
        ['TOKEN_X', { type: 'env' as const, value: new Secret(Buffer.from(text).toString('base64')) }],
      ]);
    expect(await client.addSecrets(secret('one-of-them'), 'keep')).toEqual([]);
    expect(await client.addSecrets(secret('another-one'), 'keep')).toEqual(['TOKEN_X']);
    expect(await client.addSecrets(secret('another-one'), 'replace')).toEqual([]);
    expect(
      Buffer.from(face.engine.reanaSecrets().get('TOKEN_X')?.value.reveal() ?? '', 'base64').toString(),
    ).toBe('another-one');
    expect([...(await client.secrets())]).toEqual([['TOKEN_X', 'env']]);
  });

  it('end at once when the user stops them', async () => {
    const stop = new AbortController();
    const stoppable = new ReanaClient({ http: httpClient(), server: face.url, token }, stop.signal);
    await stoppable.ping();
    stop.abort();
    await expect(stoppable.status('fit')).rejects.toBeInstanceOf(Interrupted);
  });

  it('follow logs of a step that failed', async () => {
    const run = await client.create('fit', serialSpec([{ name: 'bad', commands: ['echo why; exit 1'] }]));
    await client.start(run.id, {});
    await until('the end', () => face.engine.run(run.id)?.status === 'failed');
    expect(await client.logs(run.id)).toMatchObject({
      jobs: [{ step: 'bad', status: 'failed', log: 'why\n', command: 'echo why; exit 1' }],
    });
    expect(existsSync(face.engine.run(run.id)?.workspace ?? '')).toBe(true);
  });
});
