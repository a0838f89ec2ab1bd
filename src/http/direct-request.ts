// A request on Node's own client, with a time limit for each of its phases. Bytes pass through it without another layer.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { BodySource } from './body.ts';
import { lasting } from './plain-agent.ts';
import type { Agents } from './trust.ts';

export interface DirectRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: BodySource | undefined;
  readonly agent: Agents;
  readonly limits: {
    readonly connectMs: number;
    readonly noticeMs: number;
    readonly idleMs: number;
    readonly tryMs: number | undefined;
  };
  readonly signal: AbortSignal | undefined;
  /** Hears how much of the body was sent. */
  readonly onSent: ((bytes: number) => void) | undefined;
  /** Called when the answer lets one wait. */
  readonly onWait: (() => void) | undefined;
}

/** A limit ran out: for the connection, for silence, for all of it. */
export class DirectTimeout extends Error {
  readonly event: 'connect' | 'socket' | 'request';
  constructor(event: DirectTimeout['event']) {
    super(`time limit: ${event}`);
    this.event = event;
  }
}

/** The body could not be read, or was not as long as was announced. */
export class UnreadableBody extends Error {}

/** Thrown by whoever takes a body and needs no more of it: the answer counts as complete, and the connection is given up. */
export class Enough extends Error {}

/** Hands on a body as it arrives, each chunk once; nothing is held back or gathered on the way. While a promise that `take`
 *  gives is open, nothing more is read.
 *  @throws what `take` throws or its promise fails with, which ends the exchange, or the error of the connection */
export type EachChunk = (take: TakeChunk) => Promise<void>;
export type TakeChunk = (chunk: Buffer) => Promise<void> | undefined;

/** Status and headers are here, the body is to come. */
export interface DirectAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly each: EachChunk;
  readonly destroy: () => void;
}

/** Sends the request and waits for status and headers.
 *  @throws DirectTimeout, UnreadableBody, or the error of the socket */
export function sendDirectly(given: DirectRequest): Promise<DirectAnswer> {
  return new Promise((resolve, reject) => {
    if (given.signal?.aborted === true) {
      reject(new Error('it was stopped'));
      return;
    }
    const open = given.url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = open(given.url, {
      method: given.method,
      headers: given.headers,
      agent: given.url.protocol === 'https:' ? given.agent.https : given.agent.http,
      timeout: given.limits.idleMs,
    });
    let answer: IncomingMessage | undefined;
    const stop = (error: Error): void => {
      // Who reads the answer has to hear of it, too.
      answer?.destroy(error);
      request.destroy(error);
    };
    // Not left to Node: it would tear down a connection that has just been given back, and nobody would hear of the error.
    const onAbort = (): void => {
      if (answer?.complete !== true) stop(new Error('it was stopped'));
    };
    given.signal?.addEventListener('abort', onAbort, { once: true });
    request.once('close', () => given.signal?.removeEventListener('abort', onAbort));
    after(given.limits.tryMs, () => stop(new DirectTimeout('request')), request);
    request.on('timeout', () => stop(new DirectTimeout('socket')));
    const { onWait } = given;
    if (onWait !== undefined) after(given.limits.noticeMs, () => answer === undefined && onWait(), request);
    request.on('socket', (socket) => {
      if (!socket.connecting) return;
      const isSecure = given.url.protocol === 'https:';
      let isConnected = false;
      socket.once(isSecure ? 'secureConnect' : 'connect', () => (isConnected = true));
      after(given.limits.connectMs, () => isConnected || stop(new DirectTimeout('connect')), request);
    });
    // After the answer has begun, whoever reads it meets the error there.
    request.on('error', reject);
    request.on('response', (incoming) => {
      answer = incoming;
      // Whoever reads it hears of an error there; nobody may be reading any more.
      incoming.on('error', () => undefined);
      resolve({
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        each: (take) => eachOf(incoming, take),
        destroy: () => request.destroy(),
      });
    });
    if (given.body === undefined) request.end();
    else sendBody(request, given.body, given.onSent);
  });
}

// Events, not an async iterator: that would cost a promise for each chunk, and chunks alive meanwhile.
function eachOf(incoming: IncomingMessage, take: TakeChunk): Promise<void> {
  return new Promise((resolve, reject) => {
    if (incoming.errored !== null) {
      reject(incoming.errored);
      return;
    }
    incoming.on('error', reject);
    incoming.on('end', resolve);
    const fail = (thrown: unknown): void => {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      reject(error);
      incoming.destroy(error);
    };
    incoming.on('data', (chunk: Buffer) => {
      try {
        const busy = take(lasting(chunk));
        if (busy === undefined) return;
        incoming.pause();
        busy.then(() => incoming.resume(), fail);
      } catch (thrown) {
        fail(thrown);
      }
    });
  });
}

function sendBody(
  request: ReturnType<typeof httpRequest>,
  body: BodySource,
  onSent: DirectRequest['onSent'],
): void {
  const unreadable = (cause: unknown): void => {
    request.destroy(new UnreadableBody(cause instanceof Error ? cause.message : String(cause), { cause }));
  };
  if (body.whole !== undefined) {
    try {
      const bytes = body.whole();
      if (bytes.length !== body.sizeBytes) throw new Error('its length changed');
      request.end(bytes, () => onSent?.(bytes.length));
    } catch (cause) {
      unreadable(cause);
    }
    return;
  }
  let sentBytes = 0;
  const source = body.open();
  source.on('error', unreadable);
  source.on('data', (chunk: Buffer) => {
    sentBytes += chunk.length;
    onSent?.(sentBytes);
  });
  source.on('end', () => {
    if (body.sizeBytes !== undefined && sentBytes < body.sizeBytes)
      unreadable(new Error('it became shorter while it was sent'));
  });
  request.once('close', () => source.destroy());
  source.pipe(request);
}

/** Calls `act` after a time, unless the request is over before. */
function after(
  delayMs: number | undefined,
  act: () => void,
  request: { once(event: 'close', listener: () => void): unknown },
): void {
  if (delayMs === undefined) return;
  const timer = setTimeout(act, Math.min(Math.ceil(delayMs), 2 ** 31 - 1));
  // A limit holds up no exit.
  timer.unref();
  request.once('close', () => clearTimeout(timer));
}
