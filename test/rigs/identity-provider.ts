// An identity provider on loopback that a test scripts, together with the corner of a PanDA server that names it.
// Without a script it signs everybody in, takes each refresh token once, and gives tokens that look like real ones.
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ProviderAnswer {
  readonly status: number;
  readonly json?: unknown;
  readonly body?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cuts the connection instead, after the provider has done what it was asked. */
  readonly lost?: boolean;
  /** Answers when this resolves. */
  readonly after?: Promise<unknown>;
}

export interface SeenForm {
  readonly method: string;
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
}

type Endpoint = 'config' | 'discovery' | 'device' | 'token';

/** One answer of a script; `usual` is what a provider answers by itself. */
type Scripted = ProviderAnswer | 'usual';

export class IdentityProvider {
  readonly seen: SeenForm[] = [];
  /** Further routes of the PanDA server, by `METHOD path`. */
  readonly routes = new Map<string, (request: IncomingMessage) => ProviderAnswer>();
  lifetimeSeconds = 3600;
  /** False: a refresh token may be used again and again. */
  rotates = true;
  /** Claims beside the usual ones, such as `groups`. */
  claims: Readonly<Record<string, unknown>> = {};
  deviceAnswer: Readonly<Record<string, unknown>> = {};
  config: Readonly<Record<string, unknown>> = {};
  /** Shown to the program as the time of the server, milliseconds since 1970. */
  nowMs: () => number = () => Date.now();

  readonly #server: Server;
  readonly #scripts = new Map<Endpoint, Scripted[]>();
  readonly #goodRefreshTokens = new Set<string>();
  #count = 0;
  #keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<IdentityProvider> {
    const server = createServer();
    const provider = new IdentityProvider(server);
    server.on('request', (request, response) => void provider.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get issuer(): string {
    return `${this.origin}/`;
  }

  /** What the next requests to an endpoint get; afterwards it answers as usual again. */
  script(endpoint: Endpoint, ...answers: readonly Scripted[]): void {
    this.#scripts.set(endpoint, [...(this.#scripts.get(endpoint) ?? []), ...answers]);
  }

  /** How many answers of the script nobody asked for. */
  get unused(): number {
    return [...this.#scripts.values()].reduce((sum, answers) => sum + answers.length, 0);
  }

  /** Tokens as a successful sign-in gives them. */
  issue(): Record<string, unknown> {
    this.#count++;
    const refreshToken = `rt-${String(this.#count).padStart(4, '0')}-of-the-provider`;
    this.#goodRefreshTokens.add(refreshToken);
    return {
      access_token: this.jwt({ kind: 'access' }),
      token_type: 'Bearer',
      refresh_token: refreshToken,
      expires_in: this.lifetimeSeconds,
      id_token: this.jwt({}),
    };
  }

  /** Makes its tokens ones that can be verified, by the keys at `/jwk`. */
  signForReal(): void {
    this.#keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  }

  jwt(more: Readonly<Record<string, unknown>>): string {
    const seconds = Math.floor(this.nowMs() / 1000);
    const claims = {
      iss: this.issuer,
      aud: 'panda-cli-test',
      sub: 'alice-1',
      name: 'alice example',
      preferred_username: 'alice',
      groups: ['atlas', 'atlas/production'],
      iat: seconds,
      exp: seconds + this.lifetimeSeconds,
      jti: String(++this.#count),
      ...this.claims,
      ...more,
    };
    const text = [{ alg: 'RS256', kid: 'rig' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const signature =
      this.#keys === undefined
        ? Buffer.from('signature-of-nobody')
        : sign('sha256', Buffer.from(text), this.#keys.privateKey);
    return `${text}.${signature.toString('base64url')}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = new URL(request.url ?? '/', 'http://provider').pathname;
    const text = Buffer.concat(chunks).toString('utf8');
    const form = Object.fromEntries(new URLSearchParams(text));
    const method = request.method ?? '';
    this.seen.push({ method, path, form });
    const route = this.routes.get(`${method} ${path}`);
    const answer = route === undefined ? this.#endpoint(path, form) : route(request);
    await answer.after;
    if (answer.lost === true) {
      response.socket?.destroy();
      return;
    }
    const body = answer.json === undefined ? (answer.body ?? '') : JSON.stringify(answer.json);
    response
      .writeHead(answer.status, {
        'content-type': answer.type ?? 'application/json',
        date: new Date(this.nowMs()).toUTCString(),
        ...answer.headers,
      })
      .end(body);
  }

  #endpoint(path: string, form: Readonly<Record<string, string>>): ProviderAnswer {
    if (path === '/jwk' && this.#keys !== undefined) {
      const key = { ...this.#keys.publicKey.export({ format: 'jwk' }), kid: 'rig' };
      return { status: 200, json: { keys: [key] } };
    }
    const endpoint = endpointOf(path);
    if (endpoint === undefined) return { status: 404, body: 'no such page' };
    const scripted = this.#scripts.get(endpoint)?.shift() ?? 'usual';
    if (scripted !== 'usual') {
      // What is lost on the way has happened all the same.
      if (scripted.lost === true) this.#usual(endpoint, form);
      return scripted;
    }
    return this.#usual(endpoint, form);
  }

  #usual(endpoint: Endpoint, form: Readonly<Record<string, string>>): ProviderAnswer {
    switch (endpoint) {
      case 'config':
        return { status: 200, json: { ...this.configuration(), ...this.config } };
      case 'discovery':
        return {
          status: 200,
          json: {
            issuer: this.issuer,
            jwks_uri: `${this.origin}/jwk`,
            token_endpoint: `${this.origin}/token`,
            authorization_endpoint: `${this.origin}/authorize`,
            device_authorization_endpoint: `${this.origin}/devicecode`,
          },
        };
      case 'device':
        return {
          status: 200,
          json: {
            user_code: 'ABCDEF',
            device_code: 'dc-0001-of-the-provider',
            verification_uri: `${this.origin}/device`,
            verification_uri_complete: `${this.origin}/device?user_code=ABCDEF`,
            expires_in: 600,
            interval: 1,
            ...this.deviceAnswer,
          },
        };
      case 'token': {
        if (form['grant_type'] === 'refresh_token') {
          const token = form['refresh_token'] ?? '';
          if (!this.#goodRefreshTokens.has(token)) {
            return {
              status: 400,
              json: { error: 'invalid_grant', error_description: 'Invalid refresh token' },
            };
          }
          if (this.rotates) this.#goodRefreshTokens.delete(token);
        }
        return { status: 200, json: this.issue() };
      }
    }
  }

  /** What `/auth/<VO>_auth_config.json` says. */
  configuration(): Record<string, unknown> {
    return {
      audience: 'https://panda.example.org',
      client_id: 'panda-cli-test',
      client_secret: 'not-a-real-secret',
      oidc_config_url: `${this.origin}/.well-known/openid-configuration`,
      vo: 'wlcg',
    };
  }
}

function endpointOf(path: string): Endpoint | undefined {
  if (/^\/auth\/[^/]+_auth_config\.json$/.test(path)) return 'config';
  if (path === '/.well-known/openid-configuration') return 'discovery';
  if (path === '/devicecode') return 'device';
  return path === '/token' ? 'token' : undefined;
}
