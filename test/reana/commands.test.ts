// The commands about runs as a user types them: the real program against the embedded server, and what it prints for programs
// against its schema.
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bringFiles } from '../../src/reana/files/bring-files.ts';
import { takeLock } from '../../src/reana/offload/run-lock.ts';
import { ReanaClient } from '../../src/reana/protocol/client.ts';
import { CliRig } from '../rigs/cli.ts';
import type { CliResult } from '../rigs/cli.ts';
import { faceRig, httpClient, token } from '../reana-server/rig.ts';
import type { FaceRig } from '../reana-server/rig.ts';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../schemas/reana.schema.json'), 'utf8'),
) as object;
const ajv = new Ajv2020({ allowUnionTypes: true }).addSchema(schema, 'reana');

const specification = `inputs:
  files: ["data/a b#%.txt"]
  directories: [conf]
  parameters: {events: 10}
workflow:
  type: serial
  specification:
    steps:
      - name: count
        environment: python:3.12
        commands: ['mkdir -p out; wc -c < "data/a b#%.txt" > out/size.txt; echo counted \${events}']
outputs:
  directories: [out]
`;

let face: FaceRig;
let rig: CliRig;
beforeAll(async () => {
  face = await faceRig();
  rig = new CliRig();
  rig.write({
    'reana.yaml': specification,
    'data/a b#%.txt': 'twelve bytes',
    'conf/a.cfg': 'x',
    'conf/noise.log': 'x',
    '.reanaignore': '*.log\n',
  });
});
afterAll(async () => {
  rig.remove();
  await face.stop();
});

function reana(...words: string[]): Promise<CliResult> {
  return rig.run(['reana', ...words], {
    env: { REANA_SERVER_URL: face.url, REANA_ACCESS_TOKEN: token.reveal(), REANA_WORKON: 'fit' },
  });
}

/** What a command prints with `--json`, which has the form that the schema names. */
async function json(form: string, ...words: string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr, exitCode } = await reana(...words, '--json');
  expect(exitCode, stderr).toBe(0);
  const value = JSON.parse(stdout) as Record<string, unknown>;
  const validate = ajv.getSchema(`reana#/$defs/${form}`);
  expect(validate?.(value), JSON.stringify(validate?.errors)).toBe(true);
  return value;
}

