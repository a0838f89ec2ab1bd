// Documents in memory, and findings as lines: what the tests of the languages are written with.
import { Findings } from '../../src/base/finding.ts';
import type { Finding } from '../../src/base/finding.ts';
import type { ReadText } from '../../src/base/read-text.ts';
import { lineColumn, sourceText } from '../../src/source/frame.ts';
import { readCwl } from '../../src/cwl/read.ts';
import type { ReadWorkflow } from '../../src/languages/languages.ts';
import { resolve } from '../../src/workflow/resolve.ts';
import type { CheckSurroundings } from '../../src/workflow/rules/context.ts';
import type { Value, Workflow } from '../../src/workflow/model.ts';
import type { Plan, PlannedStep } from '../../src/workflow/plan.ts';

/** A reader of texts by path; any other path is missing. */
export function readerOf(texts: Readonly<Record<string, string>>): ReadText {
  return (path) => {
    const text = Object.hasOwn(texts, path) ? texts[path] : undefined;
    return text === undefined
      ? { ok: false, reason: 'missing', detail: 'does not exist' }
      : { ok: true, text };
  };
}

/** `file:line:column: severity[code] message` */
export function findingLine(finding: Finding, readText: ReadText): string {
  const answer = readText(finding.span.file);
  const at = lineColumn(sourceText(answer.ok ? answer.text : ''), finding.span.start);
  const place = `${finding.span.file}:${at.line}:${at.column}`;
  return `${place}: ${finding.severity}[${finding.code}] ${finding.message}`;
}

export interface Planned {
  readonly workflow: Workflow | undefined;
  readonly plan: Plan;
  readonly findings: Findings;
  /** Findings as lines, sorted. */
  readonly lines: readonly string[];
}

export interface PlanOptions {
  readonly inputs?: Readonly<Record<string, Value>>;
  readonly outDS?: string;
  readonly missingInputs?: 'report' | 'assume';
  readonly surroundings?: CheckSurroundings;
}

/** Reads and resolves a CWL document and those beside it. */
export function planCwl(path: string, readText: ReadText, options: PlanOptions = {}): Planned {
  return planIn(readCwl, path, readText, options);
}

/** The same for a document in any language. */
export function planIn(
  read: ReadWorkflow,
  path: string,
  readText: ReadText,
  options: PlanOptions = {},
): Planned {
  const { inputs = {}, outDS = 'user.alice.blah', missingInputs, surroundings } = options;
  const findings = new Findings();
  const workflow = read(path, readText, findings);
  const empty: Plan = { outDS, inputs: {}, steps: [], outputSteps: [] };
  const plan =
    workflow === undefined
      ? empty
      : resolve(workflow, {
          outDS,
          inputs,
          findings,
          ...(missingInputs === undefined ? {} : { missingInputs }),
          ...(surroundings === undefined ? {} : { surroundings }),
        });
  return {
    workflow,
    plan,
    findings,
    lines: findings.sorted().map((finding) => findingLine(finding, readText)),
  };
}

/** All steps by id, at every depth. */
export function allSteps(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return steps.flatMap((step) => [step, ...allSteps(step.steps)]);
}
