// Ending a request on a remote PanDA.
import * as v from 'valibot';
import { UsageError } from '../base/errors.ts';
import type { RequestId } from '../base/names.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { serverWords } from '../http/server-words.ts';
import { legacyForm, type PandaServer } from './connection.ts';
import { legacyData } from './envelope.ts';

// iDDS answers once per command, `[[0, {"status": 0, "message": "…"}]]`, or `[false, "why"]` when it raised an error.
const outcomeShape = v.union([
  v.pipe(
    v.tuple([v.tuple([v.number(), v.object({ status: v.number(), message: v.nullish(v.string(), '') })])]),
    v.transform(([[code, { status, message }]]) => ({
      done: code === 0 && status === 0,
      message,
    })),
  ),
  v.pipe(
    v.tuple([v.boolean(), v.string()]),
    v.transform(([done, message]) => ({ done, message })),
  ),
]);

/** Asks iDDS to abort a request. Asking twice does no harm.
 *  @returns the server's words, such as `Command registered successfully`: the jobs end some time later
 *  @throws UsageError for an unknown request, AuthError for somebody else's, HttpFailure when iDDS fails */
export async function killRequest(server: PandaServer, id: RequestId, signal?: AbortSignal): Promise<string> {
  const fields = { command_name: 'abort', kwargs: JSON.stringify({ request_id: id }) };
  const answer = await legacyForm(server, 'execute_idds_workflow_command', fields, {
    repeatable: true,
    signal,
  });
  let outcome: v.InferOutput<typeof outcomeShape>;
  try {
    outcome = legacyData(answer, outcomeShape);
  } catch (cause) {
    if (cause instanceof HttpFailure && cause.message.endsWith(`request ${id} is not found`)) {
      throw new UsageError(`the server knows no request ${id}`, { hint: 'see `pchain list`', cause });
    }
    throw cause;
  }
  if (outcome.done) return serverWords(outcome.message);
  throw new HttpFailure(`request ${id} was not ended: ${serverWords(outcome.message)}`, {
    reached: 'answered',
    status: answer.status,
  });
}
