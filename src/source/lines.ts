// Lines and columns to offsets: the way back from what an editor or a user names.
import type { LineColumn, SourceText } from './frame.ts';

/** The offset of a line and column, both from 1, columns in UTF-16 units. Places outside of the text count as the nearest
 *  end of the line, or of the text. */
export function offsetAt(source: SourceText, { line, column }: LineColumn): number {
  const { lineStarts, text } = source;
  if (line < 1) return 0;
  const start = lineStarts[line - 1];
  if (start === undefined) return text.length;
  return Math.min(start + Math.max(0, column - 1), endOfLine(source, line));
}

/** The offset where a line ends: of its line break, or of the end of the text. */
export function endOfLine({ lineStarts, text }: SourceText, line: number): number {
  const next = lineStarts[line];
  if (next === undefined) return text.length;
  return text.startsWith('\r\n', next - 2) && next >= 2 ? next - 2 : next - 1;
}
