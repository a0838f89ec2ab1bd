// One try of one request: send, follow harmless redirects, receive within the limits.
import type { IncomingHttpHeaders } from 'node:http';
import { LocalError, PchainError } from '../base/errors.ts';
import { DirectTimeout, UnreadableBody, type EachChunk } from './direct-request.ts';
import { networkFailure, timeoutFailure, type NetworkFailure } from './http-failure.ts';
import { openExchange, type Opened, type ReadyRequest, type Wire } from './open-exchange.ts';
import type { HttpAnswer, Timeouts } from './request.ts';
import { safeUrl } from './safe-url.ts';
import { discardPart, finishPart, resumeOffset, writePart, type SaveTarget, type Verdict } from './save.ts';
import { isSmall, saveSmall } from './save-small.ts';

/** `answer`: complete, whatever its status. `failed`: none, or only half of one. `aborted`: the signal fired. */
export type TryOutcome =
  | { readonly kind: 'answer'; readonly answer: HttpAnswer }
  | {
      readonly kind: 'failed';
      readonly failure: NetworkFailure;
      readonly status: number | undefined;
      readonly cause: unknown;
    }
  | { readonly kind: 'aborted' };

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const mostRedirects = 5;
/** How much more of a file makes it worth telling. */
const progressBytes = 1 << 20;
const defaultMaxAnswerBytes = 64 * 1024 * 1024;

/** Sends the request once.
 *  @throws LocalError when a file of ours cannot be read or written; every other trouble is in the outcome */
export async function tryOnce(request: ReadyRequest, timeouts: Timeouts, wire: Wire): Promise<TryOutcome> {
  let now = request;
  for (let hops = 0; ; hops++) {
    const outcome = await exchange(now, timeouts, wire);
    if (outcome.kind !== 'answer' || !redirects.has(outcome.answer.status)) return outcome;
    if (request.expect?.includes(outcome.answer.status) === true) return outcome;
    const step = redirectStep(now, now.url, outcome.answer, hops);
    if (!(step instanceof URL))
      return { kind: 'failed', failure: step, status: outcome.answer.status, cause: undefined };
    now = step.origin === now.url.origin ? { ...now, url: step } : stranger(now, step);
  }
}

/** The request as another server may see it: it asks for the same, and does not say who asks. */
function stranger(request: ReadyRequest, to: URL): ReadyRequest {
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => harmlessHeaders.has(name));
  const name = `${request.name}\`, redirected to \`${safeUrl(to)}`;
  return { ...request, url: to, name, token: undefined, headers: Object.fromEntries(headers) };
}

const harmlessHeaders: ReadonlySet<string> = new Set(['accept', 'accept-language', 'if-none-match']);

/** Where to go next, or why not: only what changes nothing is followed, and never from TLS into the clear. */
function redirectStep(
  request: ReadyRequest,
  from: URL,
  answer: HttpAnswer,
  hops: number,
): URL | NetworkFailure {
  const location = answer.headers['location'] ?? '';
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const refused = (words: string, hint?: string): NetworkFailure => ({
    reason: 'redirect',
    reached: 'answered',
    words,
    hint,
  });
  if (to === undefined) return refused(`the server redirects (${answer.status}) without an address`);
  if (hops >= mostRedirects) return refused(`the server redirects in circles, last to \`${safeUrl(to)}\``);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refused(
      `the server redirects it to \`${safeUrl(to)}\``,
      'if the server has moved, change its address',
    );
  }
  if (!/^https?:$/.test(to.protocol) || (from.protocol === 'https:' && to.protocol === 'http:')) {
    return refused(`the server redirects to \`${safeUrl(to)}\`, which is not secure`);
  }
  return to;
}

