// A server of another version than the command that finds it, with the real binary.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CliRig } from '../rigs/cli.ts';
import { document, leaf } from '../rigs/loop-workflow.ts';

let rig: CliRig;
beforeEach(() => {
  rig = new CliRig();
});
afterEach(() => rig.remove());

const ours = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string }
).version;
const command = ['--cwl', 'main.cwl', '--outDS', 'user.alice.change'];

/** A job that notes that it began and waits for a gate. */
function writeWorkflow(): { readonly begun: string; readonly open: () => void } {
  const begun = join(rig.directory, 'begun');
  const gate = join(rig.directory, 'gate');
  rig.write({
    'main.cwl': document(
      '',
      'hold/outDS',
      leaf('hold', `echo begun >> ${begun}; until test -e ${gate}; do sleep 0.05; done; echo done > out.txt`),
    ),
  });
  return { begun, open: () => writeFileSync(gate, '') };
}

function served(): { readonly pid: number; readonly version: string } {
  return JSON.parse(readFileSync(join(rig.dataDirectory, 'server.json'), 'utf8')) as ReturnType<
    typeof served
  >;
}

it('lets an older one end and goes on with its running job, whoever else asks and follows', async () => {
  const { begun, open } = writeWorkflow();
  const installation = rig.installVersion('0.0.9');
  expect((await rig.run(command, { installation })).exitCode).toBe(0);
  await vi.waitFor(() => expect(existsSync(begun)).toBe(true), { timeout: 20_000 });
  expect(served().version).toBe('0.0.9');
  const before = served().pid;
  const follower = rig.start(['follow', '1'], { installation });
  await follower.said('hold');

  const asked = await Promise.all(['status', 'logs', 'status'].map((verb) => rig.run([verb, '1'])));
  expect(
    asked.map(({ exitCode }) => exitCode),
    rig.serverLog(),
  ).toEqual([0, 0, 0]);
  expect(
    asked.some(({ stderr }) =>
      stderr.includes(`pchain 0.0.9 at work on this machine makes place for ${ours}`),
    ),
  ).toBe(true);
  expect(served().version).toBe(ours);
  expect(served().pid).not.toBe(before);
  const after = served().pid;

  const whole = rig.start(['follow', '1']);
  await whole.said('hold');
  open();
  expect((await whole.result).exitCode, rig.serverLog()).toBe(0);
  const old = await follower.result;
  expect(old.exitCode, old.stderr).toBe(0);
  expect(served().pid).toBe(after);
  expect(readFileSync(begun, 'utf8')).toBe('begun\n');
}, 60_000);

it('leaves a newer one at work and says so', async () => {
  const { begun, open } = writeWorkflow();
  const installation = rig.installVersion('99.0.0');
  expect((await rig.run(command, { installation })).exitCode).toBe(0);
  const { pid } = served();
  open();
  const followed = await rig.run(['follow', '1']);
  expect(followed.exitCode, followed.stderr).toBe(0);
  const word = `the server on this machine is pchain 99.0.0, newer than this command (${ours}); it is left at work`;
  expect(followed.stderr.split(word)).toHaveLength(2);
  expect(served().pid).toBe(pid);
  expect(readFileSync(begun, 'utf8')).toBe('begun\n');
}, 60_000);
