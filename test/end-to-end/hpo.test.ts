// examples/hpo as a user runs it, and a search whose engine is killed again and again.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomNumbers } from '../../src/engine/hpo/sampling/samplers.ts';
import { CliRig, type CliResult } from '../rigs/cli.ts';

let rig: CliRig;
beforeEach(() => {
  rig = new CliRig();
});
afterEach(() => rig.remove());

function done(result: CliResult): CliResult {
  if (result.exitCode !== 0) throw new Error(`exit ${result.exitCode}\n${result.stderr}\n${rig.serverLog()}`);
  return result;
}

interface Summary {
  readonly best: { readonly loss: number; readonly point: Readonly<Record<string, unknown>> };
  readonly points: readonly { readonly point: { readonly x?: number }; readonly loss: number }[];
}

describe('examples/hpo', () => {
  it('finds the mass window that is known to be the best, and shows how', async () => {
    rig.useExample('hpo');
    const command = ['--cwl', 'mass-window.cwl', '--outDS', 'user.alice.window', '--wait'];
    const result = done(await rig.run([...command, '--output', 'out.tar.gz']));
    expect(result.stderr).toContain('step window: done');

    const json = done(await rig.run(['hpo', '--format', 'json'])).stdout;
    const summary = JSON.parse(json) as Summary;
    const ajv = new Ajv2020({ strict: false });
    const schema = readFileSync(join(import.meta.dirname, '../../schemas/embedded.schema.json'), 'utf8');
    ajv.addSchema(JSON.parse(schema) as object, 'embedded');
    expect(ajv.compile({ $ref: 'embedded#/$defs/Search' })(summary)).toBe(true);
    expect(summary.points).toHaveLength(24);
    expect(summary.best.point).toMatchObject({ selection: 'tight' });
    expect(Math.abs(Number(summary.best.point['centre']) - 125)).toBeLessThan(2.5);
    // The widest window and one at a wrong place reach about -7; the best one almost -12.
    expect(summary.best.loss).toBeLessThan(-11);

    const text = done(await rig.run(['hpo'])).stdout;
    expect(text).toMatch(
      /^window {2}24 of 24 points, best -11\.\d+ \(point \d+\)\nlocal approximation by a Gaussian/,
    );
    expect(text).toContain('┤');
    const status = done(await rig.run(['status'])).stdout;
    expect(status).toContain('24 of 24 points, best -11');
    done(await rig.run(['hpo', '-o', 'losses.svg']));
    expect(readFileSync(join(rig.work, 'losses.svg'), 'utf8')).toMatch(/^<svg [^]*<\/svg>\n$/);
    done(await rig.run(['fetch', '--dataset', 'user.alice.window_001_window_hpo.json/']));
    const fetched = readFileSync(join(rig.work, 'hpo.json'), 'utf8');
    expect(JSON.parse(fetched)).toMatchObject({ task: 'user.alice.window_001_window', best: summary.best });
  });

  it('is rehearsed with a few points, of the sampler that the user wants', async () => {
    rig.useExample('hpo');
    const command = ['--cwl', 'mass-window.cwl', '--outDS', 'user.alice.window', '--wait'];
    const options = ['--hpo-scale', '3', '--hpo-steering', 'random', '--hpo-seed', '5'];
    done(await rig.run([...command, ...options]));
    const { stdout } = done(await rig.run(['hpo']));
    expect(stdout).toMatch(/^window {2}3 of 3 points, /);
    expect(stdout).toContain('local approximation by random points (asked for by `--hpo-steering`)');
    // Said otherwise it is another submission, said again the same.
    const again = done(await rig.run([...command, ...options]));
    expect(again.stderr).toContain('request 1 of this workflow is done already');
    const wrong = await rig.run([...command, '--hpo-scale', '0']);
    expect([wrong.exitCode, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('`--hpo-scale` is a whole number from 1, not `0`'),
    ]);
  });
});

/** A steering that counts, so that the points are known; every evaluation leaves a line at its end. */
const workflow = (runs: string): Record<string, string> => ({
  'count.cwl': `cwlVersion: v1.2
class: Workflow
inputs: []
outputs: {outDS: {type: string, outputSource: search/outDS}}
steps:
  search:
    run: phpo
    in: {opt_args: {default: "--loadJson count.json"}}
    out: [outDS]
`,
  'count.json': JSON.stringify({
    steeringExec: 'bash steer.sh',
    evaluationContainer: 'docker://example.org/eval:1',
    evaluationExec: 'bash eval.sh',
    evaluationMetrics: 'metrics.tgz',
    maxPoints: 16,
    nPointsPerIteration: 3,
    nParallelEvaluation: 2,
  }),
  'steer.sh': `sleep 0.1
known=$(grep -o '"x"' idds_input.json | wc -l)
echo "[{\\"x\\": $known}, {\\"x\\": $((known + 1))}]" > output.json
`,
  'eval.sh': `sleep 0.1
x=$(sed 's/.*"x":\\([0-9]*\\).*/\\1/' input.json)
echo "{\\"loss\\": $x}" > output.json
cp input.json metrics.tgz
echo "$x" >> '${runs}'
`,
});

it.each([11, 22])(
  'a search goes on through SIGKILLs of its engine at random moments (%i), and evaluates no point twice',
  async (seed) => {
    const runs = join(rig.directory, 'runs');
    rig.write(workflow(runs));
    const next = randomNumbers(seed, 0);
    const command = ['--cwl', 'count.cwl', '--outDS', 'user.alice.count'];
    done(await rig.run(command));
    let killed: number | undefined;
    let kills = 0;
    for (;;) {
      // Any command starts the engine again.
      const { stdout } = await rig.run(['status', '--json']);
      if (stdout.includes('"status": "Finished"')) break;
      await sleep(400 * next());
      if (rig.serverPid() === killed) continue;
      killed = rig.serverPid();
      rig.killServer();
      kills++;
    }
    expect(kills).toBeGreaterThan(2);
    const summary = JSON.parse(done(await rig.run(['hpo', '--format', 'json'])).stdout) as Summary;
    const points = summary.points.map((point) => [point.point.x, point.loss]);
    const wanted = Array.from({ length: 16 }, (_, x) => x);
    expect(points).toEqual(wanted.map((x) => [x, x]));
    const evaluated = existsSync(runs) ? readFileSync(runs, 'utf8').trim().split('\n').map(Number) : [];
    expect(evaluated.sort((a, b) => a - b)).toEqual(wanted);
  },
  120_000,
);
