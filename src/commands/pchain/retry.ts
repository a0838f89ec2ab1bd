// `pchain retry [ID…]`: runs the failed jobs of requests and tasks again; finished ones are kept.
import { closest } from '../../base/closest.ts';
import { UnsupportedError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { taskId } from '../../base/names.ts';
import { counted } from '../../base/text.ts';
import { retryTask, type CommandOutcome } from '../../panda/tasks.ts';
import { commandWorkflow } from '../../panda/workflow-commands.ts';
import type { Connection } from '../connection.ts';
import type { Host } from '../host.ts';
import { snapshotOf } from '../request-state.ts';
import { meantTargets, targetName, type Target } from '../targets.ts';
import { listOption } from '../workflow-files.ts';

export async function runRetry(
  typed: readonly string[],
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<ExitCode> {
  const changes = changesOf(listOption(options, 'set'));
  const { targets, connection } = await meantTargets(typed, options, host);
  let allDone = true;
  for (const target of targets) {
    const { done, message } = await retry(connection, target, changes, host);
    allDone &&= done;
    host.terminal.say(`${targetName(target)}: ${message}`);
  }
  if (allDone && targets.length === 1)
    host.terminal.say(`\`pchain follow ${targets[0].id}\` shows how it goes`);
  return allDone ? ExitCode.done : ExitCode.findings;
}

type Changes = Readonly<Record<string, unknown>>;

async function retry(
  connection: Connection,
  target: Target,
  changes: Changes,
  host: Host,
): Promise<CommandOutcome> {
  const { server } = connection;
  if (target.kind === 'task') return retryTask(server, target.id, changes, host.signal);
  if (target.kind === 'request' && Object.keys(changes).length === 0) {
    const outcome = await commandWorkflow(server, target.id, 'retry', host.signal);
    if (outcome === undefined) throw new UnsupportedError('this server cannot retry a request');
    return outcome;
  }
  return retryTasks(connection, target, changes, host);
}

/** Retries every task that ended without all of its work. */
async function retryTasks(
  connection: Connection,
  target: Target,
  changes: Changes,
  host: Host,
): Promise<CommandOutcome> {
  const snapshot = await snapshotOf(connection, target, host.signal);
  if (snapshot === undefined)
    throw new UsageError(`the server knows no ${targetName(target)}`, { hint: 'see `pchain list`' });
  const tasks = snapshot.state.tasks.filter(
    (task) => ['finished', 'failed', 'aborted', 'exhausted'].includes(task.status) && !task.skipped,
  );
  if (tasks.length === 0) return { done: false, message: 'has no task to retry' };
  const refused: string[] = [];
  for (const task of tasks) {
    const outcome = await retryTask(connection.server, taskId(task.id), changes, host.signal);
    if (!outcome.done) refused.push(`task ${task.id}: ${outcome.message}`);
  }
  if (refused.length === tasks.length) return { done: false, message: refused.join('; ') };
  for (const line of refused) host.terminal.warn(line);
  return { done: true, message: `${counted(tasks.length - refused.length, 'task')} will run again` };
}

/** What PanDA lets a retry change: the option as users write it, and the name of the task parameter. */
const changeable: ReadonlyMap<string, string> = new Map(
  [
    ...'site excludedSite includedSite nFilesPerJob nMaxFilesPerJob nGBPerJob nFiles nEvents loopingCheck'.split(
      ' ',
    ),
    ...'maxNFilesPerJob ramCount avoidVP ignoreMissingInDS forceStaged maxCoreCount'.split(' '),
  ]
    .map((name): [string, string] => [name, name])
    .concat([
      ['memory', 'ramCount'],
      ['maxCore', 'maxCoreCount'],
    ]),
);
const lists: ReadonlySet<string> = new Set(['excludedSite', 'includedSite']);

/** Reads `--set name=value`: digits are numbers, sites that are listed have commas between them.
 *  @throws UsageError for a name that a retry cannot change */
function changesOf(settings: readonly string[]): Changes {
  const changes: Record<string, unknown> = {};
  for (const setting of settings) {
    const equals = setting.indexOf('=');
    const name = equals === -1 ? setting : setting.slice(0, equals);
    const parameter = changeable.get(name);
    if (parameter === undefined) {
      const near = closest(name, changeable.keys());
      throw new UsageError(`a retry cannot change \`${name}\``, {
        hint:
          near === undefined
            ? `it can change ${[...changeable.keys()].join(', ')}`
            : `did you mean \`${near}\`?`,
      });
    }
    if (equals === -1)
      throw new UsageError(`\`--set ${setting}\` has no value`, { hint: `write \`--set ${name}=VALUE\`` });
    changes[parameter] = valueOf(parameter, setting.slice(equals + 1));
  }
  return changes;
}

function valueOf(parameter: string, text: string): unknown {
  if (lists.has(parameter)) return text.split(',').filter((item) => item !== '');
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
