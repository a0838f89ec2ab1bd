// Iterations of loops, in the shapes of the extension's answers.
import type { ReplayOutcome } from '../../engine/api.ts';
import type { IterationRecord, IterationResults } from '../../engine/records.ts';
import type { IterationAnswer, ReplayAnswer } from '../../panda/embedded-answers.ts';

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

const resultsView = (results: IterationResults | undefined): IterationAnswer['results'] =>
  results === undefined ? null : { to_continue: results.toContinue, values: results.values };
