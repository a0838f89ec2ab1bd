// What the engine must know of a step to run it: a planned step with its `prun` command line taken apart.
import { posix } from 'node:path';
import { UnsupportedError } from '../../base/errors.ts';
import { datasetName, endsLike, parseOutputs } from '../../prun/outputs.ts';
import { flagOf, numberOf, parseArguments, textOf, wholeNumber } from '../../prun/parse-args.ts';
import type { OptionValues } from '../../prun/parse-args.ts';
import { prunOptions } from '../../prun/prun-options.ts';
import { parseSecondary } from '../../prun/secondary.ts';
import { readSplitting, settleFiles } from '../../prun/splitting.ts';
import { pipelineTaskSpec } from '../gitlab/task-spec.ts';
import type { JobLimits } from '../process/limits.ts';
import { searchTaskSpec } from '../hpo/task-spec.ts';
import { unbundled } from '../../workflow/bundles.ts';
import { refuseUnsupported } from './option-effects.ts';
import type { LeafType } from '../../workflow/model.ts';
import type { PlannedStep } from '../../workflow/plan.ts';
import type { Gate, LoopPlace, MergeSpec, TaskOutput, TaskSpec, TaskStream } from './task.ts';

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
