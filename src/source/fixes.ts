// Fixes put into a text: only what they replace changes, so comments and layout stay.
import type { Fix } from '../base/finding.ts';

export interface FixedText {
  readonly text: string;
  /** Those that were put in, by place. */
  readonly applied: readonly Fix[];
}

/** Puts in the fixes of one file. Of those that overlap the first wins, by place; the others may fit in a second pass.
 *  Line breaks of a fix become those of the text. */
export function applyFixes(text: string, fixes: readonly Fix[]): FixedText {
  const inOrder = [...fixes].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  const applied: Fix[] = [];
  const pieces: string[] = [];
  let at = 0;
  for (const fix of inOrder) {
    const { start, end } = fix.span;
    const before = applied.at(-1)?.span;
    const isInside = start >= 0 && start <= end && end <= text.length;
    // Two fixes at one and the same place would be put in in an order that nobody has chosen.
    if (!isInside || (before !== undefined && (start < before.end || start === before.start))) continue;
    pieces.push(text.slice(at, start), withBreaksOf(text, fix.text));
    at = end;
    applied.push(fix);
  }
  return { text: pieces.join('') + text.slice(at), applied };
}

function withBreaksOf(text: string, inserted: string): string {
  const lineBreak = /\r\n|\n/.exec(text)?.[0] ?? '\n';
  return inserted.replace(/\r\n|\n/g, lineBreak);
}