async function exchange(request: ReadyRequest, timeouts: Timeouts, wire: Wire): Promise<TryOutcome> {
  const isResumable = request.saveTo !== undefined && !isSmall(request.saveTo);
  const offset = isResumable ? await resumeOffset(request.saveTo) : 0;
  // With a length that is right already only the checksum is missing, and a server would refuse the empty range.
  if (request.saveTo !== undefined && offset > 0 && offset === request.saveTo.sizeBytes) {
    const kept = savedOutcome(request, await finishPart(request.saveTo), { status: 206, headers: {} });
    if (kept.kind === 'answer') return kept;
    return exchange(request, timeouts, wire);
  }
  let received: number | undefined;
  let status: number | undefined;
  let opened: Opened | undefined;
  try {
    opened = await openExchange(request, timeouts, wire, offset);
    received = 0;
    status = opened.status;
    const headers = plainHeaders(opened.headers);
    const count = (bytes: number): number => (received = (received ?? 0) + bytes);
    if (request.saveTo !== undefined && (status === 200 || status === 206)) {
      const { each } = opened;
      return await receiveFile(request, request.saveTo, { status, headers, offset, each, count });
    }
    // A part that no longer matches what the server has is of no use to the next try.
    if (request.saveTo !== undefined && status === 416) {
      await discardPart(request.saveTo);
      if (offset > 0) return await exchange(request, timeouts, wire);
    }
    const limit = request.maxAnswerBytes ?? defaultMaxAnswerBytes;
    const chunks: Buffer[] = [];
    await opened.each((chunk) => {
      if (count(chunk.length) > limit) throw new TooLarge(limit);
      chunks.push(chunk);
      request.onProgress?.({ direction: 'down', doneBytes: received ?? 0, totalBytes: totalOf(headers) });
      return undefined;
    });
    return {
      kind: 'answer',
      answer: { status, headers, body: Buffer.concat(chunks), name: request.name, saved: undefined },
    };
  } catch (cause) {
    if (request.signal?.aborted === true) return { kind: 'aborted' };
    if (cause instanceof PchainError) throw cause;
    if (cause instanceof TooLarge) return tooLarge(cause.limitBytes, status);
    if (cause instanceof UnreadableBody) {
      throw new LocalError(`cannot read what is to be sent with \`${request.name}\`: ${cause.message}`, {
        cause,
      });
    }
    const failure =
      cause instanceof DirectTimeout
        ? timeoutFailure(cause.event, limitOf(cause.event, timeouts))
        : networkFailure(cause, request.url, received);
    return { kind: 'failed', failure, status, cause };
  } finally {
    opened?.destroy();
  }
}

interface Incoming {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly offset: number;
  readonly each: EachChunk;
  readonly count: (bytes: number) => number;
}

async function receiveFile(
  request: ReadyRequest,
  target: SaveTarget,
  incoming: Incoming,
): Promise<TryOutcome> {
  const start = incoming.status === 206 ? rangeStart(incoming.headers['content-range']) : 0;
  if (start !== incoming.offset && start !== 0) {
    await discardPart(target);
    const words = 'the server sent another range than was asked for';
    return {
      kind: 'failed',
      failure: { reason: 'damaged', reached: 'answered', words },
      status: incoming.status,
      cause: undefined,
    };
  }
  const total = totalOf(incoming.headers);
  const wholeBytes = target.sizeBytes ?? (total === undefined ? undefined : start + total);
  let done = start;
  let toldBytes = start;
  const onBytes = (bytes: number): void => {
    incoming.count(bytes);
    done += bytes;
    // Thousands of chunks a second are no news each.
    if (wholeBytes !== undefined && done !== wholeBytes && done - toldBytes < progressBytes) return;
    toldBytes = done;
    request.onProgress?.({ direction: 'down', doneBytes: done, totalBytes: wholeBytes });
  };
  if (isSmall(target))
    return savedOutcome(request, await saveSmall(target, incoming.each, onBytes), incoming);
  await writePart(target, start, incoming.each, onBytes);
  return savedOutcome(request, await finishPart(target), incoming);
}

function savedOutcome(
  request: ReadyRequest,
  verdict: Verdict,
  { status, headers }: Pick<Incoming, 'status' | 'headers'>,
): TryOutcome {
  if (!verdict.ok) {
    const failure: NetworkFailure = { reason: verdict.reason, reached: 'answered', words: verdict.words };
    return { kind: 'failed', failure, status, cause: undefined };
  }
  return {
    kind: 'answer',
    answer: { status, headers, body: Buffer.alloc(0), name: request.name, saved: verdict.file },
  };
}

/** First byte of a `Content-Range: bytes 5-9/10`; -1 when it is not of that form. */
function rangeStart(header: string | undefined): number {
  const start = /^bytes (\d+)-\d+\/(?:\d+|\*)$/.exec(header ?? '')?.[1];
  return start === undefined ? -1 : Number(start);
}

function totalOf(headers: Readonly<Record<string, string>>): number | undefined {
  // The length of a packed body says nothing about what is counted here.
  if (headers['content-encoding'] !== undefined) return undefined;
  const length = headers['content-length'];
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
}

function plainHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}

/** Ends an answer that nobody would want in memory. */
class TooLarge extends Error {
  readonly limitBytes: number;
  constructor(limitBytes: number) {
    super('too large');
    this.limitBytes = limitBytes;
  }
}

function tooLarge(limitBytes: number, status: number | undefined): TryOutcome {
  const words = `the answer is larger than ${limitBytes} bytes`;
  return {
    kind: 'failed',
    failure: { reason: 'too-large', reached: 'answered', words },
    status,
    cause: undefined,
  };
}

function limitOf(event: string, timeouts: Timeouts): number {
  if (event === 'socket') return timeouts.idleMs;
  return event === 'request' ? (timeouts.tryMs ?? timeouts.callMs) : timeouts.connectMs;
}
