// A phpo step as a task of the engine. Its options may stand in a file of the sandbox, so at first only what its command says is
// known; the rest is read with the texts that were submitted.
import { LocalError } from '../../base/errors.ts';
import type { ReadText } from '../../base/read-text.ts';
import { readHpoSpec, type HpoSpec } from '../../prun/hpo-spec.ts';
import { phpoOptions } from '../../prun/options.ts';
import { parseArguments, textOf } from '../../prun/parse-args.ts';
import { asShellWords } from '../../prun/shell-words.ts';
import { readSplitting, settleFiles } from '../../prun/splitting.ts';
import { unbundled } from '../../workflow/bundles.ts';
import type { PlannedStep } from '../../workflow/plan.ts';
import { bareTask } from '../panda/task.ts';
import type { StepTask, TaskOutput } from '../panda/task.ts';
import { metricsDataset, summaryDataset, summaryFile } from './datasets.ts';
import { trainingDatasets } from './training.ts';

/** How often an evaluation is tried. Source: panda-docs, `phpo`. */
const evaluationTries = 3;

/** Of a phpo step, everything of a task but where it stands among the others. */
export function searchTaskSpec(
  step: PlannedStep,
  bundles: ReadonlyMap<string, readonly string[]>,
): StepTask & { readonly searchCommand: readonly string[] } {
  const name = (step.outputs[0] ?? step.name).replace(/\/$/, '');
  const command = step.command.slice(1);
  const { values } = parseArguments(phpoOptions, asShellWords(command));
  const training = textOf(values, 'trainingDS');
  return {
    ...bareTask(step, 'phpo', name),
    outputs: [output(metricsDataset(name), 'metrics.tgz'), output(summaryDataset(name), summaryFile)],
    primary: training === undefined ? [] : unbundled(training.split(','), bundles),
    splitting: settleFiles(readSplitting(values)),
    containerImage: textOf(values, 'evaluationContainer'),
    maxAttempt: evaluationTries,
    searchCommand: command,
  };
}

function output(dataset: string, pattern: string): TaskOutput {
  return {
    pattern,
    kind: 'file',
    type: pattern,
    datasetSuffix: pattern,
    lfnSuffix: pattern,
    dataset,
    mayBeAbsent: true,
  };
}

interface IncompleteSpec {
  readonly stepName: string;
  readonly primary: readonly string[];
  readonly searchCommand?: readonly string[] | undefined;
}

/** A phpo task with everything that its files say; other tasks as they are.
 *  @throws LocalError when it can make no points, as iDDS gives such a task up */
export function completeSpec<Spec extends IncompleteSpec>(
  spec: Spec,
  readText: ReadText,
): { readonly spec: Spec; readonly search: HpoSpec | undefined } {
  if (spec.searchCommand === undefined) return { spec, search: undefined };
  const read = readHpoSpec(spec.searchCommand, readText);
  if (!read.ok) {
    throw new LocalError(`step \`${spec.stepName}\` cannot be run: ${read.problems.join('; ')}`);
  }
  const primary = trainingDatasets(read.spec);
  const isWhole = read.spec.segments === undefined;
  return {
    spec: {
      ...spec,
      exec: read.spec.evaluation.exec,
      containerImage: read.spec.evaluation.image,
      // What stands in a bundle was taken out of it already.
      primary: isWhole && spec.primary.length > 0 ? spec.primary : primary,
    },
    search: read.spec,
  };
}

/** A reader of the texts that were submitted with a request. */
export function textReader(texts: Readonly<Record<string, string>>): ReadText {
  return (path) => {
    const text = Object.hasOwn(texts, path) ? texts[path] : undefined;
    return text === undefined
      ? { ok: false, reason: 'missing', detail: 'is not in the sandbox' }
      : { ok: true, text };
  };
}
