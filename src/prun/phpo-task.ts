// The task parameters that phpo makes of its options, as the server calls it. Source: panda-client 2.0.2 `PhpoScript.py`.
import type { ReadText } from '../base/read-text.ts';
import { execParameters } from './exec-parameters.ts';
import { loadOptions } from './loaded-options.ts';
import { phpoOptions } from './options.ts';
import { multiStepExec } from './multi-step-exec.ts';
import { flagOf, numberOf, parseArguments, textOf, type OptionValues } from './parse-args.ts';
import { pythonText, type PlainObject, type PlainValue } from './plain-value.ts';
import { readPhpoFiles } from './phpo-files.ts';
import type { TaskDraft } from './prun-draft.ts';
import { asShellWords } from './shell-words.ts';

type Fields = Record<string, PlainValue>;

/** Task parameters of a phpo step.
 *  @param command its words, without `phpo` in front; `--outDS` is the last option the server adds
 *  @param sandbox how a job gets at the sandbox: `-a <archive> --sourceURL <URL>` */
export function phpoTask(
  command: readonly string[],
  sandbox: string,
  readText: ReadText | undefined,
): TaskDraft {
  const parsed = parseArguments(phpoOptions, asShellWords(command));
  const loaded = loadOptions(phpoOptions, parsed.values, readText);
  const values = loaded.values;
  const problems = [...parsed.problems.map((problem) => problem.message), ...loaded.problems];
  for (const dest of ['outDS', 'evaluationContainer', 'evaluationExec', 'steeringExec']) {
    if (values.get(dest) === null) problems.push(`\`--${dest}\` is missing`);
  }
  for (const dest of ['version', 'help', 'noSubmit']) {
    if (flagOf(values, dest))
      problems.push(`\`--${dest}\` ends the program, so the server cannot make a task of the step`);
  }
  const { space, segments } = readPhpoFiles(values, readText, problems);
  if (problems.length > 0) return { ok: false, problems };
  const outDS = containerName(pythonText(values.get('outDS') ?? ''));
  const parameters: Fields = {
    ...taskFields(values, outDS, segments?.length ?? 1),
    cliParams: commandLine(command) + loaded.cliText,
    ...placement(values),
    ...containerFields(values),
    log: logOf(outDS),
    hpoRequestData: requestData(values, space, segments?.length ?? 1),
    jobParameters: jobParameters(values, outDS, sandbox),
    ...(segments === undefined ? {} : { segmentedWork: true, segmentSpecs: segments }),
  };
  return { ok: true, parameters };
}

function containerName(name: string): string {
  return name.endsWith('/') ? name : `${name}/`;
}