describe('the commands about runs', () => {
  it('take a run through its life', async () => {
    await json('Ping', 'ping');
    await json('Info', 'info');
    expect((await reana('create', '-w', 'fit')).stdout).toBe('fit.1\n');
    expect(await json('Uploaded', 'upload')).toMatchObject({
      files: ['conf/a.cfg', 'data/a b#%.txt'],
      skipped: 0,
      left_out: [{ name: 'conf/noise.log', why: '`.reanaignore` says so' }],
    });
    expect(await json('Uploaded', 'upload')).toMatchObject({ skipped: 2 });
    writeFileSync(join(rig.work, 'conf/a.cfg'), 'y');
    expect(await json('Uploaded', 'upload')).toMatchObject({ skipped: 1 });
    expect(await json('Run', 'start', '-p', 'events=12', '--follow')).toMatchObject({
      name: 'fit.1',
      status: 'finished',
    });
    expect(await json('Run', 'status', '-w', 'fit.1')).toMatchObject({ jobs: { finished: 1 } });
    expect(await json('Logs', 'logs')).toMatchObject({
      run: 'fit.1',
      jobs: [{ step: 'count', log: 'counted 12\n' }],
    });
    expect((await reana('logs', '-f')).stdout).toContain('step count | counted 12');
    expect(await json('Logs', 'logs', '-f')).toMatchObject({
      run: 'fit.1',
      jobs: [{ step: 'count', log: 'counted 12\n' }],
    });
    expect(await reana('logs', '-f', '--step', 'coumt')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(
        'run `fit.1` has no log of a step `coumt`\nhint: it has `count`',
      ) as string,
    });
    expect(await reana('start')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('run `fit` was started before') as string,
    });
    expect(await json('Files', 'ls', 'out')).toMatchObject({
      run: 'fit.1',
      files: [{ name: 'out/size.txt' }],
    });
    expect(await json('Usage', 'du')).toMatchObject({ run: 'fit.1' });
    expect(await json('Downloaded', 'download', '-o', 'got')).toMatchObject({
      run: 'fit.1',
      files: ['out/size.txt'],
    });
    expect(readFileSync(join(rig.work, 'got/out/size.txt'), 'utf8').trim()).toBe('12');
    expect((await reana('download', '-o', '-', 'out/size.txt')).stdout.trim()).toBe('12');
    expect(await json('Moved', 'mv', 'out/size.txt', 'out/*[1]')).toMatchObject({ run: 'fit.1' });
    expect(await json('Files', 'ls', 'out/[*]*')).toMatchObject({ files: [{ name: 'out/*[1]' }] });
    expect(await json('Removed', 'rm', 'out/*[[]1]')).toMatchObject({
      run: 'fit.1',
      deleted: ['out/*[1]'],
    });
    expect(await json('Page', 'open-url')).toMatchObject({ name: 'fit.1', session_url: null });
    expect(await json('Run', 'restart', '--follow')).toMatchObject({ name: 'fit.1.1', status: 'finished' });
    expect(await json('Runs', 'list')).toMatchObject({ runs: [{ name: 'fit.1.1' }, { name: 'fit.1' }] });
    const shared = await reana('delete', '-w', 'fit.1');
    expect(shared).toMatchObject({ exitCode: 2 });
    expect(shared.stderr).toContain('run `fit.1` shares its files with `fit.1.1`');
    await json('Ended', 'delete', '-w', 'fit.1', '--with-restarts');
  }, 120_000);

  it.skipIf(!existsSync('/proc/self'))('send secrets also where that cannot be noted', async () => {
    const env = {
      REANA_SERVER_URL: face.url,
      REANA_ACCESS_TOKEN: token.reveal(),
      PCHAIN_HOME: '/proc/pchain',
      UNNOTED: 'not-to-be-seen',
    };
    const added = await rig.run(['reana', 'secrets', 'add', '--env', 'UNNOTED'], { env });
    expect(added).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('UNNOTED') as string });
    expect(added.stderr).toMatch(
      /^warning: the secrets were sent, but not noted here as sent: cannot make the directory `\/proc\/pchain`: /m,
    );
    expect(face.engine.reanaSecrets().has('UNNOTED')).toBe(true);
    const spec = specification.replace("'mkdir -p out; ", "'mkdir -p out; : $UNNOTED; ");
    rig.write({ 'secret.yaml': spec });
    const words = ['-f', 'secret.yaml', '--name', 'unnoted', '--secret', 'OTHER', '--output', 'unnoted.tar'];
    const run = await rig.run(['reana', 'run', ...words], { env: { ...env, OTHER: 'not-to-be-seen' } });
    expect([run.exitCode, run.stderr]).toEqual([0, expect.stringContaining('not noted here as sent')]);
    await reana('secrets', 'delete', 'UNNOTED', 'OTHER');
  });

  it('add, list and delete secrets, and never show one', async () => {
    await json('ChangedSecrets', 'secrets', 'add', '--env', 'PASSWORD=not-to-be-seen');
    const again = await reana('secrets', 'add', '--env', 'PASSWORD=not-to-be-seen');
    expect(again.exitCode).toBe(1);
    expect(again.stdout + again.stderr).not.toContain('not-to-be-seen');
    expect(await json('Secrets', 'secrets')).toMatchObject({ secrets: [{ name: 'PASSWORD', type: 'env' }] });
    await json('ChangedSecrets', 'secrets', 'delete', 'PASSWORD');
    expect((await reana('secrets', 'delete', 'PASSWORD')).exitCode).toBe(1);
  }, 60_000);

  it('refuse what does not lie here, links, and runs that cannot be', async () => {
    await reana('create', '-w', 'odd');
    symlinkSync(join(rig.work, 'data'), join(rig.work, 'link'));
    const said = async (...words: string[]): Promise<string> => {
      const { exitCode, stderr } = await reana(...words);
      return `${exitCode} ${stderr.split('\n')[0] ?? ''}`;
    };
    expect(await said('upload', '-w', 'odd', '../other')).toMatch(/^2 error: `\.\.\/other` lies outside of/);
    expect(await said('upload', '-w', 'odd', 'link/a b#%.txt')).toBe(
      '3 error: `link/a b#%.txt` is not uploaded: `link` is a symbolic link',
    );
    expect((await reana('upload', '-w', 'odd', '.')).stderr).toContain(
      'left out, because it is a symbolic link: `link`\n',
    );
    expect(await said('status', '-w', 'a.b')).toBe('2 error: -w: `a.b` cannot be a run');
    expect(await said('status', '-w', 'nobody')).toMatch(
      /^2 error: `127\.0\.0\.1:\d+` knows no run `nobody`$/,
    );
    expect(await said('status', '-w', 'no body.2')).toMatch(
      /^2 error: `127\.0\.0\.1:\d+` knows no run `no body\.2`$/,
    );
    expect(await said('download', '-w', 'odd', 'absent')).toBe('1 error: run `odd` has no file `absent`');
    await reana('upload', '-w', 'odd', 'reana.yaml');
    mkdirSync(join(rig.work, 'taken/reana.yaml'), { recursive: true });
    expect(await said('download', '-w', 'odd', 'reana.yaml', '-o', 'taken')).toMatch(
      /^3 error: cannot write `.*taken\/reana\.yaml`: there is a directory of that name$/,
    );
    expect(readdirSync(join(rig.work, 'taken'))).toContain('reana.yaml');
    if (process.platform === 'linux')
      expect(await said('download', '-w', 'odd', 'reana.yaml', '-o', '/proc/no/where')).toMatch(
        /^3 error: cannot make the directory `\/proc\/no`: ENOENT/,
      );
    expect(await said('stop', '-w', 'odd')).toBe(
      '1 error: run `odd.1` is created, so there is nothing to stop',
    );
  }, 60_000);

  it.each<readonly [words: readonly string[], told: string]>([
    [['run', '-f', 'missing.yaml'], 'missing.yaml'],
    [['create', '-f', 'missing.yaml'], 'missing.yaml'],
    [['restart', '-w', 'fit', '-f', 'missing.yaml'], 'missing.yaml'],
    [['upload', '-w', 'fit', 'missing.txt'], 'missing.txt'],
    [['secrets', 'add', '--file', 'missing.key'], 'missing.key'],
    [['run', '--secret', 'MISSING_TOKEN'], 'MISSING_TOKEN'],
    [['run', '--resume', ''], '`--resume ` names no run'],
    [['run', '-w', 'a.b'], '`a.b` cannot name a run'],
    [['run', '--output', 'out.zip'], 'what kind of archive to write'],
    [['run', '--output', 'packed.tar'], 'packed.tar`, which is a directory'],
    [['run', '--outputs', ''], 'an empty text names no file'],
    [['run', '--timeout', '3000000'], '`--timeout 3000000` is longer than'],
    [['run', '-f', 'none.yaml'], '`none.yaml` declares no outputs'],
    [['list', '--limit', 'abc'], '`--limit` takes a whole number, not `abc`'],
    ...['ls', 'rm', 'download', 'upload'].map((verb) => [[verb, ''], 'an empty text names no file'] as const),
    [['download', '-o', 'reana.yaml'], '`-o reana.yaml` names a file; the files go into a directory'],
    [['download', '-o', ''], '`-o ` names nothing'],
    [['mv', '', 'x'], 'an empty text names no file'],
    [['delete', '-w', ''], '`-w` is given an empty name'],
  ])('start no server for what is not here, or cannot be: %j', async (words, told) => {
    rig.write({ 'packed.tar/x': '', 'none.yaml': specification.replace(/outputs:[^]*/, '') });
    const data = join(rig.directory, 'data-of-nobody');
    const env = { PCHAIN_HOME: data, REANA_WORKON: 'fit' };
    const { exitCode, stderr } = await rig.run(['reana', ...words], { env });
    expect(exitCode, stderr).toBeGreaterThan(0);
    expect(stderr).toContain(told);
    expect(existsSync(join(data, 'server.log'))).toBe(false);
  });

  it.skipIf(!existsSync('/proc/self'))('say where nothing can be written', async () => {
    const unwritable = 'cannot make the directory `/proc/pchain`: ';
    const settings = await rig.run(['reana', 'ping'], { env: { PCHAIN_HOME: '/proc/pchain/data' } });
    expect([settings.exitCode, settings.stderr]).toEqual([3, expect.stringContaining(unwritable)]);
    expect(() => takeLock('/proc/fit.lock', 'a run')).toThrow(
      'cannot lock `/proc/fit.lock`: no file can be made in its directory',
    );
    const client = new ReanaClient({ http: httpClient(), server: 'https://x', token });
    await expect(bringFiles(client, 'fit', [], '/proc', { onState: () => undefined })).rejects.toThrow(
      /^cannot make the directory `\/proc\/\.pchain-download-/,
    );
  });

  it.skipIf(!existsSync('/dev/full'))(
    'fail when nothing can be written where their output goes',
    async () => {
      const output = openSync('/dev/full', 'w');
      const env = { REANA_SERVER_URL: face.url, REANA_ACCESS_TOKEN: token.reveal() };
      const { exitCode, stderr } = await rig.run(['reana', 'ping', '--json'], { env, output });
      closeSync(output);
      expect(exitCode).toBe(3);
      expect(stderr).toMatch(/^error: cannot write to standard output: ENOSPC/);
    },
  );

  it.skipIf(!existsSync('/dev/full'))(
    'leave nothing behind when what they download cannot be printed',
    async () => {
      await reana('create', '-w', 'printed');
      writeFileSync(join(rig.work, 'printed.txt'), 'text');
      await reana('upload', '-w', 'printed', 'printed.txt');
      const output = openSync('/dev/full', 'w');
      const env = { REANA_SERVER_URL: face.url, REANA_ACCESS_TOKEN: token.reveal() };
      const words = ['reana', 'download', '-w', 'printed', 'printed.txt', '-o', '-'];
      expect((await rig.run(words, { env, output })).exitCode).toBe(3);
      closeSync(output);
      expect(readdirSync(rig.work).filter((name) => name.startsWith('.pchain-download'))).toEqual([]);
    },
  );

  it('pass files of any name and size there and back', async () => {
    await reana('create', '-w', 'files');
    const names = ['empty', ' blank ', '#1', '100%', 'ç☃', 'a+b&c=d', 'line\nbreak', '..hidden', '*'];
    mkdirSync(join(rig.work, 'odd'));
    for (const name of names) writeFileSync(join(rig.work, 'odd', name), name === 'empty' ? '' : name);
    await json('Uploaded', 'upload', '-w', 'files', 'odd');
    await json('Downloaded', 'download', '-w', 'files', 'odd', '-o', 'back');
    for (const name of names)
      expect(readFileSync(join(rig.work, 'back/odd', name), 'utf8'), name).toBe(name === 'empty' ? '' : name);
  }, 60_000);

  it('download a file anew, however much the one that lies there looks like it', async () => {
    await reana('create', '-w', 'again');
    for (const content of ['one', 'two']) {
      writeFileSync(join(rig.work, 'same-size.txt'), content);
      await json('Uploaded', 'upload', '-w', 'again', 'same-size.txt');
      await json('Downloaded', 'download', '-w', 'again', 'same-size.txt', '-o', 'newest');
      expect(readFileSync(join(rig.work, 'newest/same-size.txt'), 'utf8')).toBe(content);
    }
    expect(readdirSync(join(rig.work, 'newest'))).toEqual(['same-size.txt']);
  }, 60_000);

  it('pass a file that no memory holds', async () => {
    await reana('create', '-w', 'large');
    // Mostly holes, which stay holes, with some bytes at the beginning, in the middle and at the end. Its 5 GiB go over the wire
    // all the same, so a quick run of the tests sends less.
    const sizeBytes = process.env['PCHAIN_LARGE_FILES'] === '1' ? 5 * 1024 ** 3 : 512 * 1024 ** 2;
    const marks = new Map(
      [0, Math.floor(sizeBytes * 0.8), sizeBytes - 7].map((at) => [at, `mark at ${at}`.slice(0, 7)]),
    );
    const sent = openSync(join(rig.work, 'large.bin'), 'w');
    ftruncateSync(sent, sizeBytes);
    for (const [at, mark] of marks) writeSync(sent, mark, at);
    closeSync(sent);
    expect(await json('Uploaded', 'upload', '-w', 'large', 'large.bin')).toMatchObject({ bytes: sizeBytes });
    await json('Downloaded', 'download', '-w', 'large', 'large.bin', '-o', 'large-back');
    const path = join(rig.work, 'large-back/large.bin');
    const { size, blocks } = statSync(path);
    expect(size).toBe(sizeBytes);
    expect(blocks * 512).toBeLessThan(8 * 1024 ** 2);
    const back = openSync(path, 'r');
    for (const [at, mark] of marks) {
      const bytes = Buffer.alloc(7);
      readSync(back, bytes, 0, 7, at);
      expect(bytes.toString()).toBe(mark);
    }
    closeSync(back);
  }, 600_000);
});
