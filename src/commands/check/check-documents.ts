// Checks documents of every kind together: each once, sub-workflows through the workflows that run them, and everything
// that can be said of them in one list.
import { Findings, sortFindings } from '../../base/finding.ts';
import type { Finding } from '../../base/finding.ts';
import type { ReadText } from '../../base/read-text.ts';
import { readInputs, type Inputs } from '../../cwl/inputs.ts';
import { checkCwlDocument } from '../../cwl/documents/check.ts';
import { readCwl } from '../../cwl/read.ts';
import type { ReanaSurroundings } from '../../reanaspec/surroundings.ts';
import { languageEntry } from '../../languages/languages.ts';
import { kindOf } from '../../languages/recognise.ts';
import { silencerReader } from '../../languages/silencers.ts';
import { lineColumn, sourceText } from '../../source/frame.ts';
import { silence, type SilencedFinding } from '../../source/silencers.ts';
import { syntaxFindings } from '../../source/syntax.ts';
import type { Language, Workflow } from '../../workflow/model.ts';
import type { Plan } from '../../workflow/plan.ts';
import type { CheckSurroundings } from '../../workflow/rules/context.ts';
import { rememberingReader } from '../../source/remembering-reader.ts';
import { resolveWorkflow } from './check-workflow.ts';

export interface CheckRequest {
  /** Documents, by name; none of them twice. */
  readonly files: readonly string[];
  /** The inputs of those that are not run by another one. */
  readonly yaml: string | undefined;
  readonly outDS: string;
  /** Without an inputs file: `assume` takes inputs without a value for given. */
  readonly missingInputs: 'report' | 'assume';
  /** What is known beside the documents. */
  readonly surroundings?: CheckSurroundings | undefined;
  /** What is known about analyses for REANA. */
  readonly reana?: ReanaSurroundings | undefined;
  /** The files are specifications of REANA, whatever they are called. */
  readonly specifications?: boolean | undefined;
  /** They are to run on PanDA, in this language: whatever else they may be is a fault. */
  readonly submitAs?: Language | undefined;
  /** All codes that can be silenced. */
  readonly knownCodes: () => ReadonlySet<string>;
}

export interface DocumentsCheck {
  /** Sorted, without those that a comment silences. */
  readonly findings: readonly Finding[];
  readonly silenced: readonly SilencedFinding[];
  /** Workflows by the file they stand in, as far as they could be read. */
  readonly workflows: ReadonlyMap<string, Workflow>;
  /** What the workflows that no other one runs come to; to be used only when there are no errors. */
  readonly plans: ReadonlyMap<string, Plan>;
  /** How many files were looked at: those that were named, what they run, and the inputs. */
  readonly filesRead: number;
  /** Container images of analyses for REANA, each once, in the order found. */
  readonly images: readonly string[];
}

/** Checks documents. Faults are findings; nothing is thrown for them. */
export async function checkDocuments(request: CheckRequest, reader: ReadText): Promise<DocumentsCheck> {
  const { readText, texts } = rememberingReader(reader);
  const findings = new Findings();
  const workflows = new Map<string, Workflow>();
  const images = new Set<string>();
  for (const file of request.files) {
    const workflow = await readDocument(file, request, readText, { findings, images });
    if (workflow !== undefined) workflows.set(file, workflow);
  }
  const inputs = request.yaml === undefined ? undefined : readInputs(request.yaml, readText, findings);
  const plans = resolveAll(workflows, inputs, request, findings);
  const all = await withAllSyntaxErrors(findings.sorted(), texts);
  const isComplete = request.yaml !== undefined || request.missingInputs === 'report';
  const { shown, silenced } = silence(all, {
    texts,
    readerFor: await silencerReader(texts.keys()),
    judging: {
      knownCodes: request.knownCodes,
      // Without the values of the inputs some faults cannot show.
      wasLookedFor: (code) => isComplete || /^(?:yaml|cwl|wfd|snakemake|reana|yadage)\//.test(code),
    },
  });
  return { findings: shown, silenced, workflows, plans, filesRead: texts.size, images: [...images] };
}

/** Reads one document, with whatever its kind asks for.
 *  @returns the workflow when it is one for PanDA */
