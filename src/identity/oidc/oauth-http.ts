// The library's requests over the one HTTP client: same trust, same time limits, and every token of an answer known as a
// secret before anybody reads it.
import { allowInsecureRequests, customFetch } from 'oauth4webapi';
import type { CustomFetchOptions } from 'oauth4webapi';
import { Secret } from '../../base/secret.ts';
import type { HttpClient } from '../../http/client.ts';

/** Answers of OAuth, refusals among them; whatever else comes is the network's or a proxy's. */
const spoken = [200, 400, 401, 403, 404, 405, 415, 422];

const secretFields = ['access_token', 'id_token', 'refresh_token', 'device_code'];

export interface OAuthExchange {
  readonly http: HttpClient;
  readonly signal: AbortSignal | undefined;
  /** Told the time of the server when it answers, milliseconds since 1970. */
  readonly onServerTime?: (serverMs: number) => void;
}

/** What a request of the library takes as its options. Endpoints were checked when they were discovered, which is why
 *  `http:` on this machine is let through here. */
export function requestOptions(exchange: OAuthExchange): {
  [customFetch]: (url: string, options: CustomFetchOptions<'POST', URLSearchParams>) => Promise<Response>;
  [allowInsecureRequests]: true;
} {
  return {
    [allowInsecureRequests]: true,
    [customFetch]: async (url, { method, headers, body }) => {
      const answer = await exchange.http.request({
        method,
        url,
        headers: {
          accept: 'application/json',
          ...(headers['content-type'] === undefined ? {} : { 'content-type': headers['content-type'] }),
        },
        body: body.toString(),
        expect: spoken,
        signal: exchange.signal,
      });
      const serverMs = Date.parse(answer.headers['date'] ?? '');
      if (!Number.isNaN(serverMs)) exchange.onServerTime?.(serverMs);
      hideSecrets(answer.body.toString('utf8'));
      // The body is unpacked already, so what was said about its form is not true any more.
      const kept = Object.entries(answer.headers).filter(
        ([name]) => !/^content-(encoding|length)$/.test(name),
      );
      return new Response(Uint8Array.from(answer.body), {
        status: answer.status,
        headers: Object.fromEntries(kept),
      });
    },
  };
}

function hideSecrets(body: string): void {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const field of secretFields) {
    const text: unknown = Reflect.get(value, field);
    if (typeof text === 'string') new Secret(text);
  }
}
