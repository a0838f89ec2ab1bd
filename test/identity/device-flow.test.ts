import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthError } from '../../src/base/errors.ts';
import { redact } from '../../src/base/secret.ts';
import { createHttpClient, type HttpClient } from '../../src/http/client.ts';
import { signInOnDevice, type DeviceSignIn } from '../../src/identity/oidc/device-flow.ts';
import { discover, type Provider } from '../../src/identity/oidc/provider.ts';
import type { Tokens } from '../../src/identity/oidc/tokens.ts';
import { signInConfig } from '../../src/panda/sign-in-config.ts';
import { IdentityProvider } from '../rigs/identity-provider.ts';
import { rejection, shown } from '../panda/panda-rig.ts';
import { testClock, type TestClock } from '../http/test-clock.ts';

let provider: IdentityProvider;
let clock: TestClock;
let http: HttpClient;

beforeEach(async () => {
  provider = await IdentityProvider.start();
  clock = testClock(Date.now());
  http = createHttpClient({ clock, userAgent: 'pchain/test', tls: { verify: true } });
});
afterEach(() => provider.stop());

const discovered = async (): Promise<Provider> =>
  discover(http, await signInConfig(http, provider.origin, 'wlcg', undefined), undefined);

async function signIn(more: Partial<DeviceSignIn> = {}): Promise<Tokens> {
  return signInOnDevice(await discovered(), {
    http,
    clock,
    signal: undefined,
    onPrompt: () => undefined,
    ...more,
  });
}

const oauth = (error: string, description?: string) => ({
  status: 400,
  json: { error, ...(description === undefined ? {} : { error_description: description }) },
});

describe('signing in on another device', () => {
  it('waits as long as it is told to, longer after each `slow_down`', async () => {
    provider.script('token', oauth('authorization_pending'), oauth('slow_down'), oauth('slow_down'));
    const tokens = await signIn();
    expect(clock.pauses).toEqual([1_000, 1_000, 6_000, 11_000]);
    expect(tokens.refreshToken?.reveal()).toMatch(/^rt-/);
    expect(tokens.expiresMs).toBeGreaterThan(clock.nowMs() + 3_500_000);
  });

  it('waits 5 s where the provider does not say how long', async () => {
    provider.deviceAnswer = { interval: undefined };
    await signIn();
    expect(clock.pauses).toEqual([5_000]);
  });

  it('goes on, more slowly, while the network or the provider is away', async () => {
    const silences: string[] = [];
    provider.script('token', { status: 503, body: 'busy' }, { status: 429 });
    await signIn({ onSilence: (reason) => silences.push(shown(reason)) });
    // The last pause is the client's own: a provider that is too busy has done nothing yet.
    expect(clock.pauses).toEqual([1_000, 2_000, 500]);
    expect(silences).toEqual(['`POST http://HOST/token` answered 503 (Service Unavailable): busy']);
  });

  it('ends when the provider says that the code has expired, and when it says nothing until then', async () => {
    provider.script('token', oauth('expired_token'));
    expect((await rejection(signIn())).message).toBe(
      'nobody signed in within 10 min, so the code is not good any more',
    );
    provider.deviceAnswer = { expires_in: 2, interval: 5 };
    expect((await rejection(signIn())).message).toContain('nobody signed in within 2 s');
    expect(clock.pauses.at(-1)).toBe(2_000);
  });

  it('ends with the words of a refusal, made safe to show', async () => {
    provider.script('token', oauth('invalid_client', '\u001b[31mno such\u0007 client'));
    const thrown = await rejection(signIn());
    expect(thrown).toBeInstanceOf(AuthError);
    expect(shown(thrown.message)).toBe(
      'cannot sign in: `http://HOST/` refuses: no such client (invalid_client)',
    );
    expect(thrown.hint).toContain('tell whoever runs it');
  });

  it('understands a refusal in a header', async () => {
    provider.script('token', {
      status: 401,
      json: {},
      headers: { 'www-authenticate': 'Bearer error="invalid_client"' },
    });
    expect((await rejection(signIn())).message).toContain('refuses: invalid_client');
  });

  it.each([
    ['a page instead of tokens', { status: 200, body: '<html>', type: 'text/html' }],
    ['tokens without the kind they are', { status: 200, json: { access_token: 'abcdefgh' } }],
    ['a token for somebody else', { status: 200, json: { ...usual(), id_token: foreign() } }],
  ])('does not take %s', async (_, answer) => {
    provider.script('token', answer);
    expect((await rejection(signIn())).message).toMatch(/^cannot sign in: the answer of .* makes no sense: /);
  });

  it('does not take an answer without an ID token', async () => {
    provider.script('token', { status: 200, json: { ...usual(), id_token: undefined } });
    expect((await rejection(signIn())).message).toContain('gave no ID token');
  });

  it('works with a clock that is off, and says by how much', async () => {
    const skews: number[] = [];
    provider.nowMs = () => Date.now() + 3_600_000;
    provider.lifetimeSeconds = 600;
    await signIn({ onClockSkew: (skewMs) => skews.push(Math.round(skewMs / 60_000)) });
    provider.nowMs = () => Date.now() - 3_600_000;
    await signIn({ onClockSkew: (skewMs) => skews.push(Math.round(skewMs / 60_000)) });
    expect(skews).toEqual([60, -60]);
  });

  it('can be stopped while it waits', async () => {
    const stop = new AbortController();
    provider.script('token', oauth('authorization_pending'));
    const signedIn = signIn({ signal: stop.signal, onPrompt: () => stop.abort(new Error('SIGINT')) });
    await expect(signedIn).rejects.toThrow('SIGINT');
    expect(provider.seen.some(({ path }) => path === '/token')).toBe(false);
  });

  it('knows every token it saw as a secret', async () => {
    const tokens = await signIn();
    const text = `${tokens.idToken.reveal()} ${tokens.refreshToken?.reveal() ?? ''} dc-0001-of-the-provider`;
    expect(redact(text)).toBe('[hidden] [hidden] [hidden]');
  });
});

