// REANA's protocol below the operations: where the token goes, what an answer that is not 2xx means.
import { UsageError } from '../../base/errors.ts';
import type { Secret } from '../../base/secret.ts';
import type { HttpBody } from '../../http/body.ts';
import { parseJson } from '../../http/client.ts';
import type { HttpClient } from '../../http/client.ts';
import { HttpFailure } from '../../http/http-failure.ts';
import { Pace } from '../../http/pace.ts';
import type { HttpAnswer, HttpRequest } from '../../http/request.ts';
import { safeUrl } from '../../http/safe-url.ts';
import type { SaveTarget } from '../../http/save.ts';
import { pythonJson } from '../../reanaspec/python-json.ts';
import type { Protocol } from './server-answers.ts';
import { askProtocol, spokenStatuses, usesOpenId } from './generation.ts';
import { refusal } from './refusal.ts';

export interface WireSetup {
  readonly http: HttpClient;
  /** `REANA_SERVER_URL`; a trailing `/` does no harm. */
  readonly server: string;
  /** `REANA_ACCESS_TOKEN`, or an OIDC token. */
  readonly token: Secret;
  /** The PanDA job that this process is part of; servers that do not know the header ignore it. */
  readonly jobId?: string | undefined;
}

export interface WireRequest {
  readonly method: HttpRequest['method'];
  /** Below the server, percent-encoded, beginning with `/api/`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as `application/octet-stream`. */
  readonly upload?: HttpBody;
  /** Sent as it is. */
  readonly form?: { readonly body: Uint8Array; readonly contentType: string };
  /** True when sending it twice does no harm. */
  readonly repeatable: boolean;
  readonly saveTo?: SaveTarget;
  readonly receive?: HttpRequest['receive'];
  readonly retry?: HttpRequest['retry'];
  /** Beside those of every request; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses beside 200 and 201 that the caller understands. */
  readonly understood?: readonly number[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: HttpRequest['onProgress'];
}

/** Where the token goes. REANA 0.9 reads it from the query only; servers with OpenID only from the header. */
type TokenPlace = 'header' | 'query';

/** 206: the rest of a file that has come in part before. */
const good = [200, 201, 206];

/** No limit on a transfer that moves, a day for all of it. */
const transferTimeouts = { tryMs: undefined, callMs: 24 * 3600 * 1000 };

/** One server and one token. */
export class ReanaWire {
  /** Without a trailing slash, without credentials. */
  readonly server: string;
  readonly #setup: WireSetup;
  readonly #pace = new Pace();
  #place: Promise<TokenPlace> | undefined;
  #protocol: Promise<Protocol> | undefined;

  /** @throws UsageError when the address is not one. */
  constructor(setup: WireSetup) {
    if (!URL.canParse(setup.server) || !/^https?:/.test(setup.server)) {
      throw new UsageError('the address of the REANA server must start with `https://`', {
        hint: 'set `REANA_SERVER_URL`, for example to `https://reana.cern.ch`',
      });
    }
    this.#setup = setup;
    this.server = safeUrl(setup.server).replace(/\/+$/, '');
  }

  /** True for a server on this machine, which may be asked often. */
  get isLocal(): boolean {
    return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(this.server).hostname);
  }

  /** Sends a request with the token.
   *  @throws AuthError when the server refuses · RemoteError when it or the network fails · UnsupportedError when it
   *    cannot do that · UsageError when it does not know the run · Interrupted */
  async request(request: WireRequest): Promise<HttpAnswer> {
    const answer = await this.#answer(request);
    if (good.includes(answer.status)) return answer;
    if (request.understood?.includes(answer.status) === true) return answer;
    throw refusal(answer, this.server);
  }

  /** The same for an answer in JSON. */
  async json<Parsed>(request: WireRequest, parse: (value: unknown) => Parsed): Promise<Parsed> {
    return parseJson(await this.request(request), parse);
  }

