// The parameters of a task as `phpo` submits them, back to the words of its command line. The reverse of `phpo-task.ts`.
// Source: panda-client 2.0.2 `PhpoScript.py`.
import { isPlainObject } from './phpo-files.ts';
import { isList, type PlainObject, type PlainValue } from './plain-value.ts';
import { archiveOf, numberAt, readExec, textAt, withoutEffectIn } from './read-task.ts';

export type ReadPhpoTask =
  | {
      readonly ok: true;
      /** The name without `/` at its end: the base of its datasets. */
      readonly name: string;
      /** One word each, without the program's name. */
      readonly words: readonly string[];
      readonly inputDatasets: readonly string[];
      /** What the files say that its options named; the words name these texts in their place. */
      readonly texts: Readonly<Record<string, string>>;
      readonly withoutEffect: readonly string[];
      readonly archive: string | undefined;
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Whether `phpo` made the task. */
export function isPhpoTask(task: PlainObject): boolean {
  return task['hpoWorkflow'] === true;
}

// No path of a sandbox looks like these.
const spaceFile = '<search space>';
const segmentFile = '<segments>';

export function readPhpoTask(task: PlainObject): ReadPhpoTask {
  const name = textAt(task, 'taskName')?.replace(/\/+$/, '') ?? '';
  const request = isPlainObject(task['hpoRequestData']) ? task['hpoRequestData'] : undefined;
  const given = task['jobParameters'];
  const parameters = given !== undefined && isList(given) ? given.filter(isPlainObject) : [];
  const problems: string[] = [];
  if (name === '') problems.push('`taskName` is missing');
  if (request === undefined) problems.push('`hpoRequestData` is missing');
  if (parameters.length === 0) problems.push('`jobParameters` is missing or empty');
  if (problems.length > 0 || request === undefined) return { ok: false, problems };
  const segments = segmentsOf(task['segmentSpecs']);
  const each = (count: number | undefined): number | undefined =>
    count === undefined ? undefined : count / (segments?.length ?? 1);
  const training = parameters.find((item) => textAt(item, 'value') === '-i "${IN_DATA/T}"');
  const dataset = textAt(training, 'dataset');
  const space = request['opt_space'];
  return {
    ok: true,
    name,
    words: [
      ...option('steeringContainer', textAt(request, 'sandbox')),
      ...option('steeringExec', textAt(request, 'arguments')),
      ...option('maxPoints', each(numberAt(request, 'max_points'))),
      ...option('nPointsPerIteration', numberAt(request, 'num_points_per_generation')),
      ...option('minUnevaluatedPoints', numberAt(request, 'min_unevaluated_points')),
      ...option('nParallelEvaluation', numberAt(task, 'nEvents')),
      ...option('maxEvaluationJobs', each(numberAt(task, 'maxNumJobs'))),
      ...option('evaluationContainer', textAt(task, 'container_name')),
      ...option('evaluationExec', readExec(parameters)),
      ...option('searchSpaceFile', space === undefined ? undefined : spaceFile),
      ...option('segmentSpecFile', segments === undefined ? undefined : segmentFile),
      ...option('trainingDS', dataset),
      ...jobOptions(parameters),
      '--outDS',
      name,
    ],
    inputDatasets: dataset?.split(',') ?? [],
    texts: {
      ...(space === undefined ? {} : { [spaceFile]: JSON.stringify(space) }),
      ...(segments === undefined ? {} : { [segmentFile]: JSON.stringify(segments) }),
    },
    withoutEffect: withoutEffectIn(task),
    archive: archiveOf(parameters, undefined),
  };
}

/** What the transform is told, by the option of phpo that says it. */
const patterns: readonly (readonly [option: string, pattern: RegExp])[] = [
  ['evaluationOutput', /^-o (\S+) -j/],
  ['evaluationInput', /--inSampleFile (\S+)/],
  ['checkPointToSave', /^--checkPointToSave (\S+)/],
  ['checkPointInterval', /^--checkPointInterval (\d+)/],
  ['checkPointToLoad', /^--checkPointToLoad (\S+)/],
  ['evaluationTrainingData', /^--writeInputToTxt IN_DATA:(\S+)/],
  ['evaluationMeta', /^--outMetaFile=(\S+)/],
  ['evaluationMetrics', /^--outMetricsFile=\$\{OUTPUT0\}\^(\S+)/],
  ['maxPointsPerEvaluationJob', /^--maxLoopCount=(\d+)/],
];

function jobOptions(parameters: readonly PlainObject[]): readonly string[] {
  const values = parameters.map((item) => textAt(item, 'value')?.trim() ?? '');
  return patterns.flatMap(([name, pattern]) => {
    const found = values.map((value) => pattern.exec(value)?.[1]).find((text) => text !== undefined);
    return option(name, found);
  });
}

function segmentsOf(value: PlainValue | undefined): readonly PlainValue[] | undefined {
  return value !== undefined && isList(value) && value.length > 0 ? value : undefined;
}

/** With `=`: values may begin with a dash. */
function option(name: string, value: string | number | undefined): readonly string[] {
  return value === undefined || value === '' ? [] : [`--${name}=${value}`];
}
