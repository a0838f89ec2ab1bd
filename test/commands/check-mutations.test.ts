import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadText } from '../../src/base/read-text.ts';
import { checkDocuments, type DocumentsCheck } from '../../src/commands/check/check-documents.ts';
import { renderForecast } from '../../src/commands/forecast-text.ts';
import { renderFindings } from '../../src/terminal/findings.ts';
import { dumpPlan } from '../../src/workflow/dump.ts';
import { forecast } from '../../src/workflow/forecast.ts';
import type { PlannedStep } from '../../src/workflow/plan.ts';
import { view } from '../terminal/view.ts';
import { documents, mutatedDocument, type MutatedDocument } from './mutations.ts';

// The same cases every time, so that a fault is that of a change; another seed and more runs find others.
const seed = Number(process.env['MUTATION_SEED'] ?? 1);
const numRuns = Number(process.env['MUTATION_RUNS'] ?? 2000);

/** How much may be asked for, made and said of one document. */
const mostReads = 2_000;
const mostSteps = 50_000;
const largestHeapBytes = 700 * 1024 * 1024;

async function checkMutated({ path, text }: MutatedDocument): Promise<DocumentsCheck> {
  let reads = 0;
  const readText: ReadText = (asked) => {
    if (++reads > mostReads) throw new Error(`more than ${mostReads} files are asked for`);
    const known = asked === path ? text : documents.get(asked);
    return known === undefined
      ? { ok: false, reason: 'missing', detail: 'does not exist' }
      : { ok: true, text: known };
  };
  const isInputs = /\.ya?ml$/.test(path) && !/reana|wfd/.test(path);
  // Values of inputs are checked with a workflow that may well not fit.
  const workflow = isInputs ? workflowBeside(path) : path;
  const check = await checkDocuments(
    {
      files: [workflow],
      yaml: isInputs ? path : undefined,
      outDS: 'user.name.check',
      missingInputs: isInputs ? 'report' : 'assume',
      knownCodes: () => new Set(['cwl/unknown-field']),
    },
    readText,
  );
  // Each drawing is bounded, but thousands of them on one long line take their time.
  renderFindings(check.findings.slice(0, 50), {
    format: 'full',
    readText,
    view: view(),
    filesChecked: 1,
    version: '0',
  });
  return check;
}

function workflowBeside(path: string): string {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return [...documents.keys()].find((name) => name.startsWith(folder) && name.endsWith('.cwl')) ?? path;
}

function stepCount(steps: readonly PlannedStep[]): number {
  return steps.reduce((sum, step) => sum + 1 + stepCount(step.steps), 0);
}

describe('a check of a document that went wrong', () => {
  it('always ends with findings inside of the files, and with a plan that can be shown when there are no errors', async () => {
    let largest = 0;
    await fc.assert(
      fc.asyncProperty(mutatedDocument, async (document) => {
        const { findings, plans } = await checkMutated(document);
        const limit = 100 + document.text.length;
        expect(findings.length).toBeLessThanOrEqual(limit);
        for (const { span, message, code } of findings) {
          const length =
            span.file === document.path ? document.text.length : (documents.get(span.file) ?? '').length;
          expect(span.start >= 0 && span.start <= span.end && span.end <= length, `${code}: ${message}`).toBe(
            true,
          );
        }
        const isGood = findings.every((finding) => finding.severity !== 'error');
        for (const plan of plans.values()) {
          expect(stepCount(plan.steps)).toBeLessThanOrEqual(mostSteps);
          if (isGood) {
            dumpPlan(plan);
            renderForecast(plan, view());
            JSON.stringify(forecast(plan));
          }
        }
        largest = Math.max(largest, process.memoryUsage().heapUsed);
      }),
      { seed, numRuns },
    );
    expect(largest).toBeLessThan(largestHeapBytes);
  }, 120_000);
});
