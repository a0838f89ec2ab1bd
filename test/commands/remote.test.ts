// The real binary against a remote PanDA, which is a script here: exit codes, words, and the outputs by way of `rucio`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { unpackTarGz } from '../../src/archive/unpack.ts';
import { jobs, RemotePanda, relay, task, tasks } from '../rigs/remote-panda.ts';
import type { CliResult } from '../rigs/cli.ts';
import type { Step } from '../rigs/server.ts';

let remote: RemotePanda;
beforeEach(() => {
  remote = new RemotePanda();
});
afterEach(() => remote.finish());

const pchain = (steps: readonly Step[], ...args: string[]): Promise<CliResult> => remote.pchain(steps, args);
const installRucio = (script: string): void => remote.install('rucio', script);

const parameters: Step = {
  method: 'GET',
  path: '/api/v1/task/get_task_parameters',
  reply: {
    json: {
      success: true,
      message: '',
      data: {
        jobParameters: [
          { type: 'constant', value: 'x' },
          { type: 'template', param_type: 'output', dataset: 'user.alice.x_000_top_o.txt/' },
          { type: 'template', param_type: 'output', dataset: '--dir=/etc' },
        ],
      },
    },
  },
};

const finished = (count: number, ...more: object[]): Step =>
  jobs(
    ...Array.from({ length: count }, (_, index) => ({ PandaID: index + 1, jobStatus: 'finished' })),
    ...more,
  );

it('tells why jobs failed in words, alike ones together', async () => {
  const oom = {
    jobStatus: 'failed',
    computingSite: 'SITE_A',
    pilotErrorCode: 1212,
    pilotErrorDiag: 'Payload died',
  };
  const result = await pchain(
    [
      relay('SubFinished'),
      tasks(task('top', { status: 'finished' })),
      jobs(
        { PandaID: 1, ...oom },
        { PandaID: 2, ...oom },
        {
          PandaID: 3,
          jobStatus: 'failed',
          exeErrorCode: 65,
          exeErrorDiag: 'no such file',
          transExitCode: '65',
        },
        { PandaID: 4, jobStatus: 'failed', jobDispatcherErrorCode: 100 },
      ),
    ],
    ...['follow', '7'],
  );
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toContain('error: task 40000001 `top` ended finished');
  expect(result.stderr).toContain(
    '  2 jobs: the payload ran out of memory (pilot 1212); it says: Payload died\n    first of them: job 1 at SITE_A\n    hint: ask for more memory',
  );
  expect(result.stderr).toContain('  1 job: no such file (payload 65)');
  expect(result.stderr).toContain('nothing was heard of the job for hours');
  expect(result.stderr).toContain('`top` finished 80 % of its work');
});

it('takes a finished request with lost jobs for partial', async () => {
  const steps = [relay('Finished'), tasks(task('top', { status: 'finished' })), jobs()];
  expect((await pchain(steps, 'follow', '7')).exitCode).toBe(1);
});

it('accepts it with --min-success', async () => {
  const steps = [relay('Finished'), tasks(task('top', { status: 'finished' })), jobs()];
  expect((await pchain(steps, 'follow', '7', '--min-success', '0.8')).exitCode).toBe(0);
});

it('fetches outputs by rucio into one tar', async () => {
  installRucio('mkdir -p "$3/user.alice.x_000_top_o.txt"; echo data > "$3/user.alice.x_000_top_o.txt/a.txt"');
  const steps = [relay('Finished'), tasks(task('top', { status: 'done' })), parameters, finished(1)];
  const result = await pchain(steps, 'fetch', '7', '--output', 'o.tar.gz');
  expect(result.exitCode, result.stderr).toBe(0);
  const asked = readFileSync(join(remote.cli.directory, 'asked'), 'utf8');
  expect(asked).toMatch(/^download --dir \S+ user\.alice:user\.alice\.x_000_top_o\.txt\n$/);
  await unpackTarGz(join(remote.cli.work, 'o.tar.gz'), join(remote.cli.work, 'o'), {
    maxBytes: 1e6,
    maxMembers: 9,
  });
  expect(remote.cli.filesBelow(join(remote.cli.work, 'o')).toSorted()).toEqual([
    'MANIFEST.json',
    'user.alice.x_000_top_o.txt',
    'user.alice.x_000_top_o.txt/a.txt',
  ]);
});

it('says what rucio said when it fails, and keeps what is there', async () => {
  installRucio('echo "ERROR cannot reach storage"; exit 13');
  const steps = [relay('Finished'), tasks(task('top', { status: 'done' })), parameters, finished(1)];
  const result = await pchain(steps, 'fetch', '7', '--to', 'out');
  expect(result.exitCode).toBe(5);
  expect(result.stderr).toContain('ERROR cannot reach storage');
});

it('does not take a rucio that fetched nothing for success', async () => {
  installRucio('exit 0');
  const steps = [relay('Finished'), tasks(task('top', { status: 'done' })), parameters, finished(1)];
  expect((await pchain(steps, 'fetch', '7', '--to', 'out')).exitCode).toBe(5);
});

it('prints the commands where rucio is not installed', async () => {
  const steps = [relay('Finished'), tasks(task('top', { status: 'done' })), parameters, finished(1)];
  const result = await pchain(steps, 'fetch', '7', '--to', '/data/my files');
  expect(result.exitCode).toBe(3);
  expect(result.stdout).toBe("rucio download --dir '/data/my files' user.alice:user.alice.x_000_top_o.txt\n");
});

it('tells the tasks one by one what iDDS has no word for', async () => {
  const iddsLacks: Step = {
    method: 'POST',
    path: '/server/panda/execute_idds_workflow_command',
    reply: { json: [false, "server failed with 'ClientManager' object has no attribute 'suspend'"] },
  };
  const pause: Step = {
    method: 'POST',
    path: '/api/v1/task/pause',
    check: (seen) => expect(JSON.parse(seen.body.toString())).toEqual({ task_id: 40_000_001 }),
    reply: { json: { success: false, message: 'production or pilot role required', data: null } },
  };
  const steps = [iddsLacks, relay('Transforming'), tasks(task('top', { status: 'running' })), pause];
  const result = await pchain(steps, 'pause', '7');
  expect(result.exitCode).toBe(4);
  expect(result.stderr).toContain('production or pilot role required');
});

it('compares what rucio fetched with what the jobs have made', async () => {
  installRucio('mkdir -p "$3/user.alice.x_000_top_o.txt"; echo data > "$3/user.alice.x_000_top_o.txt/a.txt"');
  const helper = { PandaID: 9, jobStatus: 'finished', prodSourceLabel: 'panda' };
  const ended = [relay('Finished'), tasks(task('top', { status: 'done' })), parameters];
  const short = await pchain([...ended, finished(2, helper)], 'fetch', '7', '--output', 'o.tar.gz');
  expect(short.exitCode).toBe(5);
  expect(short.stderr).toContain(
    'rucio fetched 1 file of `user.alice:user.alice.x_000_top_o.txt`, but 2 jobs made one',
  );
  expect(remote.cli.filesBelow(remote.cli.work)).toEqual([]);
  const whole = await pchain([...ended, finished(1, helper)], 'fetch', '7', '--output', 'o.tar.gz');
  expect(whole.exitCode, whole.stderr).toBe(0);
});
