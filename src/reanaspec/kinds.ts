// The workflow itself, by its kind: read, checked, and in the form that servers of the 0.9 protocol are sent.
import { posix } from 'node:path';
import type { Findings } from '../base/finding.ts';
import type { ReadText } from '../base/read-text.ts';
import { entryOf, spanOf, textOf, toValue, valueOf } from '../source/tree.ts';
import type { MapNode, TreeNode } from '../source/tree.ts';
import { checkCwlForReana, checkCwlParameters } from './cwl/check.ts';
import { processIn, readCwlDocuments, referenceOf } from './cwl/documents.ts';
import { packCwl } from './cwl/pack.ts';
import { workflowFields } from './fields.ts';
import type { SerialStep, WorkflowKind } from './model.ts';
import type { PossibleOutputs } from './outputs.ts';
import type { GivenParameters } from './parameter-file.ts';
import { readPythonTree } from './python-yaml.ts';
import type { CredentialUse } from './settings.ts';
import { missingField } from './shape.ts';
import { checkSnakemake } from './snakemake/workflow.ts';
import { readSerialSteps } from './steps.ts';
import type { ReanaSurroundings } from './surroundings.ts';
import { checkYadage } from './yadage/check.ts';
import { loadYadage } from './yadage/load.ts';
import type { YadageWorkflow } from './yadage/model.ts';
import { readYadageWorkflow } from './yadage/read.ts';

export interface Loading {
  readonly kind: WorkflowKind;
  readonly file: string;
  /** Of the specification. */
  readonly directory: string;
  readonly root: MapNode;
  readonly workflow: MapNode;
  readonly options: MapNode | undefined;
  readonly parameters: GivenParameters;
  /** The input files of the specification, which have been looked for. */
  readonly declared: ReadonlySet<string>;
  readonly readText: ReadText;
  readonly findings: Findings;
  readonly surroundings: ReanaSurroundings;
}

export interface Loaded {
  readonly steps?: readonly SerialStep[] | undefined;
  readonly yadage?: YadageWorkflow | undefined;
  /** What servers of the 0.9 protocol get as `workflow.specification`: `null` where they load it themselves. */
  readonly specification: unknown;
  readonly credentials: readonly CredentialUse[];
  readonly images: readonly string[];
  /** What `FROM` and `TARGET` may name; `undefined` when that is not known. */
  readonly stepNames?: readonly string[] | undefined;
  readonly outputs?: PossibleOutputs | undefined;
}

const nothing: Loaded = { specification: null, credentials: [], images: [] };

/** Reads the workflow of a specification. */
export function loadWorkflow(loading: Loading): Loaded {
  const sent = valueOf(loading.workflow, 'specification');
  // What a client has loaded already is taken as it is: its file may not be here.
  if (loading.kind !== 'serial' && sent?.kind === 'map') return { ...nothing, specification: toValue(sent) };
  switch (loading.kind) {
    case 'serial':
      return loadSerial(loading);
    case 'yadage':
      return loadYadageKind(loading);
    case 'cwl':
      return loadCwl(loading);
    case 'snakemake':
      return loadSnakemake(loading);
  }
}

function loadSerial(loading: Loading): Loaded {
  const { workflow, parameters, findings, surroundings } = loading;
  const written = valueOf(workflow, 'specification');
  const isWritten = written !== undefined && !(written.kind === 'scalar' && written.value === null);
  const tree = isWritten ? written : readSerialFile(loading);
  if (tree === undefined) return { ...nothing, steps: undefined };
  const { steps, names, credentials } = readSerialSteps(tree, parameters, findings, surroundings.wantsHints);
  return {
    steps,
    credentials,
    images: steps.map((step) => step.environment),
    specification: toValue(tree),
    stepNames: names,
  };
}

function readSerialFile(loading: Loading): TreeNode | undefined {
  const found = workflowFile(loading);
  return found === undefined ? undefined : readPythonTree(found.path, found.text, loading.findings);
}

function loadYadageKind(loading: Loading): Loaded {
  const { workflow, directory, options, parameters, readText, findings, surroundings } = loading;
  const name = nameOfWorkflowFile(loading);
  if (name === undefined) return nothing;
  const toplevel = options === undefined ? undefined : textOf(valueOf(options, 'toplevel'));
  const loaded = loadYadage({ workspace: directory, file: name, toplevel }, readText, findings);
  const place = spanOf(valueOf(workflow, 'file') ?? workflow);
  if (loaded.fault !== undefined) {
    const below = toplevel === undefined ? '' : ` below the toplevel \`${toplevel}\``;
    findings.error(
      'reana/missing-workflow-file',
      place,
      `the workflow file \`${name}\` ${loaded.fault}${below}`,
    );
  }
  for (const where of loaded.elsewhere) {
    findings.warning(
      'yadage/not-checked',
      place,
      `\`${where}\` lies on another machine, so what it says has not been checked`,
    );
  }
  checkFileOfToplevel(loading, name, toplevel);
  const yadage = loaded.root === undefined ? undefined : readYadageWorkflow(loaded.root, findings);
  if (yadage === undefined) return nothing;
  const inputs = {
    parameters: parameters.values,
    isKnown: parameters.isKnown,
    initFiles: readInitFiles(loading),
    wantsHints: surroundings.wantsHints === true,
  };
  const { credentials, images } = checkYadage(yadage, inputs, findings);
  const places = yadage.stages.map((stage) => stage.name);
  const outputs = { places, isComplete: false, words: 'stages work in' };
  return { ...nothing, yadage, credentials, images, outputs };
}

