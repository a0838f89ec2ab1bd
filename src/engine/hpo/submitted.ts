// What is kept of a submission for its searches: the files that options of phpo name, and what the user says about them.
import type { ReadText } from '../../base/read-text.ts';
import { readHpoSpec } from '../../prun/hpo-spec.ts';
import { rememberingReader } from '../../source/remembering-reader.ts';
import type { Plan, PlannedStep } from '../../workflow/plan.ts';
import type { SearchOptions, SubmittedSearch } from './search-options.ts';

/** @param readText of the files in the sandbox
 *  @returns `undefined`: the plan has no phpo step */
export function submittedSearch(
  plan: Plan,
  readText: ReadText,
  options: SearchOptions,
): SubmittedSearch | undefined {
  const steps = phpoSteps(plan.steps);
  if (steps.length === 0) return undefined;
  const reader = rememberingReader(readText);
  for (const step of steps) readHpoSpec(step.command.slice(1), reader.readText);
  return { options, texts: Object.fromEntries(reader.texts) };
}

function phpoSteps(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return steps.flatMap((step) => (step.type === 'phpo' ? [step] : phpoSteps(step.steps)));
}
