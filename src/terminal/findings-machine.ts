// Findings for machines: JSON, annotations of GitHub, SARIF. Lines and columns count from 1, columns in UTF-16
// units; the end is the column behind the last character.
import type { Finding } from '../base/finding.ts';
import type { Span } from '../base/span.ts';
import { printable } from '../base/text.ts';
import type { SourceText } from '../source/frame.ts';
import { lineColumn } from '../source/frame.ts';

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

/** The document of `--format json`; its schema is `schemas/findings.schema.json`. */
export interface FindingsJson {
  readonly findings: readonly (PlaceJson & {
    readonly code: string;
    readonly severity: 'error' | 'warning';
    readonly message: string;
    readonly help?: string;
    readonly related: readonly (PlaceJson & { readonly message: string })[];
    readonly fix?: PlaceJson & { readonly text: string };
  })[];
  readonly errors: number;
  readonly warnings: number;
}

export function findingsJson(findings: readonly Finding[], sources: Sources): FindingsJson {
  return {
    findings: findings.map((finding) => ({
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
    })),
    errors: findings.filter((finding) => finding.severity === 'error').length,
    warnings: findings.filter((finding) => finding.severity === 'warning').length,
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

/** The findings as a SARIF 2.1.0 log with one run.
 *  @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function sarifOf(findings: readonly Finding[], sources: Sources, version: string): unknown {
  const codes = [...new Set(findings.map((finding) => finding.code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'pchain', version, rules: codes.map((id) => ({ id })) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => ({
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
          ...(finding.fix === undefined
            ? {}
            : { fixes: [sarifFix(finding.fix.span, finding.fix.text, sources)] }),
        })),
      },
    ],
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
