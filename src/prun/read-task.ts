// Task parameters, as `prun` submits them, back to the words of its command line: what a task does is written once, in options.
// The reverse of `prun-task.ts`. Source: panda-client 2.0.2 `PrunScript.py`.
import { parseOutputs } from './outputs.ts';
import { wholeNumber } from './parse-args.ts';
import type { PlainObject, PlainValue } from './plain-value.ts';
import { isList } from './plain-value.ts';

/** A task that can be run, or why it cannot. */
export type ReadTask =
  | {
      readonly ok: true;
      /** The name without `/` at its end: the base of its datasets. */
      readonly name: string;
      /** `--exec …`, `--outputs …`, and so on, one word each, without the program's name. */
      readonly words: readonly string[];
      /** Datasets of stream `IN`, in order. */
      readonly inputDatasets: readonly string[];
      /** What no word can say. */
      readonly beside: {
        /** The command of the build; `undefined`: nothing is built. */
        readonly build: string | undefined;
        /** Names of the files that are taken, by stream; streams that take all are not in it. */
        readonly files: Readonly<Record<string, readonly string[]>>;
      };
      /** Names of what was asked for and is for a grid only, as options of prun. */
      readonly withoutEffect: readonly string[];
      /** The archive that jobs unpack, `jobO.<uuid>.tar.gz`; `undefined`: they start empty. */
      readonly archive: string | undefined;
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Takes a task apart. What one machine cannot do as asked is a problem, not silently left out. */
export function readTask(task: PlainObject): ReadTask {
  const name = textAt(task, 'taskName')?.replace(/\/+$/, '') ?? '';
  const problems: string[] = [];
  if (name === '') problems.push('`taskName` is missing');
  const given = task['jobParameters'];
  const parameters = given !== undefined && isList(given) ? given.filter(isObject) : [];
  if (parameters.length === 0) problems.push('`jobParameters` is missing or empty');
  problems.push(...unsupported(task, parameters));
  const exec = readExec(parameters);
  if (exec.trim() === '') problems.push('there is nothing to execute: `-p` is missing in `jobParameters`');
  const build = isObject(task['buildSpec']) ? task['buildSpec'] : undefined;
  const input = parameters.find((item) => textAt(item, 'value') === '-i "${IN/T}"');
  const dataset = input === undefined ? undefined : textAt(input, 'dataset');
  const image = textAt(task, 'container_name');
  const words = [
    '--exec',
    exec,
    '--outDS',
    name,
    ...option('--outputs', outputsOf(name, parameters, problems)),
    ...option('--inDS', dataset),
    ...option('--match', wildcardOf(input, 'include')),
    ...option('--antiMatch', wildcardOf(input, 'exclude')),
    ...option('--nSkipFiles', numberAt(input, 'offset')),
    ...secondaryWords(parameters),
    ...option('--containerImage', image),
    ...(task['useSecrets'] === true ? ['--useSecrets'] : []),
    ...(task['ramCountUnit'] === 'MBPerCoreFixed' ? ['--fixedRamCount'] : []),
    ...(takesLogs(input) ? ['--notSkipLog'] : []),
    ...option('--skipFilesUsedBy', textAt(task, 'skipFilesUsedBy')),
    ...option('--allowNoOutput', absentOutputs(parameters)),
    ...option('--workDir', startDirectory(parameters)),
    ...mergeWords(task),
    ...transformWords(parameters),
    ...numberOptions.flatMap(([key, flag]) => option(flag, numberAt(task, key))),
  ];
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    name,
    words,
    inputDatasets: dataset?.split(',') ?? [],
    beside: { build: buildCommand(build), files: fileLists(parameters) },
    withoutEffect: withoutEffectIn(task),
    archive: archiveOf(parameters, build),
  };
}

/** Numbers of a task that are options of the same meaning. */
const numberOptions: readonly (readonly [key: string, flag: string])[] = [
  ['nFiles', '--nFiles'],
  ['nFilesPerJob', '--nFilesPerJob'],
  ['nGBPerJob', '--nGBPerJob'],
  ['nMaxFilesPerJob', '--maxNFilesPerJob'],
  ['nEvents', '--nEvents'],
  ['nEventsPerJob', '--nEventsPerJob'],
  ['nEventsPerFile', '--nEventsPerFile'],
  ['maxAttempt', '--maxAttempt'],
  ['ramCount', '--memory'],
  ['coreCount', '--nCore'],
  ['maxWalltime', '--maxWalltime'],
];

function unsupported(task: PlainObject, parameters: readonly PlainObject[]): string[] {
  const refused: readonly (readonly [key: string, why: string])[] = [
    ['preproSpec', 'good run lists need a service of the grid'],
    ['tarBallViaDDM', 'the sandbox is the one that was sent, not one from a dataset'],
    ['pfnList', 'files are taken from datasets, not by physical name'],
    ['nEventsPerRange', 'event service is not available on this machine'],
  ];
  const found = refused.filter(([key]) => task[key] !== undefined).map(([, why]) => why);
  for (const item of parameters) {
    const value = textAt(item, 'value') ?? '';
    if (value.startsWith('--dbrFile=')) found.push('database releases are on the grid only');
    const flag = /--(?:givenPFN|fileToSave)\b/.exec(value)?.[0];
    if (flag !== undefined) found.push(`\`${flag}\` is not supported on this machine`);
  }
  return [...new Set(found)];
}

