// What every store of secrets must do; run against each of them.
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import type { SecretName, SecretStore } from '../../src/secrets/port.ts';

export interface StoreUnderTest {
  readonly store: SecretStore;
  /** The same store as another program sees it: nothing is remembered from the first. */
  readonly again: () => SecretStore;
}

const value = (name: string): SecretName => ({ name, kind: 'value' });
const file = (name: string): SecretName => ({ name, kind: 'file' });

/** Values that were broken by some store once. */
const awkward: Readonly<Record<string, string>> = {
  'an empty text': '',
  'a space': ' ',
  'line breaks of all kinds': 'a\nb\r\nc\r\n',
  'a zero byte in the middle': 'before\u0000after',
  'quotes, dollars and percents': `'"\`$HOME $(id) %s %n \\`,
  'characters beyond the first plane': 'naïve 𝔘𝔫𝔦 🔑 é',
  JSON: '{"value":"x"}',
  'a PEM': `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}\n${'B'.repeat(64)}\n-----END PRIVATE KEY-----\n`,
};

/** For stores that can be written.
 *  @param open a store with nothing in it */
export function keepsSecrets(open: () => Promise<StoreUnderTest>): void {
  it('is empty at first', async () => {
    const { store } = await open();
    expect(await store.list()).toEqual([]);
    expect(await store.get('MISSING')).toBeUndefined();
    expect(await store.delete(['MISSING'])).toEqual([]);
  });

  it('gives back what was set, to another program too', async () => {
    const { store, again } = await open();
    await store.set(value('TOKEN'), new Secret('a-token-of-mine'));
    expect((await store.get('TOKEN'))?.reveal()).toBe('a-token-of-mine');
    expect((await again().get('TOKEN'))?.reveal()).toBe('a-token-of-mine');
    expect(inspect(await again().get('TOKEN'))).toBe('[hidden]');
  });

  it('lists names, kinds, sizes and times, sorted and without values', async () => {
    const { store, again } = await open();
    await store.set(value('B'), new Secret('vier€'));
    await store.set(file('a.pem'), new Secret(Buffer.from([0, 1, 255]).toString('base64')));
    await store.set(value('signin:https://host'), new Secret('own-entry'));
    const listed = await again().list();
    expect(listed.map(({ name, kind, sizeBytes }) => [name, kind, sizeBytes])).toEqual([
      ['B', 'value', 7],
      ['a.pem', 'file', 3],
      ['signin:https://host', 'value', 9],
    ]);
    for (const { changedMs } of listed) expect(changedMs).toBeGreaterThan(1_600_000_000_000);
    expect(JSON.stringify(listed)).not.toContain('vier');
  });

  it('replaces a secret of the same name, also by one of the other kind', async () => {
    const { store, again } = await open();
    await store.set(value('X'), new Secret('first-value'));
    await store.set(file('X'), new Secret('c2Vjb25k'));
    expect((await again().get('X'))?.reveal()).toBe('c2Vjb25k');
    expect((await again().list()).map(({ kind }) => kind)).toEqual(['file']);
  });

  it('forgets what is deleted and says what was there', async () => {
    const { store, again } = await open();
    for (const name of ['A', 'B', 'C']) await store.set(value(name), new Secret(`value-of-${name}`));
    expect(await store.delete(['C', 'NOT_THERE', 'A'])).toEqual(['C', 'A']);
    expect((await again().list()).map(({ name }) => name)).toEqual(['B']);
    expect(await again().get('A')).toBeUndefined();
    expect((await again().get('B'))?.reveal()).toBe('value-of-B');
  });

  it('keeps every value as it is', async () => {
    const { store, again } = await open();
    for (const [name, text] of Object.entries(awkward)) await store.set(value(name), new Secret(text));
    const other = again();
    for (const [name, text] of Object.entries(awkward)) {
      expect((await other.get(name))?.reveal(), name).toBe(text);
    }
  });

  it('keeps every byte of a file of a megabyte', async () => {
    const { store, again } = await open();
    const bytes = Buffer.from(
      Array.from({ length: 1_000_000 }, (_, index) => (index * 7 + (index >> 8)) % 256),
    );
    await store.set(file('keytab'), new Secret(bytes.toString('base64')));
    const found = Buffer.from((await again().get('keytab'))?.reveal() ?? '', 'base64');
    expect(found.equals(bytes)).toBe(true);
    expect((await again().list())[0]?.sizeBytes).toBe(1_000_000);
    await store.set(file('keytab'), new Secret('AAAA'));
    expect((await again().list()).map(({ sizeBytes }) => sizeBytes)).toEqual([3]);
  });

  it('keeps names that objects already have, and names in any script', async () => {
    const { store, again } = await open();
    const names = ['__proto__', 'constructor', 'toString', 'schlüssel', 'a b', '.keytab', 'x#1'];
    for (const name of names) await store.set(value(name), new Secret(`value of ${name}`));
    expect((await again().list()).map(({ name }) => name)).toEqual(names.toSorted());
    for (const name of names) expect((await again().get(name))?.reveal()).toBe(`value of ${name}`);
  });

  it.each([
    ['an empty name', ''],
    ['a name of 257 characters', 'n'.repeat(257)],
    ['a line break in a name', 'a\nb'],
    ['a zero byte in a name', 'a\u0000'],
  ])('refuses %s and keeps what it has', async (_what, name) => {
    const { store, again } = await open();
    await store.set(value('KEPT'), new Secret('kept-value'));
    await expect((async () => store.set(value(name), new Secret('never-kept')))()).rejects.toThrow(
      UsageError,
    );
    expect((await again().list()).map((entry) => entry.name)).toEqual(['KEPT']);
  });

  it('takes many at once without losing one', async () => {
    const { store, again } = await open();
    const names = Array.from({ length: 20 }, (_, index) => `S${String(index).padStart(2, '0')}`);
    await Promise.all(names.map((name) => store.set(value(name), new Secret(`value ${name}`))));
    expect((await again().list()).map(({ name }) => name)).toEqual(names);
  });

  it('takes writes of two programs without losing one', async () => {
    const { store, again } = await open();
    const other = again();
    await Promise.all([
      store.set(value('ONE'), new Secret('of the first')),
      other.set(value('TWO'), new Secret('of the second')),
      store.set(value('THREE'), new Secret('of the first again')),
    ]);
    expect((await again().list()).map(({ name }) => name)).toEqual(['ONE', 'THREE', 'TWO']);
  });
}

/** For stores that can only be read. */
export function readsSecrets(open: (secrets: Readonly<Record<string, string>>) => SecretStore): void {
  it('gives what is there and lists it, sorted and without values', async () => {
    const store = open({ B: 'value-of-b', A: 'line 1\nline 2 "x" $y' });
    expect((await store.get('A'))?.reveal()).toBe('line 1\nline 2 "x" $y');
    expect(await store.get('MISSING')).toBeUndefined();
    const listed = await store.list();
    expect(listed.map(({ name, kind }) => [name, kind])).toEqual([
      ['A', 'value'],
      ['B', 'value'],
    ]);
    expect(JSON.stringify(listed)).not.toContain('value-of-b');
  });

  it('refuses to be changed', async () => {
    const store = open({ A: 'value-of-a' });
    expect(store.isReadOnly).toBe(true);
    await expect(store.set(value('B'), new Secret('x'))).rejects.toThrow(UsageError);
    await expect(store.delete(['A'])).rejects.toThrow(UsageError);
    expect((await store.get('A'))?.reveal()).toBe('value-of-a');
  });
}
