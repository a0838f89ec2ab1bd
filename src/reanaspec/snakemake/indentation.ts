// Whether lines are indented as Python asks: what is less than the line before must fit one of the lines that are still open.
import type { SnakePlace } from './model.ts';

/** A logical line. */
export interface IndentedLine {
  /** Offset of what stands on it. */
  readonly start: number;
  /** Columns; a tab goes to the next multiple of 8. */
  readonly columns: number;
}

/** The lines that fit none of those above; Python stops at the first. */
export function misindented(
  source: SnakePlace['source'],
  lines: readonly IndentedLine[],
): readonly SnakePlace[] {
  const open = [0];
  const faulty: SnakePlace[] = [];
  for (const { start, columns } of lines) {
    const isDeeper = columns > (open.at(-1) ?? 0);
    while ((open.at(-1) ?? 0) > columns) open.pop();
    if (columns === open.at(-1)) continue;
    open.push(columns);
    if (!isDeeper) faulty.push({ source, start, end: start + 1 });
  }
  return faulty;
}
