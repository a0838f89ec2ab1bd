// What the engine must know of a step to run it: a planned step with its `prun` command line taken apart.
import { posix } from 'node:path';
import { UnsupportedError } from '../../base/errors.ts';
import type { OutputSpec } from '../../prun/outputs.ts';
import { datasetName, endsLike, parseOutputs } from '../../prun/outputs.ts';
import { flagOf, numberOf, parseArguments, textOf, wholeNumber } from '../../prun/parse-args.ts';
import type { OptionValues } from '../../prun/parse-args.ts';
import { prunOptions } from '../../prun/prun-options.ts';
import { parseSecondary } from '../../prun/secondary.ts';
import { readSplitting, settleFiles } from '../../prun/splitting.ts';
import type { Splitting } from '../../prun/splitting.ts';
import { pipelineTaskSpec, type PipelineSpec } from '../gitlab/spec.ts';
import type { JobLimits } from '../process/limits.ts';
import { searchTaskSpec } from '../hpo/task-spec.ts';
import { unbundled } from '../../workflow/bundles.ts';
import { refuseUnsupported } from './option-effects.ts';
import type { LeafType } from '../../workflow/model.ts';
import type { Link, PlannedCondition, PlannedStep } from '../../workflow/plan.ts';

/** Where a task stands in the loops around it. */
export interface LoopPlace {
  /** Step ids of the loops around it, outermost first. */
  readonly loops: readonly number[];
  /** The iteration of each. */
  readonly path: readonly number[];
  /** It is a junction of the innermost one. */
  readonly decidesLoop: boolean;
}

export interface TaskSpec extends LoopPlace {
  readonly stepId: number;
  readonly stepName: string;
  readonly type: LeafType;
  /** PanDA's taskName: the base of its dataset names. */
  readonly name: string;
  /** Bash text with the placeholders that prun expands on the worker. */
  readonly exec: string;
  readonly outputs: readonly TaskOutput[];
  /** Datasets of stream `IN`, in order. */
  readonly primary: readonly string[];
  /** Which files of them are taken (`--match`, `--antiMatch`). */
  readonly accepts: (fileName: string) => boolean;
  /** Datasets that its payload is told by name only. */
  readonly named?: readonly string[] | undefined;
  readonly secondary: readonly TaskStream[];
  readonly splitting: Splitting;
  readonly useSecrets: boolean;
  readonly containerImage: string | undefined;
  /** The command of a job that runs before all others and hands them its directory; `undefined`: nothing is built. */
  readonly build: string | undefined;
  /** `undefined`: outputs stay as the jobs leave them. */
  readonly merge: MergeSpec | undefined;
  /** Files that list the inputs of a job, by stream (`--writeInputToTxt`). */
  readonly inputLists: ReadonlyMap<string, string>;
  /** The payload gets its outputs under their final names (`--execWithRealFileNames`). */
  readonly hasRealFileNames: boolean;
  /** Below the top of the sandbox, where payloads start; empty: at the top. */
  readonly startDirectory: string;
  /** Tasks whose input files are not taken again. */
  readonly skipFilesUsedBy: readonly number[];
  /** What each of its jobs may take of this machine. */
  readonly limits?: JobLimits | undefined;
  /** Of a gitlab step: what runs at GitLab in the place of a payload. */
  readonly pipeline?: PipelineSpec | undefined;
  /** How often a job may be tried; at least 1. */
  readonly maxAttempt: number;
  /** Of a phpo step: its options, for a search whose files are not read yet. */
  readonly searchCommand?: readonly string[] | undefined;
  /** All must open before the task may run: its own and those of the sub-workflows around it. */
  readonly gates: readonly Gate[];
}

export interface MergeSpec {
  /** The user's own command, with `%IN` and `%OUT`; `undefined`: the names of the files tell how. */
  readonly script: string | undefined;
  /** The most that one job merges; `undefined`: everything. */
  readonly maxBytes: number | undefined;
}

