// The template `multistep_merge`: steps that merge the ROOT files of a dataset again and again, until one file is left.
import { UsageError } from '../../base/errors.ts';
import { quoteShellWord } from '../../prun/shell-words.ts';
import type { TemplateFiles, TemplateInput } from './template.ts';

const output = 'merge.root';
const inputList = 'input.lis';
const script = 'merge.sh';
/** What a job takes when nothing else is asked for. */
const usual: Readonly<Record<string, string>> = { nGBPerJob: '10', maxNFilesPerJob: '200' };
const everyStep = '--rootVer recommended --noBuild --notExpandInDS --respectSplitRule --avoidVP';

/** The workflow, with as many steps as its files need, and the script that its jobs run.
 *  @throws UsageError for a dataset without files, and for files per job that cannot make fewer of many */
export function multistepMerge({ inDS, prunFlags, files }: TemplateInput): TemplateFiles {
  const flags = { ...usual, ...prunFlags };
  const perJob = Number(flags.maxNFilesPerJob);
  if (!Number.isInteger(perJob) || perJob < 2) {
    throw new UsageError(
      `\`--prunFlags maxNFilesPerJob=${String(flags.maxNFilesPerJob)}\` cannot make one file of many`,
      { hint: 'it is a whole number of files, at least 2' },
    );
  }
  if (files === 0) throw new UsageError(`the dataset \`${inDS}\` has no files to merge`);
  const steps = stepsFor(files ?? 1, perJob);
  const given = Object.entries(flags).map(([name, value]) =>
    value === '' ? `--${name}` : `--${name} ${quoteShellWord(value)}`,
  );
  const args = [`--outputs ${output} --writeInputToTxt IN:${inputList}`, everyStep, ...given].join(' ');
  const numbers = Array.from({ length: steps }, (_, index) => index + 1);
  return {
    workflow: {
      name: `multistep_merge_${steps}steps`,
      inputs: { input_ds: inDS },
      outputs: { final_output: { from: `step${steps}/outDS`, output_types: [output] } },
      steps: Object.fromEntries(
        numbers.map((number) => [
          `step${number}`,
          {
            type: 'prun',
            inDS: number === 1 ? '{input_ds}' : `step${number - 1}/outDS`,
            args,
            exec: `${script} ${output} ${inputList}`,
          },
        ]),
      ),
    },
    scripts: { [script]: mergeScript },
  };
}

/** How often files must be merged until one is left. */
function stepsFor(files: number, perJob: number): number {
  let left = files;
  let steps = 0;
  do {
    left = Math.ceil(left / perJob);
    steps++;
  } while (left > 1);
  return steps;
}

const mergeScript = `#!/bin/bash
# Merges ROOT files: merge.sh OUTPUT LIST, where LIST is a file with their names, separated by commas.
set -e
tr ',' '\\n' < "$2" > "$2.lines"
hadd -f "$1" "@$2.lines"
`;
