// How PanDA wants to be asked: two generations of its protocol, each with its own idea of headers.
import { gzipSync } from 'node:zlib';
import { AuthError } from '../base/errors.ts';
import type { Secret } from '../base/secret.ts';
import { formBody, type HttpBody } from '../http/body.ts';
import type { HttpClient } from '../http/client.ts';
import type { HttpAnswer, Progress, Timeouts } from '../http/request.ts';
import type { GenerationNote } from './generation-note.ts';

export interface PandaServer {
  readonly http: HttpClient;
  /** `scheme://host:port` of the server. */
  readonly origin: string;
  /** Legacy methods: `<legacyBase>/put_workflow_request`. */
  readonly legacyBase: string;
  /** `<origin>/api/v1`. */
  readonly v1Base: string;
  /** `scheme://host:port` where sandboxes are uploaded and jobs fetch them. */
  readonly cacheOrigin: string;
  /** `<cacheOrigin>/api/v1`. */
  readonly cacheBase: string;
  /** `vo` or `vo:role`, sent as `Origin`; it selects the group and has nothing to do with browsers. */
  readonly vo: string | undefined;
  /** The token of this moment; `undefined`: none is needed. May throw an AuthError. */
  token(): Promise<Secret | undefined>;
  /** Where it is noted which generation of the protocol it has. */
  readonly generation?: GenerationNote | undefined;
  /** Another token for one that the server says is not valid any more; `undefined`: there is none. */
  tokenInstead?(refused: Secret): Promise<Secret | undefined>;
}

export interface PandaServerSetup {
  readonly http: HttpClient;
  /** `https://host:25443/server/panda`. */
  readonly pandaUrlSsl: string;
  /** As `pandaUrlSsl` when it is not given. */
  readonly pandaCacheUrl?: string | undefined;
  readonly authVo: string | undefined;
  readonly generation?: GenerationNote | undefined;
  readonly token: () => Promise<Secret | undefined>;
  readonly tokenInstead?: (refused: Secret) => Promise<Secret | undefined>;
}

/** Derives all bases from the two addresses that users configure. */
export function pandaServer(setup: PandaServerSetup): PandaServer {
  const { origin } = new URL(setup.pandaUrlSsl);
  const cacheOrigin = new URL(setup.pandaCacheUrl ?? setup.pandaUrlSsl).origin;
  return {
    http: setup.http,
    origin,
    legacyBase: setup.pandaUrlSsl.replace(/\/+$/, ''),
    v1Base: `${origin}/api/v1`,
    cacheOrigin,
    cacheBase: `${cacheOrigin}/api/v1`,
    vo: setup.authVo,
    generation: setup.generation,
    token: setup.token,
    ...(setup.tokenInstead === undefined ? {} : { tokenInstead: setup.tokenInstead }),
  };
}

export interface CallOptions {
  /** True when sending it twice does no harm. */
  readonly repeatable: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly timeouts?: Partial<Timeouts>;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** GET of a v1 method; a list becomes a repeated key. `Accept` must be exactly this, or the server answers
 *  with a Python repr. */
export function v1Get(
  server: PandaServer,
  path: string,
  query: Readonly<Record<string, string | readonly string[]>>,
  options: Omit<CallOptions, 'repeatable'> = {},
): Promise<HttpAnswer> {
  const pairs = Object.entries(query).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[key, value]] : value.map((item) => [key, item]),
  );
  const search = pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
  const call = {
    method: 'GET',
    url: `${server.v1Base}/${path}${search}`,
    headers: { accept: json },
  } as const;
  return send(server, call, { ...options, repeatable: true });
}

/** POST of a v1 method. The content type must be exactly this: with `; charset=utf-8` the server ignores the body. */
export function v1Post(
  server: PandaServer,
  path: string,
  body: object,
  options: CallOptions,
): Promise<HttpAnswer> {
  const headers = { 'content-type': json, accept: json };
  return send(
    server,
    { method: 'POST', url: `${server.v1Base}/${path}`, headers, body: JSON.stringify(body) },
    options,
  );
}

/** POST of a legacy method with gzip JSON. It goes without `Content-Encoding`: the server unpacks it by itself,
 *  and plain JSON would kill its worker. */
export function legacyPost(
  server: PandaServer,
  method: string,
  body: object,
  options: CallOptions,
): Promise<HttpAnswer> {
  const headers = { 'content-type': json, accept: json };
  const packed = gzipSync(JSON.stringify(body));
  return send(
    server,
    { method: 'POST', url: `${server.legacyBase}/${method}`, headers, body: packed },
    options,
  );
}

/** POST of a legacy method with a form. */
export function legacyForm(
  server: PandaServer,
  method: string,
  fields: Readonly<Record<string, string>>,
  options: CallOptions,
): Promise<HttpAnswer> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: '*/*' };
  return send(
    server,
    { method: 'POST', url: `${server.legacyBase}/${method}`, headers, body: formBody(fields) },
    options,
  );
}

export interface RawCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
}

/** Adds who asks: the token, and the group it is used for. A token that ended early is replaced once: whoever refuses a
 *  token has done nothing else. */
export async function send(server: PandaServer, call: RawCall, options: CallOptions): Promise<HttpAnswer> {
  const headers = server.vo === undefined ? call.headers : { ...call.headers, origin: server.vo };
  const token = await server.token();
  const request = { ...call, headers, ...options };
  try {
    return await server.http.request({ ...request, token });
  } catch (thrown) {
    if (token === undefined || !(thrown instanceof AuthError) || !saysInvalid.test(thrown.message))
      throw thrown;
    const other = await server.tokenInstead?.(token);
    if (other === undefined) throw thrown;
    return server.http.request({ ...request, token: other });
  }
}

/** PanDA has no codes for what is wrong with a token, only the words of its library. */
const saysInvalid = /signature has expired|invalid token|not yet valid/i;

const json = 'application/json';
