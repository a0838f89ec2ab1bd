// Misspelt names: what may have been meant, and whether that is certain enough to be corrected without asking.
import { closest } from './closest.ts';
import type { FindingExtras } from './finding.ts';
import type { Span } from './span.ts';

/** What seems to have been written instead of a name that is missing: nothing more need be said of it as an unknown name.
 *  @param written names that stand where the missing one should */
export function writtenInstead(
  missing: string,
  written: Iterable<string>,
  known: readonly string[],
): string | undefined {
  for (const name of written) if (!known.includes(name) && closest(name, known) === missing) return name;
  return undefined;
}

/** What an unknown name may have been meant as, and the mend where that is certain.
 *  @param isWritten whether a name is there already, so that no other may become it */
export function meantName(
  name: string,
  span: Span,
  known: readonly string[],
  isWritten: (name: string) => boolean,
): FindingExtras {
  const near = closest(name, known);
  const certain = misspeltName(name, known);
  const isFree = certain !== undefined && !isWritten(certain);
  return {
    help: near === undefined ? undefined : `did you mean \`${near}\`?`,
    fix: isFree ? { span, text: certain } : undefined,
  };
}

/** Names of fewer letters are one slip away from too many others. */
const shortest = 4;

/** The one candidate that a single slip of the keys makes into `name`: a letter wrong, missing, extra, swapped with its
 *  neighbour, or in the other case. `undefined` when there is none, or more than one. */
export function misspeltName(name: string, candidates: Iterable<string>): string | undefined {
  const near = [...new Set(candidates)].filter(
    (candidate) => candidate.length >= shortest && candidate !== name && isOneSlip(name, candidate),
  );
  return near.length === 1 ? near[0] : undefined;
}

function isOneSlip(typed: string, meant: string): boolean {
  const a = typed.toLowerCase();
  const b = meant.toLowerCase();
  if (a === b) return true;
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const left = a.slice(start, a.length - end);
  const right = b.slice(start, b.length - end);
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}
