import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliRig } from '../rigs/cli.ts';
import type { CliResult } from '../rigs/cli.ts';

const command = [
  '--cwl',
  'limit-scan.cwl',
  '--yaml',
  'inputs.yaml',
  '--outDS',
  'user.alice.limit-scan',
  '--wait',
  '--output',
  'limit-scan.tar.gz',
];

let rig: CliRig;
beforeEach(() => {
  rig = new CliRig();
  rig.useExample('limit-scan');
});
afterEach(() => rig.remove());

function expectDone(result: CliResult): void {
  if (result.exitCode !== 0) throw new Error(`exit ${result.exitCode}\n${result.stderr}\n${rig.serverLog()}`);
}

function unpack(): string {
  const folder = join(rig.work, 'unpacked');
  mkdirSync(folder);
  execFileSync('tar', ['xzf', join(rig.work, 'limit-scan.tar.gz'), '-C', folder]);
  // The inner tar has a list of its own, and is unpacked over this one.
  renameSync(join(folder, 'MANIFEST.json'), join(folder, 'all.json'));
  const [dataset] = rig.filesBelow(folder).filter((name) => name.endsWith('._000001.output_from_reana.tar'));
  execFileSync('tar', ['xf', join(folder, dataset ?? ''), '-C', folder]);
  return folder;
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

describe('examples/limit-scan', () => {
  it('runs from one command to one tar with the right limits', async () => {
    const result = await rig.run(command);
    expectDone(result);
    const folder = unpack();
    const limits = readFileSync(join(folder, 'limit_stage/limits.csv'), 'utf8').trim().split('\n');
    expect(limits).toHaveLength(20);
    expect(limits[0]).toBe('mass,expected,observed');
    // Worked out apart from pchain: the scripts of the example, run by hand on the same seeds.
    expect(limits).toContain('105,35.990,46.643');
    expect(limits).toContain('150,21.704,57.839');
    expect(limits).toContain('195,13.872,8.765');
    expect(readFileSync(join(folder, 'limit_stage/summary.txt'), 'utf8')).toBe(
      'best expected limit 13.872 pb at 195 GeV\n',
    );
    expect(readFileSync(join(folder, 'all.json'), 'utf8')).toContain('output_from_reana.tar');
    // What a person reads: every step, the REANA run, the datasets, the tar.
    for (const step of ['signal', 'background', 'histograms', 'plot', 'limits'])
      expect(result.stderr).toMatch(new RegExp(`step ${step}: done`));
    expect(result.stderr).toMatch(/run limit-scan\.1: finished/);
    expect(result.stderr).toContain('user.alice.limit-scan_002_histograms_histograms.txt/');
    expect(result.stderr).toMatch(/limit-scan\.tar\.gz \(2 files/);
  });

  it('is not run twice by the same command, but collected again; --fresh runs it anew', async () => {
    expectDone(await rig.run(command));
    const before = outputs(rig);
    rmSync(join(rig.work, 'limit-scan.tar.gz'));
    const again = await rig.run(command);
    expectDone(again);
    expect(again.stderr).toContain('request 1 of this workflow is done already (--fresh runs it anew)');
    expect(outputs(rig)).toEqual(before);
    const fresh = await rig.run([...command, '--fresh']);
    expectDone(fresh);
    expect(fresh.stderr).toContain('submitted as request 2');
    const third = await rig.run(command);
    expect(third.stderr).toContain('request 2 of this workflow is done already');
  });
});

describe('SIGKILL in the middle of examples/limit-scan', () => {
  const moments: readonly (readonly [string, RegExp, 'client' | 'server' | 'both'])[] = [
    ['the client, while it submits', /submitting/, 'client'],
    ['client and engine, right after the submission', /submitted as request/, 'both'],
    ['the engine, while the samples are simulated', /step signal: running/, 'server'],
    ['client and engine, once the histograms are made', /step histograms: done/, 'both'],
    ['client and engine, while REANA works', /run limit-scan\.1: running/, 'both'],
    ['the client, while REANA works', /run limit-scan\.1: running/, 'client'],
    ['client and engine, at the end of the offload', /step limits: done/, 'both'],
  ];

  it.each(moments)(
    'of %s: the same command ends with the same tar, and nothing runs twice',
    async (_name, moment, victim) => {
      const undisturbed = new CliRig();
      try {
        undisturbed.useExample('limit-scan');
        expectDone(await undisturbed.run(command));

        slowDown(rig);
        const first = rig.start(command);
        await first.said(moment);
        if (victim !== 'server') first.process.kill('SIGKILL');
        if (victim !== 'client') rig.killServer();
        // A client whose engine died starts it again by itself.
        const result =
          victim === 'server' ? await first.result : await first.result.then(() => rig.run(command));
        expectDone(result);
        expect(outputs(rig)).toEqual(outputs(undisturbed));
        expect(runsOf(rig)).toEqual({
          'background 201': 1,
          'background 202': 1,
          'background 203': 1,
          'signal 101': 1,
          'signal 102': 1,
          histograms: 1,
          limits: 1,
        });
      } finally {
        undisturbed.remove();
      }
    },
  );

  it('of the client: `pchain follow` sees it to its end as well', async () => {
    const first = rig.start(command);
    await first.said('submitted as request 1');
    first.process.kill('SIGKILL');
    rig.killServer();
    await first.result;
    const followed = await rig.run(['follow', '1', '--output', 'limit-scan.tar.gz']);
    expectDone(followed);
    expect(readFileSync(join(unpack(), 'limit_stage/summary.txt'), 'utf8')).toContain('best expected limit');
  });
});

/** Makes every payload write down that it ran, and take long enough to be hit. */
function slowDown(target: CliRig): void {
  const journal = join(target.directory, 'runs');
  target.write({
    'generate.sh': readFileSync(join(target.work, 'generate.sh'), 'utf8').replace(
      'set -eu',
      `set -eu\necho "$1 $2" >> ${journal}; sleep 0.3`,
    ),
    'histograms.sh': readFileSync(join(target.work, 'histograms.sh'), 'utf8').replace(
      'set -eu',
      `set -eu\necho histograms >> ${journal}; sleep 0.3`,
    ),
    'get-dataset.sh': readFileSync(join(target.work, 'get-dataset.sh'), 'utf8').replace(
      'set -eu',
      `set -eu\necho limits >> ${journal}; sleep 0.5`,
    ),
  });
}

function runsOf(target: CliRig): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of readFileSync(join(target.directory, 'runs'), 'utf8').trim().split('\n'))
    counts[line] = (counts[line] ?? 0) + 1;
  return counts;
}

/** The files of the tar by name and digest. */
function outputs(target: CliRig): Record<string, string> {
  const archive = join(target.work, 'limit-scan.tar.gz');
  const folder = join(target.directory, 'compare');
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['xzf', archive, '-C', folder]);
  const files = target
    .filesBelow(folder)
    .filter((name) => /\.(tar|svg|json)$/.test(name) && !/_(output_from_reana\.tar|mass\.svg)$/.test(name));
  return Object.fromEntries(files.map((name) => [name, sha256(join(folder, name))]));
}
