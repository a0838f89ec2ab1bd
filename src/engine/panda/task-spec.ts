// What the engine must know of a step to run it: a planned step with its `prun` command line taken apart.
import { UnsupportedError } from '../../base/errors.ts';
import type { OutputSpec } from '../../prun/outputs.ts';
import { datasetName, parseOutputs } from '../../prun/outputs.ts';
import { flagOf, numberOf, parseArguments, textOf } from '../../prun/parse-args.ts';
import type { OptionValues } from '../../prun/parse-args.ts';
import { prunOptions } from '../../prun/prun-options.ts';
import { parseSecondary } from '../../prun/secondary.ts';
import { readSplitting, settleFiles } from '../../prun/splitting.ts';
import type { Splitting } from '../../prun/splitting.ts';
import { bundlesIn, unbundled } from '../../workflow/bundles.ts';
import type { LeafType } from '../../workflow/model.ts';
import type { Link, Plan, PlannedCondition, PlannedStep } from '../../workflow/plan.ts';

export interface TaskSpec {
  readonly stepId: number;
  readonly stepName: string;
  readonly type: LeafType;
  /** PanDA's taskName: the base of its dataset names. */
  readonly name: string;
  /** Bash text with the placeholders that prun expands on the worker. */
  readonly exec: string;
  readonly outputs: readonly TaskOutput[];
  /** Datasets of stream `IN`, in order. */
  readonly primary: readonly string[];
  /** Which files of them are taken (`--match`, `--antiMatch`). */
  readonly accepts: (fileName: string) => boolean;
  readonly secondary: readonly TaskStream[];
  readonly splitting: Splitting;
  readonly useSecrets: boolean;
  readonly containerImage: string | undefined;
  /** How often a job may be tried; at least 1. */
  readonly maxAttempt: number;
  /** All must open before the task may run: its own and those of the sub-workflows around it. */
  readonly gates: readonly Gate[];
}

/** A secondary input: `%IN2` in the payload. */
export interface TaskStream {
  readonly stream: string;
  readonly datasets: readonly string[];
  /** 0: every job gets all of them. */
  readonly nFilesPerJob: number;
  readonly nSkipFiles: number;
  readonly reusable: boolean;
  readonly accepts: (fileName: string) => boolean;
}

export interface TaskOutput extends OutputSpec {
  readonly dataset: string;
}

/** What a step waits for: the links to its parents, or the condition that replaces them. */
export interface Gate {
  readonly links: readonly Link[];
  readonly condition: PlannedCondition | undefined;
}

/** The tasks of a plan, in the order of their step ids, sub-workflows taken apart.
 *  @throws UnsupportedError for what the embedded engine cannot run; nothing has been started then */
export function taskSpecs(plan: Plan): readonly TaskSpec[] {
  const bundles = bundlesIn(plan);
  return plan.steps.flatMap((step) => specsOf(step, [], bundles)).sort((a, b) => a.stepId - b.stepId);
}

/** Every step by id, sub-workflows included. */
export function stepsById(plan: Plan): ReadonlyMap<number, PlannedStep> {
  const found = new Map<number, PlannedStep>();
  const visit = (step: PlannedStep): void => {
    found.set(step.id, step);
    step.steps.forEach(visit);
  };
  plan.steps.forEach(visit);
  return found;
}

type Bundles = ReadonlyMap<string, readonly string[]>;

function specsOf(step: PlannedStep, around: readonly Gate[], bundles: Bundles): readonly TaskSpec[] {
  const gates = [...around, { links: step.links, condition: step.condition }];
  if (step.type !== 'workflow') return [leafSpec(step, step.type, gates, bundles)];
  if (step.loop)
    throw new UnsupportedError(
      `the loop \`${step.name}\` cannot run on this machine: the embedded engine does not iterate`,
    );
  return step.steps.flatMap((inner) => specsOf(inner, gates, bundles));
}

function leafSpec(step: PlannedStep, type: LeafType, gates: readonly Gate[], bundles: Bundles): TaskSpec {
  if (type === 'phpo' || type === 'gitlab') {
    throw new UnsupportedError(
      `step \`${step.name}\` cannot run on this machine: the embedded engine has no \`${type}\``,
    );
  }
  const name = step.outputs[0] ?? step.name;
  const words = step.command.slice(1).map((text) => ({ text, start: 0, end: 0 }));
  const { values } = parseArguments(prunOptions, words);
  const maxAttempt = numberOf(values, 'maxAttempt') ?? 0;
  return {
    stepId: step.id,
    stepName: step.name,
    type,
    name,
    exec: textOf(values, 'jobParams') ?? '',
    outputs: parseOutputs(textOf(values, 'outputs') ?? '').map((output) => ({
      ...output,
      dataset: datasetName(name, output.datasetSuffix),
    })),
    // A reana step gets the names of its datasets in its command only; the files stay where they are.
    primary: textOf(values, 'inDS') === undefined ? [] : unbundled(step.inputDatasets, bundles),
    accepts: nameFilter(textOf(values, 'match'), textOf(values, 'antiMatch')),
    secondary: streamsOf(values, bundles),
    splitting: settleFiles(readSplitting(values)),
    useSecrets: flagOf(values, 'useSecrets'),
    containerImage: textOf(values, 'containerImage'),
    maxAttempt: Math.max(1, maxAttempt),
    gates,
  };
}

function streamsOf(values: OptionValues, bundles: Bundles): readonly TaskStream[] {
  const reusable = new Set((textOf(values, 'reusableSecondary') ?? '').split(','));
  return parseSecondary(textOf(values, 'secondaryDSs') ?? '').streams.map((stream) => ({
    stream: stream.stream,
    datasets: unbundled(stream.dataset.split(','), bundles),
    nFilesPerJob: stream.nFilesPerJob,
    nSkipFiles: stream.nSkip,
    reusable: reusable.has(stream.stream),
    accepts: nameFilter(stream.match, undefined),
  }));
}

/** Patterns are comma-separated wildcards that may match anywhere in the name. */
function nameFilter(match: string | undefined, antiMatch: string | undefined): (fileName: string) => boolean {
  const wanted = patternsOf(match);
  const unwanted = patternsOf(antiMatch);
  return (name) =>
    (wanted.length === 0 || wanted.some((pattern) => pattern.test(name))) &&
    !unwanted.some((pattern) => pattern.test(name));
}

function patternsOf(list: string | undefined): readonly RegExp[] {
  return (list ?? '')
    .split(',')
    .filter((pattern) => pattern !== '')
    .map(
      (pattern) =>
        new RegExp(
          pattern
            .replace(/[.+^${}()|[\]\\]/g, '\\$&')
            .replaceAll('*', '.*')
            .replaceAll('?', '.'),
        ),
    );
}
