// Findings for people: drawn with the source under them, or one line each.
import type { Finding } from '../base/finding.ts';
import { sortFindings } from '../base/finding.ts';
import type { ReadText } from '../base/read-text.ts';
import { counted, printable } from '../base/text.ts';
import type { FrameLine, FramePiece, FramePlace, SourceText } from '../source/frame.ts';
import { codeFrame, frameText, placeName, sourceText } from '../source/frame.ts';
import type { SilencedFinding } from '../source/silencers.ts';
import type { DescribeCode, Sources } from './findings-machine.ts';
import { annotationsOf, findingsJson, sarifOf } from './findings-machine.ts';
import type { View } from './terminal.ts';

export const findingFormats = ['full', 'short', 'json', 'github', 'sarif'] as const;
export type FindingFormat = (typeof findingFormats)[number];

export interface FindingsOptions {
  readonly format: FindingFormat;
  /** The files that the spans name; one that cannot be read is named without line and frame. */
  readonly readText: ReadText;
  /** The stream that the text is for. */
  readonly view: View;
  /** Files that were looked at, for the line that says all is well. */
  readonly filesChecked: number;
  /** Version of this program; SARIF names it. */
  readonly version: string;
  /** Findings that comments silence: counted, and listed for machines. */
  readonly silenced?: readonly SilencedFinding[] | undefined;
  /** What the page of a code says; SARIF carries it along. */
  readonly describe?: DescribeCode | undefined;
  /** With `false`, `full` has no line at the end that counts. */
  readonly hasTail?: boolean | undefined;
}

/** The text of all findings, sorted, without duplicates, ending in a line break; empty when there is nothing to
 *  say in that format. `full` ends in a line that counts, or says that nothing was found. */
export function renderFindings(findings: readonly Finding[], options: FindingsOptions): string {
  const sorted = sortFindings(findings);
  const sources = sourcesBy(options.readText);
  switch (options.format) {
    case 'full':
      return [
        ...sorted.map((finding) => drawn(finding, sources, options.view)),
        ...(options.hasTail === false ? [] : [tail(sorted, options)]),
      ].join('\n');
    case 'short':
      return sorted.map((finding) => oneLine(finding, sources, options.view)).join('');
    case 'json':
      return `${JSON.stringify(findingsJson(sorted, options.silenced ?? [], sources), undefined, 2)}\n`;
    case 'github':
      return annotationsOf(sorted, sources);
    case 'sarif':
      return `${JSON.stringify(sarifOf(sorted, { ...options, sources }), undefined, 2)}\n`;
  }
}

/** `2 errors and 1 warning in 3 files`; `no findings in 3 files (1 silenced)` when there are none to show. */
export function countFindings(findings: readonly Finding[], filesChecked: number, silencedCount = 0): string {
  const silenced = silencedCount === 0 ? '' : ` (${silencedCount} silenced)`;
  if (findings.length === 0) return `no findings in ${counted(filesChecked, 'file')}${silenced}`;
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const warnings = findings.length - errors;
  const parts = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  const files = new Set(findings.map((finding) => finding.span.file)).size;
  return `${parts.join(' and ')} in ${counted(files, 'file')}${silenced}`;
}

function sourcesBy(readText: ReadText): Sources {
  const known = new Map<string, SourceText | undefined>();
  return (file) => {
    if (known.has(file)) return known.get(file);
    const result = readText(file);
    const source = result.ok ? sourceText(result.text) : undefined;
    known.set(file, source);
    return source;
  };
}

function drawn(finding: Finding, sources: Sources, view: View): string {
  const { style } = view;
  const paintSeverity = finding.severity === 'error' ? style.error : style.warning;
  const main: FramePlace = { span: finding.span, source: sources(finding.span.file) };
  const related = (finding.related ?? []).map((place) => ({
    span: place.span,
    source: sources(place.span.file),
    message: clean(place.message),
  }));
  const frame = codeFrame(main, related, { unicode: view.unicode, width: view.width });
  const lines = [
    `${paintSeverity(`${finding.severity}[${finding.code}]`)}: ${style.strong(clean(finding.message))}`,
    ...frame.map((line) => paintFrame(line, view, paintSeverity)),
  ];
  if (finding.help !== undefined) {
    const firstGutter = frame[1]?.[0];
    if (firstGutter?.role === 'gutter') lines.push(paintFrame([firstGutter], view, paintSeverity));
    lines.push(`${style.hint('help')}: ${clean(finding.help)}`);
  }
  return `${lines.join('\n')}\n`;
}

function paintFrame(line: FrameLine, view: View, paintMark: (text: string) => string): string {
  const { style } = view;
  const paint = (piece: FramePiece): string => {
    switch (piece.role) {
      case 'gutter':
        return style.faint(piece.text);
      case 'path':
        return style.path(piece.text);
      case 'source':
        return piece.text;
      case 'mark':
        return paintMark(piece.text);
      case 'related':
        return style.hint(piece.text);
    }
  };
  // Blanks at the end would only be selected when somebody copies the text.
  const kept = frameText(line).length;
  let used = 0;
  let text = '';
  for (const piece of line) {
    const cut = piece.text.slice(0, Math.max(0, kept - used));
    used += piece.text.length;
    if (cut !== '') text += paint({ ...piece, text: cut });
  }
  return text;
}

function oneLine(finding: Finding, sources: Sources, view: View): string {
  const place = placeName({ span: finding.span, source: sources(finding.span.file) });
  const paint = finding.severity === 'error' ? view.style.error : view.style.warning;
  return `${place}: ${paint(`${finding.severity}[${finding.code}]`)} ${clean(finding.message)}\n`;
}

function tail(findings: readonly Finding[], options: FindingsOptions): string {
  const { style } = options.view;
  const text = countFindings(findings, options.filesChecked, options.silenced?.length);
  const paint = findings.length === 0 ? style.success : style.strong;
  return `${paint(text)}\n`;
}

// Messages quote the user's own text, which may hold line breaks and escape sequences.
function clean(text: string): string {
  return printable(text).replace(/\s*\n\s*/g, ' ');
}