/** The payload between `-p "` and `"`, placeholders written as users write them. */
export function readExec(parameters: readonly PlainObject[]): string {
  const start = parameters.findIndex((item) => textAt(item, 'value') === '-p "');
  if (start === -1) return '';
  let exec = '';
  for (const item of parameters.slice(start + 1)) {
    const value = textAt(item, 'value') ?? '';
    if (value === '"') break;
    exec += item['type'] === 'template' ? placeholderOf(value, numberAt(item, 'offset')) : unquoted(value);
  }
  return exec;
}

function placeholderOf(text: string, offset: number | undefined): string {
  return text
    .replaceAll('${SEQNUMBER}', `%RNDM:${offset ?? 0}`)
    .replaceAll('${FIRSTEVENT}', `%FIRSTEVENT:${offset ?? 0}`)
    .replaceAll(/\$\{(SKIPEVENTS|MAXEVENTS|SEGMENT_NAME)\}/g, '%$1');
}

function unquoted(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The command of the build. Without one there is nothing to build on this machine: the sources are what jobs start with. */
function buildCommand(build: PlainObject | undefined): string | undefined {
  const quoted = /--bexec "([^"]*)"/.exec(textAt(build, 'jobParameters') ?? '')?.[1];
  return quoted === undefined ? undefined : unquoted(quoted);
}

/** The files that inputs are confined to (`--inputFileList`), by stream. */
function fileLists(parameters: readonly PlainObject[]): Record<string, readonly string[]> {
  return Object.fromEntries(
    parameters.flatMap((item) => {
      const { files } = item;
      if (item['param_type'] !== 'input' || files === undefined || !isList(files) || files.length === 0)
        return [];
      const stream = /\$\{(\w+)/.exec(textAt(item, 'value') ?? '')?.[1] ?? 'IN';
      return [[stream, files.filter((name) => typeof name === 'string')]];
    }),
  );
}

/** Ends of the names of outputs that may be missing, as a value of `--allowNoOutput`. */
function absentOutputs(parameters: readonly PlainObject[]): string {
  return parameters
    .filter((item) => item['param_type'] === 'output' && item['allowNoOutput'] === true)
    .map((item) => (textAt(item, 'value') ?? '').replace(/^.*\$\{SN(?:\/P)?\}\./, ''))
    .map((ending) => ending.replaceAll('.', '\\.'))
    .join(',');
}

/** The directory below the top of the sandbox where payloads start. */
function startDirectory(parameters: readonly PlainObject[]): string | undefined {
  const found = parameters.map((item) => /^-r (\S+)\s*$/.exec(textAt(item, 'value') ?? '')?.[1]);
  const directory = found.find((one) => one !== undefined)?.replace(/\/+$/, '');
  return directory === '.' || directory === '' ? undefined : directory;
}

function mergeWords(task: PlainObject): string[] {
  const merge = task['mergeSpec'];
  if (merge === undefined || !isObject(merge) || task['mergeOutput'] === false) return [];
  const script = /(?:^|\s)-j "([^"]*)"/.exec(textAt(merge, 'jobParameters') ?? '')?.[1];
  return [
    '--mergeOutput',
    ...option('--mergeScript', script === undefined ? undefined : unquoted(script)),
    ...option('--nGBPerMergeJob', numberAt(task, 'nGBPerMergeJob')),
  ];
}

/** Options that only the transform on the worker is told. */
function transformWords(parameters: readonly PlainObject[]): string[] {
  const texts = parameters.map((item) => textAt(item, 'value') ?? '');
  const lists = texts.map((text) => /(?:^|\s)--writeInputToTxt (\S+)/.exec(text)?.[1]);
  return [
    ...option(
      '--writeInputToTxt',
      lists.find((list) => list !== undefined),
    ),
    ...(texts.some((text) => /(?:^|\s)--execWithRealFileNames\b/.test(text))
      ? ['--execWithRealFileNames']
      : []),
  ];
}

/** Keys of a task that only a grid can follow, with the option that asks for them. */
const gridKeys: readonly (readonly [key: string, flag: string])[] = [
  ['site', '--site'],
  ['includedSite', '--site'],
  ['excludedSite', '--excludedSite'],
  ['currentPriority', '--priority'],
  ['cpuTime', '--cpuTimePerEvent'],
  ['outDiskCount', '--outDiskCount'],
  ['maxCoreCount', '--maxCore'],
  ['addNthFieldToLFN', '--addNthFieldOfInDSToLFN'],
  ['log_merge', '--mergeLog'],
  ['osMatching', '--osMatching'],
  ['respectLB', '--respectLB'],
  ['workingGroup', '--workingGroup'],
  ['transferType', '--transferType'],
];

