import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { jobId } from '../../src/base/names.ts';
import { Secret } from '../../src/base/secret.ts';
import type { RunRecord } from '../../src/engine/records.ts';
import { engineRig, serialSpec, until } from '../reana-server/rig.ts';
import type { EngineRig } from '../reana-server/rig.ts';

let rig: EngineRig;
afterEach(() => rig.close());

const statusOf = (run: RunRecord): string | undefined => rig.engine.run(run.id)?.status;
const ended = (run: RunRecord) =>
  until(`the end of ${run.name}, now ${statusOf(run) ?? ''}`, () =>
    ['finished', 'failed', 'stopped'].includes(statusOf(run) ?? ''),
  );
const base64 = (text: string): Secret => new Secret(Buffer.from(text).toString('base64'));

describe('a run of the embedded REANA', () => {
  it('runs its commands one after the other in its workspace, with parameters filled in', async () => {
    rig = engineRig();
    const run = rig.engine.createRun({
      name: 'fit',
      specification: serialSpec(
        [
          { name: 'first', commands: ['echo "${word} $HOME$$" > a.txt', 'cat a.txt > b.txt'] },
          { commands: ['echo $n >> b.txt; echo done; pwd'] },
        ],
        { parameters: { word: 'hello', n: 1 } },
      ),
      jobId: jobId(6_000_000_001),
    });
    expect(run).toMatchObject({
      name: 'fit',
      runNumber: '1',
      status: 'created',
      stepsTotal: 3,
      stepsFinished: 0,
    });
    expect(run.jobId).toBe(6_000_000_001);
    expect(rig.engine.startRun(run.id, { n: '7' })).toBe(true);
    await ended(run);
    const after = rig.engine.run('fit');
    expect(after).toMatchObject({
      status: 'finished',
      stepsFinished: 3,
      error: undefined,
      parameters: { word: 'hello', n: '7' },
    });
    expect(readFileSync(join(run.workspace, 'b.txt'), 'utf8')).toBe('hello $\n7\n');
    const steps = rig.engine.runSteps(run.id);
    expect(steps.map((step) => [step.name, step.status, step.image])).toEqual([
      ['first', 'finished', 'python:3.12'],
      ['first', 'finished', 'python:3.12'],
      ['1', 'finished', 'python:3.12'],
    ]);
    expect(steps[2]?.logEnd(1000)).toBe(`done\n${run.workspace}\n`);
    expect(steps[2]?.command).toBe('echo 7 >> b.txt; echo done; pwd');
    expect(
      rig.events.map((event) => (event.type === 'run' ? `${event.status} ${event.stepsFinished}` : '')),
    ).toEqual([
      'created 0',
      'queued 0',
      'running 0',
      'running 0',
      'running 1',
      'running 1',
      'running 2',
      'running 2',
      'finished 3',
    ]);
  });

  it('stops at the first command that fails and says which', async () => {
    rig = engineRig();
    const run = rig.engine.createRun({
      name: 'fit',
      specification: serialSpec([
        { name: 'break', commands: ['echo oh no >&2; exit 3', 'touch never'] },
        { name: 'after', commands: ['touch never'] },
      ]),
    });
    rig.engine.startRun(run.id, {});
    await ended(run);
    expect(rig.engine.run(run.id)).toMatchObject({
      status: 'failed',
      error: 'step `break` failed with status 3',
    });
    expect(rig.engine.runSteps(run.id).map((step) => step.status)).toEqual(['failed', 'created', 'created']);
    expect(rig.engine.runSteps(run.id)[0]?.logEnd(100_000)).toBe('oh no\n');
    expect(existsSync(join(run.workspace, 'never'))).toBe(false);
  });

  it('is started once only', async () => {
    rig = engineRig();
    const run = rig.engine.createRun({ name: 'fit', specification: serialSpec([{ commands: ['true'] }]) });
    expect(rig.engine.startRun(run.id, {})).toBe(true);
    expect(rig.engine.startRun(run.id, {})).toBe(false);
    await ended(run);
    expect(rig.engine.startRun(run.id, {})).toBe(false);
    expect(rig.engine.startRun('nothing', {})).toBe(false);
  });

  it('counts the runs of a name, does not give a number again, and finds them by name, number and id', () => {
    rig = engineRig();
    const spec = serialSpec([{ commands: ['true'] }]);
    const [first, second] = [1, 2].map(() => rig.engine.createRun({ name: 'fit', specification: spec }));
    rig.engine.createRun({ name: 'other', specification: spec });
    expect(rig.engine.deleteRun(second?.id ?? '')).toBe(true);
    expect(existsSync(second?.workspace ?? '')).toBe(false);
    const third = rig.engine.createRun({ name: 'fit', specification: spec });
    expect(third.runNumber).toBe('3');
    expect(rig.engine.run('fit')?.id).toBe(third.id);
    expect(rig.engine.run('fit.1')?.id).toBe(first?.id);
    expect(rig.engine.run('fit.2')?.status).toBe('deleted');
    expect(rig.engine.run(third.id.toUpperCase())?.id).toBe(third.id);
    for (const unknown of ['fit.9', 'fit.x', 'fit.1.1', 'fi', '', 'fit.'])
      expect(rig.engine.run(unknown)).toBeUndefined();
    expect(rig.engine.runs().map((run) => run.name)).toEqual(['fit', 'other', 'fit', 'fit']);
  });

  it('can be stopped while it runs, with everything it started', async () => {
    rig = engineRig();
    const run = rig.engine.createRun({
      name: 'fit',
      specification: serialSpec([{ commands: ['(sleep 60; touch late) & echo $! > child; wait'] }]),
    });
    expect(rig.engine.stopRun(run.id)).toBe(false);
    rig.engine.startRun(run.id, {});
    await until(
      'the child',
      () =>
        existsSync(join(run.workspace, 'child')) && readFileSync(join(run.workspace, 'child'), 'utf8') !== '',
    );
    expect(rig.engine.deleteRun(run.id)).toBe(false);
    expect(rig.engine.stopRun(run.id)).toBe(true);
    expect(rig.engine.run(run.id)).toMatchObject({ status: 'stopped', error: 'stopped by the user' });
    const child = Number(readFileSync(join(run.workspace, 'child'), 'utf8'));
    await until('the death of the child', () => !isAlive(child));
    expect(rig.engine.stopRun(run.id)).toBe(false);
    expect(rig.engine.deleteRun(run.id)).toBe(true);
    expect(rig.engine.deleteRun(run.id)).toBe(false);
  });

  it('waits for its turn when enough others run', async () => {
    rig = engineRig(1);
    const spec = serialSpec([{ commands: ['while [ ! -e go ]; do sleep 0.02; done'] }]);
    const [first, second] = ['a', 'b'].map((name) => rig.engine.createRun({ name, specification: spec }));
    if (first === undefined || second === undefined) throw new Error('no runs');
    rig.engine.startRun(first.id, {});
    rig.engine.startRun(second.id, {});
    expect([statusOf(first), statusOf(second)]).toEqual(['running', 'queued']);
    expect(rig.engine.isBusy).toBe(true);
    writeFileSync(join(second.workspace, 'go'), '');
    writeFileSync(join(first.workspace, 'go'), '');
    await ended(first);
    await ended(second);
    expect(rig.engine.isBusy).toBe(false);
  });

  it('gives secrets to commands as variables and private files, masks them in logs, and leaves no copy behind', async () => {
    rig = engineRig();
    rig.engine.setReanaSecret('API_KEY', { type: 'env', value: base64('key-of-great-value') });
    rig.engine.setReanaSecret('.keytab', { type: 'file', value: base64('\x05\x02bytes') });
    const run = rig.engine.createRun({
      name: 'fit',
      specification: serialSpec([
        {
          commands: [
            'echo "key is $API_KEY"; stat -c %a "$REANA_SECRETS_DIRECTORY/.keytab"; cp "$REANA_SECRETS_DIRECTORY/.keytab" copy; echo "$REANA_SECRETS_DIRECTORY" > where',
          ],
        },
      ]),
    });
    rig.engine.startRun(run.id, {});
    await ended(run);
    expect(rig.engine.runSteps(run.id)[0]?.logEnd(100_000)).toBe('key is [hidden]\n600\n');
    expect(readFileSync(join(run.workspace, 'copy'), 'latin1')).toBe('\x05\x02bytes');
    expect(existsSync(readFileSync(join(run.workspace, 'where'), 'utf8').trim())).toBe(false);
    expect(() => rig.engine.setReanaSecret('../x', { type: 'file', value: base64('x') })).toThrow(
      'secret name `../x` may hold letters, digits, `.`, `_` and `-` only',
    );
  });

  it('refuses what it cannot run, in words', () => {
    rig = engineRig();
    const create = (specification: unknown) => () => rig.engine.createRun({ name: 'fit', specification });
    expect(create({ workflow: { type: 'yadage', specification: null } })).toThrow(
      'a yadage workflow needs a `file`',
    );
    expect(create({ workflow: { type: 'serial', specification: { steps: [] } } })).toThrow(
      'a serial workflow needs at least one step',
    );
    expect(create({ workflow: { type: 'serial', file: '/etc/passwd' } })).toThrow(
      'the workflow file `/etc/passwd` is not read here: the steps must stand in `workflow.specification`',
    );
    expect(create(undefined)).toThrow('the file has no content');
    expect(
      create({
        inputs: { files: ['../x'] },
        workflow: { type: 'serial', specification: { steps: [{ environment: 'a:1', commands: ['true'] }] } },
      }),
    ).toThrow('path `../x` in `inputs.files` must not contain `..`');
    expect(rig.engine.runs()).toEqual([]);
  });
});

