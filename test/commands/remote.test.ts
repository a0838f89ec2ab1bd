// The real binary against a remote PanDA, which is a script here: exit codes, words, and the outputs by way of `rucio`.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { unpackTarGz } from '../../src/archive/unpack.ts';
import { CliRig, type CliResult } from '../rigs/cli.ts';
import { scriptedServer, type ScriptedServer, type Step } from '../rigs/server.ts';

let rig: CliRig;
let server: ScriptedServer | undefined;
beforeEach(() => {
  rig = new CliRig();
});
afterEach(async () => {
  rig.remove();
  await server?.finish();
  server = undefined;
});

const hello: Step = { method: 'GET', path: '/pchain/v1/hello', reply: { status: 404, body: '' } };
const relay = (status: string): Step => ({
  method: 'POST',
  path: '/server/panda/relay_idds_command',
  reply: { json: [true, [{ request_id: 7, name: 'user.alice.x', status, errors: {} }]] },
});
const tasks = (...found: object[]): Step => ({
  method: 'GET',
  path: '/api/v1/task/get_tasks_detailed_info_since',
  reply: { json: { success: true, message: '', data: found } },
});
const task = (step: string, more: object): object => ({
  jediTaskID: 40_000_001,
  taskName: `user.alice.x_000_${step}/`,
  nFiles: 10,
  nFilesFinished: 8,
  nFilesFailed: 2,
  ...more,
});
const jobs = (...found: object[]): Step => ({
  method: 'GET',
  path: '/api/v1/task/get_job_descriptions',
  reply: { json: { success: true, message: '', data: found } },
});
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

async function pchain(steps: readonly Step[], ...args: string[]): Promise<CliResult> {
  server = await scriptedServer([hello, ...steps]);
  const bin = join(rig.directory, 'bin');
  return rig.run(args, {
    env: {
      PATH: `${bin}:/usr/bin:/bin`,
      PANDA_URL_SSL: `${server.origin}/server/panda`,
      PANDA_AUTH: 'oidc',
      PANDA_AUTH_VO: 'wlcg',
      PANDA_AUTH_ID_TOKEN: 'token-of-alice',
    },
  });
}

/** A stand-in for rucio: writes a file where the real one would, and what it was asked into `asked`. */
function installRucio(script: string): void {
  const bin = join(rig.directory, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'rucio'), `#!/bin/sh\necho "$@" >> ${join(rig.directory, 'asked')}\n${script}\n`);
  chmodSync(join(bin, 'rucio'), 0o755);
}

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
  const steps = [relay('Finished'), tasks(task('top', { status: 'done' })), parameters];
  const result = await pchain(steps, 'fetch', '7', '--output', 'o.tar.gz');
  expect(result.exitCode, result.stderr).toBe(0);
  const asked = readFileSync(join(rig.directory, 'asked'), 'utf8');
  expect(asked).toMatch(/^download --dir \S+ user\.alice:user\.alice\.x_000_top_o\.txt\n$/);
  await unpackTarGz(join(rig.work, 'o.tar.gz'), join(rig.work, 'o'), { maxBytes: 1e6, maxMembers: 9 });
  expect(rig.filesBelow(join(rig.work, 'o')).toSorted()).toEqual([
    'MANIFEST.json',
    'user.alice.x_000_top_o.txt',
    'user.alice.x_000_top_o.txt/a.txt',
  ]);
});

it('says what rucio said when it fails, and keeps what is there', async () => {
  installRucio('echo "ERROR cannot reach storage"; exit 13');
  const steps = [relay('Finished'), tasks(task('top', { status: 'done' })), parameters];
  const result = await pchain(steps, 'fetch', '7', '--to', 'out');
  expect(result.exitCode).toBe(5);
  expect(result.stderr).toContain('ERROR cannot reach storage');
});

it('does not take a rucio that fetched nothing for success', async () => {
  installRucio('exit 0');
  const steps = [relay('Finished'), tasks(task('top', { status: 'done' })), parameters];
  expect((await pchain(steps, 'fetch', '7', '--to', 'out')).exitCode).toBe(5);
});

it('prints the commands where rucio is not installed', async () => {
  const steps = [relay('Finished'), tasks(task('top', { status: 'done' })), parameters];
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

const twoStepWorkflow = `cwlVersion: v1.0
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: top/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "echo hi > o.txt"}
      opt_args: {default: "--outputs o.txt"}
    out: [outDS]
`;
const sandboxThere: Step = {
  method: 'POST',
  path: '/api/v1/file_server/validate_cache_file',
  reply: {
    json: {
      success: true,
      message: 'FOUND:127.0.0.1:jobO.00000000-0000-4000-8000-000000000001.tar.gz',
      data: null,
    },
  },
};
const cutSubmission: Step = {
  method: 'POST',
  path: '/server/panda/put_workflow_request',
  reply: { reset: 'at once' },
};
const requests = (...names: string[]): Step => ({
  method: 'POST',
  path: '/server/panda/relay_idds_command',
  check: (seen) => expect(new URLSearchParams(seen.body.toString()).get('kwargs')).toBe('{}'),
  reply: {
    json: [true, names.map((name, index) => ({ request_id: 10 + index, name, status: 'New', errors: {} }))],
  },
});

it('looks up a submission whose answer was lost, instead of sending it again', async () => {
  rig.write({ 'w.cwl': twoStepWorkflow });
  const steps = [sandboxThere, sandboxThere, cutSubmission, requests('user.alice.old', 'user.alice.lost')];
  const result = await pchain(steps, '--cwl', 'w.cwl', '--outDS', 'user.alice.lost');
  expect(result.exitCode, result.stderr).toBe(0);
  expect(result.stdout).toBe('11\n');
  expect(result.stderr).toContain('the answer was lost, but the submission had arrived');
});

it('finds a lost submission by the tasks that it became, where requests are not listed', async () => {
  rig.write({ 'w.cwl': twoStepWorkflow });
  const notListed: Step = {
    method: 'POST',
    path: '/server/panda/relay_idds_command',
    reply: { json: [false, 'get_requests needs an id'] },
  };
  const became = tasks(task('top', { taskName: 'user.alice.lost_000_top/', reqID: 4321, status: 'running' }));
  const steps = [sandboxThere, sandboxThere, cutSubmission, notListed, became];
  const result = await pchain(steps, '--cwl', 'w.cwl', '--outDS', 'user.alice.lost');
  expect([result.exitCode, result.stdout]).toEqual([0, '4321\n']);
});

it('writes --dumpJson for scripts, with what was submitted and what was not', async () => {
  rig.write({ 'w.cwl': twoStepWorkflow });
  const put: Step = {
    method: 'POST',
    path: '/server/panda/put_workflow_request',
    reply: { json: [true, { status: true, request_id: 12, log: '' }] },
  };
  const args = ['--cw', 'w.cwl', '--outD', 'user.alice.dump', '--dumpJson', 'out.json'];
  const result = await pchain([sandboxThere, sandboxThere, put], ...args);
  expect(result.exitCode, result.stderr).toBe(0);
  const read = (): unknown => JSON.parse(readFileSync(join(rig.work, 'out.json'), 'utf8'));
  expect(read()).toMatchObject({
    cwl: 'w.cwl',
    outDS: 'user.alice.dump',
    returnCode: 0,
    returnOut: 'successfully submitted with request_id=12',
    requestID: 12,
  });
});
