// How many jobs each task of a plan will have, where that can be told beforehand: when every job before succeeds, and for one
// iteration where the task is part of a loop.
import { iterationMark } from '../../prun/names.ts';
import { phpoOptions, prunOptions } from '../../prun/options.ts';
import { datasetName, parseOutputs } from '../../prun/outputs.ts';
import { numberOf, parseArguments, textOf, type OptionValues } from '../../prun/parse-args.ts';
import { parseSecondary } from '../../prun/secondary.ts';
import { asShellWords } from '../../prun/shell-words.ts';
import {
  jobsForFiles,
  jobsWithoutFiles,
  readSplitting,
  settleFiles,
  usableRange,
  type Splitting,
} from '../../prun/splitting.ts';
import { bundlesIn, unbundled } from '../bundles.ts';
import type { Plan, PlannedStep } from '../plan.ts';
import { leavesOf } from './leaves.ts';

export interface JobCount {
  /** `null` when it cannot be known. */
  readonly expected: number | null;
  /** `null` when there is no limit that can be known. */
  readonly at_most: number | null;
  /** What decides about the number, or could still change the expected one; `null` when it is certain. */
  readonly depends_on: string | null;
}

/** Datasets that the plan makes. */
interface Made {
  readonly made: ReadonlyMap<string, MadeDataset>;
  /** What each container stands for. */
  readonly bundles: ReadonlyMap<string, readonly string[]>;
}

interface MadeDataset {
  /** The step that makes it. */
  readonly by: string;
  /** `undefined` when that cannot be known. */
  readonly files: number | undefined;
}

/** The number of jobs of every leaf, by its id. */
export function countJobs(plan: Plan): ReadonlyMap<number, JobCount> {
  const counts = new Map<number, JobCount>();
  const made = new Map<string, MadeDataset>();
  const bundles = bundlesIn(plan);
  for (const step of leavesOf(plan)) {
    const count = jobsOf(step, { made, bundles });
    counts.set(step.id, count);
    for (const [dataset, isOnePerJob] of datasetsOf(step)) {
      const isCertain = count.depends_on === null && isOnePerJob;
      const files = isCertain ? (count.expected ?? undefined) : undefined;
      made.set(dataset, { by: step.name, files });
    }
  }
  return counts;
}

function jobsOf(step: PlannedStep, made: Made): JobCount {
  // A gitlab step is one pipeline.
  if (step.type === 'gitlab') return certainly(1);
  if (step.type === 'phpo') return evaluations(step);
  const { values } = parseArguments(prunOptions, asShellWords(step.command.slice(1)));
  const list = (['loadJson', 'pfnList', 'inputFileListName', 'goodRunListXML'] as const).find(
    (dest) => textOf(values, dest) !== undefined,
  );
  if (list !== undefined) return unknown(`the file \`${textOf(values, list) ?? ''}\``);
  const splitting = settleFiles(readSplitting(values));
  if (textOf(values, 'inDS') === undefined) return certainly(jobsWithoutFiles(splitting));
  return jobsFromFiles(step, values, splitting, made);
}

function jobsFromFiles(step: PlannedStep, values: OptionValues, splitting: Splitting, made: Made): JobCount {
  const limit = splitting.nJobs ?? null;
  const files = filesIn(step.inputDatasets, step, made);
  if (typeof files === 'string') return unknown(files, limit);
  for (const dest of ['match', 'antiMatch'] as const) {
    const pattern = textOf(values, dest);
    if (pattern !== undefined) {
      return unknown(`how many of ${counted(files)} fit \`--${dest} ${pattern}\``, atMost(files, splitting));
    }
  }
  if (splitting.nEventsPerJob !== undefined) return unknown('the number of events in its files', limit);
  if (splitting.nGBPerJob !== undefined) {
    return unknown(`the sizes of its ${counted(files)}`, atMost(files, splitting));
  }
  const wanted = jobsForFiles(splitting, files);
  const short = secondaryLimit(step, values, splitting, made);
  if (typeof short === 'string') return unknown(short, wanted);
  const expected = Math.min(wanted, short);
  // Who does not say how many files a job takes leaves it to PanDA, which looks at their sizes.
  const isLeftToPanda = splitting.nFilesPerJob === undefined && files > expected && expected > 0;
  return isLeftToPanda
    ? {
        expected,
        at_most: Math.min(atMost(files, splitting), short),
        depends_on: `the sizes of its ${counted(files)}: more jobs where they are too large for ${expected === 1 ? 'one' : 'so few'}`,
      }
    : certainly(expected);
}

