// An edited workflow through the real binary: what is not touched does not run again, and that is said.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CliRig } from '../rigs/cli.ts';
import { document, leaf } from '../rigs/loop-workflow.ts';

let rig: CliRig;
beforeEach(() => {
  rig = new CliRig();
});
afterEach(() => rig.remove());

const chain = (exec: string): string =>
  document(
    '',
    'fit/outDS',
    leaf('generate', 'echo %RNDM:1 > out.txt', { args: '--outputs out.txt --nJobs 3' }),
    leaf('fit', exec, { inputs: 'opt_inDS: generate/outDS' }),
  );

it('runs what was edited, tells what was used again, and why the rest was not', async () => {
  const command = ['--cwl', 'main.cwl', '--outDS', 'user.alice.edit', '--wait'];
  rig.write({ 'main.cwl': chain('echo one %IN > out.txt') });
  expect((await rig.run(command)).exitCode).toBe(0);
  rig.write({ 'main.cwl': chain('echo two %IN > out.txt') });
  const edited = await rig.run(command);
  expect(edited.exitCode, edited.stderr).toBe(0);
  expect(edited.stderr).toContain('step generate: done');
  expect(edited.stderr).toContain('3 used again');
  expect(edited.stderr).toContain(
    '3 of 4 jobs would have made the same as before and did not run again (--fresh runs all)',
  );
  const why = await rig.run(['why-rerun', 'fit']);
  expect(why.stdout).toBe(
    [
      'fit, job 1: changed since request 1',
      '  payload',
      '    - echo one %IN > out.txt',
      '    + echo two %IN > out.txt',
      '',
    ].join('\n'),
  );
  expect((await rig.run(['why-rerun', 'generate', '2'])).stdout).toContain(
    'generate, job 3: used again, from job ',
  );
  const unknown = await rig.run(['why-rerun', 'fitt']);
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain('there is no step `fitt` in request 2');

  const fresh = await rig.run([...command, '--fresh']);
  expect(fresh.exitCode).toBe(0);
  expect(fresh.stderr).not.toContain('used again');
});

it('sends no tar that pchain packed here before, unless the workflow or the user names it', async () => {
  const command = ['--cwl', 'main.cwl', '--outDS', 'user.alice.edit', '--wait', '-v'];
  const stays = 'left out one.tar.gz: outputs of an earlier run, packed by pchain; `--extFile` sends it';
  rig.write({ 'main.cwl': chain('echo one %IN > out.txt') });
  expect((await rig.run([...command, '--output', 'one.tar.gz'])).exitCode).toBe(0);
  rig.write({ 'main.cwl': chain('echo two %IN > out.txt') });
  const edited = await rig.run([...command, '--output', 'two.tar.gz']);
  expect(edited.exitCode, edited.stderr).toBe(0);
  expect(edited.stderr).toContain(stays);
  expect(edited.stderr).toContain('3 used again');

  expect((await rig.run(['fetch', '--output', 'fetched.tar'])).exitCode).toBe(0);
  const send = [...command, '--noSubmit'];
  const fetched = await rig.run(send);
  expect(fetched.stderr).toContain('left out fetched.tar: outputs of an earlier run');
  expect((await rig.run([...send, '--extFile', 'one.tar.gz'])).stderr).not.toContain(stays);
  rig.write({ 'main.cwl': chain('tar tzf one.tar.gz > out.txt') });
  expect((await rig.run(send)).stderr).not.toContain(stays);
  // Nor what an offload by hand has packed and noted here.
  const analysis = {
    inputs: {},
    workflow: {
      type: 'serial',
      specification: { steps: [{ environment: 'python:3.12', commands: ['echo 1 > x'] }] },
    },
    outputs: { files: ['x'] },
  };
  rig.write({ 'reana.yaml': JSON.stringify(analysis) });
  const offloaded = await rig.run(['reana', 'run', '--output', 'reana.tar']);
  expect(offloaded.exitCode, offloaded.stderr).toBe(0);
  const { stderr } = await rig.run(send);
  expect(stderr).toContain('left out reana.tar: outputs of an earlier run');
  expect(stderr).toContain('left out .pchain-reana-reana.json: what pchain notes here of runs on REANA');
  expect(stderr).toContain('left out userJobMetadata.json: report of an earlier job');
  // What the user wrote over it is the user's.
  rig.write({ 'main.cwl': chain('echo two %IN > out.txt'), 'one.tar.gz': 'mine' });
  const mine = await rig.run(send);
  expect(mine.stderr).not.toContain(stays);
  expect(mine.stderr).toContain('left out two.tar.gz');
}, 60_000);
