// `pchain reana run` as a user types it, with the server of this machine that it starts itself.
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
