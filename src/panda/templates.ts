// Task parameters as the official client makes them: the server fills them in for each step of a workflow.
// Checked against recordings of panda-client 2.0.2.
import { multiStepExec, runMainExec } from '../prun/multi-step-exec.ts';

export interface TemplateInput {
  readonly outDS: string;
  /** `--vo`; `atlas` where it is not given. */
  readonly vo: string | undefined;
  /** `--prodSourceLabel`; `user` where it is not given. */
  readonly prodSourceLabel: string | undefined;
  readonly workingGroup: string | undefined;
  readonly official: boolean;
  /** What the user typed after the program's name, word by word. */
  readonly commandLine: readonly string[];
  /** Operating system of this machine, as `platform.platform()` of Python writes it. */
  readonly osInfo: string;
  /** `scheme://host:port` from which jobs fetch the sandbox. */
  readonly sourceUrl: string;
  /** Name of the sandbox for the jobs; `undefined` for a check, which makes none. */
  readonly jobSandbox: string | undefined;
  /** Steps with `opt_useAthenaPackages` need it; `undefined`: there are none. */
  readonly athena: AthenaRuntime | undefined;
}

/** The ATLAS software set up in this shell. */
export interface AthenaRuntime {
  /** `AtlasVersion`, for example `21.6.85`. */
  readonly version: string;
  /** `AtlasProject`, for example `AthGeneration`. */
  readonly project: string;
  /** `CMTCONFIG`, for example `x86_64-centos7-gcc62-opt`. */
  readonly cmtConfig: string;
  /** `ALRB_USER_PLATFORM`, for example `centos7`. */
  readonly platform: string;
  /** Name of the archive with the sources, `sources.<uuid>.tar.gz`; `undefined` for a check. */
  readonly sourcesArchive: string | undefined;
}

export type TaskTemplate = Readonly<Record<string, unknown>>;

export interface TaskTemplates {
  readonly container: TaskTemplate;
  readonly athena?: TaskTemplate;
}

/** Templates for the steps with a container image, and for those with Athena where that is set up. */
export function taskTemplates(input: TemplateInput): TaskTemplates {
  const { athena } = input;
  if (athena === undefined) return { container: containerTemplate(input, []) };
  const make = `--useCMake --cmtConfig ${athena.cmtConfig} `;
  return {
    container: containerTemplate(input, [constant(make)]),
    athena: {
      ...common(input, {
        architecture: `${athena.cmtConfig}@${athena.platform}`,
        transUses: `Atlas-${athena.version}`,
        transHome: `AnalysisTransforms-${athena.project}_${athena.version}`,
      }),
      log: logTemplate(input.outDS),
      jobParameters: [...jobParameters('./', '-l ${LIB}'), constant(`--useAthenaPackages ${make}`)],
      buildSpec: {
        prodSourceLabel: 'panda',
        archiveName: athena.sourcesArchive ?? null,
        jobParameters: `-i \${IN} -o \${OUT} --sourceURL \${SURL} -r ./ --useAthenaPackages ${make}`,
      },
    },
  };
}

// The server replaces these in every step.
const dummyCommand = '__dummy_exec_str__';
const dummyImage = '__dummy_container__';

/** The server reads the generation of the client from it; these templates are of that generation. */
const processingType = 'panda-client-2.0.2-jedi-run';

function containerTemplate(input: TemplateInput, more: readonly object[]): TaskTemplate {
  return {
    ...common(input, { architecture: '', transUses: '', transHome: null }),
    container_name: dummyImage,
    multiStepExec: multiStepExec(runMainExec, dummyImage, undefined),
    log: logTemplate(input.outDS),
    jobParameters: [...jobParameters('.', `-a ${input.jobSandbox ?? 'None'}`), ...more],
  };
}

interface Software {
  readonly architecture: string;
  readonly transUses: string;
  readonly transHome: string | null;
}

function common(input: TemplateInput, software: Software): TaskTemplate {
  return {
    taskName: `${withoutSlash(input.outDS)}/`,
    uniqueTaskName: true,
    vo: input.vo ?? 'atlas',
    ...software,
    processingType,
    prodSourceLabel: input.prodSourceLabel ?? 'user',
    site: null,
    excludedSite: [],
    includedSite: null,
    cliParams: ['prun', ...input.commandLine.map(quoted)].join(' '),
    osInfo: input.osInfo,
    ...(input.official ? { official: true } : {}),
    ...(input.workingGroup === undefined ? {} : { workingGroup: input.workingGroup }),
    nMaxFilesPerJob: 200,
    respectSplitRule: true,
    sourceURL: input.sourceUrl,
  };
}

function logTemplate(outDS: string): object {
  const name = withoutSlash(outDS);
  return {
    dataset: `${name}.log/`,
    container: `${name}.log/`,
    type: 'template',
    param_type: 'log',
    value: `${name}.log.$JEDITASKID.\${SN}.log.tgz`,
  };
}

function withoutSlash(outDS: string): string {
  return outDS.endsWith('/') ? outDS.slice(0, -1) : outDS;
}

function jobParameters(runDirectory: string, archive: string): readonly object[] {
  return [
    constant('-j "" --sourceURL ${SURL}'),
    constant(`-r ${runDirectory}`),
    { ...constant('__delimiter__'), hidden: true },
    constant(archive),
    { ...constant('-p "'), padding: false },
    { ...constant(dummyCommand), padding: false },
    constant('"'),
  ];
}

function constant(value: string): { readonly type: 'constant'; readonly value: string } {
  return { type: 'constant', value };
}

function quoted(word: string): string {
  return /\s/.test(word) || word === '' ? `"${word}"` : word;
}