/** The command line that the task remembers; quotes are those of the original, not a shell's. */
function commandLine(command: readonly string[]): string {
  const [first = '', ...others] = command;
  const words = others.map((word) => {
    const option = /^-[^=]+=(?=.)/s.exec(word)?.[0] ?? '';
    const value = word.slice(option.length);
    return option + (/[* ']/.test(value) ? `"${value}"` : value);
  });
  return [first.slice(first.lastIndexOf('/') + 1), ...words].join(' ');
}

function taskFields(values: OptionValues, outDS: string, nSegments: number): Fields {
  const maxPoints = numberOf(values, 'maxPoints') ?? 10;
  const maxJobs = numberOf(values, 'maxEvaluationJobs') ?? 2 * maxPoints;
  return {
    noInput: true,
    nEventsPerJob: 1,
    nEvents: numberOf(values, 'nParallelEvaluation') ?? 1,
    maxNumJobs: maxJobs * nSegments,
    totNumJobs: maxPoints * nSegments,
    taskName: outDS,
    vo: 'atlas',
    architecture: textOf(values, 'architecture') ?? '',
    hpoWorkflow: true,
    transUses: '',
    transHome: '',
    transPath: 'http://pandaserver.cern.ch:25080/trf/user/runHPO-00-00-01',
    processingType: 'panda-client-2.0.2-jedi-hpo',
    prodSourceLabel: 'user',
    useLocalIO: 1,
    skipScout: true,
    coreCount: 1,
  };
}

function placement(values: OptionValues): Fields {
  const group = textOf(values, 'workingGroup');
  const site = textOf(values, 'site');
  const sites = (site ?? '').split(',').map((name) => name.trim());
  return {
    ...(flagOf(values, 'noEmail') ? { noEmail: true } : {}),
    ...(group === undefined ? {} : { workingGroup: group }),
    ...(site === undefined
      ? {}
      : site.includes(',')
        ? { includedSite: [...new Set(sites.filter((name) => name !== ''))] }
        : { site }),
  };
}

function containerFields(values: OptionValues): Fields {
  const image = textOf(values, 'evaluationContainer') ?? '';
  const containerExec =
    'while [ ! -f __payload_in_sync_file__ ]; do sleep 5; done; echo "=== cat exec script ==="; ' +
    'cat __run_main_exec.sh; echo; echo "=== exec script ==="; /bin/sh __run_main_exec.sh; ' +
    'REAL_MAIN_RET_CODE=$?; touch __payload_out_sync_file__; exit $REAL_MAIN_RET_CODE ';
  return {
    container_name: image,
    multiStepExec: {
      ...multiStepExec(containerExec, image, textOf(values, 'alrbArgs')),
      ...(textOf(values, 'checkPointToSave') === undefined
        ? {}
        : { coprocess: { command: '${TRF}', args: '--coprocess ${TRF_ARGS}' } }),
    },
  };
}

function logOf(outDS: string): PlainObject {
  const dataset = `${outDS.slice(0, -1)}.log/`;
  const value = `${dataset.slice(0, -1)}.$JEDITASKID.\${SN}.log.tgz`;
  return { dataset, container: dataset, type: 'template', param_type: 'log', value };
}

function requestData(values: OptionValues, space: PlainValue | undefined, nSegments: number): PlainObject {
  const least = numberOf(values, 'minUnevaluatedPoints');
  return {
    sandbox: textOf(values, 'steeringContainer') ?? null,
    executable: 'docker',
    arguments: pythonText(values.get('steeringExec') ?? null),
    output_json: 'output.json',
    max_points: (numberOf(values, 'maxPoints') ?? 10) * nSegments,
    num_points_per_generation: numberOf(values, 'nPointsPerIteration') ?? 2,
    ...(least === undefined ? {} : { min_unevaluated_points: least }),
    ...(space === undefined ? {} : { opt_space: space }),
  };
}

const constant = (value: string): PlainObject => ({ type: 'constant', value });

function jobParameters(values: OptionValues, outDS: string, sandbox: string): PlainObject[] {
  const text = (dest: string): string => pythonText(values.get(dest) ?? null);
  const wordOf = (dest: string, write: (value: string) => string): PlainObject[] =>
    values.get(dest) === null ? [] : [constant(write(text(dest)))];
  const interval = wordOf('checkPointInterval', (minutes) => `--checkPointInterval ${minutes}`);
  const perJob = numberOf(values, 'maxPointsPerEvaluationJob') ?? 0;
  return [
    constant(`-o ${text('evaluationOutput')} -j "" --inSampleFile ${text('evaluationInput')}`),
    constant(sandbox),
    { ...constant('-p "'), padding: false },
    ...execParameters(text('evaluationExec')),
    constant('"'),
    ...wordOf('checkPointToSave', (names) => `--checkPointToSave ${names}`),
    ...(values.get('checkPointToSave') === null ? [] : interval),
    ...wordOf('checkPointToLoad', (name) => `--checkPointToLoad ${name}`),
    ...trainingParameters(values, text('evaluationTrainingData')),
    ...wordOf('evaluationMeta', (name) => `--outMetaFile=${name}`),
    ...wordOf('segmentSpecFile', () => '--segmentID=${SEGMENT_ID}'),
    ...metricsParameters(values, outDS),
    ...(perJob === 0 ? [] : [constant(`--maxLoopCount=${perJob}`)]),
  ];
}

function trainingParameters(values: OptionValues, listFile: string): PlainObject[] {
  const dataset = textOf(values, 'trainingDS');
  if (dataset === undefined) return [];
  return [
    constant(`--writeInputToTxt IN_DATA:${listFile}`),
    {
      type: 'template',
      param_type: 'input',
      value: '-i "${IN_DATA/T}"',
      dataset,
      attributes: 'nosplit,repeat',
    },
    constant('--inMap "{\'IN_DATA\': ${IN_DATA/T}}"'),
  ];
}

function metricsParameters(values: OptionValues, outDS: string): PlainObject[] {
  const metrics = textOf(values, 'evaluationMetrics');
  if (metrics === undefined) return [];
  const middle = textOf(values, 'segmentSpecFile') === undefined ? '' : '${MIDDLENAME}.';
  const value = `${middle}$JEDITASKID.metrics.\${SN}.tgz`;
  return [
    { type: 'template', param_type: 'output', value, dataset: outDS, hidden: true, allowNoOutput: true },
    constant(`--outMetricsFile=\${OUTPUT0}^${metrics}`),
  ];
}
