import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { Secret, redact } from '../../src/base/secret.ts';
import { deletePandaSecret, readPandaSecrets, setPandaSecret } from '../../src/panda/secrets.ts';
import { longestSecretCharacters } from '../../src/secrets/secret-rules.ts';
import type { Step } from '../rigs/server.ts';
import { pandaRig, rejection, type PandaRig } from './panda-rig.ts';

let rig: PandaRig;
afterEach(() => rig.finish());

const set = (expected: unknown): Step => ({
  method: 'POST',
  path: '/api/v1/creds/set_user_secrets',
  check: (seen) => expect(JSON.parse(seen.body.toString())).toEqual(expected),
  reply: { json: { success: true, message: 'OK', data: null } },
});
const get = (data: unknown): Step => ({
  method: 'GET',
  path: '/api/v1/creds/get_user_secrets',
  reply: { json: { success: true, message: '', data } },
});

describe('secrets that PanDA keeps', () => {
  it('are set, as a value or as a file, and deleted', async () => {
    rig = await pandaRig([
      set({ key: 'MY_KEY', value: 's3cr3t-value' }),
      set({ key: '___file___:MY_FILE', value: 'aGVsbG8gc2VjcmV0IGZpbGUK' }),
      set({ key: '___file___:MY_FILE', value: null }),
    ]);
    await setPandaSecret(rig.panda, { name: 'MY_KEY', kind: 'value' }, new Secret('s3cr3t-value'));
    await setPandaSecret(
      rig.panda,
      { name: 'MY_FILE', kind: 'file' },
      new Secret('aGVsbG8gc2VjcmV0IGZpbGUK'),
    );
    await deletePandaSecret(rig.panda, { name: 'MY_FILE', kind: 'file' });
  });

  it('are listed by name, and their values are masked from then on', async () => {
    rig = await pandaRig([
      get(JSON.stringify({ Z: 'value-of-z', '___file___:A': 'ZmlsZS1jb250ZW50' })),
      get('{}'),
      get(null),
    ]);
    const names = await readPandaSecrets(rig.panda);
    expect(names.map(({ name, kind, value }) => [name, kind, value.reveal()])).toEqual([
      ['A', 'file', 'ZmlsZS1jb250ZW50'],
      ['Z', 'value', 'value-of-z'],
    ]);
    expect(inspect(names)).not.toContain('value-of-z');
    expect(redact('leaks value-of-z')).toBe('leaks [hidden]');
    expect(await readPandaSecrets(rig.panda)).toEqual([]);
    expect(await readPandaSecrets(rig.panda)).toEqual([]);
  });

  it.each(['{"A": "half-of-a-secr', '{"A": ["secret-in-a-list"]}', '["secret-in-a-list"]'])(
    'do not turn up in the error about an answer like %j',
    async (text) => {
      rig = await pandaRig([get(text)]);
      const thrown = await rejection(readPandaSecrets(rig.panda));
      expect(thrown.message).toContain('has an unknown form');
      expect(inspect(thrown)).not.toMatch(/secret-in-a-list|half-of-a/);
    },
  );

  it('are refused here when the server would not keep them', async () => {
    rig = await pandaRig([]);
    const long = new Secret('x'.repeat(longestSecretCharacters + 1));
    const thrown = await rejection(setPandaSecret(rig.panda, { name: 'A', kind: 'value' }, long));
    expect(thrown).toBeInstanceOf(UsageError);
    expect(thrown.message).toBe(
      'the secret `A` has 1024001 characters as sent, and the server keeps at most 1024000',
    );
    const odd = setPandaSecret(rig.panda, { name: '___file___:A', kind: 'value' }, new Secret('x'));
    expect((await rejection(odd)).message).toBe('`___file___:A` cannot be the name of a secret');
  });
});
