// What the store of runs remembers is what the database holds, also after a change that could not be stored.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RunStore } from '../../src/engine/reana/run-store.ts';
import { openDatabase } from '../../src/engine/store/database.ts';
import type { Database } from '../../src/engine/store/database.ts';

const id = '11111111-1111-4111-8111-111111111111';
let directory: string;
let database: Database;
let store: RunStore;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-store-'));
  database = openDatabase(join(directory, 'engine.db'));
  store = new RunStore(database);
  store.insert(id, { name: 'fit', specification: {} }, {}, 1);
  store.planSteps(id, [job('a'), job('b')], 2);
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

const job = (key: string) => ({ key, name: key, command: key, image: undefined, backend: undefined });
const stored = (): unknown => new RunStore(database).steps(id);

it('steps are remembered as they are stored, through every change', () => {
  const [first, second] = store.steps(id);
  if (first === undefined || second === undefined) throw new Error('no steps');
  const changes = [
    () => store.setStepBegun({ ...first, attempt: 1 }, 5),
    () => store.setStepWaiting(first),
    () => store.setStepBegun({ ...first, attempt: 2 }, 6),
    () => store.setStepEnded(first, { status: 'finished', endedMs: 7, result: { out: 1 } }),
    () => store.setStepEnded(second, { status: 'failed', endedMs: 8, reason: 'failed with status 3' }),
    () => store.addStep(id, job('c')),
    () => store.setStepReused({ ...second, index: 2 }, { ...first, startedMs: 1, endedMs: 2, result: '3' }),
  ];
  for (const change of changes) {
    change();
    expect(store.steps(id)).toEqual(stored());
  }
});

it('a change that is taken back is forgotten', () => {
  const before = [...store.steps(id)];
  const [first] = before;
  if (first === undefined) throw new Error('no steps');
  const change = (): void =>
    store.transaction(() => {
      store.setStepBegun({ ...first, attempt: 1 }, 5);
      throw new Error('the disk is full');
    });
  expect(change).toThrow('the disk is full');
  expect(store.steps(id)).toEqual(before);
});
