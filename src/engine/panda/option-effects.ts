// What each option of prun does where the embedded engine runs the task: something, nothing because it is for a grid, or the task is
// refused because it would be another one without it.
import { UnsupportedError } from '../../base/errors.ts';
import { overruledOptions } from '../../prun/overruled-options.ts';
import { parseArguments, type OptionValues } from '../../prun/parse-args.ts';
import { prunOptions } from '../../prun/prun-options.ts';
import type { BesideCommand, Plan, PlannedStep } from '../../workflow/plan.ts';

export type OptionEffect =
  | { readonly is: 'done' }
  | { readonly is: 'without-effect'; readonly why: string }
  | { readonly is: 'refused'; readonly why: string };

const done: OptionEffect = { is: 'done' };

function group(
  effect: (why: string) => OptionEffect,
  why: string,
  dests: readonly string[],
): (readonly [string, OptionEffect])[] {
  return dests.map((dest) => [dest, effect(why)] as const);
}

const nothing = (why: string): OptionEffect => ({ is: 'without-effect', why });
const refuse = (why: string): OptionEffect => ({ is: 'refused', why });

/** By `dest`; every option of prun is here. */
export const optionEffects: ReadonlyMap<string, OptionEffect> = new Map([
  ...[
    ...[
      'jobParams',
      'outDS',
      'outputs',
      'useSecrets',
      'containerImage',
      'maxAttempt',
      'allowTaskDuplication',
    ],
    ...['inDS', 'notExpandInDS', 'notExpandSecDSs', 'secondaryDSs', 'reusableSecondary'],
    ...['useNumFilesInSecDSsAsRatio', 'match', 'antiMatch', 'notSkipLog', 'useLogAsInput', 'nSkipFiles'],
    ...['skipFilesUsedBy', 'writeInputToTxt', 'inputFileListName', 'forceStaged'],
    ...['nFiles', 'nJobs', 'nFilesPerJob', 'maxNFilesPerJob', 'nGBPerJob'],
    ...['nEvents', 'nEventsPerJob', 'nEventsPerFile'],
    ...['mergeOutput', 'mergeScript', 'nGBPerMergeJob', 'allowNoOutput', 'execWithRealFileNames'],
    ...['bexec', 'noBuild', 'noCompile', 'workDir'],
    // What is given for a core counts for as many as are asked for.
    ...['memory', 'fixedRamCount', 'nCore', 'maxWalltime'],
  ].map((dest) => [dest, done] as const),

  ...group(nothing, 'jobs run where you are', [
    ...['site', 'excludedSite', 'priority', 'express', 'osMatching', 'queueData', 'architecture'],
    ...['framework', 'vomsRoles', 'vo', 'prodSourceLabel', 'processingType', 'workingGroup', 'official'],
  ]),
  ...group(nothing, 'a job has what this machine has', [
    ...['maxCore', 'maxCpuCount', 'outDiskCount'],
    ...['cpuTimePerEvent', 'fixedCpuTime', 'noLoopingCheck'],
  ]),
  ...group(nothing, 'files lie on this machine and are read where they are', [
    ...['useDirectIOSites', 'transferType', 'avoidVP', 'destSE', 'spaceToken', 'respectLB'],
  ]),
  ...group(nothing, 'the log of each job is kept with the job', ['noSeparateLog', 'mergeLog']),
  ...group(nothing, 'output files have the names that PanDA gives by default', [
    ...['addNthFieldOfInDSToLFN', 'addNthFieldOfInFileToLFN', 'descriptionInLFN', 'unlimitNumOutputs'],
  ]),
  ...group(nothing, 'payloads find the software that is set up in this shell', [
    ...['useAthenaPackages', 'useRootCore', 'athenaTag', 'rootVer', 'cmtConfig', 'python3', 'useHomeDir'],
  ]),
  ...group(nothing, 'containers are run by the engine that is installed here', [
    ...['ctrCvmfs', 'ctrNoX509', 'ctrDatadir', 'ctrWorkdir', 'ctrDebug', 'useSandbox', 'useCentralRegistry'],
    ...['notUseCentralRegistry', 'alrb', 'directExecInContainer', 'alrbArgs', 'oldContMode'],
  ]),
  ...group(nothing, 'it is about how the sandbox is packed, which is done when this is read', [
    ...['followLinks', 'gluePackages', 'maxFileSize', 'extFile', 'excludeFile', 'tmpDir'],
    ...['inTarBall', 'outTarBall'],
  ]),
  ...group(nothing, 'it is about the command that submits', [
    ...['debugMode', 'verbose', 'version', 'dumpJson', 'dumpTaskParams', 'noSubmit', 'is_confirmed'],
    ...['noEmail', 'devSrv', 'intrSrv', 'helpGroup', 'help', 'useNewCode'],
  ]),
  ...group(nothing, 'tasks are not sent through scouts and brokers here', [
    ...['skipScout', 'msgDriven', 'disableAutoRetry', 'parentTaskID', 'respectSplitRule'],
  ]),
  ...group(nothing, 'it only goes with an option that selects events or runs', [
    ...['goodRunDataType', 'goodRunProdStep', 'eventPickDataType', 'ei_api', 'eventPickStreamName'],
    ...['eventPickAmiTag', 'eventPickWithGUID', 'notExpandDBR'],
  ]),

  ...group(refuse, 'good run lists need a service of the grid', ['goodRunListXML', 'goodRunListDS']),
  ...group(refuse, 'picking events needs the event index of the grid', ['eventPickEvtList', 'eventPickDS']),
  ...group(refuse, 'files are taken from datasets, not by physical name; name them with `--dataset`', [
    'pfnList',
  ]),
  ...group(refuse, 'database releases are on the grid only', ['dbRelease']),
  ...group(refuse, 'the sandbox is the one that was sent, not one from a dataset', ['tarBallViaDDM']),
  ...group(refuse, 'files do not outlive a job except as its outputs', ['persistentFile']),
  ...group(refuse, 'it stands for several tasks; submit them one by one', ['bulkSubmission', 'inOutDsJson']),
  ...group(refuse, 'what it loads is not known here; write the options out', ['loadXML', 'loadJson']),
  ...group(refuse, 'name the datasets with `--inDS`', ['inDsTxt']),
]);

