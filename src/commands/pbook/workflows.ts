// Commands of pbook on whole workflows, which iDDS knows as requests.
import { UnsupportedError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import type { RequestId } from '../../base/names.ts';
import { safeJson } from '../../base/text.ts';
import type { CommandOutcome } from '../../panda/tasks.ts';
import {
  commandWorkflow,
  workflowStatus,
  type WorkflowCommand,
  type WorkflowRow,
} from '../../panda/workflow-commands.ts';
import { requestPaint } from '../../terminal/progress-lines.ts';
import { renderTable } from '../../terminal/table.ts';
import type { View } from '../../terminal/terminal.ts';
import type { Connection } from '../servers/connection.ts';
import { controlRequest, type ControlVerb } from '../work/control-verb.ts';
import { meantTargets, targetName, type Target } from '../work/targets.ts';
import { tellAll } from '../work/tell.ts';
import type { Call } from './command.ts';

type RequestTarget = Extract<Target, { kind: 'request' }>;

export async function showWorkflows(ids: readonly number[], call: Call): Promise<ExitCode> {
  const { host, onIds, options } = call;
  const { connection, requests } = await meantRequests(ids, call);
  const rows: WorkflowRow[] = [];
  const missing: RequestId[] = [];
  for (const { id } of requests) {
    const found = (await workflowStatus(connection.server, id, host.signal)).filter((row) => row.id === id);
    rows.push(...found);
    if (found.length === 0) missing.push(id);
  }
  if (options['json'] === true) {
    host.terminal.out(safeJson(rows.map(({ id, ...row }) => ({ request_id: id, ...row }))));
  } else host.terminal.out(tableOf(rows, host.terminal.stdout));
  onIds(rows.map(({ id }) => id));
  if (missing.length === 0) return ExitCode.done;
  throw new UsageError(`the server knows no request ${missing.join(', ')}`, { hint: 'see `pchain list`' });
}

function tableOf(rows: readonly WorkflowRow[], view: View): string {
  return renderTable(
    [
      { title: 'request_id', kind: 'number' },
      { title: 'scope:name', kind: 'name' },
      { title: 'status', kind: 'name' },
      { title: 'errors', kind: 'text' },
    ],
    rows.map(({ id, name, status, errors }) => [
      String(id),
      name,
      { shown: status, paint: requestPaint(status) },
      errors,
    ]),
    view,
  );
}

export async function commandWorkflows(
  word: WorkflowCommand,
  verb: ControlVerb,
  ids: readonly number[],
  call: Call,
): Promise<ExitCode> {
  return tellRequests(ids, call, (connection, request) =>
    controlRequest(connection, request, word, verb, call.host),
  );
}

export async function retryWorkflows(ids: readonly number[], call: Call): Promise<ExitCode> {
  return tellRequests(ids, call, async (connection, { id }) => {
    const outcome = await commandWorkflow(connection.server, id, 'retry', call.host.signal);
    if (outcome === undefined) throw new UnsupportedError('this server cannot retry a request');
    return outcome;
  });
}

async function tellRequests(
  ids: readonly number[],
  call: Call,
  tell: (connection: Connection, request: RequestTarget) => Promise<CommandOutcome>,
): Promise<ExitCode> {
  const { connection, requests } = await meantRequests(ids, call);
  const addressees = requests.map((request) => ({
    name: targetName(request),
    tell: () => tell(connection, request),
  }));
  return tellAll(addressees, call.host);
}

/** @throws UsageError for ids of anything else */
async function meantRequests(
  ids: readonly number[],
  { host, options }: Call,
): Promise<{ readonly connection: Connection; readonly requests: readonly RequestTarget[] }> {
  const { targets, connection } = await meantTargets(ids.map(String), options, host);
  const requests = targets.map((target) => {
    if (target.kind === 'request') return target;
    const hint =
      target.kind === 'task'
        ? '`show(ID)` tells the request of a task; `kill`, `retry` and so on take tasks'
        : `this server has no commands for a workflow of this kind as a whole; \`pchain status ${target.id}\` shows its tasks`;
    throw new UsageError(`${targetName(target)} is not a request of iDDS`, { hint });
  });
  return { connection, requests };
}
