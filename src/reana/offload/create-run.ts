// Makes the one run of an offload. Creating twice makes two runs, so it is never simply repeated: a key travels with the
// specification, and first comes the question whether a run with it is there already.
import type { Clock } from '../../base/clock.ts';
import { Interrupted, PchainError } from '../../base/errors.ts';
import { HttpFailure } from '../../http/http-failure.ts';
import type { CreatedRun } from '../protocol/answers.ts';
import type { LoadedSpecification, ReanaClient } from '../protocol/client.ts';
import { isLost } from '../protocol/wire.ts';

/** The parameter that carries the key. */
export const keyParameter = 'pchain_key';

const tries = 3;
const pauseMs = 1000;

export interface Creation {
  readonly name: string;
  readonly key: string;
  /** True when an earlier call may have created the run. */
  readonly mayExist: boolean;
  readonly specification: LoadedSpecification;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/** `isFound`: an earlier call, or a try whose answer was lost, has made it. */
export async function createOnce(
  client: ReanaClient,
  creation: Creation,
): Promise<CreatedRun & { readonly isFound: boolean }> {
  const { name, key, specification, clock, signal } = creation;
  let found = creation.mayExist ? await findByKey(client, name, key) : undefined;
  if (creation.mayExist && found === undefined) {
    // Whoever is interrupted and calls again at once may be quicker than the server.
    await clock.sleep(pauseMs, signal);
    found = await findByKey(client, name, key);
  }
  for (let attempt = 1; found === undefined; attempt++) {
    try {
      return { ...(await client.create(name, specification)), isFound: false };
    } catch (error) {
      if (!isLost(error)) throw error;
      await clock.sleep(pauseMs, signal);
      found = await findByKey(client, name, key);
      if (found === undefined && attempt >= tries) throw error;
    }
  }
  return { ...found, isFound: true };
}

/** True when no run has been made: the server has refused to, or was not even asked. */
export function isRefused(error: unknown): boolean {
  if (!(error instanceof PchainError) || error instanceof Interrupted) return false;
  return !(error instanceof HttpFailure) || (!isLost(error) && (error.status ?? 0) < 500);
}

async function findByKey(client: ReanaClient, name: string, key: string): Promise<CreatedRun | undefined> {
  for (const run of await client.list({ name, statuses: ['created'] })) {
    const { parameters } = await client.storedSpecification(run.id);
    if (parameters[keyParameter] === key) return { id: run.id, name: run.name, warnings: [] };
  }
  return undefined;
}
