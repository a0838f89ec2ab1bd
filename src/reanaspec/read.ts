// reana.yaml -> ReanaSpec, with findings for everything that REANA would refuse, drop or trip over.
import { posix } from 'node:path';
import { closest } from '../base/closest.ts';
import type { Findings } from '../base/finding.ts';
import type { ReadText } from '../base/read-text.ts';
import type { Span } from '../base/span.ts';
import { entryOf, keyText, spanOf, textOf, toValue, valueOf } from '../source/tree.ts';
import type { MapNode, TreeNode, TreeValue } from '../source/tree.ts';
import type { Value } from '../workflow/model.ts';
import { documentFields, operationalOptions } from './fields.ts';
import { workflowKinds } from './model.ts';
import type { ReanaSpec, SerialStep, WorkflowKind } from './model.ts';
import { readPythonTree } from './python-yaml.ts';
import { checkOverlaps, readPaths } from './paths.ts';
import { checkFields } from './shape.ts';
import { readSerialSteps } from './steps.ts';
import { loadYadage } from './yadage/load.ts';
import type { YadageWorkflow } from './yadage/model.ts';
import { readYadageWorkflow } from './yadage/read.ts';

/** Reads a specification and, for a serial workflow that lies in a file of its own, that file.
 *  @param readText gets `file`, and paths of workflow files joined with the directory of `file`
 *  @returns `undefined` when there is no telling what the workflow is; otherwise usable as far as there are no errors
 *    among the findings */
export function readReanaSpec(file: string, readText: ReadText, findings: Findings): ReanaSpec | undefined {
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
    findings.error(
      'reana/missing-workflow',
      spanOf(root.entries[0]?.key ?? root),
      'the specification has no `workflow`',
    );
    return undefined;
  }
  if (workflow.kind !== 'map') return undefined;
  const kind = readKind(root, workflow, findings);
  if (kind === undefined) return undefined;

  const inputs = valueOf(root, 'inputs');
  if (inputs === undefined) {
    findings.warning(
      'reana/missing-inputs',
      spanOf(root.entries[0]?.key ?? root),
      'the specification has no `inputs`',
    );
  }
  const parameters = mapIn(inputs, 'parameters');
  checkOptions(mapIn(inputs, 'options'), kind, findings);
  checkCvmfs(valueOf(workflow, 'resources'), findings);
  const files = readPaths(inputs, 'files', 'inputs', findings);
  const directories = readPaths(inputs, 'directories', 'inputs', findings);
  checkOverlaps(files, directories, findings);

  const outputs = valueOf(root, 'outputs');
  const loaded = loadWorkflow({ kind, file, root, workflow, parameters, readText, findings });
  return {
    file,
    kind,
    workflowFile: textOf(valueOf(workflow, 'file')),
    inputs: {
      files,
      directories,
      parameters: valuesOf(parameters),
      options: valuesOf(mapIn(inputs, 'options')),
    },
    steps: loaded.steps,
    yadage: loaded.yadage,
    outputs: {
      files: readPaths(outputs, 'files', 'outputs', findings),
      directories: readPaths(outputs, 'directories', 'outputs', findings),
    },
    document: {
      ...valuesOf(root),
      workflow: { ...valuesOf(workflow), specification: loaded.specification },
    },
  };
}

