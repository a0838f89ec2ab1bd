// The JEDI task parameters that the server makes of one planned step: the template the client sent, with what prun or phpo
// makes of the step laid over it. Source: panda-server `workflow_utils.Node.make_task_params`.
import type { ReadText } from '../base/read-text.ts';
import { loadOptions } from './loaded-options.ts';
import { forceStagedSecondary, prunOptions } from './options.ts';
import { parseOutputs } from './outputs.ts';
import { parseArguments, textOf, wholeNumber } from './parse-args.ts';
import { phpoTask } from './phpo-task.ts';
import { isList, pythonJson, pythonText, type PlainObject, type PlainValue } from './plain-value.ts';
import type { TaskDraft } from './prun-draft.ts';
import { prunTask } from './prun-task.ts';
import { asShellWords, quoteShellWord } from './shell-words.ts';

export interface TaskStep {
  readonly type: 'prun' | 'junction' | 'reana' | 'phpo' | 'gitlab';
  /** Base name of the step's datasets. */
  readonly taskName: string;
  /** The words after `prun` (or `phpo`) in the planned command; empty for gitlab. */
  readonly command: readonly string[];
  /** `opt_containerImage`; an image among the arguments does not count. */
  readonly containerImage: string | undefined;
  /** `opt_useAthenaPackages`, never for a reana step. */
  readonly useAthenaPackages: boolean;
  /** Values of the step's inputs by name; only a gitlab step is made of them. */
  readonly inputs: Readonly<Record<string, PlainValue>>;
  /** Datasets the step reads, containers with a trailing `/`; only a gitlab step names them here. */
  readonly inputDatasets: readonly string[];
  /** The `taskName` parameters of the parents' tasks; a phpo task's ends in `/`. */
  readonly parentTaskNames: readonly string[];
  /** No other step waits for it: its end is worth an e-mail. */
  readonly isWorkflowOutput: boolean;
}

/** What the client sent as `taskParams`. */
export interface TaskTemplates {
  readonly container: PlainObject;
  /** Only for workflows that use Athena packages. */
  readonly athena?: PlainObject | undefined;
}

export interface TaskExtras {
  /** The user as the server writes him: `Alice Example`. */
  readonly userName: string;
  /** `base_platform` of the request. */
  readonly basePlatform: string | undefined;
  /** Makes a UUID in lower case. */
  readonly uuid: () => string;
  /** Reads a file of the sandbox by its path in it; `undefined`: options that name files are problems. */
  readonly readText?: ReadText | undefined;
}

export type TaskParameters =
  | { readonly ok: true; readonly parameters: PlainObject; readonly outputTypes: readonly string[] }
  /** Why the server would cancel the request, one message a problem. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** The parameters of the step's task. `--forceStagedSecondary`, which the server adds itself, is left to `cliParams`. */
export function taskParameters(step: TaskStep, templates: TaskTemplates, extras: TaskExtras): TaskParameters {
  if (step.type === 'phpo') return finished(phpoStep(step, templates, extras), []);
  if (step.type === 'gitlab') return finished(gitlabStep(step, templates, extras), []);
  return prunStep(step, templates, extras);
}

function prunStep(step: TaskStep, templates: TaskTemplates, extras: TaskExtras): TaskParameters {
  const template = step.useAthenaPackages ? templates.athena : templates.container;
  if (template === undefined) {
    return { ok: false, problems: ['the request brings no template for steps that use Athena packages'] };
  }
  const parsed = parseArguments(prunOptions, asShellWords(toParse(step, template)));
  const loaded = loadOptions(prunOptions, parsed.values, extras.readText);
  const problems = [...parsed.problems.map((problem) => problem.message), ...loaded.problems];
  if (problems.length > 0) return { ok: false, problems };
  const draft = prunTask(loaded.values, step.containerImage ?? null, {
    uuid: extras.uuid,
    readText: extras.readText,
  });
  if (!draft.ok) return draft;
  const types = parseOutputs(textOf(loaded.values, 'outputs') ?? '').map((spec) => spec.type);
  const merged = mergedParameters(step, withRequest(template, extras), draft.parameters);
  return finished({ ok: true, parameters: merged }, types.length === 0 ? ['dummy'] : types);
}

function finished(draft: TaskDraft, outputTypes: readonly string[]): TaskParameters {
  return draft.ok ? { ...draft, outputTypes } : draft;
}

/** The command as the server gives it to prun: Athena's runtime is described by the template, not asked for. */
function toParse(step: TaskStep, template: PlainObject): string[] {
  const words = step.command.filter((word) => word !== forceStagedSecondary);
  if (!step.useAthenaPackages) return words;
  if (words.at(-1) === '--useAthenaPackages') words.pop();
  const platform = template['architecture'];
  const tellsPlatform = !words.includes('--athenaTag') || words.includes('--cmtConfig');
  return tellsPlatform || typeof platform !== 'string'
    ? words
    : [...words, '--cmtConfig', platform.split('@')[0] ?? ''];
}

function withRequest(template: PlainObject, extras: TaskExtras): PlainObject {
  const { userName, basePlatform } = extras;
  return basePlatform === undefined ? { ...template, userName } : { ...template, userName, basePlatform };
}

/** Where both have a value, the template's stays, except for these. */
const fromStep = new Set(['log', 'container_name', 'multiStepExec', 'site', 'excludedSite', 'includedSite']);

