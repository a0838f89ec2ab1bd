// What a command about submitted work means: requests, workflows in PanDA's native description, or single tasks; and where they are.
import { UsageError } from '../../base/errors.ts';
import { requestId, taskId, type RequestId, type TaskId } from '../../base/names.ts';
import { openLedger } from '../../ledger/ledger.ts';
import type { Submission } from '../../ledger/ledger.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Connection } from '../servers/connection.ts';
import { connect } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import { loadSettings } from '../servers/settings.ts';
import { textOption } from '../check/workflow-files.ts';

export type Target =
  | { readonly kind: 'request'; readonly id: RequestId }
  | { readonly kind: 'task'; readonly id: TaskId }
  /** A native workflow on a remote PanDA, which knows no verb for it: its tasks are found by their names. */
  | {
      readonly kind: 'native';
      readonly id: RequestId;
      readonly outDS: string;
      readonly sinceMs: number;
      /** Names of the tasks that its steps become; `undefined`: not known. */
      readonly expected: readonly string[] | undefined;
    };

export interface MeantTargets {
  readonly targets: readonly [Target, ...Target[]];
  readonly settings: Settings;
  readonly connection: Connection;
}

/** Opens the server of what was typed. Without `--server` the ledger knows where a request was sent.
 *  @param typed ids of requests or tasks, each also several with commas between; none: the latest submission from here
 *  @throws UsageError when one is no number, when they are on several servers, or when nothing was submitted yet */
export async function meantTargets(
  typed: readonly string[],
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<MeantTargets> {
  const server = textOption(options, 'server');
  const settings = await loadSettings({ server }, host);
  const submissions = (await openLedger(settings.locations.dataDirectory).list()).filter(
    (known) => known.requestId !== undefined,
  );
  const words = typed.flatMap((word) => word.split(',')).filter((word) => word !== '');
  const ids = words.length === 0 ? [latest(submissions)] : words.map(numberOf);
  const known = ids.map((id) => submissions.findLast((one) => one.requestId === id && !isTaskId(id)));
  const origins = new Set(
    known.map((submission) => submission?.server).filter((origin) => origin !== undefined),
  );
  if (server === undefined && origins.size > 1) {
    throw new UsageError(`these were submitted to several servers: ${[...origins].join(', ')}`, {
      hint: 'name one with --server, or give them one by one',
    });
  }
  const [origin] = origins;
  const chosen =
    server !== undefined || origin === undefined ? settings : await settingsFor(origin, settings, host);
  const connection = await connect(chosen, host);
  const [first, ...more] = ids.map((id, index) => targetOf(id, known[index], connection));
  if (first === undefined) throw new UsageError('no id is given');
  return { targets: [first, ...more], settings: chosen, connection };
}

/** One target: what commands that show or fetch work on. */
export async function meantTarget(
  typed: string | undefined,
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<{ readonly target: Target; readonly settings: Settings; readonly connection: Connection }> {
  const { targets, settings, connection } = await meantTargets(
    typed === undefined ? [] : [typed],
    options,
    host,
  );
  if (targets.length > 1)
    throw new UsageError(`\`${typed ?? ''}\` is more than one id`, { hint: 'give one' });
  return { target: targets[0], settings, connection };
}

/** `request 7`, `task 40000001`: for messages. */
export function targetName(target: Target): string {
  return target.kind === 'native' ? `workflow ${target.id}` : `${target.kind} ${target.id}`;
}

/** Ids of tasks and requests are told apart by their size, as PanDA's own tools do it. */
function isTaskId(id: number): boolean {
  return id >= 10_000_000;
}

function targetOf(id: number, submission: Submission | undefined, connection: Connection): Target {
  if (isTaskId(id)) return { kind: 'task', id: taskId(id) };
  if (submission?.isNative === true && !connection.isEmbedded) {
    const { outDS, intendedMs, expected } = submission;
    return { kind: 'native', id: requestId(id), outDS, sinceMs: intendedMs, expected };
  }
  return { kind: 'request', id: requestId(id) };
}

/** The settings for the server that the ledger names; as they are when they mean it anyway, profile included. */
function settingsFor(origin: string, settings: Settings, host: Host): Promise<Settings> {
  const current =
    settings.server.value.kind === 'local'
      ? 'local'
      : new URL(settings.pandaUrlSsl.value ?? 'http://none').origin;
  return current === origin ? Promise.resolve(settings) : loadSettings({ server: origin }, host);
}

function latest(submissions: readonly Submission[]): number {
  const id = submissions.at(-1)?.requestId;
  if (id === undefined)
    throw new UsageError('nothing was submitted from here yet', { hint: 'give a request id' });
  return id;
}

function numberOf(typed: string): number {
  if (!/^\d{1,15}$/.test(typed))
    throw new UsageError(`\`${typed}\` is not the id of a request or a task, which is a number`, {
      hint: 'see `pchain list`',
    });
  return Number(typed);
}