  /** What the server can do; asked once, without a token.
   *  @throws RemoteError when there is no REANA at the address */
  async protocol(signal: AbortSignal | undefined): Promise<Protocol> {
    this.#protocol ??= askProtocol((path) => this.#openly(path, signal), this.server);
    try {
      return await this.#protocol;
    } catch (error) {
      this.#protocol = undefined;
      throw error;
    }
  }

  /** A question that needs no token. */
  #openly(path: string, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    return this.#setup.http.request({
      method: 'GET',
      url: this.server + path,
      repeatable: true,
      expect: [200, ...spokenStatuses],
      pace: this.#pace,
      signal,
    });
  }

  async #answer(request: WireRequest): Promise<HttpAnswer> {
    if (this.#place === undefined && request.method === 'GET') {
      // A question that is understood with the token in the header shows that it belongs there.
      const first = await this.#send(request, 'header');
      if (good.includes(first.status)) {
        this.#place ??= Promise.resolve('header');
        return first;
      }
      if (first.status === 401) this.#place ??= this.#findTokenPlace(request.signal, first);
    }
    return this.#send(request, await this.#tokenPlace(request.signal));
  }

  // Asked once per client; a failure is not remembered.
  async #tokenPlace(signal: AbortSignal | undefined): Promise<TokenPlace> {
    this.#place ??= this.#findTokenPlace(signal);
    try {
      return await this.#place;
    } catch (error) {
      this.#place = undefined;
      throw error;
    }
  }

  /** @param refused what a server has answered already to a token in the header */
  async #findTokenPlace(signal: AbortSignal | undefined, refused?: HttpAnswer): Promise<TokenPlace> {
    const you: WireRequest = { method: 'GET', path: '/api/you', repeatable: true, signal };
    const byHeader = refused ?? (await this.#send(you, 'header'));
    if (byHeader.status === 200) return 'header';
    if (byHeader.status !== 401 && byHeader.status !== 403) {
      // Not an answer of REANA's: ping says so in better words.
      await this.protocol(signal);
      throw refusal(byHeader, this.server);
    }
    // A server that signs in with OpenID reads the header only: the query would just write the token into its logs.
    const { takesBundles } = await this.protocol(signal);
    if (takesBundles && (await usesOpenId((path) => this.#openly(path, signal))))
      throw refusal(byHeader, this.server);
    const byQuery = await this.#send(you, 'query');
    if (byQuery.status === 200) return 'query';
    throw refusal(byQuery, this.server);
  }

  #send(request: WireRequest, place: TokenPlace): Promise<HttpAnswer> {
    const query = new URLSearchParams(request.query);
    if (place === 'query') query.set('access_token', this.#setup.token.reveal());
    const url = `${this.server}${request.path}${query.size === 0 ? '' : `?${query.toString()}`}`;
    const headers: Record<string, string> = { ...request.headers };
    if (this.#setup.jobId !== undefined) headers['x-panda-job'] = this.#setup.jobId;
    if (request.json !== undefined) headers['content-type'] = 'application/json';
    if (request.upload !== undefined) headers['content-type'] = 'application/octet-stream';
    if (request.form !== undefined) headers['content-type'] = request.form.contentType;
    const { upload, saveTo, receive } = request;
    const isTransfer = upload !== undefined || saveTo !== undefined || receive !== undefined;
    return this.#setup.http.request({
      method: request.method,
      url,
      headers,
      token: place === 'header' ? this.#setup.token : undefined,
      body: request.json === undefined ? (request.upload ?? request.form?.body) : pythonJson(request.json),
      pace: this.#pace,
      onProgress: request.onProgress,
      repeatable: request.repeatable,
      expect: [...good, ...spokenStatuses, ...(request.understood ?? [])],
      signal: request.signal,
      ...(isTransfer ? { timeouts: transferTimeouts } : {}),
      receive,
      ...(request.retry === undefined ? {} : { retry: request.retry }),
      ...(saveTo === undefined ? {} : { saveTo }),
    });
  }
}

/** True when the request may or may not have had its effect: no answer came, or one from something in between. */
export function isLost(error: unknown): boolean {
  return error instanceof HttpFailure && (error.reached === 'unknown' || (error.status ?? 0) >= 502);
}