/** A secondary input: `%IN2` in the payload. */
export interface TaskStream {
  readonly stream: string;
  readonly datasets: readonly string[];
  /** 0: every job gets all of them. */
  readonly nFilesPerJob: number;
  readonly nSkipFiles: number;
  readonly reusable: boolean;
  readonly accepts: (fileName: string) => boolean;
}

export interface TaskOutput extends OutputSpec {
  readonly dataset: string;
  /** A job without it has not failed (`--allowNoOutput`). */
  readonly mayBeAbsent: boolean;
}

/** What a step waits for: the links to its parents, or the condition that replaces them. */
export interface Gate {
  readonly links: readonly Link[];
  readonly condition: PlannedCondition | undefined;
}

type Bundles = ReadonlyMap<string, readonly string[]>;

/** The task of a planned step whose marks of iterations are filled in.
 *  @throws UnsupportedError for what the embedded engine cannot run */
export function leafSpec(
  step: PlannedStep,
  type: LeafType,
  gates: readonly Gate[],
  bundles: Bundles,
  place: LoopPlace,
): TaskSpec {
  if (type === 'phpo') return { ...searchTaskSpec(step, bundles), gates, ...place };
  if (type === 'gitlab') return { ...pipelineTaskSpec(step), gates, ...place };
  const name = step.outputs[0] ?? step.name;
  const words = step.command.slice(1).map((text) => ({ text, start: 0, end: 0 }));
  const { values } = parseArguments(prunOptions, words);
  refuseUnsupported(step.name, values, step.beside);
  const maxAttempt = numberOf(values, 'maxAttempt') ?? 0;
  return {
    stepId: step.id,
    stepName: step.name,
    type,
    name,
    exec: textOf(values, 'jobParams') ?? '',
    outputs: outputsOf(name, values),
    // A reana step gets the names of its datasets in its command only; the files stay where they are.
    primary: textOf(values, 'inDS') === undefined ? [] : unbundled(step.inputDatasets, bundles),
    accepts: both(
      nameFilter(textOf(values, 'match'), textOf(values, 'antiMatch')),
      both(logFilter(values), listFilter(step.beside?.files?.['IN'])),
    ),
    named: type === 'reana' ? unbundled(step.inputDatasets, bundles) : undefined,
    secondary: streamsOf(values, bundles, step.beside?.files ?? {}),
    splitting: settleFiles(readSplitting(values)),
    useSecrets: flagOf(values, 'useSecrets'),
    containerImage: textOf(values, 'containerImage'),
    build: step.beside?.build,
    merge: mergeOf(values),
    inputLists: inputListsOf(textOf(values, 'writeInputToTxt') ?? ''),
    hasRealFileNames: flagOf(values, 'execWithRealFileNames'),
    startDirectory: startDirectoryOf(step.name, textOf(values, 'workDir') ?? '.'),
    skipFilesUsedBy: (textOf(values, 'skipFilesUsedBy') ?? '').split(',').map(Number).filter(Boolean),
    maxAttempt: Math.max(1, maxAttempt),
    limits: limitsOf(values),
    gates,
    ...place,
  };
}

/** `--memory` counts for each core, and is what the job is ended at; so is `--maxWalltime`, in hours. */
function limitsOf(values: OptionValues): JobLimits {
  const megabytes = numberOf(values, 'memory') ?? 0;
  const hours = numberOf(values, 'maxWalltime') ?? 0;
  const cores = Math.max(1, numberOf(values, 'nCore') ?? 1);
  return {
    memoryBytes: megabytes > 0 ? megabytes * 1024 ** 2 * cores : undefined,
    wallMs: hours > 0 ? hours * 3_600_000 : undefined,
  };
}

