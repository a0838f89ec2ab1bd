// The files of a workflow, read and resolved: what `--check`, `forecast` and a submission have in common.
import { Findings } from '../../base/finding.ts';
import type { Finding } from '../../base/finding.ts';
import type { ReadText } from '../../base/read-text.ts';
import { UsageError } from '../../base/errors.ts';
import { languageEntry, languages } from '../../languages/languages.ts';
import { checkOutDS } from '../../prun/names.ts';
import type { Language } from '../../workflow/model.ts';
import type { Plan } from '../../workflow/plan.ts';
import type { CheckSurroundings } from '../../workflow/rules/context.ts';
import { rememberingReader } from '../../source/remembering-reader.ts';
import { resolveFiles, silenceQuietly } from './check-workflow.ts';
import { textReader } from './text-files.ts';

export interface WorkflowFlags {
  /** The main document. */
  readonly file: string;
  readonly language: Language;
  readonly yaml: string | undefined;
  readonly outDS: string;
  /** Files that are not on the disk but travel as if they were, by name; a template made them. */
  readonly generated?: GeneratedFiles | undefined;
}

export interface GeneratedFile {
  readonly text: string;
  readonly isExecutable: boolean;
}
export type GeneratedFiles = ReadonlyMap<string, GeneratedFile>;

export interface ReadWorkflow {
  /** Without those that a comment silences. */
  readonly findings: readonly Finding[];
  /** `undefined` when the files have errors. */
  readonly plan: Plan | undefined;
  /** The plan as far as it can be made in spite of errors: to be shown, never to be run. `undefined`: nothing could be read. */
  readonly draft: Plan | undefined;
  /** Values of the inputs YAML. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Input datasets that the inputs YAML places on this machine. */
  readonly datasets: Readonly<Record<string, string>>;
  readonly readText: ReadText;
  readonly files: readonly string[];
  /** Every file that was read, also those that documents name. */
  readonly filesRead: readonly string[];
}

/** Reads and resolves a workflow. Faults of the files are findings; nothing is thrown for them.
 *  @param options `missingInputs: 'assume'`: the values of the inputs are not known yet, which is no fault;
 *    `surroundings`: what is known of the submission beside the files */
export async function readWorkflow(
  flags: WorkflowFlags,
  workingDirectory: string,
  options: { readonly missingInputs?: 'report' | 'assume'; readonly surroundings?: CheckSurroundings } = {},
): Promise<ReadWorkflow> {
  const collected = new Findings();
  const { readText, texts } = rememberingReader(textReader(workingDirectory, flags.generated));
  const { inputs, plan } = await resolveFiles(
    { ...flags, missingInputs: 'report', ...options },
    readText,
    collected,
  );
  const { findings } = await silenceQuietly(collected.sorted(), texts);
  const hasErrors = findings.some((finding) => finding.severity === 'error');
  return {
    findings,
    plan: hasErrors ? undefined : plan,
    draft: plan,
    inputs: inputs?.values ?? {},
    datasets: inputs?.datasets ?? {},
    readText,
    files: filesIn(flags),
    filesRead: [...texts.keys()],
  };
}

/** The files that the command line names, the main one first. */
export function filesIn({ file, yaml }: Pick<WorkflowFlags, 'file' | 'yaml'>): readonly string[] {
  return yaml === undefined ? [file] : [file, yaml];
}

/** The flags that every workflow needs.
 *  @throws UsageError naming the one that is missing, or what is wrong with the name of the output */
export function workflowFlags(
  options: Readonly<Record<string, unknown>>,
  nickname: string | undefined,
): WorkflowFlags {
  const { file, language } = mainDocument(options);
  const yaml = textOption(options, 'yaml');
  if (yaml !== undefined && !languageEntry(language).hasInputsFile) {
    throw new UsageError(`\`--yaml\` goes with \`--cwl\`: \`${file}\` has its inputs in itself`, {
      hint: 'files on this machine that are an input dataset are named with --dataset',
    });
  }
  const outDS = textOption(options, 'outDS');
  if (outDS === undefined) {
    throw new UsageError('no name for the output is given', {
      hint: `add --outDS user.${nickname ?? '<nickname>'}.<name>`,
    });
  }
  requireGoodOutDS(outDS, nickname, options['official'] === true);
  return { file, language, yaml, outDS };
}

/** @throws UsageError saying what is wrong with the name of the output */
export function requireGoodOutDS(outDS: string, nickname: string | undefined, official = false): void {
  const faults = checkOutDS(outDS, { nickname, official });
  if (faults.length > 0) throw new UsageError(`\`--outDS ${outDS}\`: ${faults.join('; ')}`);
}

function mainDocument(options: Readonly<Record<string, unknown>>): Pick<WorkflowFlags, 'file' | 'language'> {
  const given = languages.flatMap(({ language, option }) => {
    const file = textOption(options, option);
    return file === undefined ? [] : [{ file, language, option }];
  });
  const [first, second] = [...given, ...templateDocument(options)];
  if (first === undefined) {
    const names = [...languages.map(({ option }) => `--${option}`), '--template'];
    throw new UsageError('no workflow is given', { hint: `name its file with ${names.join(' or ')}` });
  }
  if (second !== undefined) {
    throw new UsageError(`\`--${first.option}\` and \`--${second.option}\` exclude each other`, {
      hint: 'one call is about one workflow',
    });
  }
  return first;
}

/** The document that a template makes; its name is always the same, so that the same command is known again.
 *  @throws UsageError when the options that go with it are missing, or are there without it */
function templateDocument(
  options: Readonly<Record<string, unknown>>,
): readonly (Pick<WorkflowFlags, 'file' | 'language'> & { readonly option: string })[] {
  const name = textOption(options, 'template');
  const stray = ['inDS', 'prunFlags'].find((option) => options[option] !== undefined);
  if (name === undefined) {
    if (stray !== undefined) throw new UsageError(`\`--${stray}\` goes with \`--template\``);
    return [];
  }
  if (textOption(options, 'inDS') === undefined)
    throw new UsageError(`\`--template ${name}\` needs the dataset that it works on`, {
      hint: 'add --inDS <dataset>',
    });
  return [{ file: `_pchain_${name.replace(/\W/g, '_')}.yaml`, language: 'wfd', option: 'template' }];
}

/** The value of an option that takes text; `undefined` when it is not given or empty. */
export function textOption(options: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The values of an option that may be repeated. */
export function listOption(options: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

const mostSeconds = Math.floor(0x7fffffff / 1000);

/** Milliseconds of an option that counts seconds; `undefined` when it is not given.
 *  @throws UsageError when it is not above 0, or longer than a timer can be */
export function secondsOption(options: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!(seconds > 0)) throw new UsageError(`\`--${name}\` takes a number of seconds, not \`${text}\``);
  // A timer of Node ends at once when it is to run longer.
  if (seconds > mostSeconds) {
    throw new UsageError(
      `\`--${name} ${text}\` is longer than the ${mostSeconds} seconds that can be timed`,
      {
        hint: `that is 24 days; without \`--${name}\` there is no limit`,
      },
    );
  }
  return seconds * 1000;
}

/** The value of an option that is a number of hours, in milliseconds.
 *  @throws UsageError when it is not above 0 */
export function hoursOption(options: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const hours = Number(text);
  if (!(hours > 0)) throw new UsageError(`\`--${name}\` takes a number of hours, not \`${text}\``);
  return hours * 3_600_000;
}

/** Reads `--maxSizeInSandbox`. */
export function largestFileMegabytes(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new UsageError(`\`--maxSizeInSandbox\` takes a number of MiB, not \`${text}\``);
  return value;
}
