// The engine is killed at random points of a loop, again and again: the answer is always the same, no job that finished runs
// twice, and no output is lost. `PCHAIN_CRASHES=200` kills more often; the seed is fixed, so a failure comes again.
import { appendFileSync, existsSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundleProgram, CrashRig } from '../rigs/crash/crash-rig.ts';
import { document, junction, leaf, loop, part, planLoops } from '../rigs/loop-workflow.ts';

const crashes = Number(process.env['PCHAIN_CRASHES'] ?? '25');

const mark = (name: string): string => `m=$MARKS/${name}.%RNDM:1; echo begin >> $m; `;
const done = '; sleep 0.02; echo end >> $m';

const plan = planLoops(
  {
    'main.cwl': document(
      '',
      'last/outDS',
      leaf('first', `${mark('first')}echo seed %RNDM:1 > out.txt${done}`, {
        args: '--outputs out.txt --nJobs 2',
      }),
      part('rounds', 'body.cwl', 'dataset: first/outDS', loop),
      leaf('last', `${mark('last')}cat %IN > out.txt${done}`, { inputs: 'opt_inDS: rounds/outDS' }),
    ),
    'body.cwl': document(
      'dataset: string, param_x: {type: int, default: 1}',
      'sum/outDS',
      leaf('scan', `${mark('scan.%{i}')}echo $((%{x} * %RNDM:1)) $(cat %IN) > out.txt${done}`, {
        inputs: 'opt_inDS: dataset',
        args: '--outputs out.txt --nFilesPerJob 1',
      }),
      leaf('sum', `${mark('sum.%{i}')}cat $(echo %IN | tr , " ") > out.txt${done}`, {
        inputs: 'opt_inDS: scan/outDS',
      }),
      junction(
        'decide',
        `${mark('decide.%{i}')}echo {\\"x\\": $((%{x} * 3)), \\"to_continue\\": $(test %{i} -lt 3 && echo true || echo false)} > results.json${done}`,
        'opt_inDS: sum/outDS',
      ),
    ),
  },
  {},
  'user.alice.crash',
);

/** Every job began once and ended once. */
const once = Object.fromEntries(
  [
    ...['first.1', 'first.2', 'last.1'],
    ...[1, 2, 3].flatMap((number) => [
      `scan.${number}.1`,
      `scan.${number}.2`,
      `sum.${number}.1`,
      `decide.${number}.1`,
    ]),
  ]
    .sort()
    .map((name) => [name, 'begin end']),
);

/** Numbers that look random and come again: a linear congruential generator. */
function numbers(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * most);
  };
}

let program: string;
let expected: unknown;
const rigs: CrashRig[] = [];
function newRig(): CrashRig {
  const rig = new CrashRig(program, plan);
  rigs.push(rig);
  return rig;
}

beforeAll(async () => {
  program = await bundleProgram();
  const rig = newRig();
  expect(await rig.run()).toMatchObject({ exitCode: 0, stderr: '' });
  expected = rig.answer;
  expect(rig.marks()).toEqual(once);
  expect(expected).toMatchObject({ status: 'Finished' });
});
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.remove();
});
afterAll(() => rmSync(program, { force: true }));

describe('an engine that is killed', () => {
  it(`at ${crashes} random points gives the same answer, with every job run once`, async () => {
    const random = numbers(7);
    let killed = 0;
    for (let run = 0; killed < crashes; run++) {
      const rig = newRig();
      for (;;) {
        const when = (['before', 'within', 'after'] as const)[random(3)] ?? 'after';
        const isTimed = random(4) === 0;
        const ended = isTimed
          ? await rig.run({}, { killAfterMs: 250 + random(500) })
          : await rig.run({ point: { change: 1 + random(14), when } });
        if (ended.signal !== 'SIGKILL') {
          expect(ended).toMatchObject({ exitCode: 0 });
          break;
        }
        if (++killed >= crashes) {
          expect(await rig.run()).toMatchObject({ exitCode: 0 });
          break;
        }
      }
      expect(rig.answer, `run ${run}\n${rig.log}`).toEqual(expected);
      expect(rig.marks(), `run ${run}\n${rig.log}`).toEqual(once);
      rig.remove();
    }
  }, 600_000);

  it('with a torn last write finds what was stored before it', async () => {
    const rig = newRig();
    await rig.run({ point: { change: 20, when: 'after' } });
    appendFileSync(join(rig.directory, 'engine.db-wal'), Buffer.alloc(1000, 0x5a));
    expect(await rig.run()).toMatchObject({ exitCode: 0 });
    expect(rig.answer).toEqual(expected);
    expect(rig.marks()).toEqual(once);
  });

  it('with writes lost that the disk had promised to keep still comes to the same answer', async () => {
    const rig = newRig();
    await rig.run({ point: { change: 25, when: 'after' } });
    const wal = join(rig.directory, 'engine.db-wal');
    truncateSync(wal, Math.floor(statSync(wal).size * 0.8));
    expect(await rig.run()).toMatchObject({ exitCode: 0 });
    expect(rig.answer).toEqual(expected);
  });

  it('after which the clock was set back or forward goes on', async () => {
    const rig = newRig();
    await rig.run({ point: { change: 18, when: 'after' }, clockShiftMs: 7 * 86_400_000 });
    await rig.run({ point: { change: 8, when: 'after' }, clockShiftMs: -7 * 86_400_000 });
    expect(await rig.run()).toMatchObject({ exitCode: 0 });
    expect(rig.answer).toEqual(expected);
    expect(rig.marks()).toEqual(once);
  });

  it('while somebody deletes the directories of its jobs runs these again, and says so', async () => {
    const rig = newRig();
    // Long enough that a job runs at the end.
    await rig.run({ point: { change: 12, when: 'after' } });
    const jobs = join(rig.directory, 'requests', '1', 'jobs');
    for (const name of existsSync(jobs) ? readdirSync(jobs) : [])
      rmSync(join(jobs, name), { recursive: true, force: true });
    expect(await rig.run()).toMatchObject({ exitCode: 0 });
    expect(rig.answer).toEqual(expected);
    expect(rig.log).toMatch(/request 1 \(user\.alice\.crash\) goes on where it was: .*lost and run again/);
    expect(rig.log).toMatch(/job \d+ of \w+ was lost with its process; it runs again/);
  });
});

describe('a full disk', () => {
  it('ends the engine with a clear word, and loses nothing once there is space', async () => {
    const rig = newRig();
    // No file may grow beyond this, the database included.
    const ended = await rig.run({}, { wrapper: ['prlimit', '--fsize=300000'] });
    expect(ended.exitCode).toBe(3);
    expect(Object.keys(rig.marks()).length).toBeGreaterThan(0);
    expect(rig.log).toMatch(
      /cannot write `.*engine\.db` .*: the disk may be full or faulty|no space left for/,
    );
    expect(await rig.run()).toMatchObject({ exitCode: 0 });
    expect(rig.answer).toEqual(expected);
    expect(rig.marks()).toEqual(once);
  });
});
