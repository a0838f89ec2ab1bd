// PanDA's server has two generations of its protocol. The workflow calls are asked in the first, which every server of today has,
// and in the second where the first is gone; what a server has is found once and remembered for as long as the connection lasts.
import type * as v from 'valibot';
import { PchainError } from '../base/errors.ts';
import { HttpFailure } from '../http/http-failure.ts';
import type { HttpAnswer } from '../http/request.ts';
import type { PandaServer } from './connection.ts';
import { legacyData, v1Data } from './envelope.ts';

/** Servers that were found to have the second generation only. */
const secondOnly = new WeakSet<PandaServer>();

/** Asks in the generation that the server has.
 *  @throws what `legacyData` and `v1Data` throw */
export async function askEither<const Shape extends v.GenericSchema>(
  server: PandaServer,
  ask: { readonly legacy: () => Promise<HttpAnswer>; readonly v1: () => Promise<HttpAnswer> },
  shape: Shape,
): Promise<v.InferOutput<Shape>> {
  if (!secondOnly.has(server)) {
    try {
      return legacyData(await ask.legacy(), shape);
    } catch (thrown) {
      if (!isGone(thrown)) throw thrown;
    }
  }
  const found = v1Data(await ask.v1(), shape);
  secondOnly.add(server);
  return found;
}

/** The server does not know the method at all; nothing was done. */
function isGone(thrown: unknown): boolean {
  if (thrown instanceof HttpFailure && thrown.status === 404) return true;
  return thrown instanceof PchainError && /\bmethod \w+ is forbidden/.test(thrown.message);
}
