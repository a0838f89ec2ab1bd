// The job parameters of a prun task: what the transform on the worker is told, with the places that JEDI fills for each job.
// Source: panda-client 2.0.2 `PrunScript.py`.
import { databaseReleaseOf, execParameters } from './exec-parameters.ts';
import { endsLike, outputProblems, parseOutputs } from './outputs.ts';
import { flagOf, numberOf, textOf, type OptionValues } from './parse-args.ts';
import { pythonRepr, type PlainObject } from './plain-value.ts';
import {
  cmtWords,
  containerWords,
  firstTwoFields,
  linesOf,
  rootWords,
  valueWords,
  type Draft,
} from './prun-draft.ts';
import { parseSecondary } from './secondary.ts';
import { readSplitting } from './splitting.ts';

const constant = (value: string): PlainObject => ({ type: 'constant', value });

/** All of them in the order in which the transform reads them. */
export function jobParameters(draft: Draft): PlainObject[] {
  return [
    constant('-j "" --sourceURL ${SURL}'),
    constant('-r .'),
    { ...constant('__delimiter__'), hidden: true },
    constant(archiveParameter(draft)),
    ...outputParameters(draft),
    ...inputParameters(draft),
    { ...constant('-p "'), padding: false },
    ...execParameters(draft.exec),
    constant('"'),
    ...databaseParameters(draft),
    ...secondaryParameters(draft),
    ...transformOptions(draft),
  ];
}

function archiveParameter({ values }: Draft): string {
  if (flagOf(values, 'noCompile')) return '-l ${LIB}';
  return textOf(values, 'tarBallViaDDM') === undefined ? '-a None' : '-a None --noTarballDownload';
}

function outputParameters({ values, outDS, problems }: Draft): PlainObject[] {
  const value = textOf(values, 'outputs') ?? '';
  problems.push(...outputProblems(value).map((problem) => problem.message));
  const specs = parseOutputs(value);
  if (specs.length === 0) return [];
  const fields = outDS.split('.').length > 2 ? firstTwoFields(outDS) : outDS.slice(0, -1);
  const middle =
    (textOf(values, 'addNthFieldOfInDSToLFN') ?? textOf(values, 'addNthFieldOfInFileToLFN'))
      ? '${MIDDLENAME}'
      : '';
  const names: string[] = [];
  const templates = specs.map((spec) => {
    const lfn =
      spec.kind === 'regex' ? spec.pattern : `${fields}${middle}.$JEDITASKID._\${SN/P}.${spec.lfnSuffix}`;
    const dataset = `${outDS.slice(0, -1)}_${spec.datasetSuffix}/`;
    names.push(`${pythonRepr(spec.pattern)}: ${pythonRepr(lfn)}`);
    return { ...outputTemplate(values, lfn, dataset), hidden: true };
  });
  return [...templates, constant(`-o "{${[...new Set(names)].join(', ')}}"`)];
}

function outputTemplate(values: OptionValues, lfn: string, dataset: string): PlainObject {
  const destination = textOf(values, 'destSE');
  const token = textOf(values, 'spaceToken');
  const mayBeAbsent = (textOf(values, 'allowNoOutput') ?? '')
    .split(',')
    .some((pattern) => endsLike(lfn, pattern));
  return {
    type: 'template',
    value: lfn,
    param_type: 'output',
    dataset,
    container: dataset,
    ...(destination === undefined ? {} : { destination }),
    ...(token === undefined ? {} : { token }),
    ...(mayBeAbsent ? { allowNoOutput: true } : {}),
  };
}

const logFiles = '\\.log\\.tgz(\\.\\d+)*$';

function inputParameters(draft: Draft): PlainObject[] {
  const { values, inDS, context, problems } = draft;
  const input = { type: 'template', param_type: 'input', value: '-i "${IN/T}"' };
  if (inDS === '') {
    if (textOf(values, 'pfnList') !== undefined) return [constant('-i "${IN/T}"')];
    if (textOf(values, 'goodRunListXML') === undefined) return [];
    return [{ ...input, dataset: '%%INDS%%', expand: true, exclude: logFiles, files: '%%INLFNLIST%%' }];
  }
  if (textOf(values, 'pfnList') !== undefined) problems.push('`--pfnList` and `--inDS` exclude each other');
  const keepLogs = flagOf(values, 'useLogAsInput') || flagOf(values, 'notSkipLog');
  const excluded = [...(keepLogs ? [] : [logFiles]), ...patternOf(values, 'antiMatch')];
  const whole = flagOf(values, 'notExpandInDS') || numberOf(values, 'parentTaskID') !== undefined;
  const skip = numberOf(values, 'nSkipFiles') ?? 0;
  const include = patternOf(values, 'match');
  const listFile = textOf(values, 'inputFileListName');
  const files = listFile === undefined ? [] : linesOf(listFile, 'inputFileList', context, problems);
  return [
    {
      ...input,
      dataset: inDS,
      ...(excluded.length === 0 ? {} : { exclude: excluded.join(',') }),
      ...(whole ? { consolidate: consolidatedName(draft) } : { expand: true }),
      ...(skip === 0 ? {} : { offset: skip }),
      ...(include[0] === undefined ? {} : { include: include[0] }),
      ...(files.length === 0 ? {} : { files }),
    },
  ];
}

