// Ending a sign-in at the provider, so that copies of its tokens are worth nothing either.
import { ClientSecretPost, None, processRevocationResponse, revocationRequest } from 'oauth4webapi';
import type { Secret } from '../../base/secret.ts';
import type { HttpClient } from '../../http/client.ts';
import { requestOptions } from './oauth-http.ts';
import type { Provider } from './provider.ts';
import { refusalError } from './refusal.ts';
import { clientOf } from './tokens.ts';

/** @returns false where the provider has no way to do that
 *  @throws AuthError when it refuses; RemoteError
 *  @see RFC 7009 */
export async function revokeToken(
  provider: Provider,
  refreshToken: Secret,
  setup: { readonly http: HttpClient; readonly signal: AbortSignal | undefined },
): Promise<boolean> {
  const { metadata, config, issuer } = provider;
  if (metadata.revocation_endpoint === undefined) return false;
  const authentication =
    config.clientSecret === undefined ? None() : ClientSecretPost(config.clientSecret.reveal());
  try {
    const response = await revocationRequest(
      metadata,
      clientOf(provider, 0),
      authentication,
      refreshToken.reveal(),
      { ...requestOptions(setup), additionalParameters: { token_type_hint: 'refresh_token' } },
    );
    await processRevocationResponse(response);
    return true;
  } catch (thrown) {
    throw refusalError(thrown, 'end the sign-in', issuer);
  }
}
