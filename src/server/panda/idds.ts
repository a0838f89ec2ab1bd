// Commands of iDDS, which knows a workflow as a request: its status, its end, another try.
import { requestId } from '../../base/names.ts';
import type { WorkCommand } from '../../engine/api.ts';
import { isFinalRequest, type RequestRecord, type RequestStatus } from '../../engine/records.ts';
import { asFields, type Fields } from '../request-body.ts';
import type { ServerParts } from '../parts.ts';
import { anything, required, text, truth } from './arguments.ts';
import { method, type Method } from './method.ts';
import { failed, succeeded, type Outcome } from './outcome.ts';
import { isOwner } from './owner.ts';

/** `execute_idds_workflow_command`: what `pbook`'s `…_workflow` commands call. */
export function executeWorkflowCommand(command: string, kwargs: unknown, parts: ServerParts): Outcome {
  if (!Object.hasOwn(commands, command) || command === 'get_requests')
    return failed(`${shown(command)} is unsupported`);
  return call(command, [], kwargs, parts);
}

/** `relay_idds_command`: any command of iDDS's client by name. */
export function relayCommand(command: string, args: unknown, kwargs: unknown, parts: ServerParts): Outcome {
  if (!Object.hasOwn(commands, command))
    return failed(`${shown(command)} is not a command of iDDS ClientManager`);
  return call(command, args, kwargs, parts);
}

export const iddsMethods: Readonly<Record<string, Method>> = {
  execute_idds_workflow_command: method(
    'POST',
    { command_name: required(text), kwargs: anything, json_outputs: truth },
    ({ command_name, kwargs }, parts) => executeWorkflowCommand(command_name, kwargs, parts),
  ),
  relay_idds_command: method(
    'POST',
    {
      command_name: required(text),
      args: anything,
      kwargs: anything,
      manager: truth,
      json_outputs: truth,
    },
    ({ command_name, args, kwargs }, parts) => relayCommand(command_name, args, kwargs, parts),
  ),
};

interface Target {
  /** The request that was asked for; `undefined` means all requests. */
  readonly id: number | undefined;
}

const commands: Readonly<Record<string, (target: Target, parts: ServerParts) => Outcome>> = {
  get_status: (target, parts) => succeeded(statusTable(selected(target, parts))),
  get_requests: (target, parts) => succeeded(selected(target, parts).map(requestEntry)),
  abort: (target, parts) => change(target, parts, 'abort'),
  retry: (target, parts) => change(target, parts, 'retry'),
  // PanDA passes these on to an iDDS that does not have them; here they do what they say.
  finish: (target, parts) => change(target, parts, 'finish'),
  suspend: (target, parts) => change(target, parts, 'suspend'),
  resume: (target, parts) => change(target, parts, 'resume'),
};

function call(command: string, args: unknown, kwargs: unknown, parts: ServerParts): Outcome {
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (run === undefined) return failed(`${shown(command)} is unsupported`);
  const positional = fromJson(args ?? []);
  const named = asFields(fromJson(kwargs ?? {}));
  if (!Array.isArray(positional)) return failed("Type error: 'args' must be a JSON list");
  if (named === undefined) return failed("Type error: 'kwargs' must be a JSON object");
  return readTarget(command, positional, named, (target) => run(target, parts));
}

/** iDDS's own refusal of arguments travels as a success of the relay. */
function readTarget(
  command: string,
  positional: readonly unknown[],
  named: Fields,
  run: (target: Target) => Outcome,
): Outcome {
  // Accepted by iDDS, without meaning for a server of one user.
  const allowed = ['request_id', 'workload_id', 'task_id', 'with_detail', 'with_metadata'];
  const unexpected = Object.keys(named).find((name) => !allowed.includes(name));
  if (unexpected !== undefined) {
    return succeeded([
      false,
      `ClientManager.${command}() got an unexpected keyword argument '${shown(unexpected)}'`,
    ]);
  }
  const given = positional[0] ?? named.request_id ?? undefined;
  if (given === undefined) return run({ id: undefined });
  const id = typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : given;
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) {
    return failed("Type error: 'request_id' must be of type int");
  }
  return run({ id });
}

/** JSON text becomes its value; `undefined` for broken JSON, other values stay. */
function fromJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function selected({ id }: Target, { engine }: ServerParts): readonly RequestRecord[] {
  if (id === undefined) return engine.requests();
  const record = engine.request(requestId(id));
  return record === undefined ? [] : [record];
}

type Change = 'abort' | 'retry' | 'finish' | 'suspend' | 'resume';

/** The words of the engine; a retry is no command to work that goes on. */
const workCommands: Readonly<Record<Exclude<Change, 'retry'>, WorkCommand>> = {
  abort: 'kill',
  finish: 'finish-soft',
  suspend: 'pause',
  resume: 'resume',
};

function change({ id }: Target, parts: ServerParts, command: Change): Outcome {
  const { engine, userName } = parts;
  if (id === undefined) return failed("Argument error: missing a required argument: 'request_id'");
  const record = engine.request(requestId(id));
  if (record === undefined) return failed(`request ${id} is not found`);
  if (!isOwner(record, parts)) return failed(`request ${id} is not owned by ${userName}`);
  const done =
    command === 'retry'
      ? engine.retry(record.id)
      : engine.commandRequest(record.id, workCommands[command]).done;
  if (done) return succeeded([[0, { status: 0, message: 'Command registered successfully' }]]);
  const message =
    isFinalRequest(record.status) && command !== 'retry'
      ? `request ${id} has ended already: ${record.status}`
      : `request ${id} has nothing to ${command}: ${record.status}`;
  return succeeded([[-1, { status: -1, message }]]);
}

/** The numbers of iDDS's `RequestStatus`. */
const statusNumbers: Readonly<Record<RequestStatus, number>> = {
  New: 0,
  Transforming: 2,
  Suspended: 12,
  Finished: 3,
  SubFinished: 4,
  Failed: 5,
  Cancelling: 8,
  Cancelled: 9,
};

function requestEntry(record: RequestRecord): unknown {
  const number = statusNumbers[record.status];
  return {
    request_id: record.id,
    workload_id: null,
    scope: 'workflow',
    name: record.name,
    username: record.userName,
    status: {
      class: 'RequestStatus',
      module: 'idds.common.constants',
      attributes: { _value_: number, _name_: record.status, _sort_order_: number },
    },
    errors: errorsOf(record),
  };
}

function errorsOf(record: RequestRecord): Fields {
  return record.error === undefined ? {} : { msg: record.error };
}

/** A table as Python's tabulate draws it: numbers to the right, text to the left. */
function statusTable(records: readonly RequestRecord[]): string {
  const rows = records.map((record) => [
    String(record.id),
    '',
    `workflow:${record.name}`,
    record.status,
    record.error === undefined ? '{}' : JSON.stringify(errorsOf(record)),
  ]);
  const heads = ['request_id', 'request_workload_id', 'scope:name', 'status', 'errors'];
  const widths = heads.map((head, column) =>
    Math.max(head.length + 2, ...rows.map((row) => (row[column] ?? '').length)),
  );
  // Without rows no column is known to hold numbers.
  const numeric = rows.length > 0 ? 0 : -1;
  const draw = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === numeric ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [draw(heads), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(draw)].join('\n');
}

function shown(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}
