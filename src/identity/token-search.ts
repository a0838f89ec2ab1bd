// Which token is used, in the order of the official client, and what to do when there is none.
import { join } from 'node:path';
import * as v from 'valibot';
import { AuthError } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import { readClaims } from './claims.ts';

export interface TokenSearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `$PANDA_CONFIG_ROOT`, where sign-ins leave `.token`. */
  readonly configRoot: string;
  /** The text of a file; `undefined` when there is none. */
  readonly readFile: (path: string) => Promise<string | undefined>;
  readonly nowMs: number;
}

export interface FoundToken {
  readonly token: Secret;
  /** Where it came from, for messages: `$PANDA_AUTH_ID_TOKEN`, or a path. */
  readonly from: string;
  /** Milliseconds since 1970; `undefined`: it does not say. */
  readonly expiresMs: number | undefined;
}

const tokenFileShape = v.object({ id_token: v.pipe(v.string(), v.nonEmpty()) });

/** A stored token that expires within this time is left alone: it would end during the submission. */
const storedTokenMarginMs = 5 * 60_000;

/** Finds the ID token: PANDA_AUTH_ID_TOKEN, the file OIDC_AUTH_TOKEN_FILE, OIDC_AUTH_ID_TOKEN, then `.token`.
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
  return fromVariable(search, 'OIDC_AUTH_ID_TOKEN') ?? stored(search);
}

function fromVariable(search: TokenSearch, name: string): FoundToken | undefined {
  const value = search.env[name]?.trim();
  return value === undefined || value === ''
    ? undefined
    : usable(new Secret(value), `$${name}`, search.nowMs, 0);
}

async function stored(search: TokenSearch): Promise<FoundToken> {
  const path = join(search.configRoot, '.token');
  const text = await search.readFile(path);
  if (text === undefined)
    throw new AuthError('not signed in to PanDA: there is no token', { hint: howToSignIn });
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

const howToSignIn = 'sign in with the PanDA client, or set PANDA_AUTH_ID_TOKEN';

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
