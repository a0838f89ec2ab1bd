// examples/active-learning, from one command to the known answer.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ReplayReport } from '../../src/panda/embedded-answers.ts';
import { CliRig } from '../rigs/cli.ts';

let rig: CliRig;
beforeEach(() => {
  rig = new CliRig();
  rig.useExample('active-learning');
});
afterEach(() => rig.remove());

/** Where the toy's limit crosses its theory, worked out from its formulas without any events. */
function exactCrossing(): number {
  const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));
  const upTo4 = (mean: number): number =>
    [0, 1, 2, 3, 4].reduce((sum, k) => sum + (Math.exp(-mean) * mean ** k) / factorial(k), 0);
  const solve = (isBelow: (x: number) => boolean, low: number, high: number): number => {
    const middle = (low + high) / 2;
    if (high - low < 1e-6) return middle;
    return isBelow(middle) ? solve(isBelow, middle, high) : solve(isBelow, low, middle);
  };
  const excluded = solve((events) => upTo4(events + 4.2) / upTo4(4.2) > 0.05, 0, 100);
  const selected = (mass: number): number => 900 * Math.exp(-mass / 150) * (1 - 120 / mass);
  return solve((mass) => selected(mass) > excluded, 300, 1400);
}

it('comes to the known answer, with a picture of the points of every iteration', async () => {
  const result = await rig.run([
    ...['--cwl', 'active-learning.cwl', '--outDS', 'user.alice.learn', '--wait'],
    ...['--output', 'learn.tar.gz'],
  ]);
  if (result.exitCode !== 0) throw new Error(`${result.stderr}\n${rig.serverLog()}`);
  const folder = join(rig.work, 'unpacked');
  mkdirSync(folder);
  execFileSync('tar', ['xzf', join(rig.work, 'learn.tar.gz'), '-C', folder]);
  const text = (ending: string): string =>
    readFileSync(join(folder, rig.filesBelow(folder).find((file) => file.endsWith(ending)) ?? ''), 'utf8');

  const answer = /excluded up to ([\d.]+) GeV, found with 12 points in 4 iterations/.exec(
    text('._000001.answer.txt'),
  );
  expect(exactCrossing()).toBeCloseTo(730.07, 1);
  expect(Math.abs(Number(answer?.[1]) - exactCrossing())).toBeLessThan(5);

  const picture = text('._000001.points.svg');
  for (const number of [1, 2, 3, 4]) expect(picture).toContain(`<title>iteration ${number}</title>`);
  // A point for every job, and one for every line of the legend.
  expect(picture.match(/<circle/g)).toHaveLength(12 + 4);
  for (const step of ['simulate', 'analyse', 'limits', 'decide'])
    expect(result.stderr).toContain(`step ${step} [4]: done`);
  expect(result.stderr).toContain('run active-learning-4.1: finished');

  // Another junction is asked about the same iterations; only it runs.
  const eager = readFileSync(join(rig.work, 'propose.py'), 'utf8').replace('TOLERANCE = 5', 'TOLERANCE = 30');
  mkdirSync(join(rig.work, 'eager'));
  rig.write({ 'eager/propose.py': eager, 'eager/broken/propose.py': 'raise SystemExit(3)' });
  const jobs = (): string =>
    execFileSync('ls', [join(rig.dataDirectory, 'requests', '1', 'jobs')], { encoding: 'utf8' });
  const before = jobs();
  const same = await rig.run(['replay']);
  expect(same.exitCode, same.stderr).toBe(0);
  expect(same.stderr).toContain('no decision of 4 would be another');
  const other = await rig.run(['replay', '1', '--from', '3', '--junction', 'eager/propose.py', '--json']);
  const report = JSON.parse(other.stdout) as ReplayReport;
  expect(
    report.iterations.map((one) => [one.iteration, one.results?.to_continue, one.now.results?.to_continue]),
  ).toEqual([
    ['3', true, false],
    ['4', false, false],
  ]);
  const broken = await rig.run(['replay', '1', '--from', '4', '--junction', 'eager/broken/propose.py']);
  expect(broken.exitCode).toBe(1);
  expect(broken.stdout).toContain('search, iteration 4: the junction exited with status 3');
  rig.write({ 'eager/another.py': '' });
  const stranger = await rig.run(['replay', '1', '--junction', 'eager/another.py']);
  expect(stranger.exitCode).toBe(3);
  expect(stranger.stderr).toContain('the sandbox has no `another.py` to take the place of');
  expect(jobs()).toBe(before);
}, 120_000);

/** What came of a run: the answer, and everything that is known of each point. */
function outcome(name: string): Readonly<Record<string, string>> {
  const folder = join(rig.work, `of-${name}`);
  mkdirSync(folder);
  execFileSync('tar', ['xzf', join(rig.work, `${name}.tar.gz`), '-C', folder]);
  const files = rig.filesBelow(folder).filter((file) => /_000001\.(?:answer\.txt|points\.svg)$/.test(file));
  return Object.fromEntries(
    files.map((file) => [file.split('_000001.')[1] ?? '', readFileSync(join(folder, file), 'utf8')]),
  );
}

const crashes = Number(process.env['PCHAIN_CRASHES'] ?? '6');
// A kill and what follows takes about seven seconds on a busy machine.
const timeLimitMs = Math.max(1_800_000, crashes * 20_000);

it(
  `gives the same answer when its engine is killed at ${crashes} random points, and simulates no point twice`,
  async () => {
    const journal = join(rig.directory, 'simulated');
    const simulate = readFileSync(join(rig.work, 'simulate.py'), 'utf8');
    rig.write({ 'simulate.py': `${simulate}\nopen(${JSON.stringify(journal)}, 'a').write(f'{mass}\\n')\n` });
    const command = (name: string): readonly string[] => [
      ...['--cwl', 'active-learning.cwl', '--outDS', `user.alice.${name}`],
      ...['--wait', '--output', `${name}.tar.gz`],
    ];
    const simulated = (): readonly string[] => {
      const lines = readFileSync(journal, 'utf8').trim().split('\n').sort();
      rmSync(journal);
      return lines;
    };
    const calm = await rig.run(command('calm'));
    expect(calm.exitCode, calm.stderr).toBe(0);
    const expected = outcome('calm');
    const points = simulated();
    expect(points).toHaveLength(12);

    let state = 11;
    const random = (most: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * most);
    };
    let killed = 0;
    for (let round = 1; killed < crashes; round++) {
      const name = `round${round}`;
      for (let calls = 1; ; calls++) {
        // A client starts its engine again; one whose engine dies at every start gives up at last, and is called again.
        const client = rig.start(command(name));
        const end = { isThere: false };
        void client.result.then(() => (end.isThere = true));
        await Promise.race([client.said(/submitted as request|going on with/), client.result]);
        while (killed < crashes && !end.isThere) {
          await new Promise((done) => setTimeout(done, 50 + random(2500)));
          if (rig.killServer()) killed++;
        }
        const result = await client.result;
        if (result.exitCode === 0) break;
        expect(calls, `${result.stderr}\n${rig.serverLog()}`).toBeLessThan(20);
        expect([3, 5]).toContain(result.exitCode);
      }
      expect(outcome(name)).toEqual(expected);
      expect(simulated()).toEqual(points);
    }
  },
  timeLimitMs,
);
