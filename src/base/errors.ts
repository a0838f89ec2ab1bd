// Errors: pchain could not do its job. A fault in the user's file is a Finding instead, never thrown.
import { ExitCode } from './exit-code.ts';

export interface ErrorDetails {
  /** The next thing to type or do; printed as `hint: …`. */
  hint?: string | undefined;
  cause?: unknown;
}

/** The base of everything that is thrown on purpose. The message names the thing (path, host, task),
 *  starts in lower case and has no full stop. Anything else that reaches `main` is our own bug. */
export class PchainError extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(exitCode: ExitCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.exitCode = exitCode;
    this.hint = details.hint;
  }
}

/** A bad flag, argument or setting (exit 2). */
export class UsageError extends PchainError {
  constructor(message: string, details?: ErrorDetails) {
    super(ExitCode.usage, message, details);
  }
}

/** A local file or program is missing, unreadable or full (exit 3). */
export class LocalError extends PchainError {
  constructor(message: string, details?: ErrorDetails) {
    super(ExitCode.local, message, details);
  }
}

/** Not signed in, or refused by a server (exit 4). */
export class AuthError extends PchainError {
  constructor(message: string, details?: ErrorDetails) {
    super(ExitCode.auth, message, details);
  }
}

/** A server or the network failed, after the retries that were safe (exit 5). */
export class RemoteError extends PchainError {
  constructor(message: string, details?: ErrorDetails) {
    super(ExitCode.remote, message, details);
  }
}

/** The time the user allowed for waiting is over; the work itself goes on (exit 6). */
export class WaitTimeout extends PchainError {
  constructor(message: string, details?: ErrorDetails) {
    super(ExitCode.timeout, message, details);
  }
}

/** Valid, but outside of what this program can do (exit 33). */
export class UnsupportedError extends PchainError {
  constructor(message: string, details?: ErrorDetails) {
    super(ExitCode.unsupported, message, details);
  }
}

/** The user asked to stop (exit 130); submitted work is left alone. */
export class Interrupted extends PchainError {
  constructor(message: string, details?: ErrorDetails) {
    super(ExitCode.interrupted, message, details);
  }
}

/** The message of anything that can be thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a Node system error (`ENOENT`, `ECONNREFUSED`, …), or `undefined`. */
export function systemCode(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
