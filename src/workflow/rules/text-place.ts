// Texts of inputs as they are written, and places in them.
import type { Fix } from '../../base/finding.ts';
import type { Span } from '../../base/span.ts';
import type { DraftInput } from '../draft.ts';

/** Where a part of a text value stands: inside of the document when it is written there, else the source it comes from. */
export function placeInText(state: DraftInput, start: number, end: number): Span {
  const { input } = state;
  const isWritten = input.source === undefined && typeof input.default === 'string';
  return (isWritten ? input.whereInText?.(start, end) : undefined) ?? input.whereValue();
}

/** Replaces a part of a text value; `undefined` unless the part is written in the document, letter by letter. */
export function fixInText(state: DraftInput, start: number, end: number, text: string): Fix | undefined {
  const { input } = state;
  const span = input.source === undefined ? input.whereInText?.(start, end) : undefined;
  if (span === undefined) return undefined;
  // With escapes in it, or where its place is not known, what is written there is something else.
  return span.end - span.start === end - start ? { span, text } : undefined;
}

/** The text of an input as it was before anything was put in; `undefined` when it is none, or is kept back. */
export function writtenText(state: DraftInput | undefined): string | undefined {
  if (state === undefined || state.suppressed || typeof state.value !== 'string') return undefined;
  return state.input.source === undefined && typeof state.input.default === 'string'
    ? state.input.default
    : state.value;
}
