import { describe, expect, it } from 'vitest';
import { AuthError, UsageError } from '../../src/base/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import { nicknameOf, readClaims, type Claims } from '../../src/identity/claims.ts';
import { findToken, type FoundToken } from '../../src/identity/token-search.ts';
import { rejection } from '../panda/panda-rig.ts';

const nowMs = Date.UTC(2026, 10, 21, 4, 0, 0);
const jwt = (claims: unknown): string =>
  ['{"alg":"RS256"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
const valid = (who: string): string => jwt({ name: who, exp: nowMs / 1000 + 3600 });

function find(env: Record<string, string>, files: Record<string, string> = {}): Promise<FoundToken> {
  return findToken({ env, configRoot: '/p', readFile: (path) => Promise.resolve(files[path]), nowMs });
}

describe('the token', () => {
  const env = { PANDA_AUTH_ID_TOKEN: valid('a'), OIDC_AUTH_TOKEN_FILE: '/t', OIDC_AUTH_ID_TOKEN: valid('c') };
  const files = {
    '/t': `${valid('b')}\n`,
    '/p/.token': JSON.stringify({ id_token: valid('d'), refresh_token: 'x' }),
  };

  it.each([
    [env, '$PANDA_AUTH_ID_TOKEN', 'a'],
    [{ ...env, PANDA_AUTH_ID_TOKEN: '' }, '/t', 'b'],
    [{ OIDC_AUTH_ID_TOKEN: env.OIDC_AUTH_ID_TOKEN }, '$OIDC_AUTH_ID_TOKEN', 'c'],
    [{}, '/p/.token', 'd'],
  ])('is taken in the order of the official client: %#', async (variables, from, who) => {
    const found = await find(variables, files);
    expect(found.from).toBe(from);
    expect(found.token.reveal()).toBe(valid(who));
    expect(found.expiresMs).toBe(nowMs + 3_600_000);
  });

  it('loses the line break at its end, which would break a header', async () => {
    const found = await find({ PANDA_AUTH_ID_TOKEN: ` ${valid('a')}\r\n` });
    expect(found.token.reveal()).toBe(valid('a'));
  });

  it('need not be a JWT', async () => {
    expect((await find({ PANDA_AUTH_ID_TOKEN: 'opaque-token' })).expiresMs).toBeUndefined();
  });

  it.each([
    [{}, {}, 'not signed in to PanDA: there is no token'],
    [{ OIDC_AUTH_TOKEN_FILE: '/none' }, {}, 'there is no token in `/none`'],
    [{ OIDC_AUTH_TOKEN_FILE: '/t' }, { '/t': '\n' }, 'there is no token in `/t`'],
    [{}, { '/p/.token': '{"id_tok' }, '`/p/.token` does not hold the answer of a sign-in'],
    [{}, { '/p/.token': '{"access_token": "x"}' }, 'there is no ID token in `/p/.token`'],
    [
      { PANDA_AUTH_ID_TOKEN: jwt({ exp: nowMs / 1000 }) },
      {},
      'the token of `$PANDA_AUTH_ID_TOKEN` expired at 2026-11-21T04:00:00.000Z',
    ],
    [
      {},
      { '/p/.token': JSON.stringify({ id_token: jwt({ exp: nowMs / 1000 + 300 }) }) },
      'the token of `/p/.token` expires already at 2026-11-21T04:05:00.000Z',
    ],
    [
      { PANDA_AUTH_ID_TOKEN: 'two\nlines' },
      {},
      'the token of `$PANDA_AUTH_ID_TOKEN` has characters that no token has',
    ],
  ])(
    'that cannot be used is named, with what to do: %#',
    async (variables: Record<string, string>, texts: Record<string, string>, message) => {
      const thrown = await rejection(find(variables, texts));
      expect(thrown).toBeInstanceOf(AuthError);
      expect(thrown.message).toBe(message);
      expect(thrown.hint).not.toBe('');
    },
  );
});

describe('the claims of a token', () => {
  it('are read from a JWT, and whatever has another form is absent', () => {
    expect(
      readClaims(new Secret(jwt({ name: 'Alice Ö', preferred_username: 'alice', groups: ['wlcg'], exp: 7 }))),
    ).toEqual({
      name: 'Alice Ö',
      preferredUsername: 'alice',
      groups: ['wlcg'],
      expiresMs: 7000,
    });
    const odd = { name: 7, groups: 'all', exp: 'soon' };
    expect(readClaims(new Secret(jwt(odd)))).toMatchObject({
      name: undefined,
      groups: [],
      expiresMs: undefined,
    });
  });

  it.each(['opaque', 'a.b', 'a.b.c', 'a.b.c.d', jwt([1]).replace(/\.[^.]*\./, '.bnVsbA.')])(
    'are not in %s',
    (text) => {
      expect(readClaims(new Secret(text))).toBeUndefined();
    },
  );

  it('give the nickname, changed as the user asks', () => {
    const claims: Claims = { name: 'A', preferredUsername: 'al.ice.x', groups: [], expiresMs: undefined };
    expect(nicknameOf(claims, undefined)).toBe('al.ice.x');
    expect(nicknameOf(claims, '/\\./_/')).toBe('al_ice_x');
    expect(nicknameOf(claims, '|al|$1|')).toBe('$1.ice.x');
    expect(nicknameOf({ ...claims, preferredUsername: undefined }, '/a/b/')).toBeUndefined();
    expect(nicknameOf({ ...claims, preferredUsername: '' }, undefined)).toBeUndefined();
    expect(() => nicknameOf(claims, '/a/b')).toThrow(UsageError);
    expect(() => nicknameOf(claims, '/(/b/')).toThrow('PANDA_NICKNAME_REPLACE has a bad pattern');
  });
});
