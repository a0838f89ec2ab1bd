// `pchain list`: what was submitted from here, as the ledger has it, and what else the server knows of the user's work.
import { UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { openLedger } from '../../ledger/ledger.ts';
import type { Submission } from '../../ledger/ledger.ts';
import { ago } from '../../terminal/amounts.ts';
import { renderTable, type Row } from '../../terminal/table.ts';
import type { Host } from '../host.ts';
import { serverView, type KnownRequest, type ServerView } from '../work/known-requests.ts';
import { loadSettings } from '../servers/settings.ts';
import { textOption } from '../check/workflow-files.ts';

/** A submission, and what the server says of it now. */
interface Line {
  readonly submission: Submission;
  readonly now: KnownRequest | undefined;
}

export async function runList(options: Readonly<Record<string, unknown>>, host: Host): Promise<ExitCode> {
  const { terminal } = host;
  const days = daysOption(options);
  const settings = await loadSettings({ server: textOption(options, 'server') }, host);
  const submissions = [...(await openLedger(settings.locations.dataDirectory).list())].reverse();
  const view = options['offline'] === true ? undefined : await serverView(settings, days, host);
  const lines = submissions.map((submission): Line => ({ submission, now: nowOf(submission, view) }));
  const known = new Set(lines.map(({ now }) => now));
  const elsewhere = (view?.requests ?? []).filter((request) => !known.has(request));
  if (view?.problem !== undefined)
    terminal.say(`only what was submitted from here: the server was not asked (${view.problem})`);
  if (options['json'] === true) {
    terminal.out(JSON.stringify(documentOf(lines, elsewhere, view), null, 2));
    return ExitCode.done;
  }
  if (lines.length === 0 && elsewhere.length === 0) {
    if (terminal.stdout.isTty) terminal.say('nothing was submitted from here yet');
    return ExitCode.done;
  }
  const nowMs = host.clock.nowMs();
  const rows = [
    ...lines.map((line) => rowOf(line, nowMs)),
    ...elsewhere.map((request) => elsewhereRow(request, view?.server ?? '', nowMs)),
  ];
  terminal.out(
    renderTable(
      [
        { title: 'request', kind: 'number' },
        { title: 'outDS', kind: 'name' },
        { title: 'server', kind: 'name' },
        { title: 'last seen', kind: 'text' },
        { title: 'submitted', kind: 'text' },
        { title: 'from', kind: 'name' },
      ],
      rows,
      terminal.stdout,
    ),
  );
  return ExitCode.done;
}

/** Numbers of requests mean something on their own server only; native workflows have numbers of another kind. */
function nowOf(
  { server, requestId, outDS, isNative }: Submission,
  view: ServerView | undefined,
): KnownRequest | undefined {
  if (view?.server !== server) return undefined;
  return view.requests.find((request) =>
    isNative ? request.outDS === outDS : requestId !== undefined && request.requestId === requestId,
  );
}

function rowOf({ submission, now }: Line, nowMs: number): Row {
  return [
    submission.requestId === undefined ? '' : String(submission.requestId),
    { shown: submission.outDS },
    submission.server,
    { shown: wordOf({ submission, now }) },
    momentCell(submission.intendedMs, nowMs),
    'here',
  ];
}

function elsewhereRow(request: KnownRequest, server: string, nowMs: number): Row {
  const [task] = request.taskIds;
  return [
    request.requestId === undefined ? `task ${task ?? ''}` : String(request.requestId),
    { shown: request.outDS },
    server,
    { shown: request.status },
    request.createdMs === undefined ? '' : momentCell(request.createdMs, nowMs),
    'elsewhere',
  ];
}

function momentCell(ms: number, nowMs: number): { readonly shown: string; readonly full: string } {
  return { shown: ago(nowMs - ms), full: new Date(ms).toISOString() };
}

/** How the ledger saw it last, or how the server sees it now where it goes on. */
function wordOf({ submission, now }: Line): string {
  switch (submission.at) {
    case 'intended':
      return now?.status ?? 'not known whether it arrived';
    case 'submitted':
      return now?.status ?? 'submitted';
    case 'failed':
      return 'refused';
    case 'ended':
      return submission.status ?? 'ended';
  }
}

function documentOf(
  lines: readonly Line[],
  elsewhere: readonly KnownRequest[],
  view: ServerView | undefined,
): Record<string, unknown> {
  return {
    submissions: lines.map(({ submission, now }) => recordOf(submission, now)),
    elsewhere: elsewhere.map((request) => ({
      request_id: request.requestId ?? null,
      out_ds: request.outDS,
      server: view?.server ?? null,
      status: request.status,
      task_ids: request.taskIds,
      created_ms: request.createdMs ?? null,
    })),
    // What is not known is not the same as nothing.
    server_asked: view !== undefined && view.problem === undefined,
    server_problem: view?.problem ?? null,
  };
}

function recordOf(submission: Submission, now: KnownRequest | undefined): Record<string, unknown> {
  return {
    request_id: submission.requestId ?? null,
    out_ds: submission.outDS,
    server: submission.server,
    state: submission.at,
    status: submission.status ?? null,
    now: now?.status ?? null,
    submitted_ms: submission.submittedMs ?? null,
    ended_ms: submission.endedMs ?? null,
    files: submission.files,
    collected: submission.collected.map(({ path }) => path),
  };
}

function daysOption(options: Readonly<Record<string, unknown>>): number {
  const text = textOption(options, 'days') ?? '14';
  const days = Number(text);
  if (!/^\d{1,4}$/.test(text) || days < 1)
    throw new UsageError(`\`--days\` takes a number of days, not \`${text}\``);
  return days;
}
