import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/engine/records.ts';
import { openDatabase } from '../../src/engine/store/database.ts';
import { RunStore } from '../../src/engine/reana/run-store.ts';
import { readRunName } from '../../src/engine/reana/run-number.ts';
import { engineRig, realClock, serialSpec, until } from '../reana-server/rig.ts';
import type { EngineRig } from '../reana-server/rig.ts';

let rig: EngineRig;
afterEach(() => rig.close());

const ended = (run: RunRecord | undefined): Promise<void> =>
  until('the end of a run', () =>
    ['finished', 'failed', 'stopped'].includes(rig.engine.run(run?.id ?? '')?.status ?? ''),
  );
const start = { parameters: {}, options: {} };
const log = (run: RunRecord): string => readFileSync(join(run.workspace, 'log'), 'utf8');

async function finished(spec: object): Promise<RunRecord> {
  const run = rig.engine.createRun({ name: 'fit', specification: spec });
  rig.engine.startRun(run.id, {});
  await ended(run);
  return run;
}

const threeSteps = serialSpec(
  ['one', 'two', 'three'].map((name) => ({ name, commands: [`echo ${name} \${word} >> log`] })),
  { parameters: { word: 'a' } },
);

describe('a restart', () => {
  it('works in the same workspace under the next number of its series, which is not a fraction', async () => {
    rig = engineRig();
    const run = await finished(serialSpec([{ commands: ['echo x >> log'] }]));
    const numbers: string[] = [];
    for (let count = 1; count <= 10; count++) {
      const again = rig.engine.restartRun(count % 2 === 0 ? run.id : 'fit', start);
      await ended(again);
      numbers.push(again?.runNumber ?? '');
      expect(again?.workspace).toBe(run.workspace);
    }
    expect(numbers).toEqual(['1.1', '1.2', '1.3', '1.4', '1.5', '1.6', '1.7', '1.8', '1.9', '1.10']);
    expect(rig.engine.run('fit')?.runNumber).toBe('1.10');
    expect(rig.engine.run('fit.1.10')?.status).toBe('finished');
    expect(rig.engine.run('fit.1.1')?.runNumber).toBe('1.1');
    expect(rig.engine.run('fit.1')?.id).toBe(run.id);
    expect(log(run)).toBe('x\n'.repeat(11));
  });

  it('takes the parameters of the specification and those given, and a new specification when there is one', async () => {
    rig = engineRig();
    const run = await finished(threeSteps);
    await ended(rig.engine.restartRun('fit', { parameters: { word: 'b' }, options: { FROM: 'two' } }));
    await ended(rig.engine.restartRun('fit', { parameters: {}, options: { TARGET: 'one' } }));
    await ended(rig.engine.restartRun('fit', { parameters: {}, options: { FROM: 'two', TARGET: 'two' } }));
    await ended(
      rig.engine.restartRun('fit', {
        ...start,
        specification: serialSpec([{ commands: ['echo new >> log'] }]),
      }),
    );
    expect(log(run)).toBe('one a\ntwo a\nthree a\ntwo b\nthree b\none a\ntwo a\nnew\n');
  });

  it('says which steps there are when an option names another one', async () => {
    rig = engineRig();
    const run = await finished(threeSteps);
    const restart = (options: Record<string, unknown>) => () =>
      rig.engine.restartRun(run.id, { parameters: {}, options });
    expect(restart({ FROM: 'tow' })).toThrow(
      '`FROM` names the step `tow`, but the steps are `one`, `two`, `three`',
    );
    expect(restart({ FROM: 'three', TARGET: 'one' })).toThrow('comes after');
    expect(restart({ toplevel: 'x' })).toThrow('Operational option "toplevel" not supported.');
    expect(rig.engine.runs()).toHaveLength(1);
    const other = rig.engine.createRun({ name: 'other', specification: threeSteps });
    expect(() => rig.engine.startRun(other.id, {}, { TARGET: 'zzz' })).toThrow(
      '`TARGET` names the step `zzz`',
    );
    rig.engine.startRun(other.id, {}, { TARGET: 'one' });
    await ended(other);
    expect(log(other)).toBe('one a\n');
    expect(rig.engine.run('other')).toMatchObject({
      stepsTotal: 1,
      stepsFinished: 1,
      options: { TARGET: 'one' },
    });
  });

  it('takes `TARGET` of a CWL workflow for an option that is not supported', () => {
    rig = engineRig();
    const specification = {
      workflow: {
        type: 'cwl',
        file: 'none.cwl',
        specification: {
          cwlVersion: 'v1.0',
          class: 'CommandLineTool',
          baseCommand: ['true'],
          inputs: [],
          outputs: [],
        },
      },
    };
    const run = rig.engine.createRun({ name: 'cwl', specification });
    expect(() => rig.engine.startRun(run.id, {}, { TARGET: 'first' })).toThrow(
      'Operational option "TARGET" not supported.',
    );
    expect(rig.engine.run('cwl')).toMatchObject({ status: 'created' });
  });

  it('with CACHE=on leaves out the first steps that are unchanged, unless somebody touched the workspace', async () => {
    rig = engineRig();
    const spec = serialSpec(
      [
        { name: 'one', commands: ['echo one >> log'] },
        { name: 'two', commands: ['test ! -e broken; echo two ${word} >> log; exit ${status}'] },
      ],
      { parameters: { word: 'a', status: 1 } },
    );
    const run = await finished(spec);
    expect(rig.engine.run('fit')?.status).toBe('failed');
    const again = rig.engine.restartRun('fit', { parameters: { status: 0 }, options: { CACHE: 'on' } });
    await ended(again);
    expect(log(run)).toBe('one\ntwo a\ntwo a\n');
    expect(rig.engine.run('fit')).toMatchObject({ status: 'finished', stepsTotal: 2, stepsFinished: 2 });
    await ended(rig.engine.restartRun('fit', { parameters: { status: 0 }, options: { CACHE: 'on' } }));
    expect(log(run)).toBe('one\ntwo a\ntwo a\n');
    // Times of files lag a few milliseconds behind the clock.
    await realClock.sleep(20);
    writeFileSync(join(run.workspace, 'new-input'), '');
    await ended(rig.engine.restartRun('fit', { parameters: { status: 0 }, options: { CACHE: true } }));
    expect(log(run)).toBe('one\ntwo a\ntwo a\none\ntwo a\n');
    await ended(rig.engine.restartRun('fit', { parameters: { status: 0 }, options: { CACHE: 'off' } }));
    expect(log(run)).toBe('one\ntwo a\ntwo a\none\ntwo a\none\ntwo a\n');
  });

  it('is refused for a run that is not over, and while another one works in the workspace', async () => {
    rig = engineRig();
    const run = await finished(
      serialSpec([{ commands: ['test ! -e hold || while [ ! -e go ]; do sleep 0.02; done'] }]),
    );
    writeFileSync(join(run.workspace, 'hold'), '');
    const again = rig.engine.restartRun(run.id, start);
    expect(rig.engine.restartRun(again?.id ?? '', start)).toBeUndefined();
    expect(() => rig.engine.restartRun(run.id, start)).toThrow(
      'run `fit.1.1` works in the same workspace and is running; stop it, or wait for its end',
    );
    rig.engine.stopRun(again?.id ?? '');
    expect(rig.engine.restartRun(again?.id ?? '', start)).toBeUndefined();
    expect(rig.engine.restartRun('nobody', start)).toBeUndefined();
    rmSync(join(run.workspace, 'hold'));
    await ended(rig.engine.restartRun(run.id, start));
    expect(rig.engine.run('fit')).toMatchObject({ runNumber: '1.2', status: 'finished' });
  });

  it('keeps the workspace until the last run of it is deleted', async () => {
    rig = engineRig();
    const run = await finished(serialSpec([{ commands: ['echo x > log'] }]));
    const again = rig.engine.restartRun(run.id, start);
    await ended(again);
    expect(rig.engine.deleteRun(run.id)).toBe(true);
    expect(existsSync(join(run.workspace, 'log'))).toBe(true);
    expect(rig.engine.deleteRun(again?.id ?? '')).toBe(true);
    expect(existsSync(run.workspace)).toBe(false);
    const next = rig.engine.createRun({ name: 'fit', specification: threeSteps });
    expect(next.runNumber).toBe('2');
  });
});