async function readDocument(
  file: string,
  { submitAs, specifications, reana }: CheckRequest,
  readText: ReadText,
  { findings, images }: { readonly findings: Findings; readonly images: Set<string> },
): Promise<Workflow | undefined> {
  const kind = specifications === true ? 'reana' : (submitAs ?? kindOf(file, readText));
  switch (kind) {
    case 'cwl': {
      const about = new Findings();
      const { isPanda } = checkCwlDocument(file, readText, about);
      // Where a workflow must be, whatever else it may be is of no interest.
      if (isPanda || submitAs === undefined) for (const finding of about.sorted()) findings.add(finding);
      return isPanda || submitAs !== undefined ? readCwl(file, readText, findings) : undefined;
    }
    case 'reana': {
      const { readReanaSpec } = await import('../../reanaspec/read.ts');
      const spec = readReanaSpec(file, readText, findings, reana);
      for (const image of spec?.images ?? []) images.add(image);
      return undefined;
    }
    case 'weather': {
      const { readWeather } = await import('../../engine/weather/read.ts');
      readWeather(file, readText, findings);
      return undefined;
    }
    case 'snakemake':
    case 'wfd': {
      const read = await languageEntry(kind).load();
      return read(file, readText, findings);
    }
    case undefined: {
      const help = /\.(?:ya?ml|json)$/i.test(file)
        ? 'values of inputs are given with `--yaml`, beside the workflow'
        : 'a CWL document says `cwlVersion` and `class` at its top, a native workflow has `steps`';
      const message = `\`${file}\` is neither a workflow nor a reana.yaml`;
      findings.error('check/unknown-document', { file, start: 0, end: 0 }, message, { help });
      return undefined;
    }
  }
}

function resolveAll(
  workflows: ReadonlyMap<string, Workflow>,
  inputs: Inputs | undefined,
  request: CheckRequest,
  findings: Findings,
): ReadonlyMap<string, Plan> {
  const plans = new Map<string, Plan>();
  if (request.yaml !== undefined && inputs === undefined) return plans;
  const inner = new Set([...workflows.values()].flatMap(filesBelow));
  for (const [file, workflow] of workflows) {
    // A part is checked through the workflow that runs it, with the values it gets there.
    if (inner.has(file)) continue;
    if (inputs === undefined && request.missingInputs === 'assume' && isPart(workflow)) {
      resolveWorkflow(aroundPart(workflow), undefined, request, findings);
    } else plans.set(file, resolveWorkflow(workflow, inputs, request, findings));
  }
  return plans;
}

/** The files of all workflows that a workflow runs, without its own, where some may stand as well. One that runs itself has
 *  been reported, and is cut there. */
function filesBelow(workflow: Workflow): readonly string[] {
  const found = new Set<Workflow>();
  const visit = ({ steps }: Workflow): void => {
    for (const { workflow: inner } of steps) {
      if (inner === undefined || found.has(inner)) continue;
      found.add(inner);
      visit(inner);
    }
  };
  visit(workflow);
  return [...found].map((inner) => inner.file).filter((file) => file !== workflow.file);
}

/** Parameters are what a loop gives to the workflow in it: it is never run alone. */
function isPart(workflow: Workflow): boolean {
  return workflow.inputs.some((input) => input.name.startsWith('param_'));
}

/** A workflow that does nothing but run another one, with all of its inputs. */
function aroundPart(workflow: Workflow): Workflow {
  const { language, file, where, inputs } = workflow;
  const step = {
    name: 'part',
    type: 'workflow' as const,
    inputs: inputs.map((input) => ({
      name: input.name,
      default: input.default,
      source: input.default === null ? input.name : undefined,
      where: input.where,
      whereValue: input.where,
    })),
    outputs: workflow.outputs.map((output) => output.name),
    scatter: [],
    condition: undefined,
    loop: false,
    workflow,
    where,
  };
  return { language, file, where, inputs, outputs: [], steps: [step] };
}

/** What the slow reader says where an earlier fault has made it lose the thread. */
const lostThread =
  / in YAML stream\b|must start at the same column|\bimplicit (?:map )?keys?\b|without - indicator/;

/** The fast reader stops at the first syntax error of a file; a slow one that goes on tells the others. */
async function withAllSyntaxErrors(
  findings: readonly Finding[],
  texts: ReadonlyMap<string, string>,
): Promise<readonly Finding[]> {
  const more: Finding[] = [];
  for (const first of findings) {
    const { file, start } = first.span;
    const text = first.code === 'yaml/syntax' ? texts.get(file) : undefined;
    if (text === undefined) continue;
    const source = sourceText(text);
    const lineOf = (offset: number): number => lineColumn(source, offset).line;
    const firstLine = lineOf(start);
    for (const finding of await syntaxFindings(file, text)) {
      // What it says of the same fault, or where it has lost the thread, is left out.
      const isAnother = lineOf(finding.span.start) > firstLine && !lostThread.test(finding.message);
      if (isAnother) more.push(finding);
    }
  }
  return more.length === 0 ? findings : sortFindings([...findings, ...more]);
}