function readKind(root: MapNode, workflow: MapNode, findings: Findings): WorkflowKind | undefined {
  const type = valueOf(workflow, 'type');
  if (type === undefined) {
    const place = entryOf(root, 'workflow')?.key ?? root;
    findings.error('reana/missing-workflow-type', spanOf(place), '`workflow` has no `type`', {
      help: `give it one of ${listed(workflowKinds)}`,
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

interface Loading {
  readonly kind: WorkflowKind;
  readonly file: string;
  readonly root: MapNode;
  readonly workflow: MapNode;
  readonly parameters: MapNode | undefined;
  readonly readText: ReadText;
  readonly findings: Findings;
}

interface Loaded {
  readonly steps: readonly SerialStep[] | undefined;
  readonly yadage: YadageWorkflow | undefined;
  /** What servers of the 0.9 protocol get as `workflow.specification`: `null` where they load it themselves. */
  readonly specification: Value;
}

function loadWorkflow(loading: Loading): Loaded {
  const { kind, workflow, findings } = loading;
  const written = valueOf(workflow, 'specification');
  const isWritten = written !== undefined && !(written.kind === 'scalar' && written.value === null);
  const tree = isWritten ? written : readWorkflowFile(loading);
  const others = { steps: undefined, yadage: undefined };
  if (kind === 'yadage') return { ...others, specification: null, yadage: readYadage(loading) };
  if (kind !== 'serial') return { ...others, specification: isWritten ? toValue(written) : null };
  if (tree === undefined) return { ...others, specification: null };
  const steps = readSerialSteps(tree, loading.parameters, findings);
  return { ...others, steps, specification: toValue(tree) };
}

/** The tree of the workflow's own file. Only that of a serial workflow is looked into here; of the others it is only
 *  asked whether they are there. */
function readWorkflowFile({ kind, file, root, workflow, readText, findings }: Loading): TreeNode | undefined {
  const node = valueOf(workflow, 'file');
  if (node === undefined) {
    const place = entryOf(root, 'workflow')?.key ?? root;
    const wanted = kind === 'serial' ? '`specification`' : '`file`';
    findings.error('reana/missing-workflow-file', spanOf(place), `a ${kind} workflow needs a ${wanted}`);
    return undefined;
  }
  const name = textOf(node);
  // Yadage also loads from places that are not on this machine.
  const isElsewhere = name !== undefined && kind === 'yadage' && (/^[a-z]+:/.test(name) || hasToplevel(root));
  if (name === undefined || isElsewhere) return undefined;
  const path = posix.join(posix.dirname(file), name);
  const read = readText(path);
  if (!read.ok) {
    findings.error(
      'reana/missing-workflow-file',
      spanOf(node),
      `the workflow file \`${name}\` ${read.detail}`,
    );
    return undefined;
  }
  return kind === 'serial' ? readPythonTree(path, read.text, findings) : undefined;
}

/** The workflow with everything it refers to. That its own file is there has been looked at before. */
function readYadage({ file, root, workflow, readText, findings }: Loading): YadageWorkflow | undefined {
  const name = textOf(valueOf(workflow, 'file'));
  if (name === undefined) return undefined;
  const options = mapIn(valueOf(root, 'inputs'), 'options');
  const toplevel = options === undefined ? undefined : textOf(valueOf(options, 'toplevel'));
  const loaded = loadYadage({ workspace: posix.dirname(file), file: name, toplevel }, readText, findings);
  return loaded.root === undefined ? undefined : readYadageWorkflow(loaded.root, findings);
}

function hasToplevel(root: MapNode): boolean {
  const options = mapIn(valueOf(root, 'inputs'), 'options');
  return options !== undefined && entryOf(options, 'toplevel') !== undefined;
}

function checkOptions(options: MapNode | undefined, kind: WorkflowKind, findings: Findings): void {
  const known = operationalOptions[kind] ?? [];
  for (const entry of options?.entries ?? []) {
    const name = keyText(entry.key);
    if (known.includes(name)) continue;
    const near = closest(name, known);
    findings.error(
      'reana/unknown-option',
      spanOf(entry.key),
      `a ${kind} workflow has no operational option \`${name}\``,
      {
        help: near === undefined ? `it may be ${listed(known)}` : `did you mean \`${near}\`?`,
      },
    );
  }
}

function checkCvmfs(resources: TreeNode | undefined, findings: Findings): void {
  const list = resources?.kind === 'map' ? valueOf(resources, 'cvmfs') : undefined;
  for (const item of list?.kind === 'sequence' ? list.items : []) {
    const name = textOf(item);
    if (name === undefined || /^[a-zA-Z0-9][a-zA-Z0-9.\-_]{0,59}$/.test(name)) continue;
    findings.error('reana/bad-cvmfs', spanOf(item), `\`${name}\` is no CVMFS repository`, {
      help: name.startsWith('/cvmfs/') ? 'leave out `/cvmfs/`' : undefined,
    });
  }
}

function mapIn(section: TreeNode | undefined, name: string): MapNode | undefined {
  const node = section?.kind === 'map' ? valueOf(section, name) : undefined;
  return node?.kind === 'map' ? node : undefined;
}

function valuesOf(map: MapNode | undefined): Readonly<Record<string, TreeValue>> {
  return Object.fromEntries((map?.entries ?? []).map((entry) => [keyText(entry.key), toValue(entry.value)]));
}

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