describe('the number of a run', () => {
  it('is read as two integers, and anything else is no run', () => {
    rig = engineRig();
    expect(readRunName('fit.1.10')).toEqual({ name: 'fit', number: { major: 1, minor: 10 } });
    expect(readRunName('fit')).toEqual({ name: 'fit', number: undefined });
    for (const text of [
      'fit.',
      'fit.0',
      'fit.1.',
      'fit.01',
      'fit.1.01',
      'fit.1.1.1',
      'fit.1e3',
      'fit.-1',
      'fit.1 ',
      'fit.99999999999',
    ]) {
      expect(readRunName(text), text).toBeUndefined();
    }
  });

  it('is kept for runs of a database that knew no restarts', () => {
    rig = engineRig();
    const database = openDatabase(join(rig.directory, 'old.db'));
    database.exec(`
      CREATE TABLE reana_runs (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
        major INTEGER NOT NULL, status TEXT NOT NULL, created_ms INTEGER NOT NULL, started_ms INTEGER, ended_ms INTEGER,
        specification TEXT NOT NULL, parameters TEXT NOT NULL, secret_names TEXT NOT NULL, job_id INTEGER, error TEXT,
        UNIQUE (name, major));
      INSERT INTO reana_runs (id, name, major, status, created_ms, specification, parameters, secret_names)
        VALUES ('one', 'fit', 1, 'finished', 1, '{}', '{}', '[]'), ('two', 'fit', 2, 'failed', 2, '{}', '{"n":1}', '["A"]');
    `);
    for (let opened = 1; opened <= 2; opened++) {
      const store = new RunStore(database);
      expect(store.find('fit.2')).toMatchObject({
        id: 'two',
        seriesId: 'two',
        parameters: { n: 1 },
        secretNames: ['A'],
      });
      expect(store.runs().map((run) => run.runNumber)).toEqual(['2', '1']);
    }
    database.close();
  });
});
