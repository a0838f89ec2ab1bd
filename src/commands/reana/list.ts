// `pchain reana list`: the runs of this user, newest first.
import { UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { bytes } from '../../terminal/amounts.ts';
import { renderTable } from '../../terminal/table.ts';
import type { Host } from '../host.ts';
import { listOption, textOption } from '../check/workflow-files.ts';
import { printJson, reanaClient } from './connection.ts';
import type { Options } from './connection.ts';
import { runRecord } from './records.ts';
import { jobsOf } from './status.ts';

const statuses = ['created', 'queued', 'pending', 'running', 'finished', 'failed', 'stopped', 'deleted'];

export async function runReanaList(options: Options, host: Host): Promise<ExitCode> {
  const wanted = listOption(options, 'status').flatMap((text) => text.split(','));
  for (const status of wanted) {
    if (!statuses.includes(status))
      throw new UsageError(`there is no status \`${status}\``, {
        hint: `it is one of ${statuses.join(', ')}`,
      });
  }
  const limit = limitOf(options);
  const withSize = options['sizes'] === true;
  const client = await reanaClient(host);
  const runs = await client.list({
    name: textOption(options, 'workflow'),
    statuses: wanted.length > 0 ? wanted : options['all'] === true ? statuses : undefined,
    limit,
    type: options['sessions'] === true ? 'interactive' : 'batch',
    withProgress: true,
    withSize,
  });
  if (options['json'] === true) {
    printJson({ runs: runs.map(runRecord) }, host);
    return ExitCode.done;
  }
  if (runs.length === 0 && host.terminal.stdout.isTty) host.terminal.say('there is no such run');
  const rows = runs.map((run) => [
    run.name,
    run.status,
    jobsOf(run) ?? '',
    run.created,
    ...(withSize ? [sizeCell(run.sizeBytes)] : []),
    ...(options['sessions'] === true ? [run.sessionPath ?? ''] : []),
  ]);
  const titles = ['run', 'status', 'jobs', 'created', ...(withSize ? ['size'] : [])];
  if (options['sessions'] === true) titles.push('session');
  host.terminal.out(
    renderTable(
      titles.map((title) => ({ title, kind: title === 'size' ? 'number' : 'name' })),
      rows,
      host.terminal.stdout,
    ),
  );
  return ExitCode.done;
}

function sizeCell(sizeBytes: number | undefined): { shown: string; full: string } {
  return sizeBytes === undefined
    ? { shown: '', full: '' }
    : { shown: bytes(sizeBytes), full: String(sizeBytes) };
}

function limitOf(options: Options): number {
  const text = textOption(options, 'limit') ?? '100';
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError(`\`--limit\` takes a whole number, not \`${text}\``);
  return Number(text);
}
