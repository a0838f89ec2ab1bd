// ID tokens at the door: those of the owner from the provider that was named, and no others.
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SignIn } from '../../src/server/sign-in.ts';
import { IdentityProvider } from '../rigs/identity-provider.ts';
import { HandClock, serverRig, type ServerRig } from './rig.ts';

let provider: IdentityProvider;
let rig: ServerRig;
let clock: HandClock;
let asked: string[];

beforeEach(async () => {
  provider = await IdentityProvider.start();
  provider.signForReal();
  clock = new HandClock();
  provider.nowMs = () => clock.nowMs();
  asked = [];
  const configuration = provider.configuration() as unknown as SignIn['configuration'];
  const fetchJson = async (url: string): Promise<unknown> => {
    asked.push(new URL(url).pathname);
    return (await fetch(url)).json();
  };
  rig = await serverRig({ signIn: new SignIn(configuration, 'alice', fetchJson, clock), clock });
});
afterEach(async () => {
  await rig.close();
  await provider.stop();
});

const visit = (token: string): Promise<Response> =>
  fetch(`${rig.url}/api/v1/system/is_alive`, {
    headers: { authorization: `Bearer ${token}`, origin: 'wlcg', accept: 'application/json' },
  });

async function refusedWith(token: string): Promise<string> {
  const answer = await visit(token);
  expect(answer.status).toBe(403);
  return (await answer.text()).replace('ERROR : Token authentication failed. ', '');
}

it('lets the owner in, and asks for the keys once', async () => {
  expect((await visit(provider.jwt({}))).status).toBe(200);
  expect((await visit(provider.jwt({}))).status).toBe(200);
  expect(asked).toEqual(['/.well-known/openid-configuration', '/jwk']);
});

it('tells everybody where to sign in', async () => {
  const answer = await fetch(`${rig.url}/auth/wlcg_auth_config.json`);
  expect(await answer.json()).toEqual(provider.configuration());
  expect((await fetch(`${rig.url}/auth/None_auth_config.json`)).status).toBe(404);
});

it.each([
  ['of somebody else', { preferred_username: 'bob' }, 'this server belongs to another user'],
  ['of another provider', { iss: 'https://elsewhere.example/' }, 'Invalid token. Invalid issuer'],
  ['made for another client', { aud: 'other' }, "Invalid token. Audience doesn't match"],
  ['that has expired', { exp: 1_700_000_000 }, 'Invalid token. Signature has expired'],
  ['that is not valid yet', { nbf: 4_000_000_000 }, 'Invalid token. The token is not yet valid (nbf)'],
  ['without an end', { exp: undefined }, 'Token decode failure. Not enough segments'],
])('refuses a token %s', async (_, claims, why) => {
  expect(await refusedWith(provider.jwt(claims))).toBe(why);
});

it('refuses tokens whose signature is not one of the provider', async () => {
  const [head = '', body = ''] = provider.jwt({}).split('.');
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const wrong = 'Invalid token. Signature verification failed';
  expect(await refusedWith(`${head}.${body}.AAAA`)).toBe(wrong);
  expect(await refusedWith(`${part({ alg: 'none' })}.${body}.AAAA`)).toBe(wrong);
  // A public key taken for a shared secret.
  const keys = (await (await fetch(`${provider.origin}/jwk`)).json()) as { keys: object[] };
  const forged = `${part({ alg: 'HS256', kid: 'rig' })}.${body}`;
  const mac = createHmac('sha256', JSON.stringify(keys.keys[0])).update(forged).digest('base64url');
  expect(await refusedWith(`${forged}.${mac}`)).toBe(wrong);
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const signature = sign('sha256', Buffer.from(`${head}.${body}`), other).toString('base64url');
  expect(await refusedWith(`${head}.${body}.${signature}`)).toBe(wrong);
});

it('takes new keys of the provider, but does not ask at every bad token', async () => {
  expect((await visit(provider.jwt({}))).status).toBe(200);
  provider.signForReal();
  expect((await visit(provider.jwt({}))).status).toBe(403);
  expect(asked).toHaveLength(2);
  clock.advance(61_000);
  expect((await visit(provider.jwt({}))).status).toBe(200);
});

it('still takes its own token, and none without', async () => {
  expect((await rig.get('/api/v1/system/is_alive')).status).toBe(200);
  const none = await fetch(`${rig.url}/api/v1/system/is_alive`);
  expect(await none.json()).toMatchObject({ success: false });
});
