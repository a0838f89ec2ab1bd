// Which token is used: the environment in the order of the official client, then our own sign-in, then one of the official
// client, and what to do when there is none.
import { join } from 'node:path';
import * as v from 'valibot';
import { AuthError, LocalError } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import { readClaims } from './claims.ts';
import type { Tokens } from './oidc/tokens.ts';

export interface TokenSearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `$PANDA_CONFIG_ROOT`, where the official client leaves `.token`. It is read only: whoever renews it would lock that
   *  client out. */
  readonly configRoot: string;
  /** The text of a file; `undefined` when there is none. */
  readonly readFile: (path: string) => Promise<string | undefined>;
  readonly nowMs: number;
  /** Our own sign-in to this server; without it there is none. */
  readonly signedIn?: StoredSignIn;
}

/** A sign-in that may have to be unlocked first; a `SignedIn` that is opened when it is needed. */
export interface StoredSignIn {
  /** With a token that is good for a while; `undefined`: nobody signed in. */
  fresh(): Promise<Tokens | undefined>;
  /** Where it is kept. */
  kind(): Promise<string | undefined>;
}

export interface FoundToken {
  readonly token: Secret;
  /** Where it came from, for messages: `$PANDA_AUTH_ID_TOKEN`, a path, `the keychain`. */
  readonly from: string;
  /** Milliseconds since 1970; `undefined`: it does not say. */
  readonly expiresMs: number | undefined;
  /** It will be renewed before it expires, until then at most; `Infinity`: the provider names no end.
   *  `undefined`: it is not renewed. */
  readonly renewableUntilMs?: number | undefined;
}

/** Variables that name a token, in the order in which they win. */
export const tokenVariables = ['PANDA_AUTH_ID_TOKEN', 'OIDC_AUTH_TOKEN_FILE', 'OIDC_AUTH_ID_TOKEN'] as const;

const tokenFileShape = v.object({ id_token: v.pipe(v.string(), v.nonEmpty()) });

/** A stored token that expires within this time is left alone: it would end during the submission. */
const storedTokenMarginMs = 5 * 60_000;

/** Finds the ID token: PANDA_AUTH_ID_TOKEN, the file OIDC_AUTH_TOKEN_FILE, OIDC_AUTH_ID_TOKEN, our own sign-in, renewed when
 *  that is due, then `.token`.
 *  White space around a token is dropped: a line break at its end would break the header.
 *  @throws AuthError when there is none, or the one there is cannot be used */
export async function findToken(search: TokenSearch): Promise<FoundToken> {
  const { env } = search;
  const direct = fromVariable(search, 'PANDA_AUTH_ID_TOKEN');
  if (direct !== undefined) return direct;
  const file = env['OIDC_AUTH_TOKEN_FILE']?.trim();
  if (file !== undefined && file !== '') {
    const text = await search.readFile(file);
    if (text === undefined || text.trim() === '') {
      throw new AuthError(`there is no token in \`${file}\``, {
        hint: 'OIDC_AUTH_TOKEN_FILE names that file',
      });
    }
    return usable(new Secret(text.trim()), file, search.nowMs, 0);
  }
  return fromVariable(search, 'OIDC_AUTH_ID_TOKEN') ?? signedIn(search);
}

async function signedIn(search: TokenSearch): Promise<FoundToken> {
  let cannotRead: LocalError | undefined;
  try {
    const signIn = await search.signedIn?.fresh();
    if (signIn !== undefined) {
      return {
        token: signIn.idToken,
        from: `the ${(await search.signedIn?.kind()) ?? 'store'}`,
        expiresMs: signIn.expiresMs,
        renewableUntilMs:
          signIn.refreshToken === undefined ? undefined : (signIn.refreshExpiresMs ?? Infinity),
      };
    }
  } catch (thrown) {
    // A store that does not open is no reason to fail where the official client has signed in.
    if (!(thrown instanceof LocalError)) throw thrown;
    cannotRead = thrown;
  }
  return stored(search, cannotRead);
}

function fromVariable(search: TokenSearch, name: string): FoundToken | undefined {
  const value = search.env[name]?.trim();
  return value === undefined || value === ''
    ? undefined
    : usable(new Secret(value), `$${name}`, search.nowMs, 0);
}

async function stored(search: TokenSearch, cannotRead: LocalError | undefined): Promise<FoundToken> {
  const path = join(search.configRoot, '.token');
  const text = await search.readFile(path);
  if (text === undefined) {
    if (cannotRead !== undefined) {
      throw new AuthError(`not signed in to PanDA, as far as can be seen: ${cannotRead.message}`, {
        hint: cannotRead.hint,
        cause: cannotRead,
      });
    }
    throw new AuthError('not signed in to PanDA: there is no token', { hint: howToSignIn });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The text may be half a token, so the parser's own words are not kept.
    throw new AuthError(`\`${path}\` does not hold the answer of a sign-in`, { hint: howToSignIn });
  }
  const parsed = v.safeParse(tokenFileShape, value);
  if (!parsed.success) throw new AuthError(`there is no ID token in \`${path}\``, { hint: howToSignIn });
  return usable(new Secret(parsed.output.id_token.trim()), path, search.nowMs, storedTokenMarginMs);
}

const howToSignIn = 'sign in with `pchain login`, or set PANDA_AUTH_ID_TOKEN';

function usable(token: Secret, from: string, nowMs: number, marginMs: number): FoundToken {
  // A header ends at a line break; whatever is not printable ASCII cannot be part of a token.
  if (!/^[\x21-\x7e]+$/.test(token.reveal())) {
    throw new AuthError(`the token of \`${from}\` has characters that no token has`, { hint: howToSignIn });
  }
  const expiresMs = readClaims(token)?.expiresMs;
  if (expiresMs !== undefined && expiresMs <= nowMs + marginMs) {
    const at = new Date(expiresMs);
    const shown = Number.isNaN(at.getTime()) ? 'long ago' : `at ${at.toISOString()}`;
    const verb = expiresMs <= nowMs ? 'expired' : 'expires already';
    throw new AuthError(`the token of \`${from}\` ${verb} ${shown}`, { hint: howToSignIn });
  }
  return { token, from, expiresMs };
}