/** Each job takes at least one file. */
function atMost(files: number, splitting: Splitting): number {
  const { start, end } = usableRange(splitting);
  return Math.min(Math.max(0, Math.min(files, end ?? files) - start), splitting.nJobs ?? Infinity);
}

/** How many jobs the secondary inputs suffice for, or what that depends on. */
function secondaryLimit(
  step: PlannedStep,
  values: OptionValues,
  splitting: Splitting,
  made: Made,
): number | string {
  const reusable = new Set((textOf(values, 'reusableSecondary') ?? '').split(','));
  let limit = Infinity;
  for (const stream of parseSecondary(textOf(values, 'secondaryDSs') ?? '').streams) {
    if (stream.nFilesPerJob === 0 || reusable.has(stream.stream)) continue;
    const files = filesIn(stream.dataset.split(','), step, made);
    // A file name that must match, or a list of files, or a share for each primary file: all need names and numbers.
    const isPlain = stream.match === '' && stream.fileList === '' && !splitting.secondaryAsRatio;
    if (typeof files === 'string') return files;
    if (!isPlain) return `the files of its secondary input \`${stream.stream}\``;
    limit = Math.min(limit, Math.ceil(Math.max(0, files - stream.nSkip) / stream.nFilesPerJob));
  }
  return limit;
}

/** Files in all of the datasets, or what their number depends on. */
function filesIn(datasets: readonly string[], step: PlannedStep, made: Made): number | string {
  let files = 0;
  for (const dataset of unbundled(datasets, made.bundles)) {
    const maker = made.made.get(dataset);
    if (maker === undefined) return `the number of files in \`${dataset}\``;
    if (dataset.includes(iterationMark) && !step.inLoop) return `the iterations of \`${maker.by}\``;
    if (maker.files === undefined) return `the number of files that \`${maker.by}\` makes`;
    files += maker.files;
  }
  return files;
}

/** The datasets a step makes, each with whether every job puts exactly one file there. */
function datasetsOf(step: PlannedStep): readonly (readonly [dataset: string, isOnePerJob: boolean])[] {
  const base = step.outputs[0];
  if (base === undefined || step.command[0] !== 'prun') return [];
  const { values } = parseArguments(prunOptions, asShellWords(step.command.slice(1)));
  const mayLackFiles = textOf(values, 'allowNoOutput') !== undefined;
  return parseOutputs(textOf(values, 'outputs') ?? '').map((output) => [
    datasetName(base, output.datasetSuffix),
    output.kind !== 'regex' && !mayLackFiles,
  ]);
}

/** The steering decides how many points are evaluated. */
function evaluations(step: PlannedStep): JobCount {
  const { values } = parseArguments(phpoOptions, asShellWords(step.command.slice(1)));
  const isSegmented = textOf(values, 'segmentSpecFile') !== undefined;
  const limit = numberOf(values, 'maxEvaluationJobs') ?? 2 * (numberOf(values, 'maxPoints') ?? 10);
  const isLoaded = textOf(values, 'loadJson') !== undefined;
  return unknown('the points that the steering asks for', isSegmented || isLoaded ? null : limit);
}

function certainly(expected: number): JobCount {
  return { expected, at_most: expected, depends_on: null };
}

function unknown(depends_on: string, at_most: number | null = null): JobCount {
  return { expected: null, at_most, depends_on };
}

function counted(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}