/** Says no to a step that would be another one without its options.
 *  @throws UnsupportedError naming the option */
export function refuseUnsupported(
  step: string,
  values: OptionValues,
  beside: BesideCommand | undefined,
): void {
  for (const { dest, flags, default: usual } of prunOptions.options) {
    const effect = optionEffects.get(dest);
    const value = values.get(dest);
    if (effect?.is === 'refused' && value !== undefined && value !== usual)
      throw new UnsupportedError(
        `step \`${step}\` cannot run on this machine with \`${flags[0] ?? dest}\`: ${effect.why}`,
      );
  }
  if (values.get('inputFileListName') && beside?.files?.['IN'] === undefined)
    throw new UnsupportedError(
      `step \`${step}\` cannot run on this machine with \`--inputFileList\`: the list could not be read`,
    );
}

/** The options in the steps of a plan that change nothing here, each once, in the order of prun's help. Those that change nothing
 *  anywhere are told when the files are checked. */
export function withoutEffectIn(plan: Plan): readonly { readonly flag: string; readonly why: string }[] {
  const given = new Set(allSteps(plan.steps).flatMap((step) => [...givenIn(step)]));
  return prunOptions.options.flatMap(({ dest, flags }) => {
    const effect = given.has(dest) && !overruledOptions.has(dest) ? optionEffects.get(dest) : undefined;
    if (effect?.is !== 'without-effect') return [];
    return [{ flag: flags[0] ?? dest, why: effect.why }];
  });
}

function givenIn({ type, command }: PlannedStep): Iterable<string> {
  if (type === 'workflow' || type === 'phpo' || type === 'gitlab') return [];
  const words = command.slice(1).map((text) => ({ text, start: 0, end: 0 }));
  return parseArguments(prunOptions, words).given.keys();
}

function allSteps(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return steps.flatMap((step) => [step, ...allSteps(step.steps)]);
}
