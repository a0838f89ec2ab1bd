// The door: which requests get in. Loopback is not a border on a shared machine, and a web page in the user's
// browser can reach loopback too; so host, origin and token are checked before anything is read.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Secret } from '../base/secret.ts';

export type Refusal = 'host' | 'origin' | 'no-token' | 'bad-token';

export interface Visit {
  readonly headers: IncomingHttpHeaders;
  /** Path and query as they came in. */
  readonly url: string;
  /** The port that this connection came in on; `undefined` where there is no socket. */
  readonly port: number | undefined;
}

/** Decides whether a request may go on.
 *  @returns why not, or `undefined` when it may */
export function refusal(visit: Visit, token: Secret): Refusal | undefined {
  if (!isOurHost(visit.headers.host, visit.port)) return 'host';
  if (!isAllowedOrigin(visit.headers.origin, visit.port)) return 'origin';
  if (isPublic(visit.url)) return undefined;
  const given = tokenOf(visit);
  if (given === undefined) return 'no-token';
  return isSameToken(given, token) ? undefined : 'bad-token';
}

/** True for the three names of loopback with our port. Any other name means that somebody's DNS points here. */
export function isOurHost(host: string | undefined, port: number | undefined): boolean {
  if (host === undefined) return false;
  return ourHosts(port).has(host.toLowerCase());
}

/** PanDA clients use `Origin` to name their VO (`wlcg`, `wlcg:production`): free text that no browser sends.
 *  Browsers send `scheme://host[:port]` or `null`; of those only our own page is welcome. */
export function isAllowedOrigin(origin: string | undefined, port: number | undefined): boolean {
  if (origin === undefined) return true;
  const lower = origin.trim().toLowerCase();
  if (lower === 'null') return false;
  if (!lower.includes('://')) return true;
  return lower.startsWith('http://') && ourHosts(port).has(lower.slice('http://'.length));
}

function ourHosts(port: number | undefined): ReadonlySet<string> {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  const suffix = port === undefined || port === 80 ? '' : `:${port}`;
  return new Set(names.map((name) => `${name}${suffix}`));
}

/** Open to everybody on this machine: who answers here, where to sign in, REANA's ping, and sandboxes, which PanDA's protocol
 *  downloads without credentials (their names contain a random UUID). */
function isPublic(url: string): boolean {
  const path = pathOf(url);
  return (
    path === '/pchain/v1/hello' ||
    path === '/api/ping' ||
    path.startsWith('/cache/') ||
    path.startsWith('/auth/')
  );
}

/** PanDA and the extension take `Authorization: Bearer`; REANA's clients put `access_token` into the query. */
export function tokenOf(visit: Visit): string | undefined {
  const bearer = /^bearer +(\S+)$/i.exec(visit.headers.authorization?.trim() ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  if (!isReanaPath(pathOf(visit.url))) return undefined;
  const query = visit.url.indexOf('?');
  if (query === -1) return undefined;
  return new URLSearchParams(visit.url.slice(query + 1)).get('access_token') ?? undefined;
}

/** True for REANA's part of `/api`; the rest of it is PanDA's. */
export function isReanaPath(path: string): boolean {
  return path.startsWith('/api/') && path !== '/api/v1' && !path.startsWith('/api/v1/');
}

/** The path of a request target, without its query: the only part that may be logged. */
export function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? '';
}

// Digests have equal lengths, so the comparison tells nothing about the token, its length included.
function isSameToken(given: string, token: Secret): boolean {
  if (token.isEmpty) return false;
  return timingSafeEqual(digest(given), digest(token.reveal()));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
