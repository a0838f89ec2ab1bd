// Placeholders in `opt_exec` and `opt_args`. The server expands `%{…}` when it plans a workflow; `%IN`, `%RNDM:n` and their
// like are expanded for each job.
import { oncePerText } from '../base/once-per-text.ts';
import { iterationMark } from './names.ts';
import { pythonText, type PlainValue } from './plain-value.ts';

/** One placeholder in a text; offsets are UTF-16, `end` exclusive. */
export interface PlaceholderUse {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Puts input datasets in: `%{DS1}` the first, `%{DS*}` all of them separated by commas. Without datasets nothing changes.
 *  Source: panda-server `workflow_utils.py`. */
export function expandDatasets(text: string, inputDatasets: readonly string[]): string {
  return expandNumbered(text, 'DS', inputDatasets);
}

/** The same for secondary datasets, `%{SECDS1}` and `%{SECDS*}`. The server leaves `%{SECDS*}` half expanded; here it becomes
 *  what its documentation says. */
export function expandSecondary(text: string, datasets: readonly string[]): string {
  return expandNumbered(text, 'SECDS', datasets);
}

/** Puts parameters of the surrounding workflow in. A loop parameter `x` becomes the mark that iDDS replaces in every
 *  iteration; another input its value as Python prints it; `%{i}` the mark of the iteration's number.
 *  @param parameters `loopParameters` are names without `param_` */
export function expandGlobals(
  text: string,
  parameters: {
    readonly loopParameters: Iterable<string>;
    readonly workflowParameters: Readonly<Record<string, PlainValue>>;
  },
): string {
  let expanded = text;
  for (const name of parameters.loopParameters) {
    expanded = replaceLiterally(expanded, `%{${name}}`, loopParameterMark(name));
  }
  for (const [name, value] of Object.entries(parameters.workflowParameters)) {
    expanded = replaceLiterally(expanded, `%{${name}}`, pythonText(value));
  }
  return replaceLiterally(expanded, '%{i}', iterationMark);
}

/** What iDDS replaces by the value of a loop parameter in the current iteration. */
export function loopParameterMark(name: string): string {
  return `___idds___user_${name}___`;
}

/** Dataset placeholders that are still there: each makes the server refuse the workflow. */
export function unresolvedPlaceholders(text: string): readonly PlaceholderUse[] {
  return usesOf(text, /%\{[A-Z]*DS(?:\d+|\*)\}/g);
}

/** Whether a text has any `%{…}`; most have none. */
export function hasPlaceholders(text: string): boolean {
  return text.includes('%{');
}

/** Other `%{name}` that are still there: the server passes them on to the payload as they are. */
export function leftoverGlobals(text: string): readonly PlaceholderUse[] {
  if (!hasPlaceholders(text)) return [];
  const datasets = new Set(unresolvedPlaceholders(text).map((use) => use.start));
  return usesOf(text, /%\{[^{}\s%]+\}/g).filter((use) => !datasets.has(use.start));
}

/** What a job puts into its payload. */
export interface PayloadValues {
  /** Names of the files of this job by stream: `IN`, `IN2`, or whatever `--secondaryDSs` calls it. */
  readonly streams: ReadonlyMap<string, readonly string[]>;
  /** Counts the jobs of the task from 0. */
  readonly serialIndex: number;
  /** The events of this job in its file; `undefined` for a task that is not split by events. */
  readonly events?: { readonly first: number; readonly skip: number; readonly max: number } | undefined;
  /** The segment a job of a segmented task belongs to. */
  readonly segmentName?: string | undefined;
}

/** Expands the payload of one job: `%IN` (names separated by commas), `%RNDM:10` (10 in the first job, 11 in the second, …),
 *  `%SKIPEVENTS`, `%MAXEVENTS`, `%FIRSTEVENT:n`, `%SEGMENT_NAME`. What has no value stays as it is.
 *  Source: panda-client 2.0.2 `PsubUtils.convertParamStrToJediParam`, prun's documentation. */
export function expandPayload(exec: string, values: PayloadValues): string {
  const { streams, serialIndex, events, segmentName } = values;
  // One pass: a file named `%RNDM:1` is a file name, not a placeholder.
  return exec.replace(payloadPattern(streams.keys()), (whole: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as { stream?: string; counter?: string; number?: string; word?: string };
    if (groups.stream !== undefined) return streams.get(groups.stream)?.join(',') ?? whole;
    if (groups.counter === 'RNDM') return String(Number(groups.number) + serialIndex);
    if (groups.counter === 'FIRSTEVENT') {
      return events === undefined ? whole : String(Number(groups.number) + events.first);
    }
    if (groups.word === 'SKIPEVENTS') return events === undefined ? whole : String(events.skip);
    if (groups.word === 'MAXEVENTS') return events === undefined ? whole : String(events.max);
    return segmentName ?? whole;
  });
}

/** The streams whose files a text uses, each once, in order of first use: `IN`, `IN2`, and those of `names`. */
export function usedStreams(text: string, names: readonly string[] = []): readonly string[] {
  if (names.length === 0) return usedInputs(text);
  return streamsIn(text, new RegExp(`%(${[...longestFirst(names), 'IN\\d*'].join('|')})${nameEnd}`, 'g'));
}

/** Without streams of other names. */
const usedInputs: (text: string) => readonly string[] = oncePerText((text) =>
  text.includes('%IN') ? streamsIn(text, /%(IN\d*)(?![A-Za-z0-9_])/g) : noStreams,
);

function streamsIn(text: string, pattern: RegExp): readonly string[] {
  const streams: string[] = [];
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [, stream] = match;
    if (stream !== undefined && !streams.includes(stream)) streams.push(stream);
  }
  return streams;
}

const noStreams: readonly string[] = [];

const nameEnd = '(?![A-Za-z0-9_])';

function payloadPattern(streams: Iterable<string>): RegExp {
  const names = longestFirst(streams);
  const stream = names.length === 0 ? '(?<stream>(?!))' : `(?<stream>${names.join('|')})${nameEnd}`;
  // A percent sign that closes the number (`%RNDM:10%`) belongs to the placeholder.
  const counted = '(?<counter>RNDM|FIRSTEVENT)[:=](?<number>\\d+)%?';
  return new RegExp(`%(?:${stream}|${counted}|(?<word>SKIPEVENTS|MAXEVENTS|SEGMENT_NAME))`, 'g');
}

function longestFirst(names: Iterable<string>): string[] {
  return [...names]
    .filter((name) => name !== '')
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
}

function expandNumbered(text: string, kind: string, datasets: readonly string[]): string {
  // Most texts have none.
  if (datasets.length === 0 || !hasPlaceholders(text)) return text;
  let expanded = text;
  for (const [index, dataset] of datasets.entries()) {
    expanded = replaceLiterally(expanded, `%{${kind}${index + 1}}`, dataset);
  }
  return replaceLiterally(expanded, `%{${kind}*}`, datasets.join(','));
}

function replaceLiterally(text: string, placeholder: string, value: string): string {
  // As a function, so that `$&` in a value stays what it is.
  return text.replaceAll(placeholder, () => value);
}

function usesOf(text: string, pattern: RegExp): PlaceholderUse[] {
  if (!hasPlaceholders(text)) return [];
  return [...text.matchAll(pattern)].map((match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}
