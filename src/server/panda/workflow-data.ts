// The `data` of a workflow request: what `pchain` says about a submission, read once.
import { isAbsolute } from 'node:path';
import { asFields, type Fields } from '../request-body.ts';
import type { RunOptions } from '../../engine/records.ts';
import { readRunOptions } from './run-options.ts';
import type { SearchOptions } from '../../engine/hpo/search-options.ts';
import { readSearchOptions } from './search-options.ts';
import { isSandboxName } from './sandbox-cache.ts';

export interface WorkflowData {
  /** `cwl`, `snakemake`, or `yaml` for PanDA's native description. */
  readonly language: string;
  /** Path of the main document inside the sandbox. */
  readonly specFile: string;
  /** Path of the inputs inside the sandbox; `undefined` when there are none. */
  readonly inputFile: string | undefined;
  readonly outDS: string;
  /** Name of the sandbox with the documents. */
  readonly sandbox: string;
  /** Where the client uploaded it, as it says. */
  readonly sourceUrl: string;
  /** The templates of task parameters by kind (`container`, `athena`), for the dump. */
  readonly taskParams: Fields;
  /** `base_platform`, for example `centos7`. */
  readonly basePlatform: string | undefined;
  /** Name of the sandbox that jobs unpack; `undefined` when they start empty. */
  readonly jobSandbox: string | undefined;
  /** What recognises a repeat of this submission; only our own client sends one. */
  readonly key: string | undefined;
  /** Input datasets on this machine: name without trailing `/` -> absolute paths of files. */
  readonly localDatasets: ReadonlyMap<string, readonly string[]>;
  /** Variables for the jobs; only our own client sends them. */
  readonly environment: Readonly<Record<string, string>>;
  /** How many iterations its loops may have; only our own client says so. */
  readonly maxIterations: number | undefined;
  /** How it runs on this machine; only our own client says so. */
  readonly options: RunOptions;
  /** How its searches run here; only our own client says so. */
  readonly searchOptions: SearchOptions;
}

export type WorkflowDataResult =
  { readonly ok: true; readonly data: WorkflowData } | { readonly ok: false; readonly message: string };

/** Reads the JSON text of a request, or says in one line what is wrong with it. */
export function readWorkflowData(text: string): WorkflowDataResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return wrong('`data` is not JSON');
  }
  const fields = asFields(value);
  if (fields === undefined) return wrong('`data` is not an object');
  return readFieldsOfData(fields);
}

/** The same for a request that carries the object itself (`workflow/submit_workflow_raw_request`). */
export function readFieldsOfData(fields: Fields): WorkflowDataResult {
  const specFile = fields.workflowSpecFile;
  if (typeof specFile !== 'string' || specFile === '') return wrong('`workflowSpecFile` is missing');
  const outDS = typeof fields.outDS === 'string' ? fields.outDS.replace(/\/+$/, '') : '';
  if (outDS === '') return wrong('`outDS` is missing');
  if (!isPlainName(outDS)) return wrong('`outDS` has characters that no dataset name can have');
  const sandbox = fields.sandbox;
  if (typeof sandbox !== 'string' || sandbox === '') return wrong('`sandbox` is missing');
  if (!isSandboxName(sandbox)) return wrong('`sandbox` is not the name of an uploaded sandbox');
  const inputFile = fields.workflowInputFile;
  if (inputFile !== undefined && inputFile !== null && typeof inputFile !== 'string') {
    return wrong('`workflowInputFile` is not a path');
  }
  const own = fields.pchain === undefined ? {} : asFields(fields.pchain);
  if (own === undefined) return wrong('`pchain` is not an object');
  const key = own.key;
  if (key !== undefined && (typeof key !== 'string' || key === '' || key.length > 200)) {
    return wrong('`pchain.key` is not a text of 1 to 200 characters');
  }
  const localDatasets = readLocalDatasets(own.datasets);
  if (typeof localDatasets === 'string') return wrong(localDatasets);
  const environment = readEnvironment(own.environment);
  if (typeof environment === 'string') return wrong(environment);
  const maxIterations = own.max_iterations;
  if (maxIterations !== undefined && !isCount(maxIterations))
    return wrong('`pchain.max_iterations` is not a whole number from 1');
  const options = readRunOptions(own);
  if (typeof options === 'string') return wrong(options);
  const searchOptions = readSearchOptions(own.search);
  if (typeof searchOptions === 'string') return wrong(searchOptions);
  const taskParams = asFields(fields.taskParams) ?? {};
  return {
    ok: true,
    data: {
      language: typeof fields.language === 'string' ? fields.language : 'cwl',
      specFile,
      inputFile: inputFile === '' || inputFile === null ? undefined : inputFile,
      outDS,
      sandbox,
      sourceUrl: typeof fields.sourceURL === 'string' ? fields.sourceURL : '',
      taskParams,
      basePlatform: typeof fields.base_platform === 'string' ? fields.base_platform : undefined,
      jobSandbox: jobSandboxOf(taskParams, sandbox),
      key,
      localDatasets,
      environment,
      maxIterations,
      options,
      searchOptions,
    },
  };
}

