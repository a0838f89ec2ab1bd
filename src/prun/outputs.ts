// The value of `--outputs`: which files a job leaves, and which datasets they go to.
import { oncePerText } from '../base/once-per-text.ts';
import { datasetCharacterFault } from './names.ts';

export interface OutputSpec {
  /** The file name, wildcard or `regex|…` as written, without dataset suffix. */
  readonly pattern: string;
  /** `wildcard`: all files that match are packed into one tar; `regex`: all files that match, each under its own name. */
  readonly kind: 'file' | 'wildcard' | 'regex';
  /** The type the server notes for steps that follow: `x*.txt` is `xXYZ.txt.tgz`; for a regex the last word of the
   *  dataset's suffix. With `SUF:file` it is `file`, though the dataset is named after `SUF`. */
  readonly type: string;
  /** What the dataset's name ends with: `<base>_<datasetSuffix>/`. */
  readonly datasetSuffix: string;
  /** What the name of the stored file ends with; empty for a regex, whose files keep their names. */
  readonly lfnSuffix: string;
}

/** `start` and `end` are offsets in the value. */
export interface OutputProblem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

/** The outputs in the order written; empty parts (`a,,b`) are left out. Blanks do not count.
 *  Source: panda-client 2.0.2 `PrunScript.py`, panda-server `workflow_utils.py`. */
export const parseOutputs: (value: string) => readonly OutputSpec[] = oncePerText((value) => {
  const specs: OutputSpec[] = [];
  let regexCount = 0;
  for (const part of partsOf(value)) {
    if (part.text === '') continue;
    const spec = readOutput(part.text, regexCount);
    if (spec.kind === 'regex' && !hasSuffix(part.text)) regexCount++;
    specs.push(spec);
  }
  return specs;
});

/** What prun refuses in the value, and what breaks on the server. */
export const outputProblems: (value: string) => readonly OutputProblem[] = oncePerText((value) => {
  if (value.trim() === '') return [];
  const suffixes = new Set<string>();
  return partsOf(value).flatMap((part) => {
    const message = faultOf(part.text, suffixes);
    return message === undefined ? [] : [{ start: part.start, end: part.end, message }];
  });
});

/** The dataset that holds the files of one type: `<base>_<type>/`. */
export function datasetName(baseName: string, type: string): string {
  return `${baseName}_${type}/`;
}

/** The output type of a name that may hold wildcards; also the form `opt_inDsType` takes. */
export function typeOfPattern(pattern: string): string {
  return pattern.includes('*') ? `${pattern.replaceAll('*', 'XYZ')}.tgz` : pattern;
}

/** Whether a name ends as a regular expression of `--allowNoOutput` says; what is none is taken as written. */
export function endsLike(name: string, pattern: string): boolean {
  if (pattern === '') return false;
  try {
    return new RegExp(`^.*${pattern}$`).test(name);
  } catch {
    return name.endsWith(pattern);
  }
}

function readOutput(text: string, regexIndex: number): OutputSpec {
  const colon = text.indexOf(':');
  const suffix = text.slice(0, Math.max(colon, 0));
  const pattern = text.slice(colon + 1);
  if (pattern.startsWith('regex|')) {
    const datasetSuffix = suffix === '' ? String(regexIndex) : suffix;
    const type = datasetSuffix.slice(datasetSuffix.lastIndexOf('_') + 1);
    return { pattern, kind: 'regex', type, datasetSuffix, lfnSuffix: '' };
  }
  const type = typeOfPattern(pattern);
  const kind = pattern.includes('*') ? 'wildcard' : 'file';
  return { pattern, kind, type, datasetSuffix: suffix === '' ? type : suffix, lfnSuffix: type };
}

function faultOf(text: string, suffixes: Set<string>): string | undefined {
  if (text === '') return 'an output without a name: a comma too many in `--outputs`';
  const [suffix, pattern, ...more] = text.split(':');
  if (more.length > 0) return `\`${text}\` has more than one colon; an output is \`file\` or \`suffix:file\``;
  if (pattern === '') return `\`${text}\` names no file after the colon`;
  if (pattern !== undefined && suffix !== undefined) {
    if (suffixes.has(suffix)) return `the dataset suffix \`${suffix}\` is used twice in \`--outputs\``;
    suffixes.add(suffix);
  }
  const name = pattern ?? text;
  if (name.startsWith('regex|')) return undefined;
  if (name.includes('/'))
    return `the output \`${name}\` contains \`/\`; outputs lie in the working directory of the job`;
  const fault = datasetCharacterFault(typeOfPattern(name));
  return fault === undefined
    ? undefined
    : `the output \`${name}\` contains \`${fault}\`, which no file name may have`;
}

function hasSuffix(text: string): boolean {
  return text.indexOf(':') > 0;
}

/** The parts between commas without their blanks, with their offsets in the value. */
function partsOf(value: string): { text: string; start: number; end: number }[] {
  // Most steps have one output.
  if (!/[ ,]/.test(value)) return [{ text: value, start: 0, end: value.length }];
  let start = 0;
  return value.split(',').map((raw) => {
    const part = { text: raw.replaceAll(' ', ''), start, end: start + raw.length };
    start = part.end + 1;
    return part;
  });
}
