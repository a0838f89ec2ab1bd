// One workflow, read and resolved with its inputs: the same for a check, a forecast and a submission.
import { Findings } from '../../base/finding.ts';
import type { Finding } from '../../base/finding.ts';
import type { ReadText } from '../../base/read-text.ts';
import { readInputs, type Inputs } from '../../cwl/inputs.ts';
import { languageEntry } from '../../languages/languages.ts';
import { silencerReader } from '../../languages/silencers.ts';
import { silence, type SilencedFinding, type SilenceOptions } from '../../source/silencers.ts';
import type { Language, Workflow } from '../../workflow/model.ts';
import type { Plan } from '../../workflow/plan.ts';
import { resolve } from '../../workflow/resolve.ts';
import type { CheckSurroundings } from '../../workflow/rules/context.ts';
import { checkGivenInputs } from '../../workflow/rules/given-inputs.ts';

export interface WorkflowFiles {
  readonly file: string;
  readonly language: Language;
  readonly yaml: string | undefined;
  readonly outDS: string;
  /** `assume`: the values of the inputs are not known yet, which is no fault. */
  readonly missingInputs: 'report' | 'assume';
  /** What is known beside the documents. */
  readonly surroundings?: CheckSurroundings | undefined;
}

export interface ResolvedWorkflow {
  /** As far as it could be read. */
  readonly workflow: Workflow | undefined;
  readonly inputs: Inputs | undefined;
  /** As good as can be; with errors among the findings it must not be run. */
  readonly plan: Plan | undefined;
}

/** Reads and resolves a workflow. Faults of the files are findings; nothing is thrown for them. */
export async function resolveFiles(
  files: WorkflowFiles,
  readText: ReadText,
  findings: Findings,
): Promise<ResolvedWorkflow> {
  const readMain = await languageEntry(files.language).load();
  const workflow = readMain(files.file, readText, findings);
  const inputs = files.yaml === undefined ? undefined : readInputs(files.yaml, readText, findings);
  const isReadable = workflow !== undefined && (files.yaml === undefined || inputs !== undefined);
  const plan = isReadable ? resolveWorkflow(workflow, inputs, files, findings) : undefined;
  return { workflow, inputs, plan };
}

/** Resolves a workflow that has been read. */
export function resolveWorkflow(
  workflow: Workflow,
  inputs: Inputs | undefined,
  { outDS, missingInputs, surroundings = {} }: Omit<WorkflowFiles, 'file' | 'language' | 'yaml'>,
  findings: Findings,
): Plan {
  const plan = resolve(workflow, {
    outDS,
    inputs: inputs?.values ?? {},
    findings,
    missingInputs,
    surroundings,
  });
  if (inputs !== undefined) checkGivenInputs(workflow, inputs, findings);
  return plan;
}

export interface SilencedFindings {
  readonly findings: readonly Finding[];
  readonly silenced: readonly SilencedFinding[];
}

/** Takes out what comments in the files silence. Comments themselves are judged by a check only. */
export async function silenceQuietly(
  findings: readonly Finding[],
  texts: SilenceOptions['texts'],
): Promise<SilencedFindings> {
  const readerFor = await silencerReader(texts.keys());
  const { shown, silenced } = silence(findings, { texts, readerFor, judging: undefined });
  return { findings: shown, silenced };
}
