// Opens one exchange: the request is sent, status and headers of the answer are there.
import { Readable } from 'node:stream';
import type { BodySource, HttpBody } from './body.ts';
import { sendDirectly, type DirectAnswer } from './direct-request.ts';
import { packings } from './packed-body.ts';
import type { HttpRequest, Timeouts } from './request.ts';
import type { Agents } from './trust.ts';

/** A request that is ready to be sent: its address checked, its name for messages made. */
export interface ReadyRequest extends Omit<HttpRequest, 'url'> {
  readonly url: URL;
  readonly name: string;
  /** Called when the answer lets one wait. */
  readonly onWait?: (() => void) | undefined;
}

/** More than this may take a while to be sent. */
const smallBytes = 1 << 20;

export interface Wire {
  readonly agents: (url: URL) => Promise<Agents>;
  readonly userAgent: string;
}

/** Sends the request.
 *  @throws DirectTimeout, UnreadableBody, or the error of the connection */
export async function openExchange(
  request: ReadyRequest,
  timeouts: Timeouts,
  wire: Wire,
  offset: number,
): Promise<DirectAnswer> {
  const { body, onProgress } = request;
  const source = body === undefined || isSource(body) ? body : sourceOf(body);
  return sendDirectly({
    url: request.url,
    method: request.method,
    headers: headersOf(request, offset, source?.sizeBytes, wire.userAgent),
    body: source,
    agent: await wire.agents(request.url),
    limits: timeouts,
    signal: request.signal,
    onWait: source === undefined || (source.sizeBytes ?? Infinity) <= smallBytes ? request.onWait : undefined,
    onSent:
      onProgress === undefined
        ? undefined
        : (bytes) => onProgress({ direction: 'up', doneBytes: bytes, totalBytes: source?.sizeBytes }),
  });
}

function headersOf(
  request: ReadyRequest,
  offset: number,
  bodyBytes: number | undefined,
  userAgent: string,
): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': userAgent, ...request.headers };
  if (request.token !== undefined) headers['authorization'] = `Bearer ${request.token.reveal()}`;
  headers['accept-encoding'] = isTaken(request) ? 'identity' : packings;
  if (offset > 0) headers['range'] = `bytes=${offset}-`;
  if (bodyBytes !== undefined) headers['content-length'] = String(bodyBytes);
  return headers;
}

/** True when the body of the answer is not kept in memory. */
function isTaken(request: ReadyRequest): boolean {
  return request.saveTo !== undefined || request.receive !== undefined;
}

function isSource(body: HttpBody): body is BodySource {
  return typeof body !== 'string' && !(body instanceof Uint8Array);
}

/** Bytes in memory, as a source. */
function sourceOf(body: string | Uint8Array): BodySource {
  const bytes = Buffer.from(body);
  return {
    sizeBytes: bytes.length,
    open: () => Readable.from([bytes]),
    whole: () => bytes,
  };
}
