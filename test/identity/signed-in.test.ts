import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthError, LocalError, RemoteError } from '../../src/base/errors.ts';
import { createHttpClient } from '../../src/http/client.ts';
import { signInOnDevice } from '../../src/identity/oidc/device-flow.ts';
import { discover } from '../../src/identity/oidc/provider.ts';
import { refreshTokens } from '../../src/identity/oidc/refresh.ts';
import { signInStore, type SignInStore } from '../../src/identity/sign-in-store.ts';
import { SignedIn } from '../../src/identity/signed-in.ts';
import { signInConfig } from '../../src/panda/sign-in-config.ts';
import { IdentityProvider } from '../rigs/identity-provider.ts';
import { rejection } from '../panda/panda-rig.ts';
import { testClock, type TestClock } from '../http/test-clock.ts';
import { memoryStore, type MemoryStore } from './memory-store.ts';

let provider: IdentityProvider;
let clock: TestClock;
let secrets: MemoryStore;
let store: SignInStore;
let locked: boolean;
let warnings: string[];

beforeEach(async () => {
  provider = await IdentityProvider.start();
  clock = testClock(Date.now());
  provider.nowMs = () => clock.nowMs();
  secrets = memoryStore();
  store = signInStore(secrets, 'https://panda.example:25443', 'atlas');
  locked = false;
  warnings = [];
  const http = httpClient();
  const found = await discover(
    http,
    await signInConfig(http, provider.origin, 'atlas', undefined),
    undefined,
  );
  const tokens = await signInOnDevice(found, { http, clock, signal: undefined, onPrompt: () => undefined });
  await store.write({
    ...tokens,
    issuer: found.issuer,
    receivedMs: clock.nowMs(),
    renewalBegunMs: undefined,
  });
  provider.seen.length = 0;
});
afterEach(() => provider.stop());

const httpClient = () => createHttpClient({ clock, userAgent: 'pchain/test', tls: { verify: true } });

/** The sign-in as one process sees it. */
function signedIn(): SignedIn {
  const http = httpClient();
  return new SignedIn({
    store,
    // Whoever waits for another process really waits.
    clock: { ...clock, sleep: () => new Promise((resolve) => setTimeout(resolve, 5)) },
    renew: async (issuer, refreshToken) => {
      const config = await signInConfig(http, provider.origin, 'atlas', undefined);
      const found = await discover(http, config, undefined);
      expect(found.issuer).toBe(issuer);
      return refreshTokens(found, refreshToken, { http, clock });
    },
    tryLock: () => {
      if (locked) return undefined;
      locked = true;
      return { release: () => (locked = false) };
    },
    warn: (message) => warnings.push(message),
  });
}

const pass = (ms: number): Promise<void> => clock.sleep(ms);
const renewals = (): number => provider.seen.filter(({ path }) => path === '/token').length;
const minutes = 60_000;

