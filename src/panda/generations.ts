// PanDA's server has two generations of its protocol. The workflow calls are asked in the first, which every server of today has,
// and in the second where the first is gone. What a server has is found once and noted; when that stops working, the other is tried.
import type * as v from 'valibot';
import { PchainError } from '../base/errors.ts';
import { HttpFailure } from '../http/http-failure.ts';
import type { HttpAnswer } from '../http/request.ts';
import type { PandaServer } from './connection.ts';
import { legacyData, v1Data } from './envelope.ts';
import type { Generation } from './generation-note.ts';

/** Servers that come with no note are remembered for as long as the connection lasts. */
const found = new WeakMap<PandaServer, Generation>();

/** Asks in the generation that the server has.
 *  @throws what `legacyData` and `v1Data` throw */
export async function askEither<const Shape extends v.GenericSchema>(
  server: PandaServer,
  ask: { readonly legacy: () => Promise<HttpAnswer>; readonly v1: () => Promise<HttpAnswer> },
  shape: Shape,
): Promise<v.InferOutput<Shape>> {
  const read = {
    legacy: async () => legacyData(await ask.legacy(), shape),
    v1: async () => v1Data(await ask.v1(), shape),
  };
  const first = found.get(server) ?? server.generation?.read() ?? 'legacy';
  try {
    const answer = await read[first]();
    note(server, first);
    return answer;
  } catch (thrown) {
    if (!isGone(thrown)) throw thrown;
  }
  const second = first === 'legacy' ? 'v1' : 'legacy';
  const answer = await read[second]();
  note(server, second);
  return answer;
}

function note(server: PandaServer, generation: Generation): void {
  if (found.get(server) === generation) return;
  found.set(server, generation);
  server.generation?.write(generation);
}

/** The server does not know the method at all; nothing was done. */
export function isGone(thrown: unknown): boolean {
  if (thrown instanceof HttpFailure && thrown.status === 404) return true;
  return thrown instanceof PchainError && /\bmethod \S+ is forbidden/.test(thrown.message);
}
