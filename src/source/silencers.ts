// Comments that silence findings: `# pchain: ignore cwl/unknown-field` behind what it is about, or alone on the line
// before it; `# pchain: ignore-file workflow/no-data` at the top of a file. Several codes are parted by commas, and a
// reason may follow after `--`. Only comments count: the same words inside of a text are a part of that text.
import { EVENT_ID, parseEvents, YAMLException, type Event } from 'js-yaml';
import { closest } from '../base/closest.ts';
import { sortFindings, type Finding } from '../base/finding.ts';
import type { Span } from '../base/span.ts';

export interface SilencedFinding {
  readonly finding: Finding;
  /** Where the comment names the code. */
  readonly comment: Span;
}

export interface Silenced {
  /** Sorted, and with warnings about silencers that do nothing or name no code. */
  readonly shown: readonly Finding[];
  /** In the order of `shown`. */
  readonly silenced: readonly SilencedFinding[];
}

export interface SilenceOptions {
  /** Texts by the names that spans use; a file that is not there has no silencers. */
  readonly texts: ReadonlyMap<string, string>;
  /** Who reads the comments of a file; YAML's are read when it is not given. */
  readonly readerFor?: ((file: string) => ReadSilencers) | undefined;
  /** How the silencers themselves are judged; `undefined`: not at all. */
  readonly judging:
    | {
        /** What can be silenced; asked only when there are silencers. */
        readonly knownCodes: () => ReadonlySet<string>;
        /** Whether faults of a code were really looked for, so that a silencer without one is in vain. */
        readonly wasLookedFor: (code: string) => boolean;
      }
    | undefined;
}

/** Parts findings into those to show and those that a comment silences. */
export function silence(findings: readonly Finding[], options: SilenceOptions): Silenced {
  const sorted = sortFindings(findings);
  const { readerFor = () => readSilencers } = options;
  const silencers = [...options.texts].flatMap(([file, text]) => readerFor(file)(file, text));
  if (silencers.length === 0) return { shown: sorted, silenced: [] };
  const used = new Set<Silencer>();
  const shown: Finding[] = [];
  const silenced: SilencedFinding[] = [];
  for (const finding of sorted) {
    const fitting = silencers.filter((silencer) => covers(silencer, finding));
    for (const silencer of fitting) used.add(silencer);
    const [first] = fitting;
    if (first === undefined) shown.push(finding);
    else silenced.push({ finding, comment: first.span });
  }
  const { judging } = options;
  if (judging === undefined) return { shown, silenced };
  // While there are errors, not everything could be looked at, so nobody knows what is in vain.
  const isWhole = !shown.some((finding) => finding.severity === 'error');
  const known = judging.knownCodes();
  const faults = silencers.flatMap((silencer) => {
    const isInVain = isWhole && !used.has(silencer) && judging.wasLookedFor(silencer.code);
    return faultOf(silencer, isInVain, known);
  });
  return { shown: sortFindings([...shown, ...faults]), silenced };
}

/** One code of one comment. */
export interface Silencer {
  /** As written; may be no code at all. */
  readonly code: string;
  /** Where the code stands. */
  readonly span: Span;
  /** Offsets of the line it is for, `end` being that of its line break; `undefined` for one that stands where it is for
   *  no line: `ignore-file` behind the beginning, or a comment at the end of the file. */
  readonly range: { readonly start: number; readonly end: number } | undefined;
}

const silencerHead = /(?<=^|\s|\ufeff)#[ \t]*pchain:[ \t]*(ignore-file|ignore)(?=\s|$)/g;

/** Reads the silencers of a text. */
export type ReadSilencers = (file: string, text: string) => readonly Silencer[];

/** The silencers of a text; none in a text that is no YAML. */
export function readSilencers(file: string, text: string): readonly Silencer[] {
  if (!text.includes('pchain:')) return [];
  const events = eventsOf(text);
  if (events === undefined) return [];
  const literals = events.flatMap((event) =>
    event.type === EVENT_ID.SCALAR && event.valueStart !== -1
      ? [{ start: event.valueStart, end: event.valueEnd }]
      : [],
  );
  return silencersAmong(file, text, { literals, contentStart: firstContent(events) ?? text.length });
}

/** The silencers of a text in any language whose comments begin with `#`.
 *  @param language where the texts stand that are no comments, in order, and where there is more than comments */
