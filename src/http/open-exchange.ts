// Opens one exchange: the request is sent, status and headers of the answer are there.
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { Progress, Request as GotStream, Response as GotResponse } from 'got';
import type { BodySource, HttpBody } from './body.ts';
import { DirectTimeout, sendDirectly, type EachChunk } from './direct-request.ts';
import type { HttpRequest, Timeouts } from './request.ts';
import type { Agents } from './trust.ts';

/** A request that is ready to be sent: its address checked, its name for messages made. */
export interface ReadyRequest extends Omit<HttpRequest, 'url'> {
  readonly url: URL;
  readonly name: string;
}

export interface Wire {
  readonly agents: (url: URL) => Promise<Agents>;
  readonly userAgent: string;
}

/** Status and headers are here, the body is to come. */
export interface Opened {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly each: EachChunk;
  readonly destroy: () => void;
}

/** Files go straight over the socket; small requests and answers, which may be packed, through the library. */
export function openExchange(
  request: ReadyRequest,
  timeouts: Timeouts,
  wire: Wire,
  offset: number,
): Promise<Opened> {
  const isTransfer = request.saveTo !== undefined || (request.body !== undefined && isSource(request.body));
  return isTransfer
    ? openTransfer(request, timeouts, wire, offset)
    : openCall(request, timeouts, wire, offset);
}

async function openTransfer(
  request: ReadyRequest,
  timeouts: Timeouts,
  wire: Wire,
  offset: number,
): Promise<Opened> {
  const { body, onProgress } = request;
  const source = body === undefined || isSource(body) ? body : sourceOf(body);
  const { statusCode, ...answer } = await sendDirectly({
    url: request.url,
    method: request.method,
    headers: headersOf(request, offset, wire.userAgent),
    body: source,
    agent: await wire.agents(request.url),
    limits: timeouts,
    signal: request.signal,
    onSent:
      onProgress === undefined
        ? undefined
        : (bytes) => onProgress({ direction: 'up', doneBytes: bytes, totalBytes: source?.sizeBytes }),
  });
  return { status: statusCode, ...answer };
}

async function openCall(
  request: ReadyRequest,
  timeouts: Timeouts,
  wire: Wire,
  offset: number,
): Promise<Opened> {
  // Loaded on first use: a check on a file opens no connection and should not wait for this.
  const { default: got, TimeoutError } = await import('got');
  const stream = got.stream(request.url, {
    method: request.method,
    headers: headersOf(request, offset, wire.userAgent),
    ...(request.body === undefined ? {} : { body: bodyOf(request.body) }),
    agent: await wire.agents(request.url),
    // REANA asks two questions that way.
    allowGetBody: request.body !== undefined,
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    timeout: {
      lookup: timeouts.connectMs,
      connect: timeouts.connectMs,
      secureConnect: timeouts.connectMs,
      socket: timeouts.idleMs,
      ...(timeouts.tryMs === undefined ? {} : { request: timeouts.tryMs }),
    },
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  if (request.body === undefined && request.method !== 'GET' && request.method !== 'HEAD') stream.end();
  if (request.body !== undefined) {
    stream.on('uploadProgress', (sent: Progress) => {
      request.onProgress?.({ direction: 'up', doneBytes: sent.transferred, totalBytes: sent.total });
    });
  }
  const plainly = (cause: unknown): unknown =>
    cause instanceof TimeoutError ? new DirectTimeout(eventOf(cause.event)) : cause;
  const each: EachChunk = async (take) => {
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) await take(chunk);
    } catch (cause) {
      throw plainly(cause);
    }
  };
  try {
    const head = await headOf(stream);
    return {
      status: head.statusCode,
      headers: head.headers,
      each,
      destroy: () => void stream.destroy(),
    };
  } catch (cause) {
    stream.destroy();
    throw plainly(cause);
  }
}

/** The library's phases before there is a connection count as one. */
function eventOf(event: string): DirectTimeout['event'] {
  return event === 'socket' || event === 'request' ? event : 'connect';
}

function headersOf(request: ReadyRequest, offset: number, userAgent: string): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': userAgent, ...request.headers };
  if (request.token !== undefined) headers['authorization'] = `Bearer ${request.token.reveal()}`;
  if (request.saveTo !== undefined) headers['accept-encoding'] = 'identity';
  if (offset > 0) headers['range'] = `bytes=${offset}-`;
  const size = request.body === undefined ? undefined : bodySize(request.body);
  if (size !== undefined) headers['content-length'] = String(size);
  return headers;
}

function bodySize(body: HttpBody): number | undefined {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body instanceof Uint8Array ? body.length : body.sizeBytes;
}

function bodyOf(body: HttpBody): string | Buffer | NodeJS.ReadableStream {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array
    ? Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    : body.open();
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
    whole: () => Promise.resolve(bytes),
  };
}

/** Waits for status and headers; an error after them reaches whoever reads the stream. */
function headOf(stream: GotStream): Promise<GotResponse> {
  return new Promise((resolve, reject) => {
    stream.once('response', (response: GotResponse) => resolve(response));
    stream.on('error', reject);
  });
}
