// `pchain reana logs`: what the engine and the jobs of a run wrote; with `-f` as it comes, until the run is over.
import { ExitCode } from '../../base/exit-code.ts';
import { printable } from '../../base/text.ts';
import type { JobLog, RunLogs } from '../../reana/protocol/answers.ts';
import { ReanaClient } from '../../reana/protocol/client.ts';
import type { Host } from '../host.ts';
import { listOption } from '../check/workflow-files.ts';
import { UsageError } from '../../base/errors.ts';
import { meantRun, printJson, reanaConnection } from './connection.ts';
import type { Options } from './connection.ts';
import { followLogs } from './follow-logs.ts';
import type { LogFollowing } from './follow-logs.ts';
import { logsRecord } from './records.ts';

export async function runReanaLogs(options: Options, host: Host): Promise<ExitCode> {
  const run = meantRun(options, host);
  const steps = listOption(options, 'step');
  const { setup, revive } = await reanaConnection(host);
  const client = new ReanaClient(setup, host.signal);
  if (options['follow'] === true) return follow({ client, run, steps, host, revive }, options);
  const { id, name } = await client.status(run);
  const logs = withSteps(await client.logs(id), steps, name);
  if (options['json'] === true) {
    printJson(logsRecord(name, logs), host);
    return ExitCode.done;
  }
  const parts = [
    ...(steps.length > 0 || logs.workflow.trim() === '' ? [] : [section('engine', logs.workflow)]),
    ...[...logs.jobs].sort(failedFirst).map(jobSection),
    ...(steps.length > 0 || logs.engine.trim() === '' ? [] : [section('engine, more', logs.engine)]),
  ];
  host.terminal.out(parts.join('\n'));
  return ExitCode.done;
}

/** As JSON it is one record, at the end. */
async function follow(given: Omit<LogFollowing, 'onLine'>, options: Options): Promise<ExitCode> {
  const { steps, host } = given;
  const isJson = options['json'] === true;
  const onLine = (title: string, line: string): void => {
    if (!isJson) host.terminal.out(`${printable(title)} | ${line}`);
  };
  const { state, logs } = await followLogs({ ...given, onLine });
  const shown = withSteps(logs, steps, state.name);
  if (isJson) printJson(logsRecord(state.name, shown), host);
  return state.status === 'finished' ? ExitCode.done : ExitCode.findings;
}

function withSteps(logs: RunLogs, steps: readonly string[], run: string): RunLogs {
  if (steps.length === 0) return logs;
  const known = new Set(logs.jobs.map((job) => job.step));
  for (const step of steps) {
    if (known.has(step)) continue;
    throw new UsageError(`run \`${run}\` has no log of a step \`${step}\``, {
      hint:
        known.size === 0
          ? 'none of its jobs has begun'
          : `it has ${[...known].map((name) => `\`${name}\``).join(', ')}`,
    });
  }
  return { ...logs, jobs: logs.jobs.filter((job) => steps.includes(job.step)) };
}

/** What went wrong is what one looks for. */
function failedFirst(a: JobLog, b: JobLog): number {
  return Number(b.status === 'failed') - Number(a.status === 'failed');
}

function jobSection(job: JobLog): string {
  const head = [`step ${job.step}: ${job.status}`, job.image, job.backend]
    .filter((text) => text !== '')
    .join(', ');
  return section(head, `$ ${job.command.trim()}\n${job.log}`);
}

function section(title: string, text: string): string {
  return `== ${printable(title)}\n${printable(text).trimEnd()}\n`;
}
