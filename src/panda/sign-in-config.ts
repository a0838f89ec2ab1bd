// How a PanDA server wants people to sign in: `/auth/<VO>_auth_config.json`, one for every virtual organisation.
import * as v from 'valibot';
import { AuthError, UsageError } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import { shapeReader } from '../base/shape-reader.ts';
import { parseJson } from '../http/client.ts';
import type { HttpClient } from '../http/client.ts';
import { requireSecure } from '../identity/oidc/provider.ts';
import type { SignInConfig } from '../identity/oidc/provider.ts';

const text = v.pipe(v.string(), v.nonEmpty());
const shape = v.object({
  client_id: text,
  client_secret: v.nullish(v.string()),
  oidc_config_url: v.pipe(v.string(), v.url()),
  audience: v.nullish(v.string()),
  jwt_profile: v.nullish(v.string()),
});

const usualScope = 'openid profile email offline_access';

/** The VO of `vo` or `vo:role`. */
export function voOf(authVo: string): string {
  return authVo.split(':')[0] ?? authVo;
}

/** Asks the server.
 *  @param origin `https://host:port`
 *  @param authVo PANDA_AUTH_VO: `vo` or `vo:role`
 *  @throws UsageError without a VO, AuthError when the server does not know it */
export async function signInConfig(
  http: HttpClient,
  origin: string,
  authVo: string | undefined,
  signal: AbortSignal | undefined,
): Promise<SignInConfig> {
  if (authVo === undefined) {
    throw new UsageError('no virtual organisation is set, so the server cannot say where to sign in', {
      hint: 'set PANDA_AUTH_VO, or `auth_vo` in the profile',
    });
  }
  requireSecure(origin);
  const vo = voOf(authVo);
  const answer = await http.request({
    method: 'GET',
    url: `${origin}/auth/${encodeURIComponent(vo)}_auth_config.json`,
    repeatable: true,
    expect: [200, 403, 404],
    signal,
  });
  if (answer.status !== 200) {
    throw new AuthError(`\`${new URL(origin).host}\` has no sign-in for the virtual organisation \`${vo}\``, {
      hint: 'check PANDA_AUTH_VO',
    });
  }
  const found = parseJson(answer, shapeReader(shape));
  const secret = found.client_secret ?? '';
  const audience = found.audience ?? '';
  return {
    discoveryUrl: found.oidc_config_url,
    clientId: found.client_id,
    clientSecret: secret === '' ? undefined : new Secret(secret),
    audience: audience === '' ? undefined : audience,
    scope: found.jwt_profile === 'wlcg' ? `${usualScope} wlcg wlcg.groups` : usualScope,
  };
}
