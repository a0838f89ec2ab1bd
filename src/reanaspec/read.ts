// reana.yaml -> ReanaSpec, with findings for everything that REANA would refuse, drop or trip over.
import { posix } from 'node:path';
import { closest } from '../base/closest.ts';
import type { Findings } from '../base/finding.ts';
import type { ReadText } from '../base/read-text.ts';
import type { Span } from '../base/span.ts';
import { entryOf, keyText, spanOf, textOf, toValue, valueOf } from '../source/tree.ts';
import type { MapNode, TreeNode, TreeValue } from '../source/tree.ts';
import { checkCredentials } from './credentials.ts';
import { documentFields, inputFields, workflowFields } from './fields.ts';
import type { Fields } from './fields.ts';
import { checkGeneration } from './generations.ts';
import { checkInputs, checkWorkflowIsInput } from './inputs-on-disk.ts';
import { loadWorkflow } from './kinds.ts';
import { workflowKinds } from './model.ts';
import type { ReanaSpec, WorkflowKind } from './model.ts';
import { checkOptions } from './options.ts';
import { checkOutputs } from './outputs.ts';
import { readParameters, withGiven } from './parameter-file.ts';
import { checkOverlaps, readPaths, readWorkflowPaths } from './paths.ts';
import { toPythonValue, type PythonValue } from './python-value.ts';
import { isDate, readPythonTree } from './python-yaml.ts';
import { checkResources } from './resources.ts';
import { checkFields, missingField } from './shape.ts';
import type { ReanaSurroundings } from './surroundings.ts';
import { checkWorkspace } from './workspace.ts';

/** Reads a specification with the files of its workflow.
 *  @param readText gets `file`, and paths of other files joined with the directory of `file`
 *  @returns `undefined` when there is no telling what the workflow is; otherwise usable as far as there are no errors
 *    among the findings */
export function readReanaSpec(
  file: string,
  readText: ReadText,
  findings: Findings,
  surroundings: ReanaSurroundings = {},
): ReanaSpec | undefined {
  const start: Span = { file, start: 0, end: 0 };
  const read = readText(file);
  if (!read.ok) {
    findings.error('reana/unreadable', start, `\`${file}\` ${read.detail}`);
    return undefined;
  }
  const root = readPythonTree(file, read.text, findings);
  if (root === undefined) return undefined;
  checkFields(root, documentFields, 'reana.yaml', findings);
  if (root.kind !== 'map') return undefined;

  const workflow = valueOf(root, 'workflow');
  if (workflow === undefined) {
    const { at, instead, extras } = missingField('workflow', root, Object.keys(documentFields));
    const message = `the specification has no \`workflow\`${instead}`;
    findings.error('reana/missing-workflow', spanOf(at), message, extras);
    return undefined;
  }
  if (workflow.kind !== 'map') return undefined;
  const kind = readKind(root, workflow, findings);
  if (kind === undefined) return undefined;
  return readKnown({ file, root, workflow, kind }, readText, findings, surroundings);
}

interface Outline {
  readonly file: string;
  readonly root: MapNode;
  readonly workflow: MapNode;
  readonly kind: WorkflowKind;
}

function readKnown(
  outline: Outline,
  readText: ReadText,
  findings: Findings,
  surroundings: ReanaSurroundings,
): ReanaSpec {
  const { file, root, workflow, kind } = outline;
  const directory = posix.dirname(file);
  const inputs = valueOf(root, 'inputs');
  if (inputs === undefined) {
    const { at, instead } = missingField('inputs', root, Object.keys(documentFields));
    // A misspelling has been reported as what it is: an unknown field.
    if (instead === '')
      findings.warning('reana/missing-inputs', spanOf(at), 'the specification has no `inputs`');
  }
  const written = mapIn(inputs, 'parameters');
  const options = mapIn(inputs, 'options');
  // A specification that a client has loaded comes without the files beside it.
  const isLoaded = kind !== 'serial' && valueOf(workflow, 'specification')?.kind === 'map';
  const read = isLoaded
    ? { values: written, isKnown: true, file: undefined }
    : readParameters(written, workflow, kind, directory, readText, findings);
  const place = spanOf(
    written === undefined ? (root.entries[0]?.key ?? root) : keyOf(inputs, 'parameters', written),
  );
  const values = withGiven(read.values, surroundings.parameters ?? {}, place, findings);
  const parameters = { ...read, values, isKnown: read.isKnown && areReadable(kind, root, inputs) };
  for (const node of datesIn(values)) {
    const message = 'an unquoted date cannot be sent to REANA: it is neither a text nor a number there';
    findings.error('reana/date-value', spanOf(node), message, { help: 'put it in quotes' });
  }
  checkGeneration(root, findings);
  checkResources(valueOf(workflow, 'resources'), findings);
  checkWorkspace(root, findings);
  const files = readPaths(inputs, 'files', 'inputs', findings);
  const directories = readPaths(inputs, 'directories', 'inputs', findings);
  checkOverlaps(files, directories, findings);
  checkInputs(
    {
      files,
      directories,
      tests: readPaths(valueOf(root, 'tests'), 'files', 'tests', findings),
      workflowFiles: readWorkflowPaths(workflow, 'files', findings),
      workflowDirectories: readWorkflowPaths(workflow, 'directories', findings),
    },
    directory,
    surroundings,
    findings,
  );
  if (!isLoaded && (kind === 'yadage' || kind === 'snakemake'))
    checkWorkflowIsInput(workflow, { files, directories }, directory, surroundings, findings);

  const declared = new Set(files.map(({ path }) => posix.normalize(path)));
  const loading = { ...outline, directory, options, parameters, declared, readText, findings, surroundings };
  const loaded = loadWorkflow(loading);
  checkOptions(options, kind, loaded.stepNames, findings);
  checkCredentials([...workflowCredentials(workflow), ...loaded.credentials], surroundings, findings);
  const typedValues = pythonValuesOf(parameters.values);
  const outputs = valueOf(root, 'outputs');
  const declaredOutputs = {
    files: readPaths(outputs, 'files', 'outputs', findings),
    directories: readPaths(outputs, 'directories', 'outputs', findings),
  };
  checkOutputs(declaredOutputs, loaded.outputs, findings);
  return {
    file,
    kind,
    workflowFile: textOf(valueOf(workflow, 'file')),
    parameterFile: parameters.file,
    inputs: {
      files,
      directories,
      parameters: typedValues,
      options: valuesOf(options),
    },
    steps: loaded.steps,
    yadage: loaded.yadage,
    images: [...new Set(loaded.images)],
    outputs: declaredOutputs,
    document: {
      ...valuesOf(root),
      // The contents of a parameter file take the place of its name.
      ...(parameters.file !== undefined || (written !== undefined && inputs?.kind === 'map')
        ? { inputs: { ...(inputs?.kind === 'map' ? valuesOf(inputs) : {}), parameters: typedValues } }
        : {}),
      workflow: { ...valuesOf(workflow), specification: loaded.specification },
    },
  };
}