export function withoutEffectIn(task: PlainObject): string[] {
  const asked = gridKeys.filter(([key]) => {
    const value = task[key];
    return value !== undefined && value !== null && !(isList(value) && value.length === 0);
  });
  return [...new Set(asked.map(([, flag]) => flag))];
}

export function archiveOf(
  parameters: readonly PlainObject[],
  build: PlainObject | undefined,
): string | undefined {
  const sources = textAt(build, 'archiveName');
  if (sources !== undefined) return sources;
  for (const item of parameters) {
    const archive = /^-a (\S+)/.exec(textAt(item, 'value')?.trim() ?? '')?.[1];
    if (archive !== undefined) return archive === 'None' ? undefined : archive;
  }
  return undefined;
}

/** The value of `--outputs`: names from `-o "{'name': 'stored name'}"`, datasets from the templates of these stored names. */
function outputsOf(name: string, parameters: readonly PlainObject[], problems: string[]): string | undefined {
  const text = parameters
    .map((item) => /^-o "(\{.*\})"\s*$/s.exec(textAt(item, 'value') ?? '')?.[1])
    .find((found) => found !== undefined);
  if (text === undefined) return undefined;
  const patterns = pythonPairs(text);
  const templates = parameters.filter((item) => item['param_type'] === 'output');
  const parts = patterns.map(([pattern, stored]) => {
    const dataset = textAt(
      templates.find((item) => textAt(item, 'value') === stored),
      'dataset',
    )?.replace(/\/$/, '');
    const suffix = dataset?.startsWith(`${name}_`) === true ? dataset.slice(name.length + 1) : undefined;
    if (suffix === undefined) {
      problems.push(
        `the output \`${pattern}\` goes to \`${dataset ?? 'no dataset'}\`, which is not one of this task`,
      );
      return pattern;
    }
    return parseOutputs(pattern)[0]?.datasetSuffix === suffix ? pattern : `${suffix}:${pattern}`;
  });
  return parts.length === 0 ? undefined : parts.join(',');
}

/** The pairs of a Python dictionary of texts, `{'a': 'b', "c": 'd'}`. */
function pythonPairs(text: string): (readonly [string, string])[] {
  const literal = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g;
  const texts = [...text.matchAll(literal)].map((match) =>
    (match[1] ?? match[2] ?? '').replaceAll(/\\(.)/g, '$1'),
  );
  const pairs: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < texts.length; index += 2)
    pairs.push([texts[index] ?? '', texts[index + 1] ?? '']);
  return pairs;
}

function secondaryWords(parameters: readonly PlainObject[]): string[] {
  const streams = parameters.filter(
    (item) =>
      item['param_type'] === 'input' && /^\$\{IN\d*\w*\}$|^\$\{\w+\}$/.test(textAt(item, 'value') ?? ''),
  );
  if (streams.length === 0) return [];
  const nameOf = (item: PlainObject): string => (textAt(item, 'value') ?? '').slice(2, -1);
  const items = streams.map((item) => {
    const files = numberAt(item, 'ratio') ?? numberAt(item, 'nFilesPerJob') ?? 0;
    const dataset = (textAt(item, 'dataset') ?? '').replaceAll(',', '^');
    return [nameOf(item), files, dataset, textAt(item, 'include') ?? '', numberAt(item, 'offset') ?? 0].join(
      '#',
    );
  });
  const reusable = streams.filter((item) => item['reusable'] === true).map(nameOf);
  return [
    '--secondaryDSs',
    items.join(','),
    ...(reusable.length === 0 ? [] : ['--reusableSecondary', reusable.join(',')]),
    ...(streams.some((item) => item['ratio'] !== undefined) ? ['--useNumFilesInSecDSsAsRatio'] : []),
  ];
}

/** The log files that every task leaves out by itself. */
const logFiles = '\\.log\\.tgz(\\.\\d+)*$';

function takesLogs(input: PlainObject | undefined): boolean {
  return input !== undefined && !(textAt(input, 'exclude') ?? '').split(',').includes(logFiles);
}

/** A regular expression that prun made of a file pattern, as that pattern. */
function wildcardOf(item: PlainObject | undefined, key: string): string | undefined {
  const patterns = (textAt(item, key) ?? '')
    .split(',')
    .filter((pattern) => pattern !== '' && pattern !== logFiles);
  return patterns.length === 0
    ? undefined
    : patterns.map((pattern) => pattern.replaceAll('\\.', '.').replaceAll('.*', '*')).join(',');
}

function option(flag: string, value: string | number | undefined): string[] {
  return value === undefined || value === '' ? [] : [flag, String(value)];
}

export function textAt(item: PlainObject | undefined, key: string): string | undefined {
  const value = item?.[key];
  return typeof value === 'string' ? value : undefined;
}

export function numberAt(item: PlainObject | undefined, key: string): number | undefined {
  const value = item?.[key];
  if (typeof value === 'string') return wholeNumber(value);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function isObject(value: PlainValue | undefined): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