function mergedParameters(step: TaskStep, template: PlainObject, made: PlainObject): PlainObject {
  const usesTag = step.useAthenaPackages && step.command.includes('--athenaTag');
  const merged: Record<string, PlainValue> = { ...template, taskName: step.taskName };
  merged['cliParams'] = ['prun', ...step.command].map(quoteShellWord).join(' ');
  for (const [key, value] of Object.entries(made)) {
    if (key === 'buildSpec') continue;
    const isRelease = usesTag && (key === 'transUses' || key === 'transHome');
    if (!(key in merged) || fromStep.has(key) || isRelease) merged[key] = value;
  }
  merged['architecture'] = architectureOf(step, template, made['architecture']);
  merged['jobParameters'] = mergedJobParameters(template['jobParameters'], made['jobParameters']);
  if (step.containerImage === undefined) {
    delete merged['container_name'];
    delete merged['multiStepExec'];
  }
  delete merged['basePlatform'];
  if (step.useAthenaPackages && step.command.includes('--noBuild')) skipBuild(merged);
  const [parent, ...others] = step.parentTaskNames;
  if (parent !== undefined && others.length === 0) {
    merged['noWaitParent'] = true;
    merged['parentTaskName'] = parent;
  }
  if (!step.isWorkflowOutput) merged['noEmail'] = true;
  if (step.type !== 'prun') merged['runOnInstant'] = true;
  return merged;
}

function architectureOf(step: TaskStep, template: PlainObject, made: PlainValue | undefined): PlainValue {
  if (step.containerImage !== undefined) return made ?? null;
  const architecture = typeof made === 'string' ? made : '';
  const platform = template['basePlatform'];
  return architecture.includes('@') || platform === undefined
    ? architecture
    : `${architecture}@${pythonText(platform)}`;
}

/** The template's parameters without its dummy payload, then those of the step after the mark that separates them. */
function mergedJobParameters(template: PlainValue | undefined, made: PlainValue | undefined): PlainObject[] {
  const base = objectsOf(template);
  const payloadStart = base.findIndex((item) => constantOf(item)?.startsWith('-p ') === true);
  const payloadEnd = base.findIndex(
    (item, index) => index > payloadStart && constantOf(item) !== undefined && !('padding' in item),
  );
  const kept =
    payloadStart === -1
      ? base
      : [...base.slice(0, payloadStart), ...(payloadEnd === -1 ? [] : base.slice(payloadEnd + 1))];
  const own = objectsOf(made);
  const mark = own.findIndex((item) => constantOf(item) === '__delimiter__');
  const ofStep = own.slice(mark + 1).filter((item) => constantOf(item)?.startsWith('-a ') !== true);
  return [...kept, ...ofStep];
}

/** Athena with `--noBuild`: the archive is used as it was uploaded. */
function skipBuild(parameters: Record<string, PlainValue>): void {
  const build = parameters['buildSpec'];
  const archive = isObject(build) ? pythonText(build['archiveName'] ?? null) : 'None';
  parameters['jobParameters'] = objectsOf(parameters['jobParameters']).map((item) =>
    constantOf(item) === '-l ${LIB}' ? { ...item, value: `-a ${archive}` } : item,
  );
  delete parameters['buildSpec'];
}

function phpoStep(step: TaskStep, templates: TaskTemplates, extras: TaskExtras): TaskDraft {
  const { container } = templates;
  const archive = objectsOf(container['jobParameters'])
    .map(constantOf)
    .find((value) => value?.startsWith('-a ') === true);
  const name = archive?.trim().split(/\s+/).at(-1) ?? 'None';
  const sandbox = `-a ${name} --sourceURL ${pythonText(container['sourceURL'] ?? null)}`;
  return phpoTask(step.command, sandbox, extras.readText);
}

function gitlabStep(step: TaskStep, templates: TaskTemplates, extras: TaskExtras): TaskDraft {
  const { inputs } = step;
  const needed = ['opt_api', 'opt_projectID', 'opt_ref', 'opt_triggerToken', 'opt_accessToken', 'opt_site'];
  const problems = needed
    .filter((name) => !(name in inputs))
    .map((name) => `a gitlab step needs \`${name}\``);
  const project = inputs['opt_projectID'];
  const projectId =
    typeof project === 'number' ? Math.trunc(project) : wholeNumber(pythonText(project ?? ''));
  if (project !== undefined && projectId === undefined) {
    problems.push(`\`opt_projectID\` is a whole number, not \`${pythonText(project)}\``);
  }
  if (problems.length > 0) return { ok: false, problems };
  const {
    container_name: _image,
    multiStepExec: _steps,
    ...template
  } = withRequest(templates.container, extras);
  const log = template['log'];
  const dataset = `${step.taskName}.log/`;
  const request = pythonJson({
    project_api: inputs['opt_api'] ?? null,
    project_id: projectId ?? null,
    ref: inputs['opt_ref'] ?? null,
    trigger_token: inputs['opt_triggerToken'] ?? null,
    access_token: inputs['opt_accessToken'] ?? null,
    input_datasets: step.inputDatasets.join(','),
    input_location: inputs['opt_input_location'] ?? null,
  });
  const parameters = {
    ...template,
    taskName: step.taskName,
    noInput: true,
    nEventsPerJob: 1,
    nEvents: 1,
    processingType: pythonText(template['processingType'] ?? '').replace(/-[^-]+$/, '-gitlab'),
    useSecrets: true,
    site: inputs['opt_site'] ?? null,
    cliParams: '',
    log: { ...(isObject(log) ? log : {}), container: dataset, dataset },
    jobParameters: [{ type: 'constant', value: request }],
  };
  return { ok: true, parameters };
}

function objectsOf(value: PlainValue | undefined): PlainObject[] {
  return value !== undefined && typeof value === 'object' && value !== null && isList(value)
    ? value.filter(isObject)
    : [];
}

function isObject(value: PlainValue | undefined): value is PlainObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** The value of a constant parameter; `undefined` for other kinds. */
function constantOf(item: PlainObject): string | undefined {
  return item['type'] === 'constant' && typeof item['value'] === 'string' ? item['value'] : undefined;
}
