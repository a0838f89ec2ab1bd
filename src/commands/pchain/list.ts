// `pchain list`: what was submitted from here, as the ledger has it. Asks no server.
import { ExitCode } from '../../base/exit-code.ts';
import { openLedger } from '../../ledger/ledger.ts';
import type { Submission } from '../../ledger/ledger.ts';
import { ago } from '../../terminal/amounts.ts';
import { renderTable } from '../../terminal/table.ts';
import type { Host } from '../host.ts';
import { loadSettings } from '../settings.ts';

export async function runList(options: Readonly<Record<string, unknown>>, host: Host): Promise<ExitCode> {
  const settings = await loadSettings({}, host);
  const submissions = [...(await openLedger(settings.locations.dataDirectory).list())].reverse();
  if (options['json'] === true) {
    host.terminal.out(JSON.stringify({ submissions: submissions.map(recordOf) }, null, 2));
    return ExitCode.done;
  }
  if (submissions.length === 0) {
    if (host.terminal.stdout.isTty) host.terminal.say('nothing was submitted from here yet');
    return ExitCode.done;
  }
  const nowMs = host.clock.nowMs();
  const rows = submissions.map((submission) => [
    submission.requestId === undefined ? '' : String(submission.requestId),
    { shown: submission.outDS },
    submission.server,
    { shown: wordOf(submission) },
    { shown: ago(nowMs - submission.intendedMs), full: new Date(submission.intendedMs).toISOString() },
  ]);
  host.terminal.out(
    renderTable(
      [
        { title: 'request', kind: 'number' },
        { title: 'outDS', kind: 'name' },
        { title: 'server', kind: 'name' },
        { title: 'last seen', kind: 'text' },
        { title: 'submitted', kind: 'text' },
      ],
      rows,
      host.terminal.stdout,
    ),
  );
  return ExitCode.done;
}

/** What the ledger knows; the server may know more by now. */
function wordOf(submission: Submission): string {
  switch (submission.at) {
    case 'intended':
      return 'not known whether it arrived';
    case 'submitted':
      return 'submitted';
    case 'failed':
      return 'refused';
    case 'ended':
      return submission.status ?? 'ended';
  }
}

function recordOf(submission: Submission): Record<string, unknown> {
  return {
    request_id: submission.requestId ?? null,
    out_ds: submission.outDS,
    server: submission.server,
    state: submission.at,
    status: submission.status ?? null,
    submitted_ms: submission.submittedMs ?? null,
    ended_ms: submission.endedMs ?? null,
    files: submission.files,
    collected: submission.collected,
  };
}
