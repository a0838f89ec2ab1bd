// Why a request failed, in words, and whether it can have had an effect.
import { STATUS_CODES } from 'node:http';
import { AuthError, RemoteError, systemCode, type ErrorDetails, type PchainError } from '../base/errors.ts';
import { redact } from '../base/secret.ts';
import { DirectTimeout } from './direct-request.ts';
import type { NetworkReason } from './retry-policy.ts';
import { safeUrl } from './safe-url.ts';
import { serverWords } from './server-words.ts';

/** How far a failed request got. `no`: it never left; `unknown`: the server may have acted on it;
 *  `answered`: the server answered, so it knows what it did. */
export type Reached = 'no' | 'unknown' | 'answered';

/** A request without a usable answer. */
export class HttpFailure extends RemoteError {
  readonly reached: Reached;
  /** The status of the answer; `undefined` when there was none. */
  readonly status: number | undefined;

  constructor(
    message: string,
    facts: { reached: Reached; status?: number | undefined },
    details?: ErrorDetails,
  ) {
    super(message, details);
    this.reached = facts.reached;
    this.status = facts.status;
  }
}

/** `POST https://host/path`, as messages name a request. */
export function requestName(method: string, url: string | URL): string {
  return redact(`${method} ${safeUrl(url)}`);
}

/** The error for an answer with a status nobody expected: an AuthError for 401 and 403, otherwise an HttpFailure.
 *  @param askedMs how long the server wants to be left alone */
export function statusError(name: string, status: number, body: string, askedMs?: number): PchainError {
  const words = serverWords(body);
  const said = words === '' ? '' : `: ${words}`;
  const title = STATUS_CODES[status];
  const answered = `\`${name}\` answered ${status}${title === undefined ? '' : ` (${title})`}${said}`;
  if (status === 401 || status === 403) {
    return new AuthError(answered, { hint: 'check that the token is valid and of the right group' });
  }
  const hint =
    askedMs === undefined ? undefined : `the server asks to wait ${roughly(askedMs)} before the next try`;
  return new HttpFailure(answered, { reached: 'answered', status }, { hint });
}

/** `1.5 s`. */
export const inSeconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

function roughly(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

export interface NetworkFailure {
  readonly reason: NetworkReason;
  readonly reached: Reached;
  /** What happened, as the end of the sentence `POST … failed: `. */
  readonly words: string;
  readonly hint?: string | undefined;
}

/** Names what a socket, a look-up or a TLS handshake ended with.
 *  @param receivedBytes bytes of the body so far; `undefined` before the head of the answer arrived */
export function networkFailure(thrown: unknown, url: URL, receivedBytes: number | undefined): NetworkFailure {
  const code = systemCode(thrown) ?? '';
  if (receivedBytes !== undefined) {
    return {
      reason: 'incomplete',
      reached: 'unknown',
      words: `the answer broke off after ${receivedBytes} bytes`,
    };
  }
  if (certificateCodes.test(code) || wrongProtocol(code)) {
    return {
      reason: 'certificate',
      reached: 'no',
      words: wrongProtocol(code)
        ? `no ${url.protocol === 'https:' ? 'TLS' : 'HTTP'} is spoken there (${code})`
        : `its certificate is not trusted (${code})`,
      hint: wrongProtocol(code)
        ? 'check whether the address starts with http: or https:'
        : 'set X509_CERT_DIR to the folder of your authority’s certificates; PANDA_VERIFY_HOST=off trusts any server',
    };
  }
  switch (code) {
    case 'ECONNREFUSED':
      return {
        reason: 'refused',
        reached: 'no',
        words: `nothing listens at \`${url.host}\` (connection refused)`,
      };
    case 'ENOTFOUND':
      return { reason: 'unknown-host', reached: 'no', words: `no host is called \`${url.hostname}\`` };
    case 'EAI_AGAIN':
      return {
        reason: 'unreachable',
        reached: 'no',
        words: `the name \`${url.hostname}\` cannot be looked up now`,
      };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return {
        reason: 'unreachable',
        reached: 'no',
        words: `there is no way to \`${url.host}\` from here (${code})`,
      };
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return {
        reason: 'reset',
        reached: 'unknown',
        words: `\`${url.host}\` closed the connection without an answer`,
      };
    default:
      return { reason: 'other', reached: 'unknown', words: code === '' ? redact(plainWords(thrown)) : code };
  }
}

/** Names a limit that ran out. */
export function timeoutFailure(event: DirectTimeout['event'], limitMs: number): NetworkFailure {
  const seconds = inSeconds(limitMs);
  switch (event) {
    case 'connect':
      return { reason: 'timeout', reached: 'no', words: `no connection within ${seconds}` };
    case 'socket':
      return { reason: 'silence', reached: 'unknown', words: `nothing was heard for ${seconds}` };
    case 'request':
      return { reason: 'timeout', reached: 'unknown', words: `it did not end within ${seconds}` };
  }
}

/** True when a server let one wait for longer than anybody would: for us, or for a gateway before it (504). */
export function isSilence(failure: HttpFailure): boolean {
  const { cause } = failure;
  return failure.status === 504 || (cause instanceof DirectTimeout && cause.event === 'socket');
}

const certificateCodes =
  /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY|DECRYPT)|^CRL_|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)/;

function wrongProtocol(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_') || code === 'HPE_INVALID_CONSTANT';
}

function plainWords(thrown: unknown): string {
  return serverWords(thrown instanceof Error ? thrown.message : String(thrown));
}
