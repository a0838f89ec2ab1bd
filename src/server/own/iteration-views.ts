// Iterations of loops and what ran again, in the shapes of the extension's answers.
import type { ReplayOutcome, RerunReport } from '../../engine/api.ts';
import type { IterationRecord, IterationResults } from '../../engine/records.ts';
import type { IterationAnswer, ReplayAnswer, RerunAnswer } from '../../panda/embedded-answers.ts';

export const iterationView = (record: IterationRecord): IterationAnswer => ({
  step_id: record.stepId,
  loop: record.loop,
  iteration: record.iteration,
  parameters: record.parameters,
  outcome: record.outcome ?? null,
  junction: record.junction ?? null,
  results: resultsView(record.results),
  note: record.note ?? null,
});

export const replayView = ({ results, error, log }: ReplayOutcome): ReplayAnswer => ({
  results: resultsView(results),
  error: error ?? null,
  log_tail: [...log],
});

export const rerunView = ({ requestId, previousId, step, jobs }: RerunReport): RerunAnswer => ({
  request_id: requestId,
  previous_id: previousId ?? null,
  step,
  jobs: jobs.map((job) => ({
    job_id: job.jobId,
    ...(job.iteration === '' ? {} : { iteration: job.iteration }),
    serial: job.serial,
    status: job.status,
    reason: job.reason,
    reused_from: job.reusedFrom ?? null,
    changes: job.changes.map(({ part, was, now }) => ({ part, was: [...was], now: [...now] })),
  })),
});

const resultsView = (results: IterationResults | undefined): IterationAnswer['results'] =>
  results === undefined ? null : { to_continue: results.toContinue, values: results.values };
