// `--template`: a workflow that is written for the user, from the number of files of its dataset.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackTarGz } from '../../src/archive/unpack.ts';
import { UsageError } from '../../src/base/errors.ts';
import { readPrunFlags, writeTemplate } from '../../src/wfd/templates/templates.ts';
import { CliRig } from '../rigs/cli.ts';
import { RemotePanda } from '../rigs/remote-panda.ts';

interface Written {
  readonly steps: Record<string, { readonly inDS: string; readonly args: string; readonly exec: string }>;
  readonly outputs: Record<string, { readonly from: string }>;
}
const written = (files: number | undefined, prunFlags: Record<string, string> = {}): Written =>
  parse(writeTemplate('multistep_merge', { inDS: 'user.alice.in', prunFlags, files }).text) as Written;

describe('multistep_merge', () => {
  it.each([
    [1, '200', 1],
    [200, '200', 1],
    [201, '200', 2],
    [40_001, '200', 3],
    [7, '2', 3],
    [8, '2', 3],
    [9, '2', 4],
  ])('of %i files, at most %s for a job, has %i steps', (files, maxNFilesPerJob, steps) => {
    const { steps: made, outputs } = written(files, { maxNFilesPerJob });
    expect(Object.keys(made)).toHaveLength(steps);
    expect(outputs['final_output']?.from).toBe(`step${steps}/outDS`);
    const sources = Object.values(made).map(({ inDS }) => inDS);
    expect(sources).toEqual([
      '{input_ds}',
      ...Object.keys(made)
        .slice(0, -1)
        .map((name) => `${name}/outDS`),
    ]);
  });

  it('hands the options of the user to every step, quoted', () => {
    const { steps } = written(300, { nGBPerJob: '4', excludedSite: 'A B', noEmail: '' });
    for (const { args, exec } of Object.values(steps)) {
      expect(args).toContain("--nGBPerJob 4 --maxNFilesPerJob 200 --excludedSite 'A B' --noEmail");
      expect(args).toContain('--outputs merge.root --writeInputToTxt IN:input.lis');
      expect(exec).toBe('merge.sh merge.root input.lis');
    }
  });

  it.each([
    [{ maxNFilesPerJob: '1' }, 3, 'cannot make one file of many'],
    [{ maxNFilesPerJob: 'many' }, 3, 'cannot make one file of many'],
    [{}, 0, 'has no files to merge'],
  ])('refuses %j for %i files', (flags, files, words) => {
    expect(() => written(files, flags)).toThrow(words);
  });

  it('is found again when its name is misspelt', () => {
    expect(() => writeTemplate('multistepmerge', { inDS: 'x', prunFlags: {}, files: 1 })).toThrow(UsageError);
  });

  it('reads options as they are given to the official client', () => {
    expect(readPrunFlags(['a=1', 'b=x=y', 'c'])).toEqual({ a: '1', b: 'x=y', c: '' });
    for (const word of ['=1', '--a=1', 'a b=1']) expect(() => readPrunFlags([word])).toThrow('KEY=VALUE');
  });
});

describe('on this machine', () => {
  let rig: CliRig;
  beforeEach(() => {
    rig = new CliRig();
    rig.write(Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`in/${n}.root`, `part ${n}\n`])));
  });
  afterEach(() => rig.remove());
  const template = ['--template', 'multistep_merge', '--inDS', 'user.alice.in', '--outDS', 'user.alice.one'];
  const dataset = ['--dataset', 'user.alice.in=in/*.root'];

  it('is merged to one file, and nothing is left in the directory', async () => {
    // In the place of ROOT's own program.
    const bin = join(rig.directory, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'hadd'), '#!/bin/sh\ncat $(cat "${3#@}") > "$2"\n');
    chmodSync(join(bin, 'hadd'), 0o755);
    const result = await rig.run(
      [...template, ...dataset, '--prunFlags', 'maxNFilesPerJob=2', '--output', 'one.tar.gz'],
      { env: { PANDA_NICKNAME: 'alice', PATH: `${bin}:${process.env['PATH'] ?? ''}` } },
    );
    expect(result.exitCode, result.stderr).toBe(0);
    await unpackTarGz(join(rig.work, 'one.tar.gz'), join(rig.work, 'one'), { maxBytes: 1e6, maxMembers: 9 });
    const merged =
      rig.filesBelow(join(rig.work, 'one')).find((name) => name.endsWith('_000001.merge.root')) ?? '';
    expect(readFileSync(join(rig.work, 'one', merged), 'utf8')).toBe(
      'part 1\npart 2\npart 3\npart 4\npart 5\n',
    );
    expect(rig.filesBelow(rig.work).filter((name) => /^(?:_pchain|merge\.sh)/.test(name))).toEqual([]);
  });

  it('is checked with as many steps as there will be, and with one where nobody knows', async () => {
    const env = { PANDA_NICKNAME: 'alice' };
    const known = await rig.run([...template, ...dataset, '--prunFlags', 'maxNFilesPerJob=2', '--check'], {
      env,
    });
    expect(known.exitCode, known.stderr).toBe(0);
    expect(known.stdout.match(/^ID:/gm)).toHaveLength(3);
    const unknown = await rig.run([...template, '--check'], { env });
    expect(unknown.stdout.match(/^ID:/gm)).toHaveLength(1);
    expect(unknown.stderr).toContain('is looked up when this is submitted');
  });

  it.each([
    [['--template', 'multistep_merge', '--outDS', 'user.alice.x'], 'needs the dataset that it works on'],
    [['--cwl', 'w.cwl', '--inDS', 'x', '--outDS', 'user.alice.x'], '`--inDS` goes with `--template`'],
    [[...template, '--cwl', 'w.cwl'], '`--cwl` and `--template` exclude each other'],
    [[...template, '--check', '--fix'], '`--fix` changes files'],
    [[...template, '--prunFlags', 'x y=1'], 'is not of the form KEY=VALUE'],
  ])('refuses %j', async (args, words) => {
    const result = await rig.run(args, { env: { PANDA_NICKNAME: 'alice' } });
    expect([result.exitCode, result.stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});

describe('for a remote PanDA', () => {
  let remote: RemotePanda;
  beforeEach(() => {
    remote = new RemotePanda();
  });
  afterEach(() => remote.finish());
  const args = [
    '--template',
    'multistep_merge',
    '--inDS',
    'user.alice.in/',
    '--outDS',
    'user.alice.one',
    '--noSubmit',
  ];

  it('has its files counted by rucio', async () => {
    remote.install('rucio', 'echo "| user.alice:a.root |"; echo "Total files : 401"');
    const result = await remote.offline(args);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(result.stderr).toContain('step2');
    expect(result.stderr).not.toContain('step3');
    expect(readFileSync(join(remote.cli.directory, 'asked'), 'utf8')).toBe(
      'list-files user.alice:user.alice.in\n',
    );
  });

  it('says what rucio said, and what is missing', async () => {
    const none = await remote.offline(args);
    expect([none.exitCode, none.stderr]).toEqual([
      3,
      expect.stringContaining('`rucio` is not installed here'),
    ]);
    remote.install('rucio', 'echo "ERROR: Data identifier not found"; exit 2');
    const failed = await remote.offline(args);
    expect([failed.exitCode, failed.stderr]).toEqual([
      5,
      expect.stringContaining('Data identifier not found'),
    ]);
  });
});
