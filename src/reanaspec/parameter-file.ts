// The file with the parameters of a CWL or Snakemake workflow: `input` among the parameters, or `workflow.parameters.file`,
// as it is called since REANA 0.95.
import { posix } from 'node:path';
import { closest } from '../base/closest.ts';
import type { Findings } from '../base/finding.ts';
import type { ReadText } from '../base/read-text.ts';
import type { Span } from '../base/span.ts';
import { keyText, spanOf, textOf, valueOf } from '../source/tree.ts';
import type { MapEntry, MapNode, TreeNode } from '../source/tree.ts';
import { workflowParameterFields } from './fields.ts';
import type { WorkflowKind } from './model.ts';
import { pythonScalar, readPythonTree } from './python-yaml.ts';
import { kindName, missingField } from './shape.ts';

export interface GivenParameters {
  /** `undefined`: there are none, or they cannot be read. */
  readonly values: MapNode | undefined;
  /** False after a fault: there may have been meant to be others. */
  readonly isKnown: boolean;
  /** The file they stand in, relative to the specification; `undefined`: in the specification itself. */
  readonly file: string | undefined;
}

/** The parameters of a workflow, wherever they stand. A file that cannot be read is a finding.
 *  @param written `inputs.parameters`
 *  @param directory of the specification, as `readText` knows it
 *  @see reana-commons 0.95.0a26, `workflow_parameter_file` */
export function readParameters(
  written: MapNode | undefined,
  workflow: MapNode,
  kind: WorkflowKind,
  directory: string,
  readText: ReadText,
  findings: Findings,
): GivenParameters {
  const inWorkflow = valueOf(workflow, 'parameters');
  const named = inWorkflow?.kind === 'map' ? valueOf(inWorkflow, 'file') : undefined;
  if (inWorkflow?.kind === 'map' && named === undefined) {
    const { at, instead, extras } = missingField('file', inWorkflow, Object.keys(workflowParameterFields));
    const message = `\`workflow.parameters\` is there to name a \`file\`${instead}; values belong into \`inputs.parameters\``;
    findings.error('reana/parameter-file', spanOf(at), message, extras);
  }
  const isPossible = kind === 'cwl' || kind === 'snakemake';
  if (!isPossible && named !== undefined) {
    const message = `\`workflow.parameters.file\` is for CWL and Snakemake only; a ${kind} workflow has its parameters in \`inputs.parameters\``;
    findings.error('reana/parameter-file', spanOf(named), message);
  }
  const among = isPossible && written !== undefined ? valueOf(written, 'input') : undefined;
  if (isPossible && named !== undefined && among !== undefined) {
    const message =
      'the file with the parameters is named twice: here, and by `input` in `inputs.parameters`; REANA takes one of them only';
    findings.error('reana/parameter-file', spanOf(named), message);
    return { values: undefined, isKnown: false, file: undefined };
  }
  const place = isPossible ? (named ?? among) : undefined;
  if (place === undefined) return { values: written, isKnown: true, file: undefined };
  const file = textOf(place);
  if (file !== undefined) return readFrom(file, place, directory, readText, findings);
  // What `workflow` may hold has been looked at already.
  if (among !== undefined) {
    const message = `\`input\` names the file with the parameters, so it must be a text, not ${kindName(among)}`;
    findings.error('reana/wrong-type', spanOf(among), message);
  }
  return { values: undefined, isKnown: false, file: undefined };
}

/** @param place where the file is named */
function readFrom(
  file: string,
  place: TreeNode,
  directory: string,
  readText: ReadText,
  findings: Findings,
): GivenParameters {
  const path = posix.join(directory, file);
  const answer = readText(path);
  if (!answer.ok) {
    const message = `the parameter file \`${file}\` ${answer.detail}`;
    findings.error('reana/missing-parameter-file', spanOf(place), message);
    return { values: undefined, isKnown: false, file };
  }
  const tree = readPythonTree(path, answer.text, findings, { allowEmpty: true });
  if (tree !== undefined && tree.kind !== 'map') {
    findings.error('reana/wrong-type', spanOf(tree), 'a parameter file must be a mapping');
  }
  const isEmpty = tree === undefined && answer.text.replace(/#.*/g, '').trim() === '';
  return { values: tree?.kind === 'map' ? tree : undefined, isKnown: tree?.kind === 'map' || isEmpty, file };
}

/** The parameters with the values that a command line gives: texts, or what they read as where the specification has
 *  something else. A name that is not there is a finding at `place`. */
export function withGiven(
  values: MapNode | undefined,
  given: Readonly<Record<string, string>>,
  place: Span,
  findings: Findings,
): MapNode | undefined {
  const names = (values?.entries ?? []).map((entry) => keyText(entry.key));
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const near = closest(name, names);
    findings.error(
      'reana/unknown-parameter',
      place,
      `the run is given \`${name}\`, but \`inputs.parameters\` has no \`${name}\``,
      {
        help: near === undefined ? undefined : `did you mean \`${near}\`?`,
      },
    );
  }
  return values === undefined
    ? undefined
    : { ...values, entries: values.entries.map((entry) => replaced(entry, given)) };
}

function replaced(entry: MapEntry, given: Readonly<Record<string, string>>): MapEntry {
  const name = keyText(entry.key);
  const text = Object.hasOwn(given, name) ? given[name] : undefined;
  if (text === undefined) return entry;
  const wasText = entry.value.kind === 'scalar' && typeof entry.value.value === 'string';
  const { source, start, end } = entry.value;
  const value = wasText ? text : pythonScalar(text);
  return { key: entry.key, value: { kind: 'scalar', style: 'double', source, start, end, value } };
}
