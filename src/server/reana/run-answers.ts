// What the embedded REANA's runs look like on the wire.
import { createHash } from 'node:crypto';
import { redact } from '../../base/secret.ts';
import type { ReanaEngine } from '../../engine/api.ts';
import type { RunLogLine, RunRecord, RunStepRecord } from '../../engine/records.ts';
import { cutPage, sizeOf, wireTime } from './query.ts';
import type { Query } from './query.ts';

/** The one user of an embedded server. */
export const userId = '00000000-0000-0000-0000-000000000000';

/** `name.number`. */
export const fullName = (run: RunRecord): string => `${run.name}.${run.runNumber}`;

/** The answer of `GET …/status`. */
export function statusAnswer(engine: ReanaEngine, run: RunRecord): object {
  const steps = engine.runSteps(run.id);
  return {
    id: run.id,
    name: fullName(run),
    created: wireTime(run.createdMs),
    status: run.status,
    user: userId,
    progress: progressAnswer(run, steps),
    logs: JSON.stringify(jobLogs(run, steps, mostLogBytes.status)),
  };
}

/** What `progressAnswer` and the status say, in short: as long as it is the same, nothing has happened. */
export function stateTag(engine: ReanaEngine, run: RunRecord): string {
  const state = { status: run.status, progress: progressAnswer(run, engine.runSteps(run.id)) };
  return `"${createHash('sha256').update(JSON.stringify(state)).digest('hex').slice(0, 32)}"`;
}

export interface ListDetails {
  /** Jobs and the current command, not the times alone. */
  readonly progress: boolean;
  readonly size: boolean;
}

/** An entry of `GET /api/workflows`. */
export function listEntry(engine: ReanaEngine, run: RunRecord, details: ListDetails): object {
  return {
    id: run.id,
    name: fullName(run),
    status: run.status,
    user: userId,
    launcher_url: null,
    created: wireTime(run.createdMs),
    progress: details.progress ? progressAnswer(run, engine.runSteps(run.id)) : times(run),
    size: details.size ? sizeOf(engine.workspaceBytes(run.id)) : { human_readable: '', raw: -1 },
  };
}

/** The answer of `GET …/logs`: `logs` is JSON inside of JSON.
 *  @param names of steps; the others and the log of the workflow are left out. `undefined`: everything */
export function logsAnswer(
  engine: ReanaEngine,
  run: RunRecord,
  names: readonly string[] | undefined,
  query: Query,
): object {
  const steps = engine.runSteps(run.id).filter((step) => names?.includes(step.name) ?? true);
  return {
    workflow_id: run.id,
    workflow_name: fullName(run),
    user: userId,
    logs: JSON.stringify({
      workflow_logs: names === undefined ? workflowLog(run, engine.runLog(run.id)) : null,
      job_logs: jobLogs(run, cutPage(steps, query).items, mostLogBytes.logs),
      engine_specific: null,
    }),
  };
}

function progressAnswer(run: RunRecord, steps: readonly RunStepRecord[]): object {
  const group = (...statuses: readonly RunStepRecord['status'][]): object => {
    const ids = steps.filter((step) => statuses.includes(step.status)).map((step) => jobUuid(run, step));
    return { total: ids.length, job_ids: ids };
  };
  const current = steps.findLast((step) => step.status !== 'created');
  return {
    ...times(run),
    running: group('running'),
    finished: group('finished'),
    failed: group('failed'),
    // The number of jobs is known from the start, their ids only once they exist.
    total: {
      total: run.status === 'created' || run.status === 'queued' ? 0 : Math.max(run.stepsTotal, steps.length),
      job_ids: steps.filter((step) => step.status !== 'created').map((step) => jobUuid(run, step)),
    },
    current_command: current?.command ?? null,
    current_step_name: current?.name ?? null,
  };
}

function times(run: RunRecord): Readonly<Record<string, string | null>> {
  const ended = run.endedMs === undefined ? null : wireTime(run.endedMs);
  return {
    run_started_at: run.startedMs === undefined ? null : wireTime(run.startedMs),
    run_finished_at: run.status === 'stopped' ? null : ended,
    run_stopped_at: run.status === 'stopped' ? ended : null,
  };
}

/** What the logs of one answer may take together, and one log: enough to see why a command failed, small enough for memory and
 *  wire. The status is asked for again and again. */
const mostLogBytes = { status: 1 << 20, logs: 1 << 25, one: 1 << 20 };

function jobLogs(
  run: RunRecord,
  steps: readonly RunStepRecord[],
  mostBytes: number,
): Readonly<Record<string, object>> {
  const begun = steps.filter((step) => step.status !== 'created');
  const share = Math.min(mostLogBytes.one, Math.floor(mostBytes / begun.length));
  return Object.fromEntries(
    begun.map((step) => [
      jobUuid(run, step),
      {
        workflow_uuid: run.id,
        job_name: step.name,
        compute_backend: 'Local',
        backend_job_id: `${run.id}-${step.index}`,
        docker_img: step.image,
        cmd: step.command,
        status: step.status,
        logs: step.logEnd(share),
        started_at: step.startedMs === undefined ? null : wireTime(step.startedMs),
        finished_at: step.endedMs === undefined ? null : wireTime(step.endedMs),
      },
    ]),
  );
}

function workflowLog(run: RunRecord, log: readonly RunLogLine[]): string {
  const lines = log.map(({ atMs, line }) => `${wireTime(atMs)} ${line}`);
  if (run.error !== undefined) lines.push(run.error);
  if (run.endedMs !== undefined) lines.push(`${wireTime(run.endedMs)} workflow ${run.status}`);
  return lines.map((line) => `${redact(line)}\n`).join('');
}

/** Jobs need ids that stay: made from the run and the position (RFC 9562, version 8). */
function jobUuid(run: RunRecord, step: RunStepRecord): string {
  const hex = createHash('sha256').update(`${run.id}/${step.index}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
