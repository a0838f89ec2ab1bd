// Sources: whether what an input or output refers to exists.
import { closest } from '../base/closest.ts';
import { spanOf, type ScalarNode } from '../source/tree.ts';
import type { WorkflowInput } from '../workflow/model.ts';
import type { CwlDocument } from './document.ts';
import type { OutputDraft } from './ports.ts';
import { referenceOf } from './step-inputs.ts';
import type { WrittenStep } from './steps.ts';

/** Reports every source that names no input of the workflow and no output of a step. */
export function checkReferences(
  document: CwlDocument,
  { inputs, outputs, steps }: Sections,
  unread: Unread,
): void {
  const names: Names = {
    ...unread,
    inputs: new Set(inputs.map((input) => input.name)),
    steps: new Map(steps.map((step) => [step.name, step.outputs])),
    references: new Set(),
  };
  for (const step of steps) {
    for (const { sources } of step.inputs) {
      if (sources.length === 0) continue;
      for (const source of sources) checkSource(document, names, source);
    }
  }
  for (const { sources } of outputs) {
    for (const source of sources) checkOutputSource(document, names, source);
  }
}

interface Sections {
  readonly inputs: readonly WorkflowInput[];
  readonly outputs: readonly OutputDraft[];
  readonly steps: readonly WrittenStep[];
}

/** Sections that could not be read: what they would give is not known. */
interface Unread {
  readonly hasUnreadInputs: boolean;
  readonly hasUnreadSteps: boolean;
}

interface Names extends Unread {
  readonly inputs: ReadonlySet<string>;
  readonly steps: ReadonlyMap<string, readonly string[]>;
  /** References that were found to be good: most outputs are read more than once. */
  readonly references: Set<string>;
}

function checkSource(document: CwlDocument, names: Names, source: ScalarNode): void {
  const fault = faultOf(names, source);
  if (fault !== undefined) document.findings.error('cwl/unknown-source', spanOf(source), ...fault);
}

/** The server accepts such an output and passes over it, so it is no more than a warning. */
function checkOutputSource(document: CwlDocument, names: Names, source: ScalarNode): void {
  const fault = faultOf(names, source);
  if (fault !== undefined) document.findings.warning('cwl/unknown-source', spanOf(source), ...fault);
}

function faultOf(names: Names, source: ScalarNode): [string, { help: string | undefined }] | undefined {
  const reference = referenceOf(source.value);
  if (names.references.has(reference) || names.inputs.has(reference)) return undefined;
  const slash = reference.lastIndexOf('/');
  if (slash < 0 ? names.hasUnreadInputs : names.hasUnreadSteps) return undefined;
  const step = reference.slice(0, Math.max(slash, 0));
  const output = reference.slice(slash + 1);
  const outputs = names.steps.get(step);
  if (outputs?.includes(output) === true) {
    names.references.add(reference);
    return undefined;
  }
  if (outputs !== undefined) {
    const nearest = closest(output, outputs) ?? (outputs.length === 1 ? outputs[0] : undefined);
    return [
      `the step \`${step}\` has no output \`${output}\``,
      { help: nearestHelp(nearest && `${step}/${nearest}`) },
    ];
  }
  if (/\s/.test(reference) || reference === '') {
    return [
      'a source names an input of the workflow or an output of a step, and this is neither',
      { help: 'a fixed value goes under `default:`' },
    ];
  }
  return [
    `there is no \`${reference}\` to take data from`,
    { help: helpFor(names, reference, step, output) },
  ];
}

function helpFor(names: Names, reference: string, step: string, output: string): string | undefined {
  if (names.steps.has(reference))
    return `did you mean \`${reference}/${names.steps.get(reference)?.[0] ?? 'outDS'}\`?`;
  if (step === '') return nearestHelp(closest(reference, names.inputs));
  const nearest = closest(step, names.steps.keys());
  return nearestHelp(nearest && `${nearest}/${output}`);
}

function nearestHelp(reference: string | undefined): string | undefined {
  return reference === undefined || reference === '' ? undefined : `did you mean \`${reference}\`?`;
}
