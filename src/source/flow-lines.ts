// Lines of a flow collection that stand too far left. YAML wants them indented more than what is around them; every PanDA
// server reads them all the same, and people do write
//
//   inputs: {
//     signal: string
//   }

/** The same text, of the same length, with the line at `offset` drawn up to the one before: a line break between the parts of
 *  a flow collection means no more than a blank. A comment at the end of the line before is blanked out.
 *  @returns `undefined` when there is no line before */
export function joinFlowLine(text: string, offset: number): string | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  if (lineStart === 0) return undefined;
  const breakStart = text.charAt(lineStart - 2) === '\r' ? lineStart - 2 : lineStart - 1;
  const before = text.lastIndexOf('\n', breakStart - 1) + 1;
  const comment = commentStart(text, before, breakStart);
  return text.slice(0, comment) + ' '.repeat(lineStart - comment) + text.slice(lineStart);
}

/** Where the comment of a line begins, or where the line ends. */
function commentStart(text: string, start: number, end: number): number {
  let quote = '';
  for (let at = start; at < end; at++) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === '\\' && quote === '"') at++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '#' && (at === start || /\s/.test(text.charAt(at - 1)))) return at;
  }
  return end;
}