function loadCwl(loading: Loading): Loaded {
  const { workflow, directory, parameters, declared, readText, findings, surroundings } = loading;
  const found = workflowFile(loading);
  if (found === undefined) return nothing;
  surroundings.checkCwl?.(found.path, readText, findings);
  const documents = readCwlDocuments(found.path, readText);
  const needs = checkCwlForReana(documents, findings);
  const place = valueOf(workflow, 'file') ?? workflow;
  const name = referenceOf(textOf(place) ?? '').process;
  const main = processIn(documents.root, name);
  if (main === undefined && name !== undefined && documents.root?.kind === 'map')
    findings.error(
      'reana/missing-workflow-file',
      spanOf(place),
      `there is no process \`${name}\` in \`${found.path}\``,
    );
  if (main !== undefined) {
    checkCwlParameters(main, parameters, place, { directory, declared, surroundings }, findings);
  }
  return {
    ...nothing,
    ...needs,
    specification: packCwl(found.path, documents) ?? null,
  };
}

function loadSnakemake(loading: Loading): Loaded {
  const found = workflowFile(loading);
  return found === undefined ? nothing : { ...nothing, ...checkSnakemake(found, loading) };
}

/** REANA looks for the workflow in the workspace before Yadage looks for it below the toplevel. */
function checkFileOfToplevel(
  { workflow, directory, readText, findings }: Loading,
  name: string,
  toplevel: string | undefined,
): void {
  if (toplevel === undefined || posix.normalize(toplevel) === '.' || readText(posix.join(directory, name)).ok)
    return;
  const node = valueOf(workflow, 'file');
  const message = `\`${name}\` must also lie in the workspace itself: REANA looks for it there before it goes to the toplevel \`${toplevel}\``;
  if (node !== undefined) findings.error('reana/missing-workflow-file', spanOf(node), message);
}

function readInitFiles({
  options,
  directory,
  readText,
  findings,
}: Loading): readonly (MapNode | undefined)[] {
  const list = options === undefined ? undefined : valueOf(options, 'initfiles');
  return (list?.kind === 'sequence' ? list.items : []).map((item) => {
    const name = textOf(item);
    if (name === undefined) return undefined;
    const path = posix.join(directory, name);
    const answer = readText(path);
    if (!answer.ok) {
      findings.error(
        'reana/missing-parameter-file',
        spanOf(item),
        `the parameter file \`${name}\` ${answer.detail}`,
      );
      return undefined;
    }
    const tree = readPythonTree(path, answer.text, findings);
    if (tree !== undefined && tree.kind !== 'map') {
      findings.error('reana/wrong-type', spanOf(tree), 'a parameter file must be a mapping');
    }
    return tree?.kind === 'map' ? tree : undefined;
  });
}

/** The text of the workflow's own file; `undefined` after a finding. */
export function workflowFile(loading: Loading): { readonly path: string; readonly text: string } | undefined {
  const { workflow, directory, readText, findings } = loading;
  const written = nameOfWorkflowFile(loading);
  const node = valueOf(workflow, 'file');
  if (written === undefined || node === undefined) return undefined;
  const name = loading.kind === 'cwl' ? referenceOf(written).file : written;
  const path = posix.join(directory, name);
  const read = readText(path);
  if (read.ok) return { path, text: read.text };
  findings.error('reana/missing-workflow-file', spanOf(node), `the workflow file \`${name}\` ${read.detail}`);
  return undefined;
}

function nameOfWorkflowFile({ kind, root, workflow, findings }: Loading): string | undefined {
  const node = valueOf(workflow, 'file');
  if (node !== undefined) return textOf(node);
  const wanted = kind === 'serial' ? 'specification' : 'file';
  const { at, instead, extras } = missingField(wanted, workflow, Object.keys(workflowFields));
  const place = instead === '' ? (entryOf(root, 'workflow')?.key ?? root) : at;
  const message = `a ${kind} workflow needs a \`${wanted}\`${instead}`;
  findings.error('reana/missing-workflow-file', spanOf(place), message, extras);
  return undefined;
}
