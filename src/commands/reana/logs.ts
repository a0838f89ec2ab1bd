// `pchain reana logs`: what the engine and the jobs of a run wrote; with `-f` until the run is over, new lines only.
import { ExitCode } from '../../base/exit-code.ts';
import { printable } from '../../base/text.ts';
import { isFinalStatus } from '../../reana/answers.ts';
import type { JobLog, RunLogs } from '../../reana/answers.ts';
import type { ReanaClient } from '../../reana/client.ts';
import type { Host } from '../host.ts';
import { listOption } from '../workflow-files.ts';
import { UsageError } from '../../base/errors.ts';
import { meantRun, printJson, reanaClient } from './connection.ts';
import type { Options } from './connection.ts';
import { logsRecord } from './records.ts';

export async function runReanaLogs(options: Options, host: Host): Promise<ExitCode> {
  const run = meantRun(options, host);
  const client = await reanaClient(host);
  const steps = listOption(options, 'step');
  if (options['follow'] === true) return followLogs(client, run, steps, host);
  const logs = withSteps(await client.logs(run), steps, run);
  if (options['json'] === true) {
    printJson(logsRecord(run, logs), host);
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

const firstPauseMs = 1000;
const longestPauseMs = 10_000;

/** Prints what has been added, until nothing can be added any more. */
async function followLogs(
  client: ReanaClient,
  run: string,
  steps: readonly string[],
  host: Host,
): Promise<ExitCode> {
  const shown = new Map<string, string>();
  let pauseMs = client.isLocal ? firstPauseMs / 4 : firstPauseMs;
  for (let told = false; ;) {
    // The status first: what is written after it is still caught by the next logs.
    const { status } = await client.status(run);
    const logs = await client.logs(run);
    if (logs.areLive === false && !told && !isFinalStatus(status)) {
      told = true;
      host.terminal.warn('this server shows the log of a job only when the job has ended');
    }
    const texts: (readonly [string, string])[] = [
      ...(steps.length > 0 ? [] : [['engine', logs.workflow] as const]),
      ...logs.jobs
        .filter((job) => steps.length === 0 || steps.includes(job.step))
        .map((job) => [`step ${job.step}`, job.log] as const),
    ];
    let isNew = false;
    for (const [title, text] of texts) {
      const added = addedTo(shown.get(title) ?? '', text);
      shown.set(title, text);
      if (added.trim() === '') continue;
      isNew = true;
      host.terminal.out(
        printable(added)
          .replace(/\n+$/, '')
          .replace(/^/gm, `${printable(title)} | `),
      );
    }
    if (isFinalStatus(status)) return status === 'finished' ? ExitCode.done : ExitCode.findings;
    pauseMs = isNew ? firstPauseMs : Math.min(longestPauseMs, pauseMs * 1.5);
    await host.clock.sleep(client.isLocal ? Math.min(pauseMs, firstPauseMs) : pauseMs, host.signal);
  }
}

/** What a text has more than before; all of it when it is another one. */
function addedTo(before: string, now: string): string {
  return now.startsWith(before) ? now.slice(before.length) : now;
}
