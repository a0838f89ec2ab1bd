// What every rule gets to see, and the few things most of them need.
import type { Findings } from '../../base/finding.ts';
import type { Span } from '../../base/span.ts';
import type { Draft, DraftInput } from '../draft.ts';
import type { Value, Workflow } from '../model.ts';

export interface RuleContext {
  readonly workflow: Workflow;
  /** Values of the workflow's inputs. */
  readonly values: Readonly<Record<string, Value>>;
  /** The resolved steps at the top. */
  readonly drafts: readonly Draft[];
  readonly findings: Findings;
}

/** Looks at one step, wherever it lies. A step of a sub-workflow that is run several times is seen several times; findings
 *  that say the same about the same place are shown once. */
export type StepRule = (draft: Draft, findings: Findings) => void;

/** Where a part of a text value stands: inside of the document when it is written there, else the source it comes from. */
export function placeInText(state: DraftInput, start: number, end: number): Span {
  const { input } = state;
  const isWritten = input.source === undefined && typeof input.default === 'string';
  return isWritten && input.whereInText !== undefined ? input.whereInText(start, end) : input.whereValue();
}

/** The text of an input as it was before anything was put in; `undefined` when it is none, or is kept back. */
export function writtenText(state: DraftInput | undefined): string | undefined {
  if (state === undefined || state.suppressed || typeof state.value !== 'string') return undefined;
  return state.input.source === undefined && typeof state.input.default === 'string'
    ? state.input.default
    : state.value;
}

/** `1 input`, `2 inputs` for messages. */
export function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