describe('a sign-in', () => {
  it('is used as it is while it is good for a while', async () => {
    await pass(50 * minutes);
    const before = await store.read();
    expect((await signedIn().fresh())?.idToken.reveal()).toBe(before?.idToken.reveal());
    expect(renewals()).toBe(0);
  });

  it('is renewed before it ends, and kept', async () => {
    const process = signedIn();
    const first = await process.fresh();
    await pass(56 * minutes);
    const second = await process.fresh();
    expect(second?.idToken.reveal()).not.toBe(first?.idToken.reveal());
    expect((await store.read())?.idToken.reveal()).toBe(second?.idToken.reveal());
    await pass(56 * minutes);
    await process.fresh();
    expect(renewals()).toBe(2);
  });

  it('of a provider with short tokens is not renewed with every request', async () => {
    provider.lifetimeSeconds = 120;
    await pass(56 * minutes);
    const process = signedIn();
    await process.fresh();
    await pass(60_000);
    await process.fresh();
    expect(renewals()).toBe(1);
    await pass(30_000);
    await process.fresh();
    expect(renewals()).toBe(2);
  });

  it('is renewed once by two processes that follow at the same time, and by many requests of each', async () => {
    await pass(58 * minutes);
    const [one, two] = [signedIn(), signedIn()];
    await Promise.all([one.current(), two.current()]);
    const all = await Promise.all([one, two, one, two, one].map((process) => process.fresh()));
    expect(new Set(all.map((signIn) => signIn?.idToken.reveal())).size).toBe(1);
    expect(renewals()).toBe(1);
    expect(locked).toBe(false);
  });

  it('that the provider keeps no refresh token for is used to its end', async () => {
    const signIn = await store.read();
    if (signIn === undefined) throw new Error('nobody signed in');
    await store.write({ ...signIn, refreshToken: undefined });
    await pass(58 * minutes);
    const process = signedIn();
    expect(await process.fresh()).toBeDefined();
    await pass(3 * minutes);
    const thrown = await rejection(process.fresh());
    expect(thrown).toBeInstanceOf(AuthError);
    expect(thrown.message).toBe('the sign-in to PanDA is over (it has no refresh token)');
    expect(thrown.hint).toBe('sign in again: `pchain login`');
  });

  it('keeps its refresh token where the provider gives no other', async () => {
    provider.script('token', { status: 200, json: { ...provider.issue(), refresh_token: undefined } });
    const before = await store.read();
    await pass(58 * minutes);
    expect((await signedIn().fresh())?.refreshToken?.reveal()).toBe(before?.refreshToken?.reveal());
  });

  it('goes on with its token while the provider is away, and fails as a network does afterwards', async () => {
    await pass(56 * minutes);
    provider.script('token', { status: 503 }, { status: 503 });
    const process = signedIn();
    expect(await process.fresh()).toBeDefined();
    expect(await process.fresh()).toBeDefined();
    expect(renewals()).toBe(1);
    await pass(5 * minutes);
    expect(await rejection(process.fresh())).toBeInstanceOf(RemoteError);
    expect(await process.fresh()).toBeDefined();
  });

  it('survives an answer that is lost, where the provider forgives the second use', async () => {
    provider.rotates = false;
    await pass(56 * minutes);
    provider.script('token', { status: 200, lost: true });
    const process = signedIn();
    expect(await process.fresh()).toBeDefined();
    await pass(1 * minutes);
    const next = await process.fresh();
    expect(next?.expiresMs).toBeGreaterThan(clock.nowMs() + 50 * minutes);
  });

  it('says what happened where the provider does not forgive it', async () => {
    await pass(56 * minutes);
    provider.script('token', { status: 200, lost: true });
    await signedIn().fresh();
    await pass(5 * minutes);
    // A new process, as after a kill: it has only what was kept.
    const thrown = await rejection(signedIn().fresh());
    expect(thrown).toBeInstanceOf(AuthError);
    expect(thrown.message).toBe(
      'the sign-in to PanDA is over (an earlier renewal was cut off before its answer could be kept)',
    );
  });

  it('does not use its refresh token up when its successor could not be kept', async () => {
    await pass(58 * minutes);
    secrets.beforeChange = () => {
      throw new LocalError('the keychain is locked');
    };
    expect(await signedIn().fresh()).toBeDefined();
    expect(renewals()).toBe(0);
  });

  it('goes on in this process when the store fails in the middle, and says so', async () => {
    await pass(58 * minutes);
    let changes = 0;
    secrets.beforeChange = () => {
      if (++changes > 1) throw new LocalError('the keychain does not answer within 3 s');
    };
    const process = signedIn();
    const next = await process.fresh();
    expect(next?.expiresMs).toBeGreaterThan(clock.nowMs() + 50 * minutes);
    expect(warnings).toEqual([
      'the renewed sign-in could not be kept (the keychain does not answer within 3 s); the next command may need `pchain login`',
    ]);
    expect((await process.fresh())?.idToken.reveal()).toBe(next?.idToken.reveal());
  });

  it('that was ended elsewhere meanwhile is over', async () => {
    const process = signedIn();
    await process.fresh();
    expect(await store.forget()).toBe(true);
    await pass(61 * minutes);
    expect((await rejection(process.fresh())).message).toBe(
      'the sign-in to PanDA is over (you signed out meanwhile)',
    );
  });

  it('that a server refuses is replaced once', async () => {
    const process = signedIn();
    const first = await process.fresh();
    if (first === undefined) throw new Error('nobody signed in');
    const second = await process.instead(first.idToken);
    expect(second?.idToken.reveal()).not.toBe(first.idToken.reveal());
    // What was refused before is not renewed again: the newer one is there.
    expect((await process.instead(first.idToken))?.idToken.reveal()).toBe(second?.idToken.reveal());
    expect(renewals()).toBe(1);
  });

  it('is not there where nobody signed in, or where something else was kept', async () => {
    secrets.entries.set('signin:https://panda.example:25443/atlas', { kind: 'value', value: '{"v":2}' });
    expect(await signedIn().fresh()).toBeUndefined();
    secrets.entries.clear();
    expect(await signedIn().fresh()).toBeUndefined();
    expect(await store.forget()).toBe(false);
  });
});
