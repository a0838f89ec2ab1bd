import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliRig } from '../rigs/cli.ts';

let rig: CliRig;
beforeEach(() => {
  rig = new CliRig();
  rig.useExample('recast-yadage');
});
afterEach(() => rig.remove());

/** The same programs by hand, without PanDA, REANA and Yadage. */
function byHand(): string {
  const script = `
    for seed in 101 102 103; do awk -v seed=$seed -v events=2000 -f generate.awk | awk -v minimum=25 -f select.awk; done |
      awk -f histogram.awk | awk -F, -v generated=6000 -v pb=0.35 -v ifb=30.0 -f limit.awk`;
  return execFileSync('bash', ['-c', script], { cwd: rig.work, encoding: 'utf8' });
}

describe('examples/recast-yadage', () => {
  it('runs the preserved analysis on the new signal, from one command to one tar', async () => {
    const result = await rig.run([
      '--cwl',
      'recast.cwl',
      '--yaml',
      'inputs.yaml',
      '--outDS',
      'user.alice.recast',
      '--wait',
      '--output',
      'recast.tar.gz',
    ]);
    if (result.exitCode !== 0)
      throw new Error(`exit ${result.exitCode}\n${result.stderr}\n${rig.serverLog()}`);
    const folder = join(rig.work, 'unpacked');
    mkdirSync(folder);
    execFileSync('tar', ['xzf', join(rig.work, 'recast.tar.gz'), '-C', folder]);
    const [tar] = rig.filesBelow(folder).filter((name) => name.endsWith('._000001.output_from_reana.tar'));
    execFileSync('tar', ['xf', join(folder, tar ?? ''), '-C', folder]);
    expect(
      rig
        .filesBelow(folder)
        .filter((name) => name.startsWith('limit_stage/'))
        .sort(),
    ).toEqual(['limit_stage/histogram.csv', 'limit_stage/limit.json']);
    expect(readFileSync(join(folder, 'limit_stage/limit.json'), 'utf8')).toBe(byHand());
    expect(result.stderr).toMatch(/run recast\.1: finished/);
  });
});
