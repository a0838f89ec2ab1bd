// Findings for machines: JSON, annotations of GitHub, SARIF. Lines and columns count from 1, columns in UTF-16
// units; the end is the column behind the last character.
import type { Finding } from '../base/finding.ts';
import type { Span } from '../base/span.ts';
import { printable } from '../base/text.ts';
import type { SourceText } from '../source/frame.ts';
import { lineColumn } from '../source/frame.ts';
import type { SilencedFinding } from '../source/silencers.ts';

/** Gives the text of a file with its lines found, or `undefined`; each file is read once. */
export type Sources = (file: string) => SourceText | undefined;

/** A place in `--format json`; lines and columns are missing when the file could not be read. */
export interface PlaceJson {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

/** One finding in `--format json`. */
export interface FindingJson extends PlaceJson {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly help?: string;
  readonly related: readonly (PlaceJson & { readonly message: string })[];
  readonly fix?: PlaceJson & { readonly text: string };
}

/** The document of `--format json`; its schema is `schemas/findings.schema.json`. */
export interface FindingsJson {
  readonly findings: readonly FindingJson[];
  /** Findings that a comment silences, with the place of the comment; not counted below. */
  readonly suppressed: readonly (FindingJson & { readonly comment: PlaceJson })[];
  readonly errors: number;
  readonly warnings: number;
}

export function findingsJson(
  findings: readonly Finding[],
  silenced: readonly SilencedFinding[],
  sources: Sources,
): FindingsJson {
  return {
    findings: findings.map((finding) => findingJson(finding, sources)),
    suppressed: silenced.map(({ finding, comment }) => ({
      ...findingJson(finding, sources),
      comment: placeJson(comment, sources),
    })),
    errors: findings.filter((finding) => finding.severity === 'error').length,
    warnings: findings.filter((finding) => finding.severity === 'warning').length,
  };
}

function findingJson(finding: Finding, sources: Sources): FindingJson {
  return {
    code: finding.code,
    severity: finding.severity,
    message: finding.message,
    ...placeJson(finding.span, sources),
    ...(finding.help === undefined ? {} : { help: finding.help }),
    related: (finding.related ?? []).map((place) => ({
      ...placeJson(place.span, sources),
      message: place.message,
    })),
    ...(finding.fix === undefined
      ? {}
      : { fix: { ...placeJson(finding.fix.span, sources), text: finding.fix.text } }),
  };
}

function placeJson(span: Span, sources: Sources): PlaceJson {
  const position = positionOf(span, sources);
  return { file: span.file, start: span.start, end: span.end, ...position };
}

interface Position {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

function positionOf(span: Span, sources: Sources): Position | undefined {
  const source = sources(span.file);
  if (source === undefined) return undefined;
  const start = lineColumn(source, span.start);
  const end = lineColumn(source, Math.max(span.start, span.end));
  return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

/** One `::error file=…::message` line for each finding.
 *  @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
export function annotationsOf(findings: readonly Finding[], sources: Sources): string {
  return findings
    .map((finding) => {
      const position = positionOf(finding.span, sources);
      const properties: [string, string | number][] = [['file', finding.span.file]];
      if (position !== undefined) {
        properties.push(['line', position.line], ['endLine', position.endLine]);
        // Columns are refused for annotations of several lines.
        if (position.line === position.endLine) {
          properties.push(['col', position.column], ['endColumn', position.endColumn]);
        }
      }
      properties.push(['title', finding.code]);
      const head = properties
        .map(([name, value]) => `${name}=${annotationProperty(String(value))}`)
        .join(',');
      const message =
        finding.help === undefined ? finding.message : `${finding.message}\nhelp: ${finding.help}`;
      return `::${finding.severity} ${head}::${annotationText(message)}\n`;
    })
    .join('');
}

function annotationText(text: string): string {
  return printable(text.replace(/\r\n?/g, '\n')).replaceAll('%', '%25').replaceAll('\n', '%0A');
}

function annotationProperty(text: string): string {
  return annotationText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** What is known of a code: its summary in a sentence, and all that its page says before the example, as Markdown. */
export interface CodeDescription {
  readonly summary: string;
  readonly text: string;
}

export type DescribeCode = (code: string) => CodeDescription | undefined;

export interface SarifOptions {
  readonly sources: Sources;
  readonly version: string;
  readonly silenced?: readonly SilencedFinding[] | undefined;
  readonly describe?: DescribeCode | undefined;
}

/** The findings as a SARIF 2.1.0 log with one run. Silenced ones are results with a suppression.
 *  @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function sarifOf(findings: readonly Finding[], options: SarifOptions): unknown {
  const { sources, version, silenced = [], describe } = options;
  const all = [...findings, ...silenced.map(({ finding }) => finding)];
  const codes = [...new Set(all.map((finding) => finding.code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'pchain', version, rules: codes.map((id) => sarifRule(id, describe?.(id))) },
        },
        columnKind: 'utf16CodeUnits',
        results: [
          ...findings.map((finding) => sarifResult(finding, codes, sources)),
          ...silenced.map(({ finding, comment }) => ({
            ...sarifResult(finding, codes, sources),
            suppressions: [
              { kind: 'inSource', location: { physicalLocation: sarifLocation(comment, sources) } },
            ],
          })),
        ],
      },
    ],
  };
}

function sarifRule(id: string, description: CodeDescription | undefined): unknown {
  if (description === undefined) return { id };
  const { summary, text } = description;
  return {
    id,
    shortDescription: { text: summary },
    fullDescription: { text: text.replaceAll('`', '') },
    help: { text: text.replaceAll('`', ''), markdown: text },
  };
}

function sarifResult(finding: Finding, codes: readonly string[], sources: Sources): object {
  return {
    ruleId: finding.code,
    ruleIndex: codes.indexOf(finding.code),
    level: finding.severity,
    message: {
      text: finding.help === undefined ? finding.message : `${finding.message}. ${finding.help}`,
    },
    locations: [{ physicalLocation: sarifLocation(finding.span, sources) }],
    ...(finding.related === undefined || finding.related.length === 0
      ? {}
      : {
          relatedLocations: finding.related.map((place, id) => ({
            id,
            message: { text: place.message },
            physicalLocation: sarifLocation(place.span, sources),
          })),
        }),
    ...(finding.fix === undefined ? {} : { fixes: [sarifFix(finding.fix.span, finding.fix.text, sources)] }),
  };
}

function sarifLocation(span: Span, sources: Sources): unknown {
  const region = sarifRegion(span, sources);
  return { artifactLocation: { uri: uriOf(span.file) }, ...(region === undefined ? {} : { region }) };
}

function sarifRegion(span: Span, sources: Sources): unknown {
  const position = positionOf(span, sources);
  if (position === undefined) return undefined;
  return {
    startLine: position.line,
    startColumn: position.column,
    endLine: position.endLine,
    endColumn: position.endColumn,
    charOffset: span.start,
    charLength: Math.max(0, span.end - span.start),
  };
}

function sarifFix(span: Span, text: string, sources: Sources): unknown {
  return {
    description: { text: 'replace it' },
    artifactChanges: [
      {
        artifactLocation: { uri: uriOf(span.file) },
        replacements: [
          {
            deletedRegion: sarifRegion(span, sources) ?? {
              charOffset: span.start,
              charLength: Math.max(0, span.end - span.start),
            },
            insertedContent: { text },
          },
        ],
      },
    ],
  };
}

function uriOf(file: string): string {
  const parts = file.replaceAll('\\', '/').split('/');
  const encoded = parts
    .map((part) => encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\ufffd')))
    .join('/');
  return encoded.startsWith('/') ? `file://${encoded}` : encoded;
}
