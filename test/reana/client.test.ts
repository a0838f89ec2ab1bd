// The client against the embedded server, both real, over a real port.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Interrupted } from '../../src/base/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import { fileBody } from '../../src/http/body.ts';
import type { RemoteFile } from '../../src/reana/protocol/answers.ts';
import { ReanaClient } from '../../src/reana/protocol/client.ts';
import { downloadOutputs, filesOf, findOutputs, literal } from '../../src/reana/files/outputs.ts';
import { fingerprintFile } from '../../src/reana/offload/secret-fingerprints.ts';
import { PythonFloat } from '../../src/reanaspec/python-value.ts';
import { sendSecrets } from '../../src/reana/offload/send-secrets.ts';
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

const bring = (run: string, files: readonly RemoteFile[], to: string) =>
  downloadOutputs(client, run, [{ declared: 'all', files }], to, { onState: () => undefined });

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

const json = (document: object) => ({ protocol: 'json' as const, document });

const waiting = serialSpec([{ name: 'wait', commands: ['while [ ! -e go ]; do sleep 0.02; done'] }], {
  parameters: { n: 1 },
});

describe('the client and the embedded server', () => {
  it('agree on who is signed in, and send the token in the header', async () => {
    expect(await client.ping()).toMatchObject({
      user: 'jane',
      email: 'jane@localhost',
      serverVersion: '0.9.4',
    });
    expect(face.requests).toEqual(['GET /api/you']);
    expect(client.isLocal).toBe(true);
  });

  it('take a run through its life', async () => {
    const run = await client.create('fit', json(waiting));
    expect(run.name).toBe('fit.1');
    expect(await client.status(run.name)).toMatchObject({ id: run.id, status: 'created' });
    await client.start(run.id, { parameters: { n: '2' }, options: {} });
    await client.start(run.id, { parameters: { n: '3' }, options: {} });
    expect(face.engine.run(run.id)?.parameters).toEqual({ n: '2' });
    await expect(client.delete(run.name)).rejects.toThrow('cannot be deleted as it is currently running');
    await client.stop(run.name);
    expect((await client.status(run.name)).status).toBe('stopped');
    await expect(client.stop(run.name)).rejects.toThrow(`Workflow ${run.id} is not running.`);
    await client.delete(run.name);
    expect(await client.list()).toEqual([]);
    expect((await client.list({ statuses: ['deleted'] })).map((deleted) => deleted.name)).toEqual(['fit.1']);
    await expect(client.workspaces.files(run.name)).rejects.toThrow('Workspace does not exist.');
  });

  it('refuse a parameter that the specification does not have', async () => {
    const run = await client.create('fit', json(waiting));
    await expect(client.start(run.id, { parameters: { m: '1' }, options: {} })).rejects.toThrow(
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
    const run = await client.create('fit', json(waiting));
    const sources = join(directory, 'sources');
    mkdirSync(sources);
    for (const [index, name] of oddNames.entries()) {
      writeFileSync(join(sources, name), 'x'.repeat(index * 1000));
      await client.workspaces.upload(run.id, `odd/${name}`, fileBody(join(sources, name)));
    }
    const files = await client.workspaces.files(run.id);
    expect(files.map((file) => file.name).sort()).toEqual(oddNames.map((name) => `odd/${name}`).sort());
    await bring(run.id, files, join(directory, 'back'));
    for (const { name } of files) {
      expect(
        readFileSync(join(directory, 'back', name)).equals(readFileSync(join(sources, name.slice(4)))),
        name,
      ).toBe(true);
    }
    const literals = await Promise.all(
      ['odd/*', 'odd/?', 'odd/a[1].txt'].map((name) => client.workspaces.files(run.id, literal(name))),
    );
    expect(literals.map((found) => found.map((file) => file.name))).toEqual([
      ['odd/*'],
      ['odd/?'],
      ['odd/a[1].txt'],
    ]);
  });

  it('give a directory as files', async () => {
    const run = await client.create('fit', json(waiting));
    for (const name of ['out/1.txt', 'out/deep/2.txt', 'out/empty', 'other.txt'])
      await client.workspaces.upload(run.id, name, name === 'out/empty' ? new Uint8Array() : name);
    const outputs = await findOutputs(client, 'fit.1', ['out/', 'out/1.txt', '*.txt', 'absent']);
    expect(outputs.map(({ declared, files }) => [declared, files.length])).toEqual([
      ['out', 3],
      ['out/1.txt', 1],
      ['*.txt', 1],
      ['absent', 0],
    ]);
    const names = ['other.txt', 'out/1.txt', 'out/deep/2.txt', 'out/empty'];
    expect(filesOf(outputs).map((file) => file.name)).toEqual(names);
    await downloadOutputs(client, run.id, outputs, directory, { onState: () => undefined });
    expect(names.map((name) => readFileSync(join(directory, name), 'utf8'))).toEqual([
      'other.txt',
      'out/1.txt',
      'out/deep/2.txt',
      '',
    ]);
    await expect(findOutputs(client, run.id, ['../up'])).rejects.toThrow(
      'file name `../up` leads out of the workspace',
    );
  });

  it('give a directory of many small files in one answer, and go on after half of it', async () => {
    const run = await client.create('fit', json(waiting));
    const workspace = face.engine.run(run.id)?.workspace ?? '';
    mkdirSync(join(workspace, 'many/deep'), { recursive: true });
    for (let n = 0; n < 200; n++)
      writeFileSync(join(workspace, 'many', n % 2 ? 'deep' : '', `${n} #%`), `${n}`);
    const outputs = await findOutputs(client, run.id, ['many']);
    const asked = face.requests.length;
    const { files } = await downloadOutputs(client, run.id, outputs, directory, { onState: () => undefined });
    expect(face.requests.length - asked).toBe(1);
    const content = files.map((file) => readFileSync(join(directory, file.name), 'utf8'));
    expect(content.map(Number).sort((a, b) => a - b)).toEqual([...Array(200).keys()]);
    // As a kill between opening a file and writing it leaves them.
    writeFileSync(join(directory, 'many/0 #%'), '');
    rmSync(join(directory, 'many/deep'), { recursive: true });
    await downloadOutputs(client, run.id, outputs, directory, { onState: () => undefined });
    expect(files.map((file) => readFileSync(join(directory, file.name), 'utf8'))).toEqual(content);
  });

  it('find a file that an earlier call has already brought, and bring one of another size again', async () => {
    const run = await client.create('fit', json(waiting));
    await client.workspaces.upload(run.id, 'a', 'first');
    const files = await client.workspaces.files(run.id);
    await bring(run.id, files, directory);
    const asked = face.requests.length;
    await bring(run.id, files, directory);
    expect(face.requests.length).toBe(asked);
    writeFileSync(join(directory, 'a'), 'fir');
    await bring(run.id, files, directory);
    expect(readFileSync(join(directory, 'a'), 'utf8')).toBe('first');
  });

  it('go on with the part of a file that an earlier call has brought, however long it is', async () => {
    const run = await client.create('fit', json(waiting));
    const content = Buffer.alloc(400_000, 'abc');
    await client.workspaces.upload(run.id, 'a', content);
    const files = await client.workspaces.files(run.id);
    for (const partBytes of [1, 65_536, 399_999, 400_000, 400_001]) {
      const to = mkdtempSync(join(directory, 'part-'));
      writeFileSync(join(to, 'a.part'), Buffer.alloc(partBytes, 'abc'));
      await bring(run.id, files, to);
      expect(readFileSync(join(to, 'a')).equals(content), `${partBytes} bytes`).toBe(true);
    }
  });

  it('do not let a server that lies about names write outside of the directory', async () => {
    for (const name of ['../../evil', '/etc/evil', 'a/../../evil', 'a//b', '.', 'a\0b']) {
      const files = [{ name, sizeBytes: 4, modified: '' }];
      await expect(bring('fit', files, directory)).rejects.toThrow('which leads out of the workspace');
    }
    expect(face.requests).toEqual([]);
  });

  it('keep and replace secrets, and know which were last sent from here', async () => {
    const fingerprints = fingerprintFile(join(directory, 'fingerprints.json'));
    const send = (text: string, replaces: boolean) => {
      const value = { type: 'env' as const, value: new Secret(Buffer.from(text).toString('base64')) };
      return sendSecrets(client, new Map([['TOKEN_X', value]]), replaces, fingerprints);
    };
    const nothing = { added: [], replaced: [], same: [], kept: [] };
    expect(await send('one-of-them', false)).toEqual({ ...nothing, added: ['TOKEN_X'] });
    expect(await send('one-of-them', true)).toEqual({ ...nothing, same: ['TOKEN_X'] });
    expect(await send('another-one', false)).toEqual({ ...nothing, kept: ['TOKEN_X'] });
    expect(await send('another-one', true)).toEqual({ ...nothing, replaced: ['TOKEN_X'] });
    const kept = face.engine.reanaSecrets().get('TOKEN_X')?.value.reveal() ?? '';
    expect(Buffer.from(kept, 'base64').toString()).toBe('another-one');
    expect([...(await client.secrets.names())]).toEqual([['TOKEN_X', 'env']]);
    expect(readFileSync(join(directory, 'fingerprints.json'), 'utf8')).not.toContain('another');
  });

  it('keep floats in commands, as Python does', async () => {
    const steps = [{ name: 'show', commands: ['echo ${lumi} ${cuts} ${n} > shown'] }];
    const parameters = { lumi: new PythonFloat(1), cuts: [new PythonFloat(2), 0.00001], n: 1 };
    const run = await client.create('fit', json(serialSpec(steps, { parameters })));
    await client.start(run.id, { parameters: { n: new PythonFloat(3) }, options: {} });
    await until('its end', () => face.engine.run(run.id)?.status === 'finished');
    const [found] = await findOutputs(client, run.id, ['shown']);
    await bring(run.id, found?.files ?? [], directory);
    expect(readFileSync(join(directory, 'shown'), 'utf8')).toBe('1.0 [2.0, 1e-05] 3.0\n');
  });

  it('end at once when the user stops them', async () => {
    const stop = new AbortController();
    const stoppable = new ReanaClient({ http: httpClient(), server: face.url, token }, stop.signal);
    await stoppable.ping();
    stop.abort();
    await expect(stoppable.status('fit')).rejects.toBeInstanceOf(Interrupted);
  });

  it('follow logs of a step that failed', async () => {
    const run = await client.create(
      'fit',
      json(serialSpec([{ name: 'bad', commands: ['echo why; exit 1'] }])),
    );
    await client.start(run.id, { parameters: {}, options: {} });
    await until('the end', () => face.engine.run(run.id)?.status === 'failed');
    expect(await client.logs(run.id)).toMatchObject({
      jobs: [{ step: 'bad', status: 'failed', log: 'why\n', command: 'echo why; exit 1' }],
    });
    expect(existsSync(face.engine.run(run.id)?.workspace ?? '')).toBe(true);
  });
});
