// What a provider gives for a sign-in, as values of this program.
import type { Client, TokenEndpointResponse } from 'oauth4webapi';
import { clockSkew } from 'oauth4webapi';
import { AuthError } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import { readClaims } from '../claims.ts';
import type { Provider } from './provider.ts';

export interface Tokens {
  /** Says who the user is; what PanDA takes. */
  readonly idToken: Secret;
  /** Buys the next tokens, once; `undefined`: there will be none. */
  readonly refreshToken: Secret | undefined;
  /** When the ID token expires, milliseconds since 1970. */
  readonly expiresMs: number;
  /** When the refresh token expires, where the provider says it. */
  readonly refreshExpiresMs: number | undefined;
}

/** @param skewMs how far the provider's clock is ahead of ours */
export function clientOf(provider: Provider, skewMs: number): Client {
  return { client_id: provider.config.clientId, [clockSkew]: Math.round(skewMs / 1000) };
}

/** @param earlier the refresh token that was used: it stays good where the provider gives no other
 *  @throws AuthError when there is no usable ID token in the answer */
export function tokensOf(
  answer: TokenEndpointResponse,
  earlier: Secret | undefined,
  receivedMs: number,
): Tokens {
  if (answer.id_token === undefined) {
    throw new AuthError('the identity provider gave no ID token, which PanDA needs', {
      hint: 'sign in again: `pchain login`',
    });
  }
  const idToken = new Secret(answer.id_token);
  const expiresMs = readClaims(idToken)?.expiresMs;
  if (expiresMs === undefined) throw new AuthError('the ID token of the identity provider never expires');
  const refreshSeconds = Number(answer['refresh_expires_in']);
  return {
    idToken,
    refreshToken: answer.refresh_token === undefined ? earlier : new Secret(answer.refresh_token),
    expiresMs,
    // Zero is how some providers say that there is no limit.
    refreshExpiresMs: refreshSeconds > 0 ? receivedMs + refreshSeconds * 1000 : undefined,
  };
}
