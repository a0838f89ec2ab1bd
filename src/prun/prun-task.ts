// The task parameters that prun makes of its options, as the server calls it: nothing is archived, uploaded or asked for.
// Source: panda-client 2.0.2 `PrunScript.py`.
import { multiStepExec, runMainExec } from './multi-step-exec.ts';
import { checkContainerName } from './names.ts';
import { flagOf, numberOf, textOf, type OptionValues } from './parse-args.ts';
import { percentQuote, pythonText, type PlainObject, type PlainValue } from './plain-value.ts';
import {
  cmtWords,
  containerWords,
  firstTwoFields,
  hasInput,
  linesOf,
  merges,
  rootWords,
  startDraft,
  valueWords,
  type Draft,
  type Fields,
  type PrunTaskContext,
  type TaskDraft,
} from './prun-draft.ts';
import { jobParameters } from './prun-job-parameters.ts';
import { parseSecondary } from './secondary.ts';
import { readSplitting, settleFiles, splittingParameters } from './splitting.ts';

/** Task parameters of a step by its options.
 *  @param image the image of the step; `null` when it has none: the server then passes Python's `None` */
export function prunTask(values: OptionValues, image: string | null, context: PrunTaskContext): TaskDraft {
  const draft = startDraft(values, image, context);
  const parameters: Fields = {
    ...identity(draft),
    ...placement(draft),
    ...splittingParameters(readSplitting(values), hasInput(draft)),
    ...switches(draft),
    ...resources(draft),
    ...naming(draft),
    ...container(draft),
    ...logs(draft),
    jobParameters: jobParameters(draft),
    ...streams(draft),
    ...transfer(draft),
    ...build(draft),
    ...preprocessing(draft),
    ...merging(draft),
  };
  checkNames(draft, parameters);
  return draft.problems.length === 0 ? { ok: true, parameters } : { ok: false, problems: draft.problems };
}

function identity({ values, outDS, alrb, release, cmtConfig }: Draft): Fields {
  const architecture = textOf(values, 'architecture') ?? '';
  const { transUses, cache } = release;
  const suffix = textOf(values, 'goodRunListXML') === undefined ? '' : '-grl';
  const framework = textOf(values, 'framework');
  return {
    taskName: outDS,
    ...(flagOf(values, 'allowTaskDuplication') ? {} : { uniqueTaskName: true }),
    vo: textOf(values, 'vo') ?? 'atlas',
    architecture: alrb ? architecture : platformOf(architecture, cmtConfig),
    transUses,
    transHome: transUses === '' ? null : `AnalysisTransforms${cache}`,
    processingType: `panda-client-2.0.2-jedi-${alrb ? 'run' : 'cont'}${suffix}`,
    ...(framework === undefined ? {} : { framework }),
    prodSourceLabel: textOf(values, 'prodSourceLabel') ?? 'user',
  };
}

