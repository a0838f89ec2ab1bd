// Commands to a whole request, which iDDS knows.
import * as v from 'valibot';
import { UsageError } from '../base/errors.ts';
import type { RequestId } from '../base/names.ts';
import { printable } from '../base/text.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { serverWords } from '../http/server-words.ts';
import { legacyForm, v1Post, type CallOptions, type PandaServer } from './connection.ts';
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

/** A request as iDDS shows it in its table. */
export interface WorkflowRow {
  readonly id: number;
  /** `workflow:<outDS>`. */
  readonly name: string;
  readonly status: string;
  /** What iDDS says went wrong, safe to print; empty when nothing did. */
  readonly errors: string;
}

/** Asks iDDS for its table of a request; empty for one that it does not know. Anybody's requests are shown. */
export async function workflowStatus(
  server: PandaServer,
  id: RequestId,
  signal?: AbortSignal,
): Promise<readonly WorkflowRow[]> {
  return rowsOf(
    await askEither(server, asking(server, 'get_status', id, { repeatable: true, signal }), v.string()),
  );
}

function asking(
  server: PandaServer,
  command: string,
  id: RequestId,
  options: CallOptions,
): Parameters<typeof askEither>[1] {
  const fields = { command_name: command, kwargs: JSON.stringify({ request_id: id }) };
  return {
    legacy: () => legacyForm(server, 'execute_idds_workflow_command', fields, options),
    v1: () => v1Post(server, 'idds/execute_idds_workflow_command', fields, options),
  };
}

/** Reads a table of Python's tabulate: a line of titles, one of dashes that says how wide the columns are, and the rows. */
function rowsOf(table: string): readonly WorkflowRow[] {
  const lines = printable(table).split('\n');
  const ruler = lines.findIndex((line) => /^-+(?: +-+)+\s*$/.test(line));
  const columns = [...(lines[ruler] ?? '').matchAll(/-+/g)].map(({ index, 0: dashes }, column, all) => ({
    start: index,
    // The last one is as long as its text.
    end: column === all.length - 1 ? undefined : index + dashes.length,
  }));
  const cells = (line: string | undefined): readonly string[] =>
    columns.map(({ start, end }) => (line ?? '').slice(start, end).trim());
  const titles = cells(lines[ruler - 1]);
  return lines.slice(ruler + 1).flatMap((line) => {
    const row = cells(line);
    const cell = (title: string): string => row[titles.indexOf(title)] ?? '';
    const id = Number(cell('request_id'));
    if (ruler < 0 || line.trim() === '' || !Number.isInteger(id)) return [];
    const errors = cell('errors');
    return [{ id, name: cell('scope:name'), status: cell('status'), errors: errors === '{}' ? '' : errors }];
  });
}

/** Gives a command to a request. It is executed some time later; giving it twice does no harm, except for `retry`.
 *  @returns `undefined` when this server's iDDS does not have the command
 *  @throws UsageError for an unknown request, AuthError for somebody else's, HttpFailure when iDDS fails */
export async function commandWorkflow(
  server: PandaServer,
  id: RequestId,
  command: WorkflowCommand,
  signal?: AbortSignal,
): Promise<CommandOutcome | undefined> {
  const ask = asking(server, command, id, { repeatable: command !== 'retry', signal });
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
