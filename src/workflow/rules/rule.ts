// What a rule is.
import type { Findings } from '../../base/finding.ts';
import type { Draft } from '../draft.ts';
import type { StepView } from './step-view.ts';

/** Looks at one step, wherever it lies. A step of a sub-workflow that is run several times is seen several times; findings
 *  that say the same about the same place are shown once. */
export type StepRule = (draft: Draft, findings: Findings, view: StepView) => void;

/** Names in backticks, separated by commas. */
export function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
