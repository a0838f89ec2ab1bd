// `pchain reana run` as a user types it, with the server of this machine that it starts itself.
import { closeSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CliRig } from '../rigs/cli.ts';

const specification = (command: string): string => `workflow:
  type: serial
  specification:
    steps:
      - name: fit
        environment: python:3.12
        commands: ['${command}']
outputs:
  files: [limit.txt]
`;

let rig: CliRig;
beforeEach(() => (rig = new CliRig()));
afterEach(() => rig.remove());

it('starts the server of this machine again when it is gone while a run runs', async () => {
  rig.write({ 'reana.yaml': specification('sleep 2; echo 5 > limit.txt') });
  const running = rig.start(['reana', 'run', '--output', 'out.tar']);
  await running.said('step fit (0 of 1');
  expect(rig.killServer()).toBe(true);
  const { exitCode, stderr } = await running.result;
  expect(exitCode, stderr).toBe(0);
  expect(stderr.match(/REANA does not answer/g)).toHaveLength(1);
  expect(stderr).toContain('REANA answers again\nreana.1 is finished');
  expect(stderr).toContain('packed the outputs');
}, 60_000);

it('says that there is nothing to be done when nothing has changed', async () => {
  rig.write({ 'reana.yaml': specification('echo 5 > limit.txt') });
  await rig.run(['reana', 'run', '--output', 'out.tar']);
  const { exitCode, stderr } = await rig.run(['reana', 'run', '--output', 'out.tar']);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(
    /^reana\.1 is done, and nothing has changed since: its outputs are in \S+out\.tar \(3\.1 kB\); another `--name` makes a new run$/m,
  );
}, 60_000);

it('prints a record of a run that has failed, too, and what was packed of it', async () => {
  rig.write({ 'reana.yaml': specification('echo 5 > limit.txt; echo no luck; exit 3') });
  const schemaPath = join(import.meta.dirname, '../../schemas/reana.schema.json');
  const schema = JSON.parse(readFileSync(schemaPath, 'utf8')) as object;
  const validate = new Ajv2020({ allowUnionTypes: true }).compile({ ...schema, $ref: '#/$defs/Offloaded' });
  for (const [words, output] of [
    [[], null],
    [['--keep-going', '--output', 'half.tar'], join(rig.work, 'half.tar')],
  ] as const) {
    const { exitCode, stdout, stderr } = await rig.run(['reana', 'run', '--json', ...words]);
    expect(exitCode).toBe(1);
    const record = JSON.parse(stdout) as object;
    expect(validate(record), JSON.stringify(validate.errors)).toBe(true);
    expect(record).toMatchObject({
      outcome: 'failed',
      status: 'failed',
      step: 'fit',
      exit_status: 3,
      out_of_memory: false,
      log_tail: ['no luck'],
      output,
    });
    expect(stderr).toContain('reana.1 has failed, step fit'.replace('1', output === null ? '1' : '2'));
    expect(stderr).toContain('hint: the same command again makes a new run');
  }
  await rig.run(['reana', 'create', '-w', 'by-hand']);
  const started = await rig.run(['reana', 'start', '-w', 'by-hand', '--follow', '--json']);
  expect(started.exitCode).toBe(1);
  expect(JSON.parse(started.stdout)).toMatchObject({ name: 'by-hand.1', status: 'failed' });
  expect(started.stderr).toContain('hint: `pchain reana restart -w by-hand.1` runs it once more');
}, 60_000);

it('says of a run that it resumes how there is a new one', async () => {
  rig.write({ 'reana.yaml': specification('exit 3') });
  await rig.run(['reana', 'run']);
  const { exitCode, stderr } = await rig.run(['reana', 'run', '--resume', 'reana.1']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('hint: the same command without `--resume` makes a new run');
}, 60_000);

it('never repeats what could be the value of a secret', async () => {
  rig.write({ 'reana.yaml': specification('true') });
  for (const words of [
    ['run', '--secret', 'TOKEN=not-to-be-seen'],
    ['secrets', 'add', 'TOKEN=not-to-be-seen'],
  ]) {
    const { exitCode, stdout, stderr } = await rig.run(['reana', ...words]);
    expect(exitCode).toBe(2);
    expect(stdout + stderr).not.toContain('not-to-be-seen');
    expect(stderr).toContain('a secret is named by its variable or its file, without its value');
  }
}, 60_000);

it('refuses secrets without content, which a variable that is not set would give', async () => {
  rig.write({ 'reana.yaml': specification('true'), keytab: '' });
  for (const words of [
    ['run', '--env', 'PASSWORD='],
    ['run', '--env', 'EMPTY'],
    ['run', '--secret', 'EMPTY'],
    ['secrets', 'add', '--file', 'keytab'],
  ]) {
    const { exitCode, stderr } = await rig.run(['reana', ...words], { env: { EMPTY: '' } });
    expect(exitCode, words.join(' ')).toBe(2);
    expect(stderr).toContain(`the secret \`${words.at(-1)?.replace('=', '') ?? ''}\` is empty`);
  }
}, 60_000);

it('says why a run that was stopped or deleted can do no more', async () => {
  rig.write({ 'reana.yaml': specification('sleep 30') });
  await rig.run(['reana', 'create', '-w', 'fit']);
  await rig.run(['reana', 'start', '-w', 'fit']);
  await rig.run(['reana', 'stop', '-w', 'fit']);
  const restarted = await rig.run(['reana', 'restart', '-w', 'fit']);
  expect(restarted.exitCode).toBe(1);
  expect(restarted.stderr).toMatch(
    /refuses: Only finished or failed workflows can be restarted\.\nhint: `pchain reana create` and `start` make a new run\n$/,
  );
  await rig.run(['reana', 'delete', '-w', 'fit']);
  const listed = await rig.run(['reana', 'ls', '-w', 'fit']);
  expect(listed.exitCode).toBe(5);
  expect(listed.stderr).toContain('hint: a run that is deleted has no files any more');
}, 60_000);

it('ends at once when it is interrupted, or its time is over, while it reads a large input', async () => {
  rig.write({ 'reana.yaml': `inputs: {files: [large.bin]}\n${specification('true')}` });
  const large = openSync(join(rig.work, 'large.bin'), 'w');
  ftruncateSync(large, 64 * 1024 ** 3);
  closeSync(large);
  const running = rig.start(['reana', 'run']);
  await wait(1500);
  running.process.kill('SIGINT');
  const interrupted = await running.result;
  expect(interrupted.exitCode).toBe(130);
  expect(interrupted.stderr).toContain('interrupted while `large.bin` was read');
  const late = await rig.run(['reana', 'run', '--timeout', '1']);
  expect(late.exitCode).toBe(6);
  expect(late.stderr).toContain(
    'the time that `--timeout` gives is over; interrupted while `large.bin` was read',
  );
}, 20_000);
