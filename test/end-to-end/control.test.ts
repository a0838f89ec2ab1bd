// Commands to submitted work, as a person types them: the real binary and the server that it starts.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CliRig, type CliResult } from '../rigs/cli.ts';
import { oneStep } from '../rigs/one-step.ts';

let rig: CliRig;
const env = { PANDA_NICKNAME: 'alice' };

beforeAll(() => {
  rig = new CliRig();
  const gate = join(rig.work, 'go');
  rig.write({
    'waits.cwl': oneStep(
      `while ! test -f ${gate}; do sleep 0.05; done; echo x > o.txt`,
      '--outputs o.txt --nJobs 2',
    ),
    'half.cwl': oneStep(
      'echo job %RNDM:0; test %RNDM:0 -ge 1 && echo x > o.txt',
      '--outputs o.txt --nJobs 4',
    ),
  });
});
afterAll(() => rig.remove());

const pchain = (...args: string[]): Promise<CliResult> => rig.run(args, { env });

async function submit(file: string, outDS: string): Promise<string> {
  const { stdout, stderr, exitCode } = await pchain('--cwl', file, '--outDS', outDS);
  expect(exitCode, stderr).toBe(0);
  return stdout.trim();
}

it('pauses, resumes and kills, and says when there is nothing to do', async () => {
  const id = await submit('waits.cwl', 'user.alice.waits');
  expect((await pchain('pause', id)).stderr).toContain(`request ${id}: Command registered successfully`);
  const paused = await pchain('status', id);
  expect(paused.stdout).toContain('Suspended');
  expect(paused.stdout).toContain('paused');
  const again = await pchain('pause', id);
  expect([again.exitCode, again.stderr]).toEqual([
    1,
    `request ${id}: request ${id} has nothing to suspend: Suspended\n`,
  ]);
  expect((await pchain('resume', id)).exitCode).toBe(0);
  expect((await pchain('status', id)).stdout).toContain('Transforming');
  expect((await pchain('kill', id)).exitCode).toBe(0);
  const followed = await pchain('follow', id);
  expect(followed.exitCode).toBe(1);
  expect(followed.stderr).toContain('cancelled');
  expect((await pchain('kill', id)).exitCode).toBe(1);
});

it('tells the others although one of them is refused', async () => {
  const id = await submit('waits.cwl', 'user.alice.others');
  const { exitCode, stderr } = await pchain('kill', `49999999,${id}`);
  expect(exitCode).toBe(4);
  expect(stderr).toMatch(/^task 49999999: .*not the task owner/m);
  expect(stderr).toContain(`request ${id}: Command registered successfully`);
  expect((await pchain('follow', id)).stderr).toContain('cancelled');
});

it('finishes a task with what it has, and follows it by its own id', async () => {
  const id = await submit('waits.cwl', 'user.alice.ended');
  interface Document {
    readonly tasks: readonly { readonly id: number; readonly jobs: { readonly running: number } }[];
  }
  let found: Document['tasks'][number] | undefined;
  while (found?.jobs.running !== 2) {
    const { stdout } = await pchain('status', id, '--json');
    [found] = (JSON.parse(stdout) as Document).tasks;
  }
  const task = String(found.id);
  expect((await pchain('finish', task, '--soft')).stderr).toContain('command=finish is registered');
  writeFileSync(join(rig.work, 'go'), '');
  const followed = await pchain('follow', task);
  expect(followed.exitCode, followed.stderr).toBe(0);
});

it('shows partial success as such, and takes it for success from the share that is asked for', async () => {
  const id = await submit('half.cwl', 'user.alice.half');
  const strict = await pchain('follow', id);
  expect(strict.exitCode).toBe(1);
  expect(strict.stderr).toContain('finished, but some jobs or steps failed');
  expect(strict.stderr).toContain('`top` finished 75 % of its work; `--min-success 0.75` would accept that');
  const lenient = await pchain('follow', id, '--min-success', '0.7');
  expect(lenient.exitCode).toBe(0);
  expect(lenient.stderr).toContain('enough for `--min-success 0.7`');
  expect((await pchain('follow', id, '--min-success', '80%')).exitCode).toBe(1);
  expect((await pchain('follow', id, '--min-success', 'most')).exitCode).toBe(2);
});

it('shows the logs of failed jobs, of one job, and of all', async () => {
  const id = await submit('half.cwl', 'user.alice.logs');
  await pchain('follow', id);
  const failed = await pchain('logs', id);
  expect(failed.stdout.trim()).toBe('job 0');
  expect(failed.stderr).toMatch(/^top, job 6\d+, attempt 1: failed$/m);
  expect((await pchain('logs', id, '--all')).stdout.trim().split('\n')).toEqual([
    'job 0',
    'job 1',
    'job 2',
    'job 3',
  ]);
  const noStep = await pchain('logs', id, '--step', 'tob');
  expect([noStep.exitCode, noStep.stderr]).toEqual([
    2,
    `error: there is no step \`tob\` in request ${id}\nhint: it has \`top\`\n`,
  ]);
});

it('retries with another value of a parameter, and knows which can be changed', async () => {
  const id = await submit('half.cwl', 'user.alice.retry');
  await pchain('follow', id);
  const wrong = await pchain('retry', id, '--set', 'nFilesPerJb=2');
  expect([wrong.exitCode, wrong.stderr]).toEqual([
    2,
    'error: a retry cannot change `nFilesPerJb`\nhint: did you mean `nFilesPerJob`?\n',
  ]);
  const changed = await pchain('retry', id, '--set', 'memory=4000');
  expect([changed.exitCode, changed.stderr]).toEqual([
    0,
    `request ${id}: 1 task will run again\n\`pchain follow ${id}\` shows how it goes\n`,
  ]);
});

it.each([
  [
    ['kill', 'abc'],
    2,
    'error: `abc` is not the id of a request or a task, which is a number\nhint: see `pchain list`\n',
  ],
  [['kill', '424242'], 2, 'error: the server knows no request 424242\nhint: see `pchain list`\n'],
  [['status', '49999999'], 2, 'error: the server knows no task 49999999\nhint: see `pchain list`\n'],
  [['kill', '49999999'], 4, /not the task owner/],
])('%j ends with %i', async (args, exitCode, stderr) => {
  const result = await pchain(...args);
  expect(result.exitCode).toBe(exitCode);
  if (typeof stderr === 'string') expect(result.stderr).toBe(stderr);
  else expect(result.stderr).toMatch(stderr);
  expect(result.stdout).toBe('');
});
