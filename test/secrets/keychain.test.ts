import { createServer, type Server } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { LocalError, PchainError } from '../../src/base/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import { systemClock } from '../../src/base/system-clock.ts';
import { keychainStore } from '../../src/secrets/keychain.ts';
import { systemKeychain, type Keychain } from '../../src/secrets/keychain-process.ts';
import type { SecretStore } from '../../src/secrets/port.ts';
import { startSecretService, type SecretService } from '../rigs/secret-service.ts';
import { hasProgram } from '../rigs/programs.ts';
import { keepsSecrets } from './secret-store.contract.ts';

/** A keychain in memory, as strict as the real ones: no empty words, nothing behind a zero byte, a size limit. */
function memoryKeychain(limitBytes: number): Keychain & { readonly items: Map<string, string> } {
  const items = new Map<string, string>();
  const checked = (text: string): string => {
    if (text === '' || text.includes('\u0000')) throw new Error('not a text for a keychain');
    return text;
  };
  const key = (service: string, account: string): string => `${checked(service)}/${checked(account)}`;
  return {
    items,
    getPassword: (...words) => Promise.resolve(items.get(key(...words))),
    setPassword: (service, account, password) => {
      if (Buffer.byteLength(checked(password)) > limitBytes) throw new Error('too large');
      items.set(key(service, account), password);
      return Promise.resolve();
    },
    deletePassword: (...words) => Promise.resolve(items.delete(key(...words))),
    findCredentials: (service) =>
      Promise.resolve(
        [...items].flatMap(([name, password]) =>
          name.startsWith(`${service}/`) ? [{ account: name.slice(service.length + 1), password }] : [],
        ),
      ),
  };
}

const storeOf = (keychain: Keychain, service = 'test', largestItemBytes?: number): SecretStore =>
  keychainStore({ keychain, clock: systemClock, service, largestItemBytes });

describe('a keychain with the size limit of Windows', () => {
  const limit = 2560;
  keepsSecrets(() => {
    const keychain = memoryKeychain(limit);
    const open = (): SecretStore => storeOf(keychain, 'test', limit);
    return Promise.resolve({ store: open(), again: open });
  });

  it('leaves no part behind when a long value is replaced or deleted', async () => {
    const keychain = memoryKeychain(limit);
    const store = storeOf(keychain, 'test', limit);
    const long = new Secret('ü'.repeat(5000));
    await store.set({ name: 'A', kind: 'value' }, long);
    expect(keychain.items.size).toBeGreaterThan(4);
    await store.set({ name: 'A', kind: 'value' }, long);
    expect((await store.get('A'))?.reveal()).toBe(long.reveal());
    await store.set({ name: 'A', kind: 'value' }, new Secret('short-value'));
    expect([...keychain.items.keys()]).toEqual(['test/A']);
    await store.set({ name: 'A', kind: 'value' }, long);
    await store.delete(['A']);
    expect([...keychain.items.keys()]).toEqual([]);
  });

  it('keeps the old value when it fails in the middle of a long one', async () => {
    const keychain = memoryKeychain(limit);
    const store = storeOf(keychain, 'test', limit);
    await store.set({ name: 'A', kind: 'value' }, new Secret('old-value'));
    let calls = 0;
    const failing: Keychain = {
      ...keychain,
      setPassword: (...words) =>
        ++calls === 3 ? Promise.reject(new Error('no')) : keychain.setPassword(...words),
    };
    const long = new Secret('n'.repeat(9000));
    await expect(storeOf(failing, 'test', limit).set({ name: 'A', kind: 'value' }, long)).rejects.toThrow();
    expect((await store.get('A'))?.reveal()).toBe('old-value');
  });

  it('says what is wrong with an item that something else wrote, without its content, and replaces it', async () => {
    const keychain = memoryKeychain(limit);
    const store = storeOf(keychain);
    for (const foreign of ['a-password-of-another-program', '{"v":1,"kind":"value"}', '[]']) {
      await keychain.setPassword('test', 'A', foreign);
      const thrown: unknown = await store.get('A').catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(LocalError);
      expect((thrown as LocalError).message).toBe('the keychain holds something else under the name `A`');
      await store.set({ name: 'A', kind: 'value' }, new Secret('of pchain'));
      expect((await store.get('A'))?.reveal()).toBe('of pchain');
    }
  });
});

let service: SecretService | undefined;
const servers: Server[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

afterAll(() => service?.stop());

const openKeychain = (env: Readonly<Record<string, string | undefined>>, limitMs = 3000): Keychain =>
  systemKeychain({ node: process.execPath, env, clock: systemClock, limitMs });

const needed = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon'].filter((name) => !hasProgram(name));
const skipped = `(skipped: there is no ${needed.map((name) => `\`${name}\``).join(' and no ')} here, \`.ci/run\` installs it)`;

describe.skipIf(needed.length > 0)(
  `the Secret Service of this machine ${needed.length > 0 ? skipped : ''}`.trim(),
  () => {
    let count = 0;
    keepsSecrets(async () => {
      service ??= await startSecretService();
      const { env } = service;
      const name = `pchain-test-${++count}`;
      // The real limit of Linux, and for every second test that of Windows.
      const limit = count % 2 === 0 ? 2560 : undefined;
      return {
        store: storeOf(openKeychain(env, 20_000), name, limit),
        again: () => storeOf(openKeychain(env, 20_000), name, limit),
      };
    });

    it('is an answer with a hint when it is locked', async () => {
      const locked = await startSecretService({ isLocked: true });
      const store = storeOf(openKeychain(locked.env, 2000));
      const thrown = await failureOf(store.set({ name: 'A', kind: 'value' }, new Secret('x')));
      expect(thrown.message).toMatch(/^the keychain (is locked|does not answer within 2 s)$/);
      expect(thrown.hint).toContain('unlock it and try again');
      expect(thrown.hint).toContain('pchain config set secrets vault');
      locked.stop();
    }, 30_000);
  },
);

describe('without a keychain', () => {
  it('a session without a bus is an answer', async () => {
    const thrown = await failureOf(storeOf(openKeychain({ PATH: process.env['PATH'] })).get('A'));
    expect(thrown.message).toMatch(
      /^there is no keychain in this session$|`libsecret-1.so.0` is missing$|cannot be used on this kind of machine$/,
    );
    expect(thrown.hint).toContain('pchain config set secrets vault');
  });

  it.skipIf(process.platform !== 'linux')(
    'a bus that never answers is an answer after the limit',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'pchain-bus-'));
      folders.push(folder);
      const socket = join(folder, 'bus');
      const server = createServer((client) => client.resume());
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(socket, resolve));
      const keychain = openKeychain({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` }, 1000);
      const startedMs = systemClock.monotonicMs();
      const thrown = await failureOf(storeOf(keychain).get('A'));
      if (thrown.message.includes('libsecret')) return;
      expect(thrown.message).toBe('the keychain does not answer within 1 s');
      expect(systemClock.monotonicMs() - startedMs).toBeLessThan(5000);
      // And it can be asked again.
      await failureOf(storeOf(keychain).get('A'));
    },
  );

  it('a Node that cannot be started is an answer', async () => {
    const keychain = systemKeychain({ node: '/nowhere/node', env: {}, clock: systemClock, limitMs: 3000 });
    expect((await failureOf(storeOf(keychain).list())).message).toContain('keychain');
  });
});

async function failureOf(work: Promise<unknown>): Promise<PchainError> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(LocalError);
  return thrown as PchainError;
}
