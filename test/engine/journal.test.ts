import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestId } from '../../src/base/names.ts';
import { systemClock } from '../../src/base/system-clock.ts';
import { Journal } from '../../src/engine/panda/journal.ts';
import { adoptProcess } from '../../src/engine/process/process.ts';
import { openDatabase } from '../../src/engine/store/database.ts';
import { PandaStore } from '../../src/engine/store/panda-store.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-journal-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('changes within a change', () => {
  it('are told, and set things in motion, only once the outer one is on disk', () => {
    const database = openDatabase(join(directory, 'engine.db'));
    const store = new PandaStore(database);
    const fatal: unknown[] = [];
    const journal = new Journal(store, systemClock, (thrown) => fatal.push(thrown));
    const seen: string[] = [];
    journal.subscribe(({ event }) => seen.push(event.type === 'request' ? event.status : event.type));
    const id = requestId(1);
    journal.transaction((emit) => {
      emit(id, { type: 'request', requestId: id, status: 'Transforming' });
      journal.transaction((inner) => {
        journal.afterwards(() => seen.push('effect'));
        inner(id, { type: 'request', requestId: id, status: 'Finished' });
      });
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual(['Transforming', 'effect', 'Finished']);
    expect(() =>
      journal.transaction((emit) => {
        emit(id, { type: 'request', requestId: id, status: 'Failed' });
        journal.afterwards(() => seen.push('never'));
        journal.transaction(() => {
          throw new Error('full');
        });
      }),
    ).toThrow('full');
    expect(fatal).toHaveLength(1);
    journal.afterwards(() => seen.push('at once'));
    expect(seen).toEqual(['Transforming', 'effect', 'Finished', 'at once']);
    expect(store.eventsAfter(0, undefined)).toHaveLength(2);
    database.close();
  });
});

describe('the exit status of a payload', () => {
  it.each([
    ['0\n', 'ended'],
    ['13', 'lost'],
    ['', 'lost'],
  ])('written as %j means that it has %s', (text, state) => {
    writeFileSync(join(directory, 'exit'), text);
    expect(adoptProcess(directory, systemClock).state).toBe(state);
  });
});
