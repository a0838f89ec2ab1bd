// Answers of REANA as `--json` prints them (schemas/reana.schema.json): names in snake case, `null` for what is not known.
import type { JobLog, RemoteFile, RunLogs, RunState } from '../../reana/protocol/answers.ts';

export function runRecord(run: RunState): Record<string, unknown> {
  return {
    id: run.id,
    name: run.name,
    status: run.status,
    created: run.created,
    started: run.started ?? null,
    ended: run.ended ?? null,
    jobs: { total: run.jobsTotal, finished: run.jobsFinished, failed: run.jobsFailed },
    current_step: run.currentStep ?? null,
    size_bytes: run.sizeBytes ?? null,
  };
}

export function fileRecord(file: RemoteFile, url: string): Record<string, unknown> {
  return { name: file.name, size_bytes: file.sizeBytes, modified: file.modified, url };
}

export function logsRecord(run: string, logs: RunLogs): Record<string, unknown> {
  return {
    run,
    workflow: logs.workflow,
    engine: logs.engine,
    jobs: logs.jobs.map(jobRecord),
  };
}

function jobRecord(job: JobLog): Record<string, unknown> {
  return {
    id: job.id,
    step: job.step,
    status: job.status,
    image: job.image,
    command: job.command,
    backend: job.backend,
    started: job.started ?? null,
    ended: job.ended ?? null,
    log: job.log,
  };
}
