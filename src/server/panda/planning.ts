// Reads the workflow of a request and says into its log what was understood, in the words of PanDA's server.
import { closest } from '../../base/closest.ts';
import { Findings, type Finding } from '../../base/finding.ts';
import type { ReadText } from '../../base/read-text.ts';
import type { Span } from '../../base/span.ts';
import { readInputs } from '../../cwl/inputs.ts';
import { languages } from '../../languages/languages.ts';
import { silencerReader } from '../../languages/silencers.ts';
import { placeName, sourceText, type SourceText } from '../../source/frame.ts';
import { rememberingReader } from '../../source/remembering-reader.ts';
import { silence } from '../../source/silencers.ts';
import { dumpPlan } from '../../workflow/dump.ts';
import type { Step, Value, Workflow } from '../../workflow/model.ts';
import type { Plan, PlannedStep } from '../../workflow/plan.ts';
import { resolve } from '../../workflow/resolve.ts';
import { oneLine } from '../faults.ts';
import type { RequestLog } from './request-log.ts';
import { stepParameters } from './step-parameters.ts';
import type { WorkflowData } from './workflow-data.ts';

/** Reads, resolves and verifies the workflow.
 *  @param readText of the files in the sandbox, by their path in it
 *  @returns the plan; `undefined` when it must not be run, and the log says why */
export async function planWorkflow(
  data: WorkflowData,
  userName: string,
  readText: ReadText,
  log: RequestLog,
): Promise<Plan | undefined> {
  log.add('parse workflow');
  const language = languages.find(({ request }) => request === data.language);
  if (language === undefined) {
    log.add(unknownLanguage(data.language));
    return undefined;
  }
  const read = await language.load();
  const findings = new Findings();
  const remembering = rememberingReader(readText);
  const workflow = read(data.specFile, remembering.readText, findings);
  const inputs = readValues(data, remembering.readText, findings);
  // What the user silenced by a comment is no reason to refuse the workflow here either.
  const readerFor = await silencerReader(remembering.texts.keys());
  const shown = (): readonly Finding[] =>
    silence(findings.sorted(), { texts: remembering.texts, readerFor, judging: undefined }).shown;
  if (workflow === undefined || inputs === undefined) {
    reportFindings(shown(), undefined, readText, log);
    return undefined;
  }
  const plan = resolve(workflow, { outDS: data.outDS, inputs, findings });
  const { parameters, problems } = stepParameters(plan, data, userName, readText);
  const dump = dumpPlan(plan, (step) => parameters.get(step.id));
  log.add(`the description was internally converted as follows\n${dump}`);
  const faults = shown();
  reportFindings(faults, { workflow, plan }, readText, log);
  if (faults.some((finding) => finding.severity === 'error')) return undefined;
  // Where there are findings, the problems would only be the same faults again, in other words.
  for (const problem of problems) log.add(problem);
  return problems.length > 0 ? undefined : plan;
}

function unknownLanguage(language: string): string {
  const names = languages.map(({ request }) => request);
  const known = names.map((name) => `\`${name}\``).join(', ');
  const near = closest(language, names);
  const hint = near === undefined ? '' : `; did you mean \`${near}\`?`;
  return `failed to run with workflows in \`${oneLine(language).slice(0, 80)}\` cannot be read here, only ${known}${hint}`;
}

function readValues(
  data: WorkflowData,
  readText: ReadText,
  findings: Findings,
): Readonly<Record<string, Value>> | undefined {
  if (data.inputFile === undefined) return {};
  return readInputs(data.inputFile, readText, findings)?.values;
}

interface Resolved {
  readonly workflow: Workflow;
  readonly plan: Plan;
}

/** One line a finding. Faults inside of a step are PanDA's verification failures; the place is told in any case. */
function reportFindings(
  findings: readonly Finding[],
  resolved: Resolved | undefined,
  readText: ReadText,
  log: RequestLog,
): void {
  const sources = new Map<string, SourceText | undefined>();
  const sourceOf = (file: string): SourceText | undefined => {
    if (!sources.has(file)) {
      const answer = readText(file);
      sources.set(file, answer.ok ? sourceText(answer.text) : undefined);
    }
    return sources.get(file);
  };
  for (const finding of findings) {
    const { severity, code, message, help, span } = finding;
    const place = placeName({ span, source: sourceOf(span.file) });
    const id = severity === 'error' && resolved !== undefined ? stepIdOf(finding, resolved) : undefined;
    const start = id === undefined ? '' : `Verification failure in ID:${id} `;
    const end = help === undefined ? '' : `; ${help}`;
    log.add(`${start}${oneLine(`${place}: ${severity}[${code}] ${message}${end}`)}`);
  }
}

/** The number of the step that a finding is about; of the copies of a scattered step, the first. */
function stepIdOf(finding: Finding, { workflow, plan }: Resolved): number | undefined {
  const step = allSteps(workflow).find((one) => placesOf(one).some((place) => holds(place, finding.span)));
  if (step === undefined) return undefined;
  const where = step.where();
  return allPlanned(plan.steps).find((planned) => holds(planned.where(), where))?.id;
}

/** A step itself stands for its name only, so the places of its inputs are looked at, too. */
function placesOf(step: Step): readonly Span[] {
  return [step.where(), ...step.inputs.flatMap((input) => [input.where(), input.whereValue()])];
}

function holds(outer: Span, inner: Span): boolean {
  return outer.file === inner.file && outer.start <= inner.start && inner.end <= outer.end;
}

function allSteps(workflow: Workflow): readonly Step[] {
  return workflow.steps.flatMap((step) => [
    step,
    ...(step.workflow === undefined ? [] : allSteps(step.workflow)),
  ]);
}

function allPlanned(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return steps.flatMap((step) => [step, ...allPlanned(step.steps)]);
}