function outputsOf(name: string, values: OptionValues): readonly TaskOutput[] {
  const absent = (textOf(values, 'allowNoOutput') ?? '').split(',').filter((pattern) => pattern !== '');
  return parseOutputs(textOf(values, 'outputs') ?? '').map((output) => ({
    ...output,
    dataset: datasetName(name, output.datasetSuffix),
    mayBeAbsent: absent.some((pattern) => endsLike(output.lfnSuffix || output.pattern, pattern)),
  }));
}

/** Merging means something only where there are outputs. */
function mergeOf(values: OptionValues): MergeSpec | undefined {
  if (!flagOf(values, 'mergeOutput') || (textOf(values, 'outputs') ?? '') === '') return undefined;
  const gigabytes = wholeNumber(String(values.get('nGBPerMergeJob')));
  return {
    script: textOf(values, 'mergeScript'),
    maxBytes: gigabytes === undefined ? undefined : gigabytes * 1e9,
  };
}

/** `IN:in.txt,IN2:more.txt`. */
function inputListsOf(value: string): ReadonlyMap<string, string> {
  return new Map(
    value.split(',').flatMap((part) => {
      const [stream, file] = part.split(':');
      return stream === undefined || file === undefined || file === ''
        ? []
        : [[stream.replaceAll('%', '').trim(), file.trim()] as const];
    }),
  );
}

function startDirectoryOf(step: string, typed: string): string {
  const path = posix.normalize(typed);
  if (posix.isAbsolute(path) || path === '..' || path.startsWith('../'))
    throw new UnsupportedError(`step \`${step}\`: \`--workDir ${typed}\` is not in the sandbox`);
  return path === '.' ? '' : path;
}

function streamsOf(
  values: OptionValues,
  bundles: Bundles,
  files: Readonly<Record<string, readonly string[]>>,
): readonly TaskStream[] {
  const reusable = new Set((textOf(values, 'reusableSecondary') ?? '').split(','));
  return parseSecondary(textOf(values, 'secondaryDSs') ?? '').streams.map((stream) => ({
    stream: stream.stream,
    datasets: unbundled(stream.dataset.split(','), bundles),
    nFilesPerJob: stream.nFilesPerJob,
    nSkipFiles: stream.nSkip,
    reusable: reusable.has(stream.stream),
    accepts: both(nameFilter(stream.match, undefined), listFilter(files[stream.stream])),
  }));
}

type NameFilter = (fileName: string) => boolean;

const both =
  (first: NameFilter, second: NameFilter): NameFilter =>
  (name) =>
    first(name) && second(name);

/** Logs of other tasks are no input unless they are asked for. */
function logFilter(values: OptionValues): NameFilter {
  const keep = flagOf(values, 'useLogAsInput') || flagOf(values, 'notSkipLog');
  return (name) => keep || !/\.log\.tgz(?:\.\d+)*$/.test(name);
}

/** Only the files of a list; all where there is none. Scopes before their names do not count. */
function listFilter(names: readonly string[] | undefined): NameFilter {
  if (names === undefined) return () => true;
  const listed = new Set(names.map((name) => name.replace(/^.*:/, '')));
  return (name) => listed.has(name);
}

/** Patterns are comma-separated wildcards that may match anywhere in the name. */
function nameFilter(match: string | undefined, antiMatch: string | undefined): NameFilter {
  const wanted = patternsOf(match);
  const unwanted = patternsOf(antiMatch);
  return (name) =>
    (wanted.length === 0 || wanted.some((pattern) => pattern.test(name))) &&
    !unwanted.some((pattern) => pattern.test(name));
}

function patternsOf(list: string | undefined): readonly RegExp[] {
  return (list ?? '')
    .split(',')
    .filter((pattern) => pattern !== '')
    .map(
      (pattern) =>
        new RegExp(
          pattern
            .replace(/[.+^${}()|[\]\\]/g, '\\$&')
            .replaceAll('*', '.*')
            .replaceAll('?', '.'),
        ),
    );
}