export function silencersAmong(
  file: string,
  text: string,
  {
    literals,
    contentStart,
  }: { readonly literals: readonly { start: number; end: number }[]; readonly contentStart: number },
): readonly Silencer[] {
  let before = 0;
  return [...text.matchAll(silencerHead)].flatMap((match) => {
    while ((literals[before]?.end ?? Number.POSITIVE_INFINITY) <= match.index) before++;
    if ((literals[before]?.start ?? Number.POSITIVE_INFINITY) < match.index) return [];
    // In `# # pchain: …` the words are quoted, not meant.
    if (/(?:^|\s)#/.test(lineBefore(text, match.index, literals[before - 1]?.end ?? 0))) return [];
    const range =
      match[1] === 'ignore' ? lineFor(text, match.index) : fileFrom(text, match.index, contentStart);
    const restStart = match.index + match[0].length;
    return codesIn(text.slice(restStart, endOfLine(text, restStart))).map(({ code, start, end }) => ({
      code,
      span: { file, start: restStart + start, end: restStart + end },
      range,
    }));
  });
}

function eventsOf(text: string): readonly Event[] | undefined {
  try {
    return parseEvents(text, {});
  } catch (thrown) {
    if (thrown instanceof YAMLException) return undefined;
    throw thrown;
  }
}

function firstContent(events: readonly Event[]): number | undefined {
  const starts = events.flatMap((event) => {
    if (event.type === EVENT_ID.SCALAR) return event.valueStart === -1 ? [] : [event.valueStart];
    return event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE ? [event.start] : [];
  });
  return starts[0];
}

/** What stands on the line before an offset, as far as it is no value. */
function lineBefore(text: string, offset: number, valueEnd: number): string {
  return text.slice(Math.max(startOfLine(text, offset), Math.min(valueEnd, offset)), offset);
}

/** The line that a comment is for: its own, or, when it stands alone, the next one that is more than a comment. */
function lineFor(text: string, comment: number): Silencer['range'] {
  const start = startOfLine(text, comment);
  const isAlone = /^\ufeff?[ \t]*$/.test(text.slice(start, comment));
  if (!isAlone) return { start, end: endOfLine(text, comment) };
  let at = endOfLine(text, comment);
  for (;;) {
    if (at >= text.length) return undefined;
    const next = at + (text.startsWith('\r\n', at) ? 2 : 1);
    const end = endOfLine(text, next);
    if (!/^[ \t]*#/.test(text.slice(next, end))) return { start: next, end };
    at = end;
  }
}

function fileFrom(text: string, comment: number, contentStart: number): Silencer['range'] {
  return comment < contentStart ? { start: 0, end: text.length } : undefined;
}

function codesIn(rest: string): readonly { code: string; start: number; end: number }[] {
  const list = rest.replace(/\s--(?:\s[^]*)?$/, '');
  const codes = [...list.matchAll(/[^,]+/g)].flatMap((match) => {
    const code = match[0].trim();
    const start = match.index + match[0].indexOf(code);
    return code === '' ? [] : [{ code, start, end: start + code.length }];
  });
  return codes.length === 0 ? [{ code: '', start: 0, end: 0 }] : codes;
}

function covers({ code, span, range }: Silencer, finding: Finding): boolean {
  const { file, start } = finding.span;
  const isThere = range !== undefined && start >= range.start && start <= range.end;
  return isThere && code === finding.code && span.file === file;
}

function faultOf(silencer: Silencer, isInVain: boolean, knownCodes: ReadonlySet<string>): readonly Finding[] {
  const { code, span, range } = silencer;
  const severity = 'warning' as const;
  if (!knownCodes.has(code)) {
    const nearest = closest(code, knownCodes);
    const help =
      nearest === undefined ? '`pchain explain` lists the codes there are' : `did you mean \`${nearest}\`?`;
    const message = code === '' ? 'the comment names no code to ignore' : `there is no code \`${code}\``;
    return [{ code: 'check/unknown-code', severity, span, message, help }];
  }
  if (range === undefined) {
    const message = `a comment at this place ignores nothing`;
    const help = '`ignore` stands on a line, or alone before it; `ignore-file` before anything else';
    return [{ code: 'check/unused-silencer', severity, span, message, help }];
  }
  if (!isInVain) return [];
  const message = `there is no \`${code}\` to ignore here`;
  return [{ code: 'check/unused-silencer', severity, span, message, help: 'remove the comment' }];
}

function startOfLine(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && !isBreak(text.charCodeAt(start - 1))) start--;
  return start;
}

function endOfLine(text: string, offset: number): number {
  let end = offset;
  while (end < text.length && !isBreak(text.charCodeAt(end))) end++;
  return end;
}

function isBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}
