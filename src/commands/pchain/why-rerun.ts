// `pchain why-rerun STEP [ID]`: which part of what a job depends on is another than in the request before.
import { UnsupportedError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { printable } from '../../base/text.ts';
import { whyRerun } from '../../panda/embedded.ts';
import type { RerunAnswer } from '../../panda/embedded-answers.ts';
import type { Host } from '../host.ts';
import { knownSnapshot } from '../work/request-state.ts';
import { meantTarget, targetName } from '../work/targets.ts';

/** More jobs than this are told as a number: they differ in their inputs only. */
const mostJobs = 10;
const mostLines = 8;

export async function runWhyRerun(
  step: string,
  typed: string | undefined,
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<ExitCode> {
  const { target, connection } = await meantTarget(typed, options, host);
  if (target.kind !== 'request' || !connection.isEmbedded)
    throw new UnsupportedError('only work on this machine is used again');
  const report = await whyRerun(connection.server, target.id, step, host.signal);
  if (report === undefined) {
    const { state } = await knownSnapshot(connection, target, host.signal);
    const steps = [...new Set(state.tasks.map((task) => `\`${task.step}\``))].join(', ');
    throw new UsageError(`there is no step \`${step}\` in ${targetName(target)}`, {
      hint: `it has ${steps}`,
    });
  }
  if (options['json'] === true) host.terminal.out(JSON.stringify(report, null, 2));
  else host.terminal.out(describe(report).join('\n'));
  return ExitCode.done;
}

function describe(report: RerunAnswer): readonly string[] {
  if (report.jobs.length === 0) return [`${report.step}: no job has begun`];
  const lines = report.jobs.slice(0, mostJobs).flatMap((job) => describeJob(report, job));
  const left = report.jobs.length - mostJobs;
  return left > 0 ? [...lines, `… and ${left} more jobs (--json shows all)`] : lines;
}

function describeJob(report: RerunAnswer, job: RerunAnswer['jobs'][number]): readonly string[] {
  const iteration = job.iteration === undefined ? '' : ` [${job.iteration}]`;
  const head = `${printable(report.step)}${iteration}, job ${job.serial}: ${reasonText(report, job)}`;
  return [
    head,
    ...job.changes.flatMap(({ part, was, now }) => [
      `  ${part}`,
      ...shown(was).map((line) => `    - ${line}`),
      ...shown(now).map((line) => `    + ${line}`),
    ]),
  ];
}

function reasonText(report: RerunAnswer, job: RerunAnswer['jobs'][number]): string {
  const before = `request ${report.previous_id ?? ''}`;
  switch (job.reason) {
    case 'reused':
      return `used again, from job ${job.reused_from ?? ''}`;
    case 'first':
      return 'no request of this name came before';
    case 'new':
      return `${before} had no such job`;
    case 'changed':
      return `changed since ${before}`;
    case 'unfinished':
      return `nothing changed, but it had not finished in ${before}`;
    case 'not-shared':
      return `nothing changed since ${before}; it ran because of --fresh, because its outputs are gone, or because it was not in a container then and is now, or the reverse`;
    case 'never-shared':
      return 'work of this kind is never used again';
  }
}

/** Digests as short as they are in version control. */
function shown(lines: readonly string[]): readonly string[] {
  const short = lines.map((line) =>
    printable(line)
      .replaceAll('\n', ' ')
      .replace(/\b([0-9a-f]{10})[0-9a-f]{54}\b/g, '$1'),
  );
  const left = short.length - mostLines;
  return left > 0 ? [...short.slice(0, mostLines), `… and ${left} more`] : short;
}