describe('a run whose engine was killed', () => {
  it('goes on: what is finished stays finished, what runs is watched', async () => {
    rig = engineRig();
    const run = rig.engine.createRun({
      name: 'fit',
      specification: serialSpec([
        { commands: ['echo 1 >> count'] },
        { commands: ['echo 2 >> count; touch begun; while [ ! -e go ]; do sleep 0.02; done'] },
        { commands: ['echo 3 >> count'] },
      ]),
    });
    rig.engine.startRun(run.id, {});
    await until('the second command', () => existsSync(join(run.workspace, 'begun')));
    rig.reopen();
    expect(rig.engine.run(run.id)).toMatchObject({ status: 'running', stepsFinished: 1 });
    writeFileSync(join(run.workspace, 'go'), '');
    await ended(run);
    expect(statusOf(run)).toBe('finished');
    expect(readFileSync(join(run.workspace, 'count'), 'utf8')).toBe('1\n2\n3\n');
  });

  it('learns of an end that came while nobody watched', async () => {
    rig = engineRig();
    const run = rig.engine.createRun({
      name: 'fit',
      specification: serialSpec([
        { commands: ['touch begun; while [ ! -e go ]; do sleep 0.02; done; echo x >> count; exit 4'] },
      ]),
    });
    rig.engine.startRun(run.id, {});
    await until('the command', () => existsSync(join(run.workspace, 'begun')));
    rig.engine.close();
    writeFileSync(join(run.workspace, 'go'), '');
    await until('its end', () => existsSync(join(rig.directory, 'runs', run.id, 'commands', '0.1', 'exit')));
    rig.reopen();
    expect(rig.engine.run(run.id)).toMatchObject({
      status: 'failed',
      error: 'step `0` failed with status 4',
    });
    expect(readFileSync(join(run.workspace, 'count'), 'utf8')).toBe('x\n');
  });

  it('runs a command again that was lost without a result', async () => {
    rig = engineRig();
    const run = rig.engine.createRun({
      name: 'fit',
      specification: serialSpec([{ commands: ['echo x >> count; echo $PPID > pid; [ -e go ] || sleep 60'] }]),
    });
    rig.engine.startRun(run.id, {});
    await until(
      'the command',
      () => existsSync(join(run.workspace, 'pid')) && readFileSync(join(run.workspace, 'pid'), 'utf8') !== '',
    );
    rig.engine.close();
    const pid = Number(readFileSync(join(run.workspace, 'pid'), 'utf8'));
    process.kill(-pid, 'SIGKILL');
    await until('its death', () => !isAlive(pid));
    writeFileSync(join(run.workspace, 'go'), '');
    rig.reopen();
    await ended(run);
    expect(statusOf(run)).toBe('finished');
    expect(readFileSync(join(run.workspace, 'count'), 'utf8')).toBe('x\nx\n');
  });

  it('loses nothing when its end cannot be stored', async () => {
    rig = engineRig();
    const run = rig.engine.createRun({
      name: 'fit',
      specification: serialSpec([{ commands: ['touch begun; while [ ! -e go ]; do sleep 0.02; done'] }]),
    });
    rig.engine.startRun(run.id, {});
    await until('the command', () => existsSync(join(run.workspace, 'begun')));
    rig.breakDatabase();
    writeFileSync(join(run.workspace, 'go'), '');
    await until('the cry for help', () => rig.fatal.length === 1);
    rig.reopen();
    expect(rig.engine.run(run.id)).toMatchObject({ status: 'finished', stepsFinished: 1 });
  });

  it('has its secrets masked in the log on the disk', async () => {
    rig = engineRig();
    rig.engine.setReanaSecret('API_KEY', { type: 'env', value: base64('canary-value-1') });
    const run = rig.engine.createRun({
      name: 'fit',
      specification: serialSpec([{ commands: ['echo "it is $API_KEY"; printf %s "$API_KEY" > got'] }]),
    });
    rig.engine.startRun(run.id, {});
    await ended(run);
    expect(readFileSync(join(run.workspace, 'got'), 'utf8')).toBe('canary-value-1');
    const logs = (): readonly string[] =>
      readdirSync(join(run.workspace, '..'), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('/log'))
        .map((name) => readFileSync(join(run.workspace, '..', name), 'utf8'));
    await until('the masks', () => logs().includes('it is [hidden]\n'));
    expect(logs().join('')).not.toContain('canary');
  });

  it('waits for the secrets it was started with, and says so', async () => {
    rig = engineRig();
    rig.engine.setReanaSecret('API_KEY', { type: 'env', value: base64('value-1') });
    const run = rig.engine.createRun({
      name: 'fit',
      specification: serialSpec([
        { commands: ['touch begun; while [ ! -e go ]; do sleep 0.02; done'] },
        { commands: ['printf %s "$API_KEY" > got'] },
      ]),
    });
    rig.engine.startRun(run.id, {});
    await until('the first command', () => existsSync(join(run.workspace, 'begun')));
    rig.reopen();
    writeFileSync(join(run.workspace, 'go'), '');
    await until('its end', () => rig.engine.run(run.id)?.stepsFinished === 1);
    expect(rig.engine.run(run.id)).toMatchObject({
      status: 'running',
      error: 'waits for the secrets `API_KEY`, which are gone; add them again',
    });
    rig.engine.setReanaSecret('API_KEY', { type: 'env', value: base64('value-2') });
    await ended(run);
    expect(rig.engine.run(run.id)).toMatchObject({ status: 'finished', error: undefined });
    expect(readFileSync(join(run.workspace, 'got'), 'utf8')).toBe('value-2');
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie in a container without init answers too.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
