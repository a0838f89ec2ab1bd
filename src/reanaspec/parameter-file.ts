// `{input: file.yml}` among the parameters of a CWL or Snakemake workflow: the parameters stand in that file.
import { posix } from 'node:path';
import { closest } from '../base/closest.ts';
import type { Findings } from '../base/finding.ts';
import type { ReadText } from '../base/read-text.ts';
import type { Span } from '../base/span.ts';
import { entryOf, keyText, spanOf, textOf } from '../source/tree.ts';
import type { MapEntry, MapNode } from '../source/tree.ts';
import type { WorkflowKind } from './model.ts';
import { pythonScalar, readPythonTree } from './python-yaml.ts';
import { kindName } from './shape.ts';

export interface GivenParameters {
  /** `undefined`: there are none, or they cannot be read. */
  readonly values: MapNode | undefined;
  /** False after a fault: there may have been meant to be others. */
  readonly isKnown: boolean;
  /** The file they stand in, relative to the specification; `undefined`: in the specification itself. */
  readonly file: string | undefined;
}

/** The parameters of a workflow, wherever they stand. A file that cannot be read is a finding.
 *  @param directory of the specification, as `readText` knows it */
export function readParameters(
  written: MapNode | undefined,
  kind: WorkflowKind,
  directory: string,
  readText: ReadText,
  findings: Findings,
): GivenParameters {
  const entry = written === undefined ? undefined : entryOf(written, 'input');
  if ((kind !== 'cwl' && kind !== 'snakemake') || entry === undefined) {
    return { values: written, isKnown: true, file: undefined };
  }
  const file = textOf(entry.value);
  if (file === undefined) {
    const message = `\`input\` names the file with the parameters, so it must be a text, not ${kindName(entry.value)}`;
    findings.error('reana/wrong-type', spanOf(entry.value), message);
    return { values: undefined, isKnown: false, file: undefined };
  }
  const path = posix.join(directory, file);
  const answer = readText(path);
  if (!answer.ok) {
    const message = `the parameter file \`${file}\` ${answer.detail}`;
    findings.error('reana/missing-parameter-file', spanOf(entry.value), message);
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
