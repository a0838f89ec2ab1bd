// Which generation of REANA's protocol a server speaks: told by what it says it can do, never by its version, which has
// named several.
import { RemoteError } from '../../base/errors.ts';
import { parseJson } from '../../http/client.ts';
import type { HttpClient } from '../../http/client.ts';
import type { HttpAnswer } from '../../http/request.ts';
import { readProtocol } from './server-answers.ts';
import type { Protocol } from './server-answers.ts';

/** Asks for a path of the server without a token. */
export type AskOpenly = (path: string) => Promise<HttpAnswer>;

/** Statuses that carry a message of REANA's own; others (429, 502, 503, 504) are the business of the HTTP client. */
export const spokenStatuses = [400, 401, 403, 404, 405, 409, 413, 422, 500, 501];

/** What the server can do.
 *  @param server the address, for the message
 *  @throws RemoteError when there is no REANA at the address */
export async function askProtocol(ask: AskOpenly, server: string): Promise<Protocol> {
  const answer = await ask('/api/ping');
  if (answer.status === 200) return parseJson(answer, readProtocol);
  throw new RemoteError(`there is no REANA server at \`${server}\` (it answered ${answer.status})`, {
    hint: 'check `REANA_SERVER_URL`',
  });
}

/** True where users sign in with OpenID, and tokens travel in the header only. Asked of servers that take bundles. */
export async function usesOpenId(ask: AskOpenly): Promise<boolean> {
  return (await ask('/api/.well-known/openid-configuration')).status === 200;
}

/** The generation in words, for people. Asked once: whoever wants to know is told at once what is wrong.
 *  @param server the address, without a trailing slash
 *  @throws RemoteError when it does not answer or is no REANA */
export async function reanaGeneration(
  http: HttpClient,
  server: string,
  signal: AbortSignal,
): Promise<{ readonly words: string }> {
  const ask: AskOpenly = (path) =>
    http.request({ method: 'GET', url: server + path, expect: [200, ...spokenStatuses], signal });
  const { takesBundles, serverVersion } = await askProtocol(ask, server);
  const protocol = takesBundles ? 'it checks specifications itself (0.95)' : 'protocol of 0.9';
  const token = takesBundles && (await usesOpenId(ask)) ? ', sign-in with OpenID' : '';
  const named = serverVersion === undefined ? '' : `REANA ${serverVersion}, `;
  return { words: `${named}${protocol}${token}` };
}
