// What happens when a request has ended: failures are shown, outputs collected, the end told.
import { join } from 'node:path';
import type { RequestId } from '../../base/names.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { isUnmerged } from '../../engine/panda/jobs/merge-jobs.ts';
import { counted, lastLines } from '../../base/text.ts';
import { openLedger } from '../../ledger/ledger.ts';
import type { Ledger, Submission } from '../../ledger/ledger.ts';
import { requestFailures } from '../../panda/embedded.ts';
import type { FailureAnswer } from '../../panda/embedded-answers.ts';
import type { Settings } from '../../settings/settings.ts';
import { taskLabels } from '../../terminal/progress-state.ts';
import { searchLines } from '../../terminal/loss-curve.ts';
import { renderFailure } from '../../terminal/failure.ts';
import { judge } from './outcome.ts';
import { renderSummary } from '../../terminal/summary.ts';
import type { RunSummary } from '../../terminal/summary.ts';
import { collect, finalDatasets, stagingOf } from './collect.ts';
import type { CollectedArchive } from './collect.ts';
import type { Connection } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import { collectByRucio, remoteDatasets } from './remote-outputs.ts';
import type { Snapshot } from './request-state.ts';
import { searchesOf } from './searches.ts';
import { showTaskFailures } from './task-failures.ts';

/** More cards than this say nothing new. */
const mostCards = 3;

export interface FinishOptions {
  /** Path of the tar to make; `undefined`: none is wanted. */
  readonly output: string | undefined;
  /** The share of jobs that must have finished; `undefined`: all. */
  readonly minSuccess: number | undefined;
}

/** Tells how a request ended and gives the exit code of its outcome. */
export async function finishRequest(
  connection: Connection,
  snapshot: Snapshot,
  finish: FinishOptions,
  settings: Settings,
  host: Host,
): Promise<ExitCode> {
  const { request } = snapshot.state;
  const outcome = judge(snapshot.state, finish.minSuccess);
  const { output } = finish;
  if (outcome.word !== 'finished') await showFailures(connection, snapshot, host);

  let archive: CollectedArchive | undefined;
  const { document } = snapshot;
  if (document !== undefined && output !== undefined && finalDatasets(document).length > 0) {
    archive = await collect(connection, document, output, settings, host);
  }
  const isWanted = outcome.isSuccess || outcome.word === 'partly';
  if (document === undefined && output !== undefined && isWanted) {
    const datasets = await remoteDatasets(connection, snapshot, settings, host);
    const staging = stagingOf(connection, request.id, settings);
    if (datasets.length > 0)
      archive = await collectByRucio(datasets, { path: output, name: request.name, staging }, host);
  }
  await noteEnd(settings, connection, snapshot, archive, host.clock.nowMs());
  for (const { label, search } of await searchesOf(connection, snapshot, host.signal))
    host.terminal.say(['', ...searchLines(label, search, host.terminal.stderr)].join('\n'));
  tellReuse(snapshot, host);
  const steps = taskLabels(document?.tasks ?? []);
  const summary: RunSummary = {
    name: request.name,
    outcome: outcome.word,
    error: [request.error, outcome.note].filter((line) => typeof line === 'string').join('\n  ') || undefined,
    tookMs: request.ended_ms === null ? undefined : request.ended_ms - request.created_ms,
    datasets: (document?.datasets ?? [])
      .filter(
        ({ task_id, files, is_output, name }) =>
          task_id !== null && (files > 0 || is_output) && !isUnmerged(name),
      )
      .map((dataset) => ({
        name: dataset.name,
        step: steps.get(dataset.task_id ?? -1) ?? '',
        files: dataset.files,
        sizeBytes: dataset.size_bytes,
      })),
    archive,
    pageUrl: undefined,
    next:
      archive === undefined && output === undefined && isWanted
        ? [`pchain fetch ${request.id} --output ${tarName(request.name)}`]
        : [],
  };
  host.terminal.alert(renderSummary(summary, host.terminal.stderr));
  return outcome.isSuccess ? ExitCode.done : ExitCode.findings;
}

function tellReuse({ state }: Snapshot, host: Host): void {
  const reused = state.tasks.reduce((sum, { jobs }) => sum + (jobs.reused ?? 0), 0);
  const all = state.tasks.reduce((sum, { jobs }) => sum + (jobs.total ?? 0), 0);
  if (reused > 0)
    host.terminal.say(
      `${reused} of ${counted(all, 'job')} would have made the same as before and did not run again (--fresh runs all)`,
    );
}

/** A name for the tar of a request: the last part of its outDS. */
function tarName(outDS: string): string {
  return `${outDS.split('.').slice(2).join('.') || outDS}.tar.gz`;
}

async function showFailures(connection: Connection, snapshot: Snapshot, host: Host): Promise<void> {
  const id = snapshot.state.request.id as RequestId;
  if (snapshot.document === undefined) {
    await showTaskFailures(connection, snapshot.state.tasks, host);
    return;
  }
  const failures = (await requestFailures(connection.server, id, host.signal)) ?? [];
  for (const failure of failures.slice(0, mostCards)) host.terminal.alert(card(failure, host));
  if (failures.length > mostCards)
    host.terminal.alert(`… and ${failures.length - mostCards} more failed jobs`);
  if (failures.length === 0) return;
  const hint = host.terminal.stderr.style.hint('hint');
  host.terminal.alert(
    `${hint}: after a change in your files, give the same command again; \`pchain retry ${id}\` runs the failed jobs again as they are`,
  );
}

function card(failure: FailureAnswer, host: Host): string {
  return renderFailure(
    {
      step: failure.step,
      iteration: failure.iteration,
      exitStatus: failure.exit_status ?? undefined,
      error: failure.error ?? undefined,
      command: failure.command,
      attempt: failure.attempt,
      attempts: undefined,
      ranMs:
        failure.started_ms === null || failure.ended_ms === null
          ? undefined
          : failure.ended_ms - failure.started_ms,
      ranOn: 'this machine',
      log: lastLines(failure.log_tail.join('\n'), 20).join('\n'),
      logPath: join(failure.directory, 'control', 'log'),
      directory: join(failure.directory, 'work'),
      retryCommand: undefined,
    },
    host.terminal.stderr,
  );
}

/** Notes the end in the ledger, so that the same command can tell a finished workflow from one to go on with. */
async function noteEnd(
  settings: Settings,
  connection: Connection,
  snapshot: Snapshot,
  archive: CollectedArchive | undefined,
  atMs: number,
): Promise<void> {
  const ledger = openLedger(settings.locations.dataDirectory);
  const { request } = snapshot.state;
  const submission = await submissionOf(ledger, connection, request.id);
  if (submission === undefined) return;
  if (submission.status !== request.status)
    await ledger.append({ kind: 'ended', key: submission.key, atMs, status: request.status });
  if (archive !== undefined)
    await ledger.append({ kind: 'collected', key: submission.key, atMs, path: archive.path });
}

/** Notes an archive that was made long after the end. */
export async function noteArchive(
  settings: Settings,
  connection: Connection,
  id: number,
  archive: CollectedArchive,
  atMs: number,
): Promise<void> {
  const ledger = openLedger(settings.locations.dataDirectory);
  const submission = await submissionOf(ledger, connection, id);
  if (submission === undefined) return;
  await ledger.append({ kind: 'collected', key: submission.key, atMs, path: archive.path });
}

async function submissionOf(
  ledger: Ledger,
  connection: Connection,
  id: number,
): Promise<Submission | undefined> {
  return (await ledger.list()).findLast(
    ({ server, requestId }) => server === connection.name && requestId === id,
  );
}