/** A file pattern as a regular expression, or nothing. */
function patternOf(values: OptionValues, dest: string): string[] {
  const pattern = textOf(values, dest);
  return pattern === undefined ? [] : [pattern.replaceAll('.', '\\.').replaceAll('*', '.*')];
}

function consolidatedName({ outDS, context }: Draft): string {
  return `${firstTwoFields(outDS)}.${context.uuid()}/`;
}

function databaseParameters({ values, exec, problems }: Draft): PlainObject[] {
  const inExec = databaseReleaseOf(exec);
  const release = inExec ?? textOf(values, 'dbRelease');
  if (release === undefined) return [];
  if (!release.includes(':') && release !== 'LATEST') {
    problems.push(`\`--dbRelease\` is \`dataset:file\` or \`LATEST\`, not \`${release}\``);
  }
  const dataset = release.split(':')[0] ?? release;
  return [
    {
      type: 'template',
      param_type: 'input',
      value: '--dbrFile=${DBR}',
      dataset: dataset === 'LATEST' ? 'DBR_LATEST' : dataset,
    },
    ...(inExec !== undefined || flagOf(values, 'notExpandDBR') ? [constant('--noExpandDBR')] : []),
  ];
}

function secondaryParameters(draft: Draft): PlainObject[] {
  const { values, inDS, context, problems } = draft;
  const parsed = parseSecondary(textOf(values, 'secondaryDSs') ?? '');
  const fatal = parsed.problems.filter(({ kind }) => kind === 'format' || kind === 'number');
  problems.push(...fatal.map((problem) => problem.message));
  // By dataset: of a dataset listed twice, the last entry counts, in the place of the first.
  const byDataset = new Map(parsed.streams.map((stream) => [stream.dataset, stream]));
  if (byDataset.size === 0) return [];
  const reusable = new Set((textOf(values, 'reusableSecondary') ?? '').split(','));
  const asRatio = readSplitting(values).secondaryAsRatio;
  const templates = [...byDataset.values()].map((stream) => {
    const files = stream.fileList === '' ? [] : linesOf(stream.fileList, 'secondaryDSs', context, problems);
    return {
      type: 'template',
      value: `\${${stream.stream}}`,
      param_type: 'input',
      dataset: stream.dataset,
      ...(stream.nSkip > 0 ? { offset: stream.nSkip } : {}),
      ...(stream.match === '' ? {} : { include: stream.match }),
      ...(flagOf(values, 'notExpandSecDSs') ? { consolidate: consolidatedName(draft) } : { expand: true }),
      ...(stream.nFilesPerJob === 0 ? {} : { [asRatio ? 'ratio' : 'nFilesPerJob']: stream.nFilesPerJob }),
      ...(files.length === 0 ? {} : { files }),
      hidden: true,
      ...(reusable.has(stream.stream) ? { reusable: true } : {}),
    };
  });
  const names = new Set([
    ...(inDS === '' ? [] : ['IN']),
    ...[...byDataset.values()].map(({ stream }) => stream),
  ]);
  const map = [...names].map((name) => `'${name}': \${${name}/T}`).join(', ');
  return [...templates, constant(`--inMap "{${map}}"`)];
}

/** What the transform on the worker is told besides, in one constant; nothing when there is nothing to say. */
function transformOptions({ values, image, alrb, cmtConfig, context }: Draft): PlainObject[] {
  const words = [
    ...(textOf(values, 'pfnList') === undefined ? [] : ['--givenPFN']),
    ...(flagOf(values, 'useRootCore') ? ['--useRootCore'] : []),
    ...rootWords(values),
    ...cmtWords(cmtConfig),
    ...valueWords(values, 'writeInputToTxt', (value) => `--writeInputToTxt ${value.replaceAll('%', '')}`),
    ...valueWords(values, 'queueData', (value) => `--overwriteQueuedata=${value}`),
    ...(flagOf(values, 'execWithRealFileNames') ? ['--execWithRealFileNames'] : []),
    ...(alrb ? [] : [...containerWords(values, image), ...registryWords(values)]),
    ...valueWords(values, 'persistentFile', (value) => {
      const name = `${value}:sources.${context.uuid()}.__ow__`;
      return `--fileToSave=${name} --fileToLoad=${name}`;
    }),
  ];
  return words.length === 0 ? [] : [constant(`${words.join(' ')} `)];
}

function registryWords(values: OptionValues): string[] {
  if (flagOf(values, 'useCentralRegistry')) return ['--useCentralRegistry=True'];
  return flagOf(values, 'notUseCentralRegistry') ? ['--useCentralRegistry=False'] : [];
}
