// A loop through the real binary: what a user sees of its iterations, and of the end of one that would not end.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CliRig } from '../rigs/cli.ts';
import { document, junction, leaf, loop, part } from '../rigs/loop-workflow.ts';

let rig: CliRig;
beforeEach(() => {
  rig = new CliRig();
  rig.write({
    'main.cwl': document(
      '',
      'rounds/outDS',
      leaf('start', 'echo seed > out.txt'),
      part('rounds', 'body.cwl', 'dataset: start/outDS', loop),
    ),
    'body.cwl': document(
      'dataset: string, param_x: {type: int, default: 0}',
      'work/outDS',
      leaf('work', 'echo %{x} > out.txt', { inputs: 'opt_inDS: dataset' }),
      junction(
        'decide',
        'echo {\\"x\\": $((%{x} + 1)), \\"to_continue\\": $(test %{x} -lt 3 && echo true || echo false)} > results.json',
        'opt_inDS: work/outDS',
      ),
    ),
  });
});
afterEach(() => rig.remove());

it('shows iterations, hands out the last, keeps the others, and goes on where it was cut short', async () => {
  const command = ['--cwl', 'main.cwl', '--outDS', 'user.alice.rounds', '--wait'];
  const short = await rig.run([...command, '--max-iterations', '2']);
  expect(short.exitCode).toBe(1);
  expect(short.stderr).toContain('step work [2]: done');
  expect(short.stderr).toContain(
    'the loop was ended after 2 iterations, the most that may run here (`--max-iterations`); its junction asked for more',
  );

  const whole = await rig.run([...command, '--max-iterations', '9']);
  expect(whole.exitCode, whole.stderr).toBe(0);
  const status = await rig.run(['status', '--json']);
  const document = JSON.parse(status.stdout) as {
    tasks: { step: string; iteration?: string }[];
    datasets: { name: string; is_output: boolean }[];
  };
  expect(document.tasks.map(({ step, iteration = '' }) => `${step} ${iteration}`.trim())).toEqual([
    'start',
    ...[1, 2, 3, 4].flatMap((number) => [`work ${number}`, `decide ${number}`]),
  ]);
  expect(document.datasets.filter((one) => one.is_output).map((one) => one.name)).toEqual([
    'user.alice.rounds_001_work.4_out.txt/',
  ]);
  const fetched = await rig.run([
    'fetch',
    '--dataset',
    'user.alice.rounds_001_work.2_out.txt',
    '--to',
    'second',
  ]);
  expect(fetched.exitCode, fetched.stderr).toBe(0);
  const [file = ''] = rig.filesBelow(join(rig.work, 'second'));
  expect(readFileSync(join(rig.work, 'second', file), 'utf8')).toBe('1\n');
});

it('refuses a number of iterations that is none', async () => {
  const result = await rig.run([
    '--cwl',
    'main.cwl',
    '--outDS',
    'user.alice.rounds',
    '--max-iterations',
    'many',
  ]);
  expect(result.exitCode).toBe(2);
  expect(result.stderr).toContain('--max-iterations must be a whole number from 1 to 1000000, not `many`');
});