/** `<cmtConfig>` with what `--architecture` asks of the machine after it. */
function platformOf(architecture: string, cmtConfig: string | undefined): string | null {
  if (architecture === '') return cmtConfig ?? null;
  return /^[@&#]/.test(architecture) ? (cmtConfig ?? '') + architecture : architecture;
}

function placement({ values }: Draft): Fields {
  const site = textOf(values, 'site') ?? 'AUTO';
  const sites = site.includes(',') ? listOf([site]) : [];
  const excluded = values.get('excludedSite');
  const priority = numberOf(values, 'priority');
  return {
    site: site === 'AUTO' || site.includes(',') ? null : site,
    excludedSite: listOf(typeof excluded === 'object' && excluded !== null ? excluded : []),
    includedSite: sites.length === 0 ? null : sites,
    ...(priority === undefined ? {} : { currentPriority: priority }),
  };
}

/** Items of comma-separated lists, trimmed, each once. */
function listOf(items: readonly string[]): string[] {
  const all = items.flatMap((item) => item.split(',')).map((item) => item.trim());
  return [...new Set(all.filter((item) => item !== ''))];
}

function switches({ values }: Draft): Fields {
  const names: readonly (readonly [dest: string, key: string, value: PlainValue])[] = [
    ['noEmail', 'noEmail', true],
    ['skipScout', 'skipScout', true],
    ['msgDriven', 'messageDriven', true],
    ['respectLB', 'respectLB', true],
    ['osMatching', 'osMatching', true],
    ['disableAutoRetry', 'disableAutoRetry', 1],
    ['official', 'official', true],
    ['useNewCode', 'fixedSandbox', null],
    ['noLoopingCheck', 'noLoopingCheck', true],
    ['useSecrets', 'useSecrets', true],
    ['debugMode', 'debugMode', true],
  ];
  const fields = Object.fromEntries(
    names.flatMap(([dest, key, value]) => (flagOf(values, dest) ? [[key, value]] : [])),
  );
  const group = textOf(values, 'workingGroup');
  return {
    ...fields,
    respectSplitRule: true,
    ...(numberOf(values, 'parentTaskID') === undefined ? {} : { noWaitParent: true }),
    ...(group === undefined ? {} : { workingGroup: group.replace(/[.:].*$/s, '') }),
  };
}

function resources({ values, problems }: Draft): Fields {
  const fields: Fields = { nMaxFilesPerJob: readSplitting(values).maxNFilesPerJob };
  const above = (dest: string, least: number): number | undefined => {
    const value = numberOf(values, dest);
    return value !== undefined && value > least ? value : undefined;
  };
  const set = (key: string, value: PlainValue | undefined): void => {
    if (value !== undefined) fields[key] = value;
  };
  set('maxWalltime', above('maxWalltime', 0));
  const cpuTime = above('cpuTimePerEvent', 0);
  set('cpuTime', cpuTime);
  set('cpuTimeUnit', flagOf(values, 'fixedCpuTime') ? 'HS06sPerEventFixed' : cpuTime && 'HS06sPerEvent');
  const memory = above('memory', 0);
  set('ramCount', memory);
  set('ramCountUnit', memory && (flagOf(values, 'fixedRamCount') ? 'MBPerCoreFixed' : 'MBPerCore'));
  const disk = numberOf(values, 'outDiskCount');
  set('outDiskCount', disk);
  set('outDiskUnit', disk === undefined ? undefined : 'kBFixed');
  set('coreCount', above('nCore', 1));
  set('maxCoreCount', above('maxCore', 0));
  set('skipFilesUsedBy', textOf(values, 'skipFilesUsedBy'));
  const attempts = above('maxAttempt', 0);
  set('maxAttempt', attempts !== undefined && attempts <= 50 ? attempts : undefined);
  if (above('maxCpuCount', 1_000_000_000) !== undefined)
    problems.push('`--maxCpuCount` is at most 1000000000');
  return fields;
}

function naming({ values }: Draft): Fields {
  const byFile = textOf(values, 'addNthFieldOfInFileToLFN');
  if (byFile !== undefined) return { addNthFieldToLFN: byFile, useFileAsSourceLFN: true };
  const byDataset = textOf(values, 'addNthFieldOfInDSToLFN');
  return byDataset === undefined ? {} : { addNthFieldToLFN: byDataset };
}

function container({ values, image, alrb }: Draft): Fields {
  if (!alrb) return {};
  if (!flagOf(values, 'directExecInContainer')) return { container_name: image };
  return {
    container_name: image,
    multiStepExec: multiStepExec(runMainExec, image, textOf(values, 'alrbArgs')),
  };
}

function logs({ values, outDS }: Draft): Fields {
  if (flagOf(values, 'noSeparateLog')) return {};
  const dataset = `${outDS.slice(0, -1)}.log/`;
  const byFile = textOf(values, 'addNthFieldOfInFileToLFN') !== undefined;
  const token = textOf(values, 'spaceToken');
  const log = {
    dataset,
    container: dataset,
    type: 'template',
    param_type: 'log',
    value: byFile
      ? `${firstTwoFields(dataset)}\${MIDDLENAME}.$JEDITASKID._\${SN}.log.tgz`
      : `${dataset.slice(0, -1)}.$JEDITASKID.\${SN}.log.tgz`,
    ...(token === undefined ? {} : { token }),
  };
  if (!merges(values) || !flagOf(values, 'mergeLog')) return { log };
  const merged = dataset.replaceAll('.log/', '.merge_log/');
  const value = log.value.replaceAll('.log.tgz', '.merge_log.tgz');
  return {
    log,
    log_merge: { ...log, dataset: merged, container: merged, param_type: 'output', mergeOnly: true, value },
  };
}

/** Where the input comes from, beside its job parameter. */
function streams({ values, inDS, context, problems }: Draft): Fields {
  const secondary = parseSecondary(textOf(values, 'secondaryDSs') ?? '').streams.length > 0;
  const reuse: Fields = secondary ? { reuseSecOnDemand: true } : {};
  if (inDS !== '') return { dsForIN: inDS, ...reuse };
  const pfnList = textOf(values, 'pfnList');
  if (pfnList !== undefined) {
    const files = linesOf(pfnList, 'pfnList', context, problems).filter((line) => !line.startsWith('#'));
    if ((textOf(values, 'site') ?? 'AUTO') === 'AUTO') problems.push('`--pfnList` needs `--site`');
    const nFiles: Fields =
      settleFiles(readSplitting(values)).nFiles === undefined ? { nFiles: files.length } : {};
    return { pfnList: files.sort(), noInput: true, ...nFiles, ...reuse };
  }
  if (textOf(values, 'goodRunListXML') !== undefined) return { dsForIN: '%%INDS%%', ...reuse };
  return { noInput: true, ...reuse };
}

function transfer({ values, problems }: Draft): Fields {
  const type = textOf(values, 'transferType');
  const wrong = (type ?? 'file')
    .split(',')
    .filter((name) => !['root', 'direct', 'davs', 'file'].includes(name));
  if (wrong.length > 0) {
    problems.push(
      `\`--transferType\` is a list of \`root\`, \`direct\`, \`davs\`, \`file\`, not \`${wrong.join(',')}\``,
    );
  }
  const staged = flagOf(values, 'forceStaged') || type === 'file';
  const direct = flagOf(values, 'useDirectIOSites') || type === 'direct';
  return {
    ...(staged ? { useLocalIO: 1 } : direct ? { allowInputLAN: 'only' } : {}),
    ...(type === undefined ? {} : { transferType: type }),
    ...(flagOf(values, 'avoidVP') ? { avoidVP: true } : {}),
  };
}

function build({ values, cmtConfig }: Draft): Fields {
  const tarball = textOf(values, 'tarBallViaDDM');
  if (!flagOf(values, 'noCompile')) return tarball === undefined ? {} : { tarBallViaDDM: tarball };
  const words = [
    '-i ${IN} -o ${OUT} --sourceURL ${SURL}',
    '-r .',
    ...valueWords(values, 'bexec', (value) => `--bexec "${percentQuote(value)}"`),
    ...(flagOf(values, 'useRootCore') ? ['--useRootCore'] : []),
    ...(flagOf(values, 'noCompile') ? ['--noCompile'] : []),
    ...rootWords(values),
    ...cmtWords(cmtConfig),
    ...(tarball === undefined ? [] : ['--noTarballDownload']),
  ];
  return {
    buildSpec: {
      prodSourceLabel: textOf(values, 'prodSourceLabel') ?? 'panda',
      archiveName: null,
      jobParameters: `${words.join(' ')} `,
      ...(tarball === undefined ? {} : { tarBallViaDDM: tarball }),
    },
  };
}

function preprocessing({ values, inDS, problems }: Draft): Fields {
  const runs = textOf(values, 'goodRunListXML');
  if (runs === undefined) return {};
  if (inDS !== '') problems.push('`--goodRunListXML` and `--inDS` exclude each other');
  const words = [
    `--goodRunListXML ${runs}`,
    ...valueWords(values, 'goodRunDataType', (value) => `--goodRunListDataType ${value}`),
    ...valueWords(values, 'goodRunProdStep', (value) => `--goodRunListProdStep ${value}`),
    ...valueWords(values, 'goodRunListDS', (value) => `--goodRunListDS ${value}`),
    '--sourceURL ${SURL}',
  ];
  const prodSourceLabel = textOf(values, 'prodSourceLabel') ?? 'panda';
  return { preproSpec: { prodSourceLabel, jobParameters: `${words.join(' ')} ` } };
}

function merging(draft: Draft): Fields {
  const { values, alrb, image, cmtConfig, problems } = draft;
  if (!merges(values)) return {};
  const words = [
    '-r .',
    ...valueWords(values, 'mergeScript', (value) => `-j "${value}"`),
    ...rootWords(values),
    ...cmtWords(cmtConfig),
    ...(flagOf(values, 'useRootCore') ? ['--useRootCore'] : []),
    ...(alrb
      ? [flagOf(values, 'noCompile') ? '-l ${LIB}' : '-a None --sourceURL ${SURL}']
      : containerWords(values, image)),
    '${TRN_OUTPUT:OUTPUT}',
    flagOf(values, 'mergeLog') ? '${TRN_LOG_MERGE:LOG_MERGE}' : '${TRN_LOG:LOG}',
  ];
  const size = pythonText(values.get('nGBPerMergeJob') ?? 'MAX');
  if (size !== 'MAX' && !(/^\+?\d+$/.test(size) && Number(size) > 0)) {
    problems.push(`\`--nGBPerMergeJob\` needs a positive whole number, not \`${size}\``);
  }
  return {
    mergeSpec: { useLocalIO: 1, jobParameters: words.join(' ') },
    mergeOutput: true,
    ...(size === 'MAX' ? {} : { nGBPerMergeJob: Number(size) }),
  };
}

/** DDM's limit on names, and prun's on their number. */
function checkNames({ values, problems }: Draft, parameters: Fields): void {
  const parts = [parameters['jobParameters'], parameters['log']].flat().filter(isTemplate);
  for (const part of parts) {
    const type = part['param_type'];
    if ((type === 'output' || type === 'log') && typeof part['dataset'] === 'string') {
      problems.push(...checkContainerName(part['dataset']));
    }
  }
  const nOutputs = parts.filter((part) => part['param_type'] === 'output').length;
  if (nOutputs > 10 && !flagOf(values, 'unlimitNumOutputs')) {
    problems.push(`${nOutputs} outputs, at most 10 are allowed without \`--unlimitNumOutputs\``);
  }
}

function isTemplate(part: PlainValue | undefined): part is PlainObject {
  return typeof part === 'object' && part !== null && !Array.isArray(part);
}
