// One try of one request: send, follow harmless redirects, receive within the limits.
import type { IncomingHttpHeaders } from 'node:http';
import { LocalError, PchainError } from '../base/errors.ts';
import { DirectTimeout, Enough, UnreadableBody, type DirectAnswer } from './direct-request.ts';
import { networkFailure, timeoutFailure, type NetworkFailure } from './http-failure.ts';
import { DamagedBody, LongBody, unpackedBody } from './packed-body.ts';
import { openExchange, type ReadyRequest, type Wire } from './open-exchange.ts';
import type { HttpAnswer, Timeouts } from './request.ts';
import { safeUrl } from './safe-url.ts';
import { receiveFile, savedOutcome, totalOf } from './receive-file.ts';
import { discardPart, finishPart, resumeOffset } from './save.ts';
import { isSmall } from './save-small.ts';
import { answerOf, failed, type TryOutcome } from './try-outcome.ts';

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const mostRedirects = 5;
const defaultMaxAnswerBytes = 64 * 1024 * 1024;

/** Sends the request once.
 *  @throws LocalError when a file of ours cannot be read or written; every other trouble is in the outcome */
export async function tryOnce(request: ReadyRequest, timeouts: Timeouts, wire: Wire): Promise<TryOutcome> {
  let now = request;
  for (let hops = 0; ; hops++) {
    const outcome = await exchange(now, timeouts, wire);
    if (outcome.kind === 'failed' && hops > 0) {
      const words = `${outcome.failure.words}, after a redirect to \`${safeUrl(now.url)}\``;
      return { ...outcome, failure: { ...outcome.failure, words } };
    }
    if (outcome.kind !== 'answer' || !redirects.has(outcome.answer.status)) return outcome;
    if (request.expect?.includes(outcome.answer.status) === true) return outcome;
    const step = redirectStep(now, now.url, outcome.answer, hops);
    if (!(step instanceof URL)) return failed(step, outcome.answer.status);
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
  const limit = request.maxAnswerBytes ?? defaultMaxAnswerBytes;
  let received: number | undefined;
  let status: number | undefined;
  let opened: DirectAnswer | undefined;
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
    if (request.receive !== undefined && status === 200) {
      const take = request.receive(headers);
      const { each } = opened;
      await untilEnough(() =>
        each((chunk) => {
          count(chunk.length);
          return take(chunk);
        }),
      );
      return answerOf(request, { status, headers });
    }
    const chunks: Buffer[] = [];
    await opened.each((chunk) => {
      if (count(chunk.length) > limit) throw new LongBody();
      chunks.push(chunk);
      request.onProgress?.({ direction: 'down', doneBytes: received ?? 0, totalBytes: totalOf(headers) });
      return undefined;
    });
    const packed = Buffer.concat(chunks);
    const body = await unpackedBody(packed, headers['content-encoding'], limit);
    return answerOf(request, { status, headers, body });
  } catch (cause) {
    if (request.signal?.aborted === true) return { kind: 'aborted' };
    if (cause instanceof PchainError) throw cause;
    if (cause instanceof LongBody) return failed(tooLarge(limit), status);
    if (cause instanceof DamagedBody)
      return failed({ reason: 'damaged', reached: 'answered', words: cause.message }, status, cause);
    if (cause instanceof UnreadableBody) {
      throw new LocalError(`cannot read what is to be sent with \`${request.name}\`: ${cause.message}`, {
        cause,
      });
    }
    const failure =
      cause instanceof DirectTimeout
        ? timeoutFailure(cause.event, limitOf(cause.event, timeouts))
        : networkFailure(cause, request.url, received);
    return failed(failure, status, cause);
  } finally {
    opened?.destroy();
  }
}

async function untilEnough(receive: () => Promise<void>): Promise<void> {
  try {
    await receive();
  } catch (thrown) {
    if (!(thrown instanceof Enough)) throw thrown;
  }
}

function plainHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}

function tooLarge(limitBytes: number): NetworkFailure {
  return { reason: 'too-large', reached: 'answered', words: `the answer is larger than ${limitBytes} bytes` };
}

function limitOf(event: DirectTimeout['event'], timeouts: Timeouts): number {
  switch (event) {
    case 'connect':
      return timeouts.connectMs;
    case 'socket':
      return timeouts.idleMs;
    case 'request':
      return timeouts.tryMs ?? timeouts.callMs;
  }
}
