// How a request fails: one line for the user, one for the log, never a stack.
import { PchainError, messageOf, systemCode } from '../base/errors.ts';
import { ExitCode } from '../base/exit-code.ts';
import { redact } from '../base/secret.ts';
import { printable } from '../base/text.ts';

/** A request that cannot be answered as asked; `status` is the HTTP status. */
export class RequestFault extends Error {
  readonly status: number;
  readonly hint: string | undefined;

  constructor(status: number, message: string, hint?: string) {
    super(message);
    this.name = 'RequestFault';
    this.status = status;
    this.hint = hint;
  }
}

export interface FaultAnswer {
  readonly status: number;
  /** One line, safe to show. */
  readonly message: string;
  readonly hint: string | undefined;
  /** True when nobody expected it: it belongs into the log. */
  readonly unexpected: boolean;
}

/** What to answer for anything that was thrown while a request was handled. */
export function faultAnswer(thrown: unknown): FaultAnswer {
  const message = oneLine(messageOf(thrown));
  if (thrown instanceof RequestFault) {
    return { status: thrown.status, message, hint: thrown.hint, unexpected: false };
  }
  if (thrown instanceof PchainError) {
    return { status: statusOf(thrown.exitCode), message, hint: thrown.hint, unexpected: false };
  }
  const status = clientStatus(thrown);
  if (status === 413) {
    return { status, message: 'the request body is too large', hint: undefined, unexpected: false };
  }
  if (status !== undefined) return { status, message, hint: undefined, unexpected: false };
  if (systemCode(thrown) === 'ENOSPC') {
    return {
      status: 507,
      message: 'no space left on the disk of the server',
      hint: undefined,
      unexpected: true,
    };
  }
  return {
    status: 500,
    message: message === '' ? 'internal error' : message,
    hint: undefined,
    unexpected: true,
  };
}

/** The text on one line, without control characters and secrets, cut where it gets too long to read. */
export function oneLine(text: string): string {
  const line = redact(printable(text)).replace(/\s+/g, ' ').trim();
  return line.length > 500 ? `${line.slice(0, 500)}…` : line;
}

function statusOf(exitCode: ExitCode): number {
  if (exitCode === ExitCode.usage || exitCode === ExitCode.findings) return 400;
  if (exitCode === ExitCode.auth) return 403;
  if (exitCode === ExitCode.unsupported) return 422;
  return 500;
}

/** The 4xx that fastify and its plugins attach to faults of the client; `undefined` for everything else. */
function clientStatus(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('statusCode' in thrown)) return undefined;
  const { statusCode } = thrown;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}
