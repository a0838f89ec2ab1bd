import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalError } from '../../src/base/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import type { LedgerEntry } from '../../src/ledger/entry.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import { submissionKey, type SubmissionParts } from '../../src/ledger/submission-key.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pchain-ledger-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const intent = (key: string, atMs = 1): LedgerEntry => ({
  kind: 'intent',
  key,
  atMs,
  server: 'local',
  outDS: `user.alice.${key}`,
  files: ['/w/ö.cwl'],
});

describe('the ledger', () => {
  it('is empty before anything was written, and touches nothing', async () => {
    const ledger = openLedger(join(directory, 'new'));
    expect(await ledger.list()).toEqual([]);
    expect(await ledger.find('k')).toBeUndefined();
    await expect(stat(join(directory, 'new'))).rejects.toThrow('ENOENT');
  });

  it('knows all that was packed from here, and takes none of it for a submission', async () => {
    const ledger = openLedger(directory);
    await ledger.append({ kind: 'packed', atMs: 1, path: '/w/fit.tar' });
    await ledger.append(intent('k'));
    await ledger.append({ kind: 'collected', key: 'k', atMs: 4, path: '/w/a.tar.gz' });
    expect(await ledger.packed()).toEqual([
      { path: '/w/fit.tar', atMs: 1 },
      { path: '/w/a.tar.gz', atMs: 4 },
    ]);
    expect(await ledger.list()).toHaveLength(1);
  });

  it('follows a submission from the intent to its outputs', async () => {
    const ledger = openLedger(join(directory, 'new'));
    await ledger.append(intent('k'));
    expect(await ledger.find('k')).toMatchObject({
      at: 'intended',
      outDS: 'user.alice.k',
      files: ['/w/ö.cwl'],
    });
    await ledger.append({ kind: 'submitted', key: 'k', atMs: 2, requestId: 7 });
    expect(await ledger.find('k')).toMatchObject({ at: 'submitted', requestId: 7, submittedMs: 2 });
    await ledger.append({ kind: 'ended', key: 'k', atMs: 3, status: 'Finished' });
    await ledger.append({ kind: 'collected', key: 'k', atMs: 4, path: '/w/a.tar.gz' });
    expect(await ledger.find('k')).toEqual({
      key: 'k',
      server: 'local',
      outDS: 'user.alice.k',
      files: ['/w/ö.cwl'],
      isNative: false,
      expected: undefined,
      outputs: undefined,
      intendedMs: 1,
      at: 'ended',
      requestId: 7,
      error: undefined,
      status: 'Finished',
      submittedMs: 2,
      endedMs: 3,
      collected: [{ path: '/w/a.tar.gz', atMs: 4 }],
    });
  });

  it('begins anew when the same is submitted again', async () => {
    const ledger = openLedger(directory);
    await ledger.append(intent('k', 1));
    await ledger.append({ kind: 'failed', key: 'k', atMs: 2, error: 'refused' });
    await ledger.append(intent('other', 3));
    await ledger.append(intent('k', 4));
    const all = await ledger.list();
    expect(all.map(({ key, at, error }) => [key, at, error])).toEqual([
      ['k', 'failed', 'refused'],
      ['other', 'intended', undefined],
      ['k', 'intended', undefined],
    ]);
    expect(await ledger.find('k')).toMatchObject({ at: 'intended', intendedMs: 4 });
  });

  it('keeps what is known of a native workflow, and of the outputs that were asked for', async () => {
    const ledger = openLedger(directory);
    const known = {
      isNative: true,
      expected: ['user.alice.k_000_top'],
      outputs: ['user.alice.k_000_top_o.txt/'],
    };
    await ledger.append({ ...intent('k'), ...known });
    await ledger.append({ kind: 'submitted', key: 'k', atMs: 2, requestId: 78 });
    expect(await ledger.find('k')).toMatchObject({ ...known, requestId: 78 });
  });

  it('keeps the number of a request that was found out later', async () => {
    const ledger = openLedger(directory);
    await ledger.append(intent('k'));
    await ledger.append({ kind: 'failed', key: 'k', atMs: 2, error: 'lost' });
    await ledger.append({ kind: 'submitted', key: 'k', atMs: 3, requestId: 9 });
    await ledger.append({ kind: 'submitted', key: 'k', atMs: 4, requestId: null });
    expect(await ledger.find('k')).toMatchObject({ at: 'submitted', requestId: 9, error: undefined });
  });

  it('survives a death in the middle of a line, wherever it was cut', async () => {
    const ledger = openLedger(directory);
    await ledger.append(intent('a'));
    const { size } = await stat(ledger.path);
    await ledger.append(intent('b'));
    const whole = await readFile(ledger.path);
    for (let cut = size; cut < whole.length; cut++) {
      await writeFile(ledger.path, whole);
      await truncate(ledger.path, cut);
      await ledger.append(intent('c'));
      const keys = (await ledger.list()).map(({ key }) => key);
      // Without its line break only, the line is whole.
      expect(keys).toEqual(cut === whole.length - 1 ? ['a', 'b', 'c'] : ['a', 'c']);
    }
  });

  it('skips lines it does not know and lines that are damaged', async () => {
    const ledger = openLedger(directory);
    await ledger.append(intent('a'));
    await appendFile(
      ledger.path,
      '{"kind":"praised","key":"a","atMs":1}\n[]\n{"kind":"ended","key":"a"}\n\u0000\n\n7\n',
    );
    await appendFile(ledger.path, '{"kind":"ended","key":"nobody","atMs":1,"status":"Finished"}\n');
    await ledger.append({ kind: 'submitted', key: 'a', atMs: 2, requestId: 1 });
    expect(await ledger.list()).toMatchObject([{ key: 'a', at: 'submitted' }]);
  });

  it('holds no secret, and is readable by its owner alone', async () => {
    const ledger = openLedger(join(directory, 'new'));
    const token = new Secret('tok-en-in-an-error');
    await ledger.append(intent('a'));
    await ledger.append({ kind: 'failed', key: 'a', atMs: 2, error: `the server said ${token.reveal()}` });
    expect(await readFile(ledger.path, 'utf8')).not.toContain(token.reveal());
    expect((await ledger.find('a'))?.error).toBe('the server said [hidden]');
    expect((await stat(ledger.path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'new'))).mode & 0o777).toBe(0o700);
  });

  it('loses no line when several programs write at once', async () => {
    const script = join(directory, 'writer.mjs');
    const bundle = join(directory, 'ledger.mjs');
    const { build } = await import('esbuild');
    await build({
      entryPoints: [join(import.meta.dirname, '../../src/ledger/ledger.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: bundle,
      logLevel: 'silent',
    });
    await writeFile(
      script,
      `import { openLedger } from './ledger.mjs';
       const ledger = openLedger(process.argv[2]);
       for (let n = 0; n < 40; n++) await ledger.append({ kind: 'intent', key: process.argv[3] + n, atMs: n,
         server: 'local', outDS: 'x'.repeat(2000), files: [] });`,
    );
    const shared = join(directory, 'shared');
    await Promise.all(
      ['a', 'b', 'c'].map((name) => promisify(execFile)(process.execPath, [script, shared, name])),
    );
    const keys = (await openLedger(shared).list()).map(({ key }) => key);
    expect(new Set(keys).size).toBe(120);
    expect(keys).toHaveLength(120);
    expect(keys.filter((key) => key.startsWith('b'))).toEqual(Array.from({ length: 40 }, (_, n) => `b${n}`));
  });

  it('says so when it cannot be written or read', async () => {
    await writeFile(join(directory, 'file'), '');
    const blocked = openLedger(join(directory, 'file'));
    const thrown: unknown = await blocked.append(intent('a')).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(LocalError);
    expect(thrown).toMatchObject({ hint: 'nothing is sent without it; PCHAIN_HOME names another place' });
    await mkdir(join(directory, 'ledger.jsonl'));
    await expect(openLedger(directory).list()).rejects.toThrow('cannot read the ledger');
  });
});

describe('the key of a submission', () => {
  const parts: SubmissionParts = {
    server: 'local',
    outDS: 'user.alice.x',
    files: { 'a.cwl': '11', 'b.cwl': '22' },
    inputs: { n: 3, list: ['x', null] },
    sandbox: 'ab',
  };

  it('does not depend on the order of names', () => {
    const turned = { ...parts, files: { 'b.cwl': '22', 'a.cwl': '11' }, inputs: { list: ['x', null], n: 3 } };
    expect(submissionKey(parts)).toMatch(/^[0-9a-f]{32}$/);
    expect(submissionKey(turned)).toBe(submissionKey(parts));
  });

  it.each<Partial<SubmissionParts>>([
    { server: 'https://panda' },
    { outDS: 'user.alice.y' },
    { files: { 'a.cwl': '22', 'b.cwl': '11' } },
    { files: { 'a.cwl': '11' } },
    { inputs: { n: '3', list: ['x', null] } },
    { inputs: { n: 3, list: [null, 'x'] } },
    { inputs: undefined },
    { sandbox: 'ac' },
  ])('changes with %j', (change) => {
    expect(submissionKey({ ...parts, ...change })).not.toBe(submissionKey(parts));
  });

  it('is the same for the same inputs, whatever they are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (inputs) => {
        const copy: unknown = JSON.parse(JSON.stringify(inputs));
        expect(submissionKey({ ...parts, inputs })).toBe(submissionKey({ ...parts, inputs: copy }));
      }),
    );
  });
});
