// Which generation of REANA's protocol a server speaks: told by what it says it can do, never by its version, which has
// named several.
import * as v from 'valibot';
import { RemoteError } from '../base/errors.ts';
import { shapeReader } from '../base/shape-reader.ts';
import { parseJson } from '../http/client.ts';
import type { HttpClient } from '../http/client.ts';

export interface ReanaGeneration {
  /** It takes bundles of specification files and validates them itself. */
  readonly takesBundles: boolean;
  /** Its users sign in with OpenID, and tokens travel in the header. */
  readonly usesOpenId: boolean;
  /** As the server says; `undefined`: it does not. */
  readonly version: string | undefined;
  /** For people. */
  readonly words: string;
}

const pingShape = v.object({
  reana_server_version: v.optional(v.string()),
  api_capabilities: v.optional(v.array(v.string()), []),
});

/** Asks without a token, and once: whoever wants to know is told at once what is wrong.
 *  @param server the address, without a trailing slash
 *  @throws RemoteError when it does not answer or is no REANA */
export async function reanaGeneration(
  http: HttpClient,
  server: string,
  signal: AbortSignal,
): Promise<ReanaGeneration> {
  const get = (path: string) =>
    http.request({
      method: 'GET',
      url: `${server}${path}`,
      expect: [200, 400, 401, 403, 404, 405, 500, 501],
      signal,
    });
  const ping = await get('/api/ping');
  if (ping.status !== 200) {
    throw new RemoteError(`there is no REANA server at \`${server}\` (it answered ${ping.status})`, {
      hint: 'check REANA_SERVER_URL',
    });
  }
  const said = parseJson(ping, shapeReader(pingShape));
  const takesBundles = said.api_capabilities.includes('workflow-specification-bundles-v1');
  const usesOpenId = takesBundles && (await get('/api/.well-known/openid-configuration')).status === 200;
  const version = said.reana_server_version;
  const protocol = takesBundles ? 'it checks specifications itself (0.95)' : 'protocol of 0.9';
  const token = usesOpenId ? ', sign-in with OpenID' : '';
  const named = version === undefined ? '' : `REANA ${version}, `;
  return { takesBundles, usesOpenId, version, words: `${named}${protocol}${token}` };
}
