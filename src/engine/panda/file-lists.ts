// Lists of input files that steps name (`--inputFileList`, and the last part of `--secondaryDSs`): read from the sandbox, because they
// are not there any more when the jobs are made.
import type { ReadText } from '../../base/read-text.ts';
import { parseArguments, textOf } from '../../prun/parse-args.ts';
import { prunOptions } from '../../prun/prun-options.ts';
import { parseSecondary } from '../../prun/secondary.ts';
import type { Plan, PlannedStep } from '../../workflow/plan.ts';

/** The plan with the files that are taken beside its commands; a list that cannot be read is left to whoever makes the task. */
export function withFileLists(plan: Plan, readText: ReadText): Plan {
  const withLists = (step: PlannedStep): PlannedStep => {
    const files = filesOf(step, readText);
    const steps = step.steps.map(withLists);
    return Object.keys(files).length === 0
      ? { ...step, steps }
      : { ...step, steps, beside: { ...step.beside, files } };
  };
  return { ...plan, steps: plan.steps.map(withLists) };
}

function filesOf(step: PlannedStep, readText: ReadText): Record<string, readonly string[]> {
  if (step.type === 'workflow' || step.type === 'phpo' || step.type === 'gitlab') return {};
  const words = step.command.slice(1).map((text) => ({ text, start: 0, end: 0 }));
  const { values } = parseArguments(prunOptions, words);
  const lists = [
    ['IN', textOf(values, 'inputFileListName') ?? ''] as const,
    ...parseSecondary(textOf(values, 'secondaryDSs') ?? '').streams.map(
      ({ stream, fileList }) => [stream, fileList] as const,
    ),
  ];
  return Object.fromEntries(
    lists.flatMap(([stream, file]) => {
      const answer = file === '' ? undefined : readText(file);
      if (answer?.ok !== true) return [];
      const names = answer.text.split('\n').map((line) => line.trim());
      return [[stream, names.filter((name) => name !== '' && !name.startsWith('#'))]];
    }),
  );
}
