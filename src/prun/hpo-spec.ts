// What the options of phpo mean for a search: how points are asked for, evaluated and counted.
import type { ReadText } from '../base/read-text.ts';
import { loadOptions } from './loaded-options.ts';
import { phpoOptions } from './options.ts';
import { numberOf, parseArguments, textOf, type OptionValues } from './parse-args.ts';
import { readPhpoFiles } from './phpo-files.ts';
import { isList, pythonText, type PlainObject, type PlainValue } from './plain-value.ts';
import { asShellWords } from './shell-words.ts';

export interface HpoSpec {
  readonly steering: {
    /** `undefined`: the arguments of `docker`, image included, stand in `exec`. */
    readonly image: string | undefined;
    /** Shell text with the placeholders `%IN %OUT %NUM_POINTS %MAX_POINTS`. */
    readonly exec: string;
  };
  /** Opaque to PanDA and iDDS; `null`: none is given. */
  readonly space: PlainValue;
  /** Of all segments together. */
  readonly maxPoints: number;
  readonly pointsPerIteration: number;
  /** So many points may wait or run when the next ones are asked for. */
  readonly minUnevaluated: number;
  readonly parallel: number;
  /** Of all segments together. */
  readonly maxJobs: number;
  /** `undefined`: as many as there are. */
  readonly pointsPerJob: number | undefined;
  readonly evaluation: EvaluationSpec;
  /** `undefined`: the search is not segmented. */
  readonly segments: readonly SegmentSpec[] | undefined;
  readonly trainingDataset: string | undefined;
}

export interface EvaluationSpec {
  readonly image: string;
  readonly exec: string;
  /** Names of files in the directory of the job. */
  readonly input: string;
  readonly trainingList: string;
  readonly output: string;
  readonly meta: string | undefined;
  readonly metrics: string | undefined;
  readonly checkpoint: CheckpointSpec | undefined;
}

export interface CheckpointSpec {
  /** Files and directories of the job. */
  readonly save: readonly string[];
  /** The name that the saved tar has in the directory of a later attempt; `undefined`: it is unpacked there. */
  readonly load: string | undefined;
  readonly intervalMinutes: number;
}

export interface SegmentSpec {
  readonly id: number;
  readonly name: string;
  /** Names of training files; with `datasets` also empty: all of them. */
  readonly files: readonly string[];
  readonly datasets: readonly string[];
}

export type HpoSpecResult =
  | { readonly ok: true; readonly spec: HpoSpec }
  | { readonly ok: false; readonly problems: readonly string[] };

/** iDDS gives a task up whose search can never make points; so does this, before anything has begun.
 *  @param command the words after `phpo` */
export function readHpoSpec(command: readonly string[], readText: ReadText | undefined): HpoSpecResult {
  const parsed = parseArguments(phpoOptions, asShellWords(command));
  const loaded = loadOptions(phpoOptions, parsed.values, readText);
  const { values } = loaded;
  const problems = [...parsed.problems.map((problem) => problem.message), ...loaded.problems];
  for (const dest of ['outDS', 'evaluationContainer', 'evaluationExec', 'steeringExec']) {
    if (textOf(values, dest) === undefined) problems.push(`\`--${dest}\` is missing`);
  }
  const { space, segments } = readPhpoFiles(values, readText, problems);
  const segmentSpecs = segments?.map((segment, id) => readSegment(segment, id, problems));
  const nSegments = segmentSpecs?.length ?? 1;
  const count = (dest: string, otherwise: number, least: number): number => {
    const value = numberOf(values, dest) ?? otherwise;
    if (value < least) problems.push(`\`--${dest}\` is at least ${least}, not ${value}`);
    return value;
  };
  const maxPoints = count('maxPoints', 10, 1);
  const pointsPerIteration = count('nPointsPerIteration', 2, 1);
  const minUnevaluated = count('minUnevaluatedPoints', 0, 0);
  if (minUnevaluated >= pointsPerIteration) {
    problems.push(
      `no new points are ever made: \`--minUnevaluatedPoints\` is ${minUnevaluated}, and \`--nPointsPerIteration\` only ${pointsPerIteration}`,
    );
  }
  const spec: HpoSpec = {
    steering: { image: textOf(values, 'steeringContainer'), exec: textOf(values, 'steeringExec') ?? '' },
    space: space ?? null,
    maxPoints: maxPoints * nSegments,
    pointsPerIteration,
    minUnevaluated,
    parallel: count('nParallelEvaluation', 1, 1),
    maxJobs: count('maxEvaluationJobs', 2 * maxPoints, 1) * nSegments,
    // The transform takes 0 as no limit.
    pointsPerJob: count('maxPointsPerEvaluationJob', 0, 0) || undefined,
    evaluation: evaluationOf(values),
    segments: segmentSpecs,
    trainingDataset: textOf(values, 'trainingDS'),
  };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, spec };
}

function evaluationOf(values: OptionValues): EvaluationSpec {
  const save = textOf(values, 'checkPointToSave');
  return {
    image: textOf(values, 'evaluationContainer') ?? '',
    exec: textOf(values, 'evaluationExec') ?? '',
    input: textOf(values, 'evaluationInput') ?? 'input.json',
    trainingList: textOf(values, 'evaluationTrainingData') ?? 'input_ds.json',
    output: textOf(values, 'evaluationOutput') ?? 'output.json',
    meta: textOf(values, 'evaluationMeta'),
    metrics: textOf(values, 'evaluationMetrics'),
    checkpoint:
      save === undefined
        ? undefined
        : {
            save: save.split(',').filter((name) => name !== ''),
            load: textOf(values, 'checkPointToLoad'),
            intervalMinutes: numberOf(values, 'checkPointInterval') ?? 5,
          },
  };
}

function readSegment(segment: PlainObject, id: number, problems: string[]): SegmentSpec {
  const name = segment['name'];
  if (typeof name !== 'string' || name === '' || /[/\s]/.test(name))
    problems.push(`segment ${id} of \`--segmentSpecFile\` has no \`name\` that can be part of a file name`);
  const namesIn = (key: string): readonly string[] => {
    const value = segment[key];
    if (value === undefined || value === null) return [];
    if (isList(value) && value.every((item) => typeof item === 'string')) return value;
    problems.push(`\`${key}\` of segment ${id} of \`--segmentSpecFile\` is no list of names`);
    return [];
  };
  const text = name === undefined ? '' : pythonText(name);
  return { id, name: text, files: namesIn('files'), datasets: namesIn('datasets') };
}