describe('an identity provider', () => {
  it('that speaks in the name of another one is not used', async () => {
    provider.script('discovery', {
      status: 200,
      json: { issuer: 'https://bank.example/', token_endpoint: `${provider.origin}/token` },
    });
    const thrown = await rejection(discovered());
    expect(shown(thrown.message)).toBe(
      'the identity provider at `http://HOST/.well-known/openid-configuration` calls itself `https://bank.example/`',
    );
  });

  it.each([['config', { oidc_config_url: 'http://iam.example/.well-known/openid-configuration' }]] as const)(
    'in the clear on another machine is not used',
    async (_, config) => {
      provider.config = config;
      const thrown = await rejection(discovered());
      expect(thrown).toBeInstanceOf(AuthError);
      expect(thrown.message).toBe(
        '`http://iam.example/.well-known/openid-configuration` is not secure, so nothing is signed in there',
      );
    },
  );

  it('whose tokens would travel in the clear is not used', async () => {
    const json = { issuer: provider.issuer, token_endpoint: 'http://iam.example/token' };
    provider.script('discovery', { status: 200, json });
    expect((await rejection(discovered())).message).toContain('`http://iam.example/token` is not secure');
  });

  it('without a device flow is told apart', async () => {
    const json = { issuer: provider.issuer, token_endpoint: `${provider.origin}/token` };
    provider.script('discovery', { status: 200, json });
    expect((await rejection(signIn())).message).toContain('cannot sign in without a browser');
  });

  it('that shows no page but a script is not used', async () => {
    provider.deviceAnswer = { verification_uri: 'javascript:alert(1)' };
    expect((await rejection(signIn())).message).toBe('the identity provider names no page to sign in on');
  });
});

describe('the server', () => {
  it('is asked for the organisation without its role, as one part of a path', async () => {
    await signInConfig(http, provider.origin, 'wlcg:production', undefined);
    expect(provider.seen.at(-1)?.path).toBe('/auth/wlcg_auth_config.json');
    provider.script('config', { status: 404, body: '<html>', type: 'text/html' });
    const thrown = await rejection(signInConfig(http, provider.origin, '../../etc', undefined));
    expect(thrown.message).toContain('has no sign-in for the virtual organisation `../../etc`');
    expect(provider.seen.at(-1)?.path).toBe('/auth/..%2F..%2Fetc_auth_config.json');
  });

  it('asks for more where its tokens have the WLCG profile', async () => {
    provider.config = { jwt_profile: 'wlcg', client_secret: null, audience: null };
    await signIn();
    const device = provider.seen.find(({ path }) => path === '/devicecode');
    expect(device?.form).toEqual({
      client_id: 'panda-cli-test',
      scope: 'openid profile email offline_access wlcg wlcg.groups',
    });
    const token = provider.seen.find(({ path }) => path === '/token');
    expect(Object.keys(token?.form ?? {})).not.toContain('client_secret');
  });
});

function usual(): Record<string, unknown> {
  return { access_token: 'access-of-nobody', token_type: 'Bearer', id_token: foreign() };
}

function foreign(): string {
  const claims = { iss: 'https://bank.example/', aud: 'x', sub: '1', iat: 1, exp: 9_999_999_999 };
  return [{ alg: 'RS256' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
    .concat('.c2ln');
}
