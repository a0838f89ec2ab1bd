// Commands to a whole request, which iDDS knows.
import * as v from 'valibot';
import { UsageError } from '../base/errors.ts';
import type { RequestId } from '../base/names.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { serverWords } from '../http/server-words.ts';
import { legacyForm, v1Post, type PandaServer } from './connection.ts';
import { askEither } from './generations.ts';
import type { CommandOutcome } from './tasks.ts';

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

export type WorkflowCommand = 'abort' | 'retry' | 'finish' | 'suspend' | 'resume';

/** Gives a command to a request. It is executed some time later; giving it twice does no harm, except for `retry`.
 *  @returns `undefined` when this server's iDDS does not have the command
 *  @throws UsageError for an unknown request, AuthError for somebody else's, HttpFailure when iDDS fails */
export async function commandWorkflow(
  server: PandaServer,
  id: RequestId,
  command: WorkflowCommand,
  signal?: AbortSignal,
): Promise<CommandOutcome | undefined> {
  const fields = { command_name: command, kwargs: JSON.stringify({ request_id: id }) };
  const options = { repeatable: command !== 'retry', signal };
  const ask = {
    legacy: () => legacyForm(server, 'execute_idds_workflow_command', fields, options),
    v1: () => v1Post(server, 'idds/execute_idds_workflow_command', fields, options),
  };
  try {
    const { done, message } = await askEither(server, ask, outcomeShape);
    return { done, message: serverWords(message) };
  } catch (cause) {
    if (!(cause instanceof HttpFailure)) throw cause;
    if (cause.message.endsWith(`request ${id} is not found`))
      throw new UsageError(`the server knows no request ${id}`, { hint: 'see `pchain list`', cause });
    if (/has no attribute '\w+'|is unsupported$/.test(cause.message)) return undefined;
    throw cause;
  }
}
