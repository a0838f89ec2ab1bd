// What all parts of a prun task need to know of its options, and what stops a request before any part is made.
// Source: panda-client 2.0.2 `PrunScript.py`.
import type { ReadText } from '../base/read-text.ts';
import { parseAthenaTag, type AthenaRelease } from './athena-tag.ts';
import { readNamed } from './loaded-options.ts';
import { flagOf, textOf, type OptionValues } from './parse-args.ts';
import { pythonText, type PlainObject, type PlainValue } from './plain-value.ts';
import { splittingProblems } from './splitting.ts';

export interface PrunTaskContext {
  /** Makes a UUID in lower case; names of consolidated datasets hold one. */
  readonly uuid: () => string;
  /** Reads files of the sandbox that options name; `undefined`: such options are problems. */
  readonly readText: ReadText | undefined;
}

/** Parameters of a task, or why there is none. */
export type TaskDraft =
  | { readonly ok: true; readonly parameters: PlainObject }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Task parameters in the making. */
export type Fields = Record<string, PlainValue>;

/** What every part of the task needs to know. */
export interface Draft {
  readonly values: OptionValues;
  readonly context: PrunTaskContext;
  /** With a trailing `/`. */
  readonly outDS: string;
  readonly exec: string;
  /** As written; empty without input. */
  readonly inDS: string;
  /** `None` as text when the server gives no image, as prun prints it. */
  readonly image: string | null;
  readonly alrb: boolean;
  readonly release: AthenaRelease;
  readonly cmtConfig: string | undefined;
  /** Collects what stops the request. */
  readonly problems: string[];
}

/** Reads what several parts share, and collects the first problems. No archive is built in a step: an image, even `None`,
 *  switches that off. */
export function startDraft(values: OptionValues, image: string | null, context: PrunTaskContext): Draft {
  const problems = [...unusable(values), ...splittingProblems(values)];
  const exec = textOf(values, 'jobParams') ?? '';
  if (exec === '') problems.push('`--exec` is missing or empty');
  const outDS = textOf(values, 'outDS') ?? '';
  if (outDS === '') problems.push('`--outDS` is missing or empty');
  const tag = textOf(values, 'athenaTag');
  const release = tag === undefined ? noRelease : parseAthenaTag(tag);
  const cmtConfig = textOf(values, 'cmtConfig');
  if ('fault' in release) problems.push(release.fault);
  else if (cmtConfig === undefined && (release.transUses !== '' || release.cache !== '')) {
    problems.push('`--athenaTag` needs `--cmtConfig` in a workflow');
  }
  return {
    values,
    context,
    outDS: outDS.endsWith('/') ? outDS : `${outDS}/`,
    exec,
    inDS: inputOf(values, context, problems),
    image,
    alrb: flagOf(values, 'alrb') && !flagOf(values, 'oldContMode'),
    release: 'fault' in release ? noRelease : release,
    cmtConfig,
    problems,
  };
}

const noRelease: AthenaRelease = { transUses: '', cache: '' };

/** Options that make prun ask a service, or end it, when the server calls it. */
function unusable(values: OptionValues): string[] {
  const problems: string[] = [];
  const refuse = (dest: string, why: string): void => {
    if (textOf(values, dest) !== undefined || flagOf(values, dest)) problems.push(`\`--${dest}\` ${why}`);
  };
  for (const dest of ['help', 'version'])
    refuse(dest, 'ends the program, so the server cannot make a task of the step');
  if (textOf(values, 'helpGroup') !== undefined) problems.push('`--helpGroup` ends the program');
  for (const dest of ['loadXML', 'inOutDsJson', 'bulkSubmission', 'eventPickEvtList']) {
    refuse(dest, 'cannot be used in a workflow');
  }
  refuse('useAthenaPackages', 'belongs in `opt_useAthenaPackages` of the step, not in its arguments');
  return problems;
}

function inputOf(values: OptionValues, context: PrunTaskContext, problems: string[]): string {
  const listFile = textOf(values, 'inDsTxt');
  if (listFile === undefined) return (textOf(values, 'inDS') ?? '').replaceAll(' ', '');
  return linesOf(listFile, 'inDsTxt', context, problems)
    .filter((line) => !line.startsWith('#'))
    .join(',')
    .replaceAll(' ', '');
}

/** Whether the task reads files at all. */
export function hasInput({ values, inDS }: Draft): boolean {
  return (
    inDS !== '' || textOf(values, 'pfnList') !== undefined || textOf(values, 'goodRunListXML') !== undefined
  );
}

/** The lines of a file that an option names, trimmed, without empty ones; a problem when it cannot be read. */
export function linesOf(
  path: string,
  option: string,
  context: PrunTaskContext,
  problems: string[],
): string[] {
  const read = readNamed(path, option, context.readText);
  if ('fault' in read) {
    problems.push(read.fault);
    return [];
  }
  return read.text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** `user.alice` of `user.alice.scan/`. */
export function firstTwoFields(name: string): string {
  return name.split('.').slice(0, 2).join('.');
}

/** Whether outputs are merged after the jobs. */
export function merges(values: OptionValues): boolean {
  return flagOf(values, 'mergeOutput') || textOf(values, 'mergeScript') !== undefined;
}

/** A word of a transform's command line for an option that has a value; nothing without. */
export function valueWords(values: OptionValues, dest: string, write: (value: string) => string): string[] {
  const value = textOf(values, dest);
  return value === undefined ? [] : [write(value)];
}

/** The version of ROOT that the transform sets up. */
export function rootWords(values: OptionValues): string[] {
  // The version of root would break the one that an Athena release brings.
  if (textOf(values, 'athenaTag') !== undefined) return [];
  return valueWords(values, 'rootVer', (value) => `--rootVer ${value.replaceAll('/', '.')}`);
}

/** The platform that the transform sets up. */
export function cmtWords(cmtConfig: string | undefined): string[] {
  return cmtConfig === undefined || cmtConfig === 'NULL' ? [] : [`--cmtConfig ${cmtConfig}`];
}

/** How the transform starts the container itself, without ALRB. */
export function containerWords(values: OptionValues, image: string | null): string[] {
  return [
    `--containerImage ${pythonText(image)}`,
    ...(flagOf(values, 'ctrCvmfs') ? ['--cvmfs'] : []),
    ...(flagOf(values, 'ctrNoX509') ? ['--noX509'] : []),
    ...valueWords(values, 'ctrDatadir', (value) => `--datadir ${value}`),
    ...valueWords(values, 'ctrWorkdir', (value) => `--workdir ${value}`),
    ...(flagOf(values, 'ctrDebug') ? ['--debug'] : []),
  ];
}
