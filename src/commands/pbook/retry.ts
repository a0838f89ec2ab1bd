// retry and killAndRetry of pbook.
import { UsageError, WaitTimeout } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import type { TaskId } from '../../base/names.ts';
import { counted } from '../../base/text.ts';
import {
  commandTask,
  findTask,
  findTaskRecords,
  isFinalTaskStatus,
  isRetriable,
  retryTask,
} from '../../panda/tasks.ts';
import type { Connection } from '../servers/connection.ts';
import { mergedChanges, retryChange, retryOptions, type Changes } from '../work/retry-changes.ts';
import { refusalsOf, toldEach } from '../work/tell.ts';
import type { Call } from './command.ts';
import { tellTasks } from './control.ts';
import type { Given } from './given.ts';
import { connectionOf, meantTasks, requireSome, type MeantTasks } from './meant-tasks.ts';

/** Values of a retry by the names of its options. */
type Named = Readonly<Record<string, unknown>>;

interface Retry extends Named {
  readonly taskIDs: readonly number[] | 'all';
  readonly newOpts: ReadonlyMap<string, Given> | undefined;
  readonly days: number | undefined;
  readonly limit: number | undefined;
}

export async function retryTasks(values: Retry, call: Call): Promise<ExitCode> {
  const changes = changesOf(values);
  const meant =
    values.taskIDs === 'all'
      ? await partlyDone(values, call)
      : await meantTasks(idsOf(values), isRetriable, call);
  warnOfQueues(changes, call);
  return tellTasks(meant, (server, id) => retryTask(server, id, changes, call.host.signal), call);
}

function idsOf({ taskIDs, days, limit }: Retry): readonly number[] {
  if (days !== undefined || limit !== undefined)
    throw new UsageError("`days` and `limit` have a meaning for `retry('all')` only");
  return taskIDs === 'all' ? [] : taskIDs;
}

const dayMs = 86_400_000;

/** The tasks that ended with some of their work. */
async function partlyDone({ days = 14, limit = 1000 }: Retry, call: Call): Promise<MeantTasks> {
  const connection = await connectionOf(call);
  const query = { sinceMs: call.host.clock.nowMs() - days * dayMs, limit, filters: { status: 'finished' } };
  const found = await findTaskRecords(connection.server, query, call.host.signal);
  return { connection, tasks: found.map((task) => task.taskId), missing: [] };
}

/** @throws UsageError for what a retry cannot change */
function changesOf(values: Named & Pick<Retry, 'newOpts'>): Changes {
  if (values.newOpts !== undefined)
    return mergedChanges([...values.newOpts].map(([name, given]) => retryChange(name, plain(name, given))));
  const all = retryOptions.flatMap(({ name }) => {
    const value = values[name];
    return typeof value === 'string' || isTexts(value) ? [retryChange(name, value)] : [];
  });
  return mergedChanges(all);
}

function plain(name: string, given: Given): string | readonly string[] {
  if (typeof given === 'string') return given;
  if (isTexts(given)) return given;
  throw new UsageError(`\`${name}\` must be one value, or a list of texts`);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function warnOfQueues(changes: Changes, { host }: Call): void {
  if ('site' in changes || 'excludedSite' in changes || 'includedSite' in changes)
    host.terminal.say('whether queues of these names exist is not checked; they change from time to time');
}

/** Between two looks at tasks that are being stopped. */
const pollMs = 5_000;
/** A server carries commands out within half an hour, as it says itself. */
const patienceMs = 45 * 60_000;

export async function killAndRetry(
  values: Named & { readonly taskIDs: readonly number[]; readonly newOpts: Retry['newOpts'] },
  call: Call,
): Promise<ExitCode> {
  const changes = changesOf(values);
  const { host } = call;
  const meant = await meantTasks(
    values.taskIDs,
    (status) => !isFinalTaskStatus(status) || isRetriable(status),
    call,
  );
  requireSome(meant);
  const { connection, tasks } = meant;
  const killing = tasks.map((id) => ({
    name: `task ${id}`,
    // One that has ended already needs no kill.
    tell: async () =>
      (await hasEnded(connection, id, call))
        ? { done: true, message: 'has ended' }
        : commandTask(connection.server, id, 'kill', host.signal),
  }));
  const told = await toldEach(killing);
  for (const line of refusalsOf(killing, told)) host.terminal.alert(line);
  const stopped = tasks.filter((_, index) => told[index]?.done === true);
  await host.terminal.whileWaiting(`waiting until ${counted(stopped.length, 'task')} ended`, () =>
    untilEnded(connection, stopped, call),
  );
  const exitCode = await tellTasks(
    { ...meant, tasks: stopped },
    (server, id) => retryTask(server, id, changes, host.signal),
    call,
  );
  return stopped.length < tasks.length && exitCode === ExitCode.done ? ExitCode.findings : exitCode;
}

async function untilEnded(connection: Connection, tasks: readonly TaskId[], call: Call): Promise<void> {
  const { clock, signal } = call.host;
  const untilMs = clock.nowMs() + patienceMs;
  for (const id of tasks) {
    while (!(await hasEnded(connection, id, call))) {
      if (clock.nowMs() > untilMs)
        throw new WaitTimeout(`task ${id} was told to stop and goes on`, {
          hint: `when it has ended: \`pbook retry ${id}\``,
        });
      await clock.sleep(connection.isEmbedded ? pollMs / 20 : pollMs, signal);
    }
  }
}

async function hasEnded(connection: Connection, id: TaskId, { host }: Call): Promise<boolean> {
  const task = await findTask(connection.server, id, host.signal);
  if (task === undefined) throw new UsageError(`the server knows no task ${id}`);
  return isFinalTaskStatus(task.status);
}
