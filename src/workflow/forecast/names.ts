// The names of everything a plan will make, and what is wrong with them: too long for PanDA, with a character that no name may
// have, or made twice.
import {
  checkContainerName,
  datasetCharacterFault,
  iterationMark,
  longestContainer,
} from '../../prun/names.ts';
import { phpoOptions, prunOptions } from '../../prun/options.ts';
import { datasetName, parseOutputs } from '../../prun/outputs.ts';
import { flagOf, parseArguments, textOf } from '../../prun/parse-args.ts';
import { asShellWords } from '../../prun/shell-words.ts';
import type { Plan, PlannedStep } from '../plan.ts';
import { leavesOf } from './leaves.ts';

export interface ForecastName {
  /** `output`: a container of what the jobs leave; `log`: the container of their logs. */
  readonly kind: 'output' | 'log';
  /** As the server writes it; in a loop with the mark that stands for the number of the iteration. */
  readonly name: string;
  /** What it is called in the first iterations; empty outside of loops. */
  readonly iterations: readonly string[];
  /** In characters, as the server counts them. */
  readonly length: number;
  /** What is wrong with it; empty when nothing is. */
  readonly faults: readonly string[];
}

/** The names of the containers each leaf makes, by its id. */
export function forecastNames(plan: Plan): ReadonlyMap<number, readonly ForecastName[]> {
  const leaves = leavesOf(plan).map((step) => ({ step, names: containersOf(step) }));
  const makers = new Map<string, PlannedStep[]>();
  for (const { step, names } of leaves) {
    for (const { name } of names) makers.set(name, [...(makers.get(name) ?? []), step]);
  }
  return new Map(
    leaves.map(({ step, names }) => [
      step.id,
      names.map(({ kind, name }) => ({
        kind,
        name,
        iterations: step.inLoop ? [1, 2].map((number) => name.replaceAll(iterationMark, String(number))) : [],
        length: Array.from(name).length,
        faults: [...faultsOf(name), ...collisions(step, makers.get(name) ?? [])],
      })),
    ]),
  );
}

/** A name as people read it: `.<iteration>` where the server has its mark. */
export function readableName(name: string): string {
  return name.replaceAll(iterationMark, '<iteration>');
}

/** The name of a leaf's task; `undefined` for a sub-workflow, which has none. */
export function taskNameOf(step: PlannedStep): string | undefined {
  const base = step.outputs[0];
  if (step.type === 'workflow' || base === undefined) return undefined;
  return step.type === 'phpo' ? `${base}/` : base;
}

function containersOf(step: PlannedStep): readonly Pick<ForecastName, 'kind' | 'name'>[] {
  const base = step.outputs[0];
  if (base === undefined) return [];
  const log = { kind: 'log', name: `${base}.log/` } as const;
  if (step.type === 'gitlab') return [log];
  if (step.type === 'phpo') {
    const { values } = parseArguments(phpoOptions, asShellWords(step.command.slice(1)));
    const hasMetrics = textOf(values, 'evaluationMetrics') !== undefined;
    return hasMetrics ? [{ kind: 'output', name: `${base}/` }, log] : [log];
  }
  const { values } = parseArguments(prunOptions, asShellWords(step.command.slice(1)));
  const outputs = parseOutputs(textOf(values, 'outputs') ?? '').map((output) => ({
    kind: 'output' as const,
    name: datasetName(base, output.datasetSuffix),
  }));
  return flagOf(values, 'noSeparateLog') ? outputs : [...outputs, log];
}

function faultsOf(name: string): readonly string[] {
  const character = datasetCharacterFault(name);
  return [
    ...checkContainerName(name).map(() => `too long: at most ${longestContainer} characters are allowed`),
    ...(character === undefined ? [] : [`contains \`${character}\`, which no dataset name may have`]),
    ...(/[\s\p{Cc}]/u.test(name) ? ['contains a blank or a control character'] : []),
  ];
}

function collisions(step: PlannedStep, makers: readonly PlannedStep[]): readonly string[] {
  if (makers.length < 2) return [];
  const others = makers.filter((maker) => maker.id !== step.id).map((maker) => `\`${maker.name}\``);
  return others.length === 0 ? ['made twice by this step'] : [`also made by ${others.join(', ')}`];
}
