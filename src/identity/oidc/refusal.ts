// What a provider or the library says against a sign-in, in words.
import {
  JWT_TIMESTAMP_CHECK,
  OperationProcessingError,
  ResponseBodyError,
  UnsupportedOperationError,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi';
import { AuthError, PchainError, messageOf } from '../../base/errors.ts';
import { HttpFailure } from '../../http/http-failure.ts';
import { serverWords } from '../../http/server-words.ts';
import { safeUrl } from '../../http/safe-url.ts';

/** The code of OAuth with which a provider refused, such as `authorization_pending`; `undefined`: it did something else.
 *  @see RFC 6749 section 5.2, RFC 8628 section 3.5 */
export function refusalCode(thrown: unknown): string | undefined {
  if (thrown instanceof ResponseBodyError) return thrown.error;
  if (thrown instanceof WWWAuthenticateChallengeError) return thrown.cause[0]?.parameters.error;
  return undefined;
}

/** The error for a refusal; errors of ours stay as they are.
 *  @param doing what was tried, as the end of `cannot` */
export function refusalError(thrown: unknown, doing: string, issuer: string): PchainError {
  if (thrown instanceof PchainError) return thrown;
  const name = safeUrl(issuer);
  const code = refusalCode(thrown);
  if (code !== undefined || thrown instanceof WWWAuthenticateChallengeError) {
    const said = thrown instanceof ResponseBodyError ? serverWords(thrown.error_description ?? '') : '';
    const words = said === '' ? (code ?? 'it gives no reason') : `${said} (${code ?? ''})`;
    return new AuthError(`cannot ${doing}: \`${name}\` refuses: ${serverWords(words)}`, {
      cause: thrown,
      hint: hints[code ?? ''],
    });
  }
  if (thrown instanceof OperationProcessingError && thrown.code === JWT_TIMESTAMP_CHECK) {
    return new AuthError(`cannot ${doing}: the tokens of \`${name}\` are out of date when they arrive`, {
      cause: thrown,
      hint: 'the clock of this machine may be wrong: `pchain doctor` compares it',
    });
  }
  if (thrown instanceof OperationProcessingError || thrown instanceof UnsupportedOperationError) {
    const message = `cannot ${doing}: the answer of \`${name}\` makes no sense: ${messageOf(thrown)}`;
    return new HttpFailure(message, { reached: 'answered' }, { cause: thrown });
  }
  throw thrown;
}

const hints: Readonly<Record<string, string>> = {
  invalid_client:
    'the server gives out a client that its identity provider does not know; tell whoever runs it',
  unauthorized_client: 'the client of the server may not do this; tell whoever runs it',
  invalid_scope: 'the identity provider does not give what the server asks for; tell whoever runs it',
};
