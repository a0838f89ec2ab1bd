// What one try of a request came to.
import type { NetworkFailure } from './http-failure.ts';
import type { ReadyRequest } from './open-exchange.ts';
import type { HttpAnswer } from './request.ts';

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

/** A complete answer; without a body where that went elsewhere. */
export function answerOf(
  { name }: ReadyRequest,
  answer: Pick<HttpAnswer, 'status' | 'headers'> & Partial<HttpAnswer>,
): TryOutcome {
  return { kind: 'answer', answer: { body: Buffer.alloc(0), saved: undefined, name, ...answer } };
}

export function failed(failure: NetworkFailure, status: number | undefined, cause?: unknown): TryOutcome {
  return { kind: 'failed', failure, status, cause };
}
