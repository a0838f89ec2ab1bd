// The identity provider: what it says of itself, and the client that PanDA has there.
import type { AuthorizationServer } from 'oauth4webapi';
import * as v from 'valibot';
import { AuthError } from '../../base/errors.ts';
import type { Secret } from '../../base/secret.ts';
import { shapeReader } from '../../base/shape-reader.ts';
import { parseJson } from '../../http/client.ts';
import type { HttpClient } from '../../http/client.ts';
import { safeUrl } from '../../http/safe-url.ts';

/** How to sign in to some server: which provider it trusts, and as which of its clients. */
export interface SignInConfig {
  /** The provider's `…/.well-known/openid-configuration`. */
  readonly discoveryUrl: string;
  readonly clientId: string;
  readonly clientSecret: Secret | undefined;
  /** For whom the tokens are; `undefined`: for the client itself. */
  readonly audience: string | undefined;
  /** Names with blanks between them. */
  readonly scope: string;
}

export interface Provider {
  readonly config: SignInConfig;
  readonly metadata: AuthorizationServer;
  /** `https://provider/`: who signs the tokens. */
  readonly issuer: string;
}

const url = v.pipe(v.string(), v.url());
const metadataShape = v.object({
  issuer: url,
  token_endpoint: url,
  device_authorization_endpoint: v.optional(url),
  revocation_endpoint: v.optional(url),
  id_token_signing_alg_values_supported: v.optional(v.array(v.string())),
});

/** Asks the provider where it does what.
 *  @throws AuthError when it is not the one its address says, or would be spoken to in the clear; HttpFailure */
export async function discover(
  http: HttpClient,
  config: SignInConfig,
  signal: AbortSignal | undefined,
): Promise<Provider> {
  requireSecure(config.discoveryUrl);
  const answer = await http.request({ method: 'GET', url: config.discoveryUrl, repeatable: true, signal });
  const found = parseJson(answer, shapeReader(metadataShape));
  // The issuer vouches for tokens by its name, so a document that speaks in somebody else's name is not used
  // (OpenID Connect Discovery 1.0, section 4.3).
  const said = found.issuer.replace(/\/+$/, '');
  if (`${said}/.well-known/openid-configuration` !== config.discoveryUrl) {
    throw new AuthError(
      `the identity provider at \`${safeUrl(config.discoveryUrl)}\` calls itself \`${safeUrl(found.issuer)}\``,
      { hint: 'tell whoever runs the server: signing in there would not be safe' },
    );
  }
  const { token_endpoint: tokens, device_authorization_endpoint: device, revocation_endpoint: end } = found;
  for (const endpoint of [tokens, device, end]) if (endpoint !== undefined) requireSecure(endpoint);
  return { config, metadata: found, issuer: found.issuer };
}

/** Tokens and passwords travel to these addresses. On this machine nobody listens in between.
 *  @throws AuthError for `http:` to another machine */
export function requireSecure(address: string): void {
  if (isSecure(address)) return;
  throw new AuthError(`\`${safeUrl(address)}\` is not secure, so nothing is signed in there`, {
    hint: 'its address must start with `https://`',
  });
}

/** True when nobody on the way can listen. */
export function isSecure(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
