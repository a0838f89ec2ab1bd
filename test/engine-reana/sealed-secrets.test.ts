import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { RunSecrets } from '../../src/engine/reana/jobs/run-secrets.ts';
import { openDatabase } from '../../src/engine/store/database.ts';
import type { Database } from '../../src/engine/store/database.ts';
import { keepKey, SealedValues } from '../../src/engine/store/sealed-values.ts';

let directory: string;
let database: Database;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-sealed-'));
  database = openDatabase(join(directory, 'engine.db'));
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

const key = (): Buffer => keepKey(join(directory, 'engine.key'));
const sealed = (shelf = 'reana'): SealedValues => new SealedValues(database, shelf, key());
const plain = 'a password that must not be found';
const base64 = Buffer.from(plain).toString('base64');

describe('secrets of the embedded REANA', () => {
  it('survive the end of the server, and are in no file of its directory', () => {
    const before = new RunSecrets(sealed());
    before.set('PASSWORD', { type: 'env', value: new Secret(base64) });
    before.set('key.pem', { type: 'file', value: new Secret(base64) });
    before.set('GONE', { type: 'env', value: new Secret(base64) });
    expect(before.delete('GONE')).toBe(true);
    database.close();
    for (const name of readdirSync(directory)) {
      const content = readFileSync(join(directory, name)).toString('latin1');
      expect([name, content.includes(plain), content.includes(base64)]).toEqual([name, false, false]);
    }
    database = openDatabase(join(directory, 'engine.db'));
    const after = new RunSecrets(sealed());
    expect([...after.all()].map(([name, { type, value }]) => [name, type, value.reveal()])).toEqual([
      ['PASSWORD', 'env', base64],
      ['key.pem', 'file', base64],
    ]);
  });

  it('are sealed with a key that only their owner can read, the same one every time', () => {
    expect(key().equals(key())).toBe(true);
    expect(statSync(join(directory, 'engine.key')).mode & 0o777).toBe(0o600);
    writeFileSync(join(directory, 'engine.key'), 'short');
    expect(() => key()).toThrow('is not the key that the engine');
  });

  it('are forgotten when their key is another one, or when somebody changed or exchanged them', () => {
    const values = sealed();
    for (const name of ['a', 'b', 'c', 'd'])
      values.set(name, { value: new Secret(`${name}-value`), note: 'env' });
    database.run("UPDATE sealed SET box = (SELECT box FROM sealed WHERE name = 'b') WHERE name = 'a'");
    database.run("UPDATE sealed SET box = 'AAAA' WHERE name = 'c'");
    expect([...sealed().all().keys()]).toEqual(['b', 'd']);
    expect(sealed('another owner').all().size).toBe(0);
    expect(new SealedValues(database, 'reana', randomBytes(32)).all().size).toBe(0);
    expect(database.all('SELECT name FROM sealed')).toEqual([]);
  });

  it('never look the same twice', () => {
    const values = sealed();
    const box = (): unknown => database.get('SELECT box FROM sealed')?.['box'];
    values.set('a', { value: new Secret('the same'), note: 'env' });
    const first = box();
    values.set('a', { value: new Secret('the same'), note: 'env' });
    expect(box()).not.toBe(first);
  });
});
