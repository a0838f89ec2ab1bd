import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalError, UsageError, messageOf } from '../../src/base/errors.ts';
import { environmentStore } from '../../src/secrets/environment-store.ts';
import { readsSecrets } from './secret-store.contract.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pchain-secrets-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('secrets of the environment', () => {
  readsSecrets((secrets) =>
    environmentStore(
      Object.fromEntries(Object.entries(secrets).map(([name, value]) => [`PCHAIN_SECRET_${name}`, value])),
    ),
  );

  it('are listed by name without their values', async () => {
    const store = environmentStore({
      PCHAIN_SECRET_B: 'value-of-b',
      PCHAIN_SECRET_FILE_A: '/not/read/yet',
      REANA_ACCESS_TOKEN: 'reana-token-value',
      PCHAIN_SECRET_: 'no name',
      PCHAIN_HOME: '/x',
      PATH: '/bin',
    });
    expect(store.kind).toBe('environment');
    expect(await store.list()).toEqual([
      { name: 'A', kind: 'file', sizeBytes: undefined, changedMs: undefined },
      { name: 'B', kind: 'value', sizeBytes: 10, changedMs: undefined },
      { name: 'REANA_ACCESS_TOKEN', kind: 'value', sizeBytes: 17, changedMs: undefined },
    ]);
  });

  it('are given as they are, with line breaks, quotes and dollars', async () => {
    const value = ' line 1\nline "2" $x\n';
    const secret = await environmentStore({ PCHAIN_SECRET_KEY: value }).get('KEY');
    expect(secret?.reveal()).toBe(value);
    expect(inspect({ secret })).toBe('{ secret: [hidden] }');
  });

  it('from files keep every byte, as base64', async () => {
    const path = join(directory, 'ö keytab');
    const bytes = Buffer.from([0, 255, 10, 13, 128]);
    await writeFile(path, bytes);
    const secret = await environmentStore({ PCHAIN_SECRET_FILE_KEYTAB: path }).get('KEYTAB');
    expect(Buffer.from(secret?.reveal() ?? '', 'base64').equals(bytes)).toBe(true);
  });

  it('that are unknown, or an empty REANA token, are not there', async () => {
    const store = environmentStore({ REANA_ACCESS_TOKEN: ' ', PCHAIN_SECRET_EMPTY: '' });
    expect(await store.get('OTHER')).toBeUndefined();
    expect(await store.get('REANA_ACCESS_TOKEN')).toBeUndefined();
    expect((await store.get('EMPTY'))?.isEmpty).toBe(true);
    expect(await store.get('toString')).toBeUndefined();
  });

  it('cannot have the same name twice', () => {
    const both = { PCHAIN_SECRET_X: 'a', PCHAIN_SECRET_FILE_X: '/b' };
    expect(() => environmentStore(both)).toThrow(UsageError);
    expect(() => environmentStore(both)).toThrow(
      '`PCHAIN_SECRET_FILE_X` and `PCHAIN_SECRET_X` set the same secret',
    );
  });

  it('whose file cannot be read do not repeat what stood in the variable', async () => {
    const store = environmentStore({ PCHAIN_SECRET_FILE_X: join(directory, 'oops-a-real-token') });
    const thrown: unknown = await store.get('X').catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(LocalError);
    expect(messageOf(thrown)).toBe('cannot read the file that `PCHAIN_SECRET_FILE_X` names (ENOENT)');
    expect(inspect(thrown)).not.toContain('oops-a-real-token');
  });

  it('are not read from huge files', async () => {
    const path = join(directory, 'big');
    await writeFile(path, Buffer.alloc(750_001));
    await expect(environmentStore({ PCHAIN_SECRET_FILE_BIG: path }).get('BIG')).rejects.toThrow(
      'the file that `PCHAIN_SECRET_FILE_BIG` names is too large for a secret (750001 bytes)',
    );
  });
});