function readKind(root: MapNode, workflow: MapNode, findings: Findings): WorkflowKind | undefined {
  const type = valueOf(workflow, 'type');
  if (type === undefined) {
    const { at, instead, extras } = missingField('type', workflow, Object.keys(workflowFields));
    const place = instead === '' ? (entryOf(root, 'workflow')?.key ?? root) : at;
    findings.error('reana/missing-workflow-type', spanOf(place), `\`workflow\` has no \`type\`${instead}`, {
      help: `give it one of ${listed(workflowKinds)}`,
      ...extras,
    });
    return undefined;
  }
  const text = textOf(type);
  if (text === undefined) return undefined;
  const kind = workflowKinds.find((candidate) => candidate === text);
  if (kind !== undefined) return kind;
  const near = closest(text, workflowKinds);
  findings.error('reana/unknown-workflow-type', spanOf(type), `unknown type of workflow \`${text}\``, {
    help: near === undefined ? `it must be one of ${listed(workflowKinds)}` : `did you mean \`${near}\`?`,
  });
  return undefined;
}

/** Whether the parameters are what was meant: neither they nor `inputs` are something else than a mapping, or misspelt. A
 *  misspelling alone is no error, and only a serial workflow can be run without its parameters. */
function areReadable(kind: WorkflowKind, root: MapNode, inputs: TreeNode | undefined): boolean {
  const isThere = (field: string, node: MapNode, fields: Fields): boolean =>
    kind !== 'serial' || missingField(field, node, Object.keys(fields)).instead === '';
  if (inputs === undefined) return isThere('inputs', root, documentFields);
  if (inputs.kind !== 'map') return false;
  const parameters = valueOf(inputs, 'parameters');
  return parameters === undefined ? isThere('parameters', inputs, inputFields) : parameters.kind === 'map';
}

/** Credentials that every step gets. */
function workflowCredentials(workflow: MapNode) {
  const resources = mapIn(workflow, 'resources');
  return (['kerberos', 'voms_proxy', 'rucio'] as const).flatMap((kind) => {
    const entry = resources === undefined ? undefined : entryOf(resources, kind);
    return entry?.value.kind === 'scalar' && entry.value.value === true ? [{ kind, node: entry.key }] : [];
  });
}

function keyOf(section: TreeNode | undefined, name: string, otherwise: TreeNode): TreeNode {
  return (section?.kind === 'map' ? entryOf(section, name)?.key : undefined) ?? otherwise;
}

/** Python's reader makes a value of its own of a date, and JSON has none for it. */
function datesIn(node: TreeNode | undefined): readonly TreeNode[] {
  if (node === undefined) return [];
  if (node.kind === 'map') return node.entries.flatMap(({ value }) => datesIn(value));
  if (node.kind === 'sequence') return node.items.flatMap(datesIn);
  return isDate(node) ? [node] : [];
}

function mapIn(section: TreeNode | undefined, name: string): MapNode | undefined {
  const node = section?.kind === 'map' ? valueOf(section, name) : undefined;
  return node?.kind === 'map' ? node : undefined;
}

function valuesOf(map: MapNode | undefined): Readonly<Record<string, TreeValue>> {
  return Object.fromEntries((map?.entries ?? []).map((entry) => [keyText(entry.key), toValue(entry.value)]));
}

/** What commands will show, so `1.0` must not become `1`. */
function pythonValuesOf(map: MapNode | undefined): Readonly<Record<string, PythonValue>> {
  return Object.fromEntries(
    (map?.entries ?? []).map((entry) => [keyText(entry.key), toPythonValue(entry.value)]),
  );
}

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
