// The one HTTP client: deadlines, retries of what may be repeated, errors in words, nothing secret in them.
import type { Clock } from '../base/clock.ts';
import { Interrupted, PchainError, RemoteError, WaitTimeout, messageOf } from '../base/errors.ts';
import { redact } from '../base/secret.ts';
import { HttpFailure, inSeconds, requestName, statusError } from './http-failure.ts';
import { defaultTimeouts, type HttpAnswer, type HttpRequest, type Timeouts } from './request.ts';
import { retryAfterMs } from './retry-after.ts';
import { afterFailure, defaultRetryPolicy, type Failure, type RetryPolicy } from './retry-policy.ts';
import { alreadySaved } from './save.ts';
import { serverWords } from './server-words.ts';
import { Connections, type TlsTrust } from './trust.ts';
import { tryOnce } from './try-once.ts';
import type { TryOutcome } from './try-outcome.ts';

export interface HttpClientSetup {
  readonly clock: Clock;
  /** The `User-Agent` of every request. */
  readonly userAgent: string;
  /** From 0 to 1, spreads the pauses between tries; without it they are not spread. */
  readonly random?: () => number;
  /** Receives one line per retry, and one when an answer lets one wait, without line break or secrets. */
  readonly log?: (line: string) => void;
  /** Receives one line per answer, as `log` does. */
  readonly trace?: (line: string) => void;
  readonly tls: TlsTrust;
}

export interface HttpClient {
  /** Sends a request and gives the answer.
   *  @throws HttpFailure no usable answer, or an unexpected status; AuthError 401 or 403; LocalError a file that
   *    cannot be read or written; Interrupted or WaitTimeout when the signal fired */
  request(request: HttpRequest): Promise<HttpAnswer>;
}

/** A client with its own connections, which are kept open between repeatable requests and hold up no exit. */
export function createHttpClient(setup: HttpClientSetup): HttpClient {
  const connections = new Connections(setup.tls);
  // Of a server that stays silent one line is enough, however often it is asked.
  let isWaitTold = false;
  const tellWait = (name: string, { noticeMs, idleMs }: Timeouts): void => {
    if (isWaitTold) return;
    isWaitTold = true;
    setup.log?.(
      redact(
        `\`${name}\` has had no answer for ${inSeconds(noticeMs)}; it is waited for, up to ${inSeconds(idleMs)}`,
      ),
    );
  };
  return {
    async request(request) {
      const url = checkedUrl(request.url);
      const name = requestName(request.method, url);
      const timeouts = { ...defaultTimeouts, ...request.timeouts };
      const policy: RetryPolicy = {
        ...defaultRetryPolicy,
        ...request.retry,
        repeatable: request.repeatable ?? false,
        callMs: timeouts.callMs,
      };
      throwIfAborted(request.signal, name);
      const reused = request.saveTo === undefined ? undefined : await alreadySaved(request.saveTo);
      if (reused !== undefined)
        return { status: 200, headers: {}, body: Buffer.alloc(0), name, saved: reused };

      const startMs = setup.clock.monotonicMs();
      for (let attempts = 1; ; attempts++) {
        const turnMs = request.pace?.reserve(setup.clock.monotonicMs()) ?? 0;
        if (turnMs > 0) await pauseFor(setup.clock, turnMs, request.signal, name);
        const leftMs = timeouts.callMs - (setup.clock.monotonicMs() - startMs);
        const sentMs = setup.clock.monotonicMs();
        const outcome = await tryOnce(
          { ...request, url, name, onWait: () => tellWait(name, timeouts) },
          { ...timeouts, tryMs: Math.max(1, Math.min(timeouts.tryMs ?? leftMs, leftMs)) },
          { agents: (to) => connections.agents(to, policy.repeatable), userAgent: setup.userAgent },
        );
        if (outcome.kind === 'aborted') throw stoppedError(request.signal?.reason, name);
        if (outcome.kind === 'answer') {
          isWaitTold = false;
          const tookMs = Math.round(setup.clock.monotonicMs() - sentMs);
          setup.trace?.(
            redact(`\`${outcome.answer.name}\` answered ${outcome.answer.status} in ${tookMs} ms`),
          );
        }
        if (outcome.kind === 'answer' && isExpected(outcome.answer.status, request)) return outcome.answer;

        const { failure, error } = failureOf(outcome, name, setup.clock.nowMs());
        if (outcome.kind === 'answer' && outcome.answer.status === 429) {
          const askedMs = failure.kind === 'status' ? failure.retryAfterMs : undefined;
          request.pace?.slowDown(setup.clock.monotonicMs(), askedMs, outcome.answer.body.toString('utf8'));
        }
        const spent = { attempts, ms: setup.clock.monotonicMs() - startMs, random: setup.random?.() ?? 1 };
        const next = afterFailure(policy, failure, spent);
        if (!next.retry) throw error;
        const left = policy.maxTries - attempts;
        const pause = inSeconds(next.delayMs);
        setup.log?.(
          redact(`${error.message}; trying again in ${pause}, ${left} ${left === 1 ? 'try' : 'tries'} left`),
        );
        await pauseFor(setup.clock, next.delayMs, request.signal, name);
      }
    },
  };
}

