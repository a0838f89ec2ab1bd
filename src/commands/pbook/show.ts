// show and showl of pbook: tasks as the server knows them at this moment.
import { AuthError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { counted } from '../../base/text.ts';
import { readClaims } from '../../identity/claims.ts';
import type { PandaServer } from '../../panda/connection.ts';
import { findTaskRecords, type TaskQuery, type TaskRecord } from '../../panda/tasks.ts';
import { displayName } from '../credentials/identity.ts';
import type { Connection } from '../servers/connection.ts';
import { nativeTasks } from '../work/request-state.ts';
import { meantTargets, type Target } from '../work/targets.ts';
import type { Call } from './command.ts';
import { activeStatuses, connectionOf, endedStatuses } from './meant-tasks.ts';
import type { Window } from './parameter.ts';
import { renderTasks, type ShowFormat } from './show-formats.ts';

export interface ShowValues {
  readonly some_ids: readonly number[] | 'run' | 'fin' | undefined;
  readonly username: string | undefined;
  readonly limit: number;
  readonly taskname: readonly string[] | undefined;
  readonly days: Window;
  readonly jeditaskid: readonly number[] | undefined;
  readonly reqid: readonly number[] | undefined;
  readonly status: readonly string[] | undefined;
  readonly superstatus: readonly string[] | undefined;
  readonly metadata: boolean;
  readonly format: ShowFormat;
}

const dayMs = 86_400_000;

export async function showTasks(values: ShowValues, call: Call): Promise<ExitCode> {
  const { host, onIds, options } = call;
  const wanted = idsOf(values);
  const { connection, natives } = await whereTheyAre(wanted, call);
  const { server, isEmbedded } = connection;
  const { found, isCut } = await findAll(values, { server, natives }, call);
  const missing = wanted.filter(
    (id) => !found.some((task) => task.taskId === id || task.requestId === id || natives.has(id)),
  );
  onIds(found.flatMap((task) => [task.taskId, ...(task.requestId === undefined ? [] : [task.requestId])]));
  await renderTasks(
    found,
    {
      format: options['json'] === true ? 'json' : values.format,
      withMetadata: values.metadata,
      server,
      isEmbedded,
    },
    host,
  );
  if (missing.length === 0) {
    tellWindow(values, found.length, isCut, call);
    return ExitCode.done;
  }
  throw new UsageError(notThere(missing, values), {
    hint: '`show(days=None, limit=5000)` lists your tasks, however old they are',
  });
}

type NativeTarget = Extract<Target, { kind: 'native' }>;

interface Where {
  readonly server: PandaServer;
  /** Ids that are those of native workflows, whose tasks are found by their names. */
  readonly natives: ReadonlyMap<number, NativeTarget>;
}

/** The server of what was named; the ledger knows where a request was sent. */
async function whereTheyAre(
  ids: readonly number[],
  call: Call,
): Promise<{ readonly connection: Connection; readonly natives: Where['natives'] }> {
  if (ids.length === 0) return { connection: await connectionOf(call), natives: new Map() };
  const { connection, targets } = await meantTargets(ids.map(String), call.options, call.host);
  const natives = targets.filter((target) => target.kind === 'native');
  return { connection, natives: new Map(natives.map((target) => [target.id, target])) };
}

/** Ids that were asked for, however. */
function idsOf({ some_ids, jeditaskid = [], reqid = [] }: ShowValues): readonly number[] {
  const some = some_ids === undefined || some_ids === 'run' || some_ids === 'fin' ? [] : some_ids;
  return [...new Set([...some, ...jeditaskid, ...reqid])];
}

/** Tasks and requests are told apart by their numbers, as PanDA does. */
function isRequestId(id: number): boolean {
  return id < 10_000_000;
}

type Filters = Readonly<Record<string, string>>;

/** One question for each combination of values: the server cuts a list before it looks at alternatives. */
async function findAll(
  values: ShowValues,
  { server, natives }: Where,
  { host }: Call,
): Promise<{ readonly found: readonly TaskRecord[]; readonly isCut: boolean }> {
  const { days, limit } = values;
  const sinceMs = days.days === undefined ? undefined : host.clock.nowMs() - days.days * dayMs;
  const tasks = new Map<number, TaskRecord>();
  let isCut = false;
  for (const target of natives.values())
    for (const task of await nativeTasks(server, target, host.signal)) tasks.set(task.taskId, task);
  for (const filters of await questionsOf(values, natives, server)) {
    const query: TaskQuery = { limit, ...(Object.keys(filters).length === 0 ? {} : { filters }) };
    const inWindow: TaskQuery = { ...query, ...(sinceMs === undefined ? {} : { sinceMs }) };
    let found = await findTaskRecords(server, inWindow, host.signal);
    // Whoever names a task wants to see it, also when it ended long ago.
    const isNamed = 'jediTaskID' in filters || 'reqID' in filters;
    if (found.length === 0 && isNamed && sinceMs !== undefined && !days.isGiven)
      found = await findTaskRecords(server, query, host.signal);
    isCut ||= found.length >= limit;
    for (const task of found) if (!tasks.has(task.taskId)) tasks.set(task.taskId, task);
  }
  return { found: [...tasks.values()], isCut };
}

async function questionsOf(
  values: ShowValues,
  natives: Where['natives'],
  server: PandaServer,
): Promise<readonly Filters[]> {
  const { some_ids: some, username, taskname, status, superstatus } = values;
  const coarse = some === 'run' ? activeStatuses : some === 'fin' ? endedStatuses : superstatus;
  const isOwn = username === undefined || username === (await ownName(server));
  const fields: readonly (readonly [string, readonly (string | number)[] | undefined])[] = [
    ['userName', isOwn ? undefined : [username]],
    ['jediTaskID', values.jeditaskid],
    ['reqID', values.reqid],
    ['status', status],
    ['superStatus', coarse],
    ['taskName', taskname],
  ];
  let questions: readonly Filters[] = [{}];
  if (typeof some === 'object') {
    const others = some.filter((id) => !natives.has(id));
    questions = others.map((id) => ({ [isRequestId(id) ? 'reqID' : 'jediTaskID']: String(id) }));
  }
  for (const [name, alternatives] of fields) {
    if (alternatives === undefined) continue;
    questions = questions.flatMap((filters) =>
      alternatives.map((value) => ({ ...filters, [name]: String(value) })),
    );
  }
  return questions;
}

/** The server shows the user's own tasks when it is asked for nobody's, whatever the name looks like. */
async function ownName(server: PandaServer): Promise<string | undefined> {
  try {
    const token = await server.token();
    const name = token === undefined ? undefined : readClaims(token)?.name;
    return name === undefined ? undefined : displayName(name);
  } catch (thrown) {
    // The request itself will say so better.
    if (thrown instanceof AuthError) return undefined;
    throw thrown;
  }
}

function tellWindow(
  { days, limit, format }: ShowValues,
  count: number,
  isCut: boolean,
  { host }: Call,
): void {
  const { terminal } = host;
  if (isCut) {
    terminal.warn(
      `only the latest ${limit} tasks were asked for: there may be more; \`limit=\` changes that`,
    );
  } else if (count === 0 && format !== 'json') {
    const when = days.days === undefined ? '' : ` of the last ${counted(days.days, 'day')}`;
    terminal.say(`there is no such task${when}; \`days=\` looks further back`);
  } else if (terminal.stdout.isTty && days.days !== undefined && format !== 'json') {
    terminal.say(`tasks of the last ${counted(days.days, 'day')}; \`days=\` looks further back`);
  }
}

function notThere(missing: readonly number[], { days }: ShowValues): string {
  const named = missing.map((id) => `${isRequestId(id) ? 'request' : 'task'} ${id}`).join(', ');
  const when = days.isGiven && days.days !== undefined ? ` in the last ${counted(days.days, 'day')}` : '';
  return `the server knows nothing of ${named}${when}`;
}