/** The archive that the template of the tasks names: `-a NAME` among the constant job parameters. The official
 *  client uploads a sandbox of its own for the jobs; a request without template uses the one with the documents. */
function jobSandboxOf(taskParams: Fields, sandbox: string): string | undefined {
  const template = asFields(taskParams.container) ?? asFields(taskParams.athena);
  if (template === undefined) return sandbox;
  const parameters: readonly unknown[] = Array.isArray(template.jobParameters) ? template.jobParameters : [];
  for (const parameter of parameters) {
    const value = asFields(parameter)?.value;
    const name = typeof value === 'string' ? /^-a (\S+)$/.exec(value.trim())?.[1] : undefined;
    if (name !== undefined) return isSandboxName(name) ? name : undefined;
  }
  return undefined;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 1;

/** @returns the datasets, or what is wrong with them */
function readLocalDatasets(value: unknown): ReadonlyMap<string, readonly string[]> | string {
  const datasets = new Map<string, readonly string[]>();
  if (value === undefined || value === null) return datasets;
  const fields = asFields(value);
  if (fields === undefined) return '`pchain.datasets` is not an object';
  for (const [name, paths] of Object.entries(fields)) {
    if (!isPlainName(name)) return '`pchain.datasets` has a name that no dataset can have';
    if (!isListOfPaths(paths)) return `\`pchain.datasets\`: the files of \`${name}\` must be absolute paths`;
    datasets.set(name.replace(/\/+$/, ''), paths);
  }
  return datasets;
}

/** @returns the variables, or what is wrong with them */
export function readEnvironment(value: unknown): Readonly<Record<string, string>> | string {
  if (value === undefined || value === null) return {};
  const fields = asFields(value);
  if (fields === undefined) return '`pchain.environment` is not an object';
  const variables: [string, string][] = [];
  for (const [name, text] of Object.entries(fields)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      return '`pchain.environment` has a name that no variable can have';
    if (typeof text !== 'string' || text.includes('\0'))
      return `\`pchain.environment\`: \`${name}\` is not a text`;
    variables.push([name, text]);
  }
  return Object.fromEntries(variables);
}

function isListOfPaths(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.every((path) => typeof path === 'string' && isAbsolute(path) && !path.includes('\0'))
  );
}

/** Names go into logs, tables and file names. */
export function isPlainName(name: string): boolean {
  return (
    name.length > 0 &&
    name.length <= 512 &&
    !/[\p{Cc}\p{Zl}\p{Zp}\\]|^\.{0,2}\/*$|(?:^|\/)\.\.?(?:\/|$)/u.test(name)
  );
}

function wrong(message: string): WorkflowDataResult {
  return { ok: false, message };
}