/** Reads an answer as JSON and gives it its type.
 *  @param parse turns the value into its type, and throws when it does not fit
 *  @throws HttpFailure when the body is not JSON or not of that type */
export function parseJson<Parsed>(answer: HttpAnswer, parse: (value: unknown) => Parsed): Parsed {
  const text = answer.body.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const isPage = text.trimStart().startsWith('<');
    const words = `\`${answer.name}\` did not answer with JSON but with ${isPage ? `the page \`${serverWords(text)}\`` : beginningOf(text)}`;
    throw new HttpFailure(words, answered(answer), {
      hint: isPage
        ? 'something before the server may answer in its place, such as a sign-in; or check the address'
        : undefined,
      cause,
    });
  }
  try {
    return parse(value);
  } catch (cause) {
    // Words of the server, such as a refusal, are thrown by the parser as they are to be shown.
    if (cause instanceof PchainError) throw cause;
    const message = `the answer to \`${answer.name}\` has an unknown form: ${messageOf(cause)}`;
    throw new HttpFailure(redact(message), answered(answer), { cause });
  }
}

function beginningOf(text: string): string {
  const start = text.slice(0, 60).replace(/[^\x20-\x7e]+/g, ' ');
  return start.trim() === '' ? 'an empty text' : `\`${redact(start.trim())}\``;
}

const answered = (answer: HttpAnswer) => ({ reached: 'answered', status: answer.status }) as const;

function checkedUrl(url: string | URL): URL {
  const parsed = typeof url === 'string' ? (URL.canParse(url) ? new URL(url) : undefined) : url;
  if (parsed === undefined || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) {
    throw new RemoteError('an address of a server must start with `http://` or `https://`');
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new RemoteError(`the address of \`${parsed.host}\` must not contain a user name or password`);
  }
  return parsed;
}

function isExpected(status: number, request: HttpRequest): boolean {
  return request.expect === undefined ? status >= 200 && status <= 299 : request.expect.includes(status);
}

function failureOf(
  outcome: Exclude<TryOutcome, { kind: 'aborted' }>,
  name: string,
  nowMs: number,
): { readonly failure: Failure; readonly error: PchainError } {
  if (outcome.kind === 'answer') {
    const { status, headers, body } = outcome.answer;
    const askedMs = retryAfterMs(headers['retry-after'], nowMs);
    return {
      failure: { kind: 'status', status, retryAfterMs: askedMs },
      error: statusError(outcome.answer.name, status, body.toString('utf8'), askedMs),
    };
  }
  const { reason, reached, words, hint } = outcome.failure;
  const error = new HttpFailure(
    `\`${name}\` failed: ${words}`,
    { reached, status: outcome.status },
    {
      cause: outcome.cause,
      hint,
    },
  );
  return { failure: { kind: 'network', reason }, error };
}

function throwIfAborted(signal: AbortSignal | undefined, name: string): void {
  if (signal?.aborted === true) throw stoppedError(signal.reason, name);
}

/** What a fired signal means: its own reason when that is one of our errors. */
function stoppedError(reason: unknown, name: string): PchainError {
  if (reason instanceof PchainError) return reason;
  if (reason instanceof Error && reason.name === 'TimeoutError') {
    return new WaitTimeout(`the time for \`${name}\` is over`, { cause: reason });
  }
  return new Interrupted(`stopped during \`${name}\``, { cause: reason });
}

async function pauseFor(
  clock: Clock,
  delayMs: number,
  signal: AbortSignal | undefined,
  name: string,
): Promise<void> {
  try {
    await clock.sleep(delayMs, signal);
  } catch (cause) {
    throw stoppedError(signal?.reason ?? cause, name);
  }
}
