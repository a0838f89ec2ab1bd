// New tokens for a refresh token, without the user.
import { ClientSecretPost, None, processRefreshTokenResponse, refreshTokenGrantRequest } from 'oauth4webapi';
import type { Clock } from '../../base/clock.ts';
import type { Secret } from '../../base/secret.ts';
import type { HttpClient } from '../../http/client.ts';
import { requestOptions } from './oauth-http.ts';
import type { Provider } from './provider.ts';
import { refusalCode, refusalError } from './refusal.ts';
import { clientOf, tokensOf } from './tokens.ts';
import type { Tokens } from './tokens.ts';

/** `refused`: the refresh token is not good any more, so the user has to sign in again. */
export type Refreshed =
  | { readonly outcome: 'tokens'; readonly tokens: Tokens }
  | { readonly outcome: 'refused'; readonly error: Error };

/** Trades a refresh token for new tokens. Sent once: many providers take each refresh token only one time, and see in a
 *  second use that it was stolen. It cannot be interrupted, since what it brings must be kept.
 *  @throws AuthError for any other refusal; RemoteError */
export async function refreshTokens(
  provider: Provider,
  refreshToken: Secret,
  setup: { readonly http: HttpClient; readonly clock: Clock },
): Promise<Refreshed> {
  const { clientSecret } = provider.config;
  const authentication = clientSecret === undefined ? None() : ClientSecretPost(clientSecret.reveal());
  let skewMs = 0;
  const options = requestOptions({
    http: setup.http,
    signal: undefined,
    onServerTime: (serverMs) => (skewMs = serverMs - setup.clock.nowMs()),
  });
  try {
    const response = await refreshTokenGrantRequest(
      provider.metadata,
      clientOf(provider, 0),
      authentication,
      refreshToken.reveal(),
      options,
    );
    const answer = await processRefreshTokenResponse(provider.metadata, clientOf(provider, skewMs), response);
    return { outcome: 'tokens', tokens: tokensOf(answer, refreshToken, setup.clock.nowMs()) };
  } catch (thrown) {
    const error = refusalError(thrown, 'renew the sign-in', provider.issuer);
    if (refusalCode(thrown) === 'invalid_grant') return { outcome: 'refused', error };
    throw error;
  }
}
