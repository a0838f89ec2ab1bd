// The two envelopes of PanDA's answers. Both come as `text/plain`, with status 200 also for refusals.
//   v1      {"success": true, "message": "", "data": …}
//   legacy  [true, …] or [false, "why"]
import * as v from 'valibot';
import { AuthError, type PchainError } from '../base/errors.ts';
import { shapeReader } from '../base/shape-reader.ts';
import { parseJson } from '../http/client.ts';
import { HttpFailure } from '../http/http-failure.ts';
import type { HttpAnswer } from '../http/request.ts';
import { serverWords } from '../http/server-words.ts';

const v1Shape = v.object({
  success: v.boolean(),
  message: v.nullish(v.string(), ''),
  data: v.nullish(v.unknown(), null),
});
const legacyShape = v.tuple([v.boolean(), v.unknown()]);

export type V1Envelope = v.InferOutput<typeof v1Shape>;

/** A time as PanDA writes it, `{"__datetime__": "2026-07-01T12:00:00"}` in UTC; milliseconds since 1970. */
export const pandaTime = v.pipe(
  v.object({ __datetime__: v.string() }),
  v.transform(({ __datetime__: text }) => Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)),
  v.number('Invalid time'),
);

/** The v1 envelope as it is, for methods where `success: false` is an answer. */
export function v1Envelope(answer: HttpAnswer): V1Envelope {
  const envelope = parseJson(answer, shapeReader(v1Shape));
  if (!envelope.success && isMissingToken(envelope.message)) throw refusal(answer, envelope.message);
  return envelope;
}

/** The data of a v1 answer.
 *  @throws AuthError or HttpFailure with the server's words when it refuses */
export function v1Data<const Shape extends v.GenericSchema>(
  answer: HttpAnswer,
  shape: Shape,
): v.InferOutput<Shape> {
  const envelope = v1Envelope(answer);
  if (!envelope.success) throw refusal(answer, envelope.message);
  return parseJson(answer, () => shapeReader(shape)(envelope.data));
}

/** The second half of a legacy answer.
 *  @throws AuthError or HttpFailure with the server's words when it refuses */
export function legacyData<const Shape extends v.GenericSchema>(
  answer: HttpAnswer,
  shape: Shape,
): v.InferOutput<Shape> {
  const [done, value] = parseJson(answer, shapeReader(legacyShape));
  if (!done) throw refusal(answer, typeof value === 'string' ? value : JSON.stringify(value));
  return parseJson(answer, () => shapeReader(shape)(value));
}

/** The error for a request that the server understood and did not do. The server gives no codes, only words,
 *  so the words decide: who asked (AuthError) or something else (HttpFailure). */
export function refusal(answer: HttpAnswer, message: string): PchainError {
  const words = serverWords(message);
  if (isMissingToken(message)) {
    return new AuthError(`\`${answer.name}\` was refused: the server saw no token (${words})`, {
      hint: 'sign in, or set PANDA_AUTH_ID_TOKEN',
    });
  }
  const text = `\`${answer.name}\` was refused: ${words === '' ? 'the server gives no reason' : words}`;
  if (
    /\bis not owned by\b|not the task owner|permission denied|no production role|role required/i.test(message)
  ) {
    return new AuthError(text, { hint: 'only its owner may do this' });
  }
  return new HttpFailure(text, { reached: 'answered', status: answer.status });
}

function isMissingToken(message: string): boolean {
  return message.includes('SSL secure connection is required');
}
