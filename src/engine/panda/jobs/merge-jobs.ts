// Jobs that merge (`--mergeOutput`): what the jobs of a task made becomes few files. Until then it lies in datasets of its own,
// whose names PanDA begins with `panda.um.`.
import { quoteShellWord } from '../../../prun/shell-words.ts';
import type { InputFile, JobInputs } from './job-maker.ts';
import { jobsOfKind } from '../runtime.ts';
import type { JobRuntime, TaskRuntime } from '../runtime.ts';
import type { TaskOutput, TaskSpec } from '../task.ts';

/** What names of files and datasets begin with that are still to be merged. */
export const unmergedMark = 'panda.um.';

export function isUnmerged(dataset: string): boolean {
  return dataset.startsWith(unmergedMark);
}

/** Where the outputs of a task lie before they are merged; none where nothing is merged. */
export function unmergedOutputs(spec: TaskSpec): readonly TaskOutput[] {
  if (spec.merge === undefined) return [];
  return spec.outputs.map((output) => ({ ...output, dataset: unmergedMark + output.dataset }));
}

/** The inputs of merge jobs for all files that none has yet: by dataset, all that one job made together. */
export function mergeGroups(task: TaskRuntime): readonly JobInputs[] {
  const keyOf = ({ dataset, name }: InputFile): string => `${dataset}/${name}`;
  const taken = new Set(
    jobsOfKind(task, 'merge').flatMap((job) => Object.values(job.inputs).flat().map(keyOf)),
  );
  const maxBytes = task.spec.merge?.maxBytes ?? Infinity;
  const groups: InputFile[][] = [];
  let bytes = 0;
  for (const job of jobsOfKind(task, 'run')) {
    const files = job.files.filter((file) => isUnmerged(file.dataset) && !taken.has(keyOf(file)));
    if (files.length === 0) continue;
    const size = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const group = groups.at(-1);
    // One job's files that are too large alone still need a job.
    if (group === undefined || bytes + size > maxBytes) {
      groups.push([...files]);
      bytes = size;
    } else {
      group.push(...files);
      bytes += size;
    }
  }
  return groups.map(byDataset);
}

function byDataset(files: readonly InputFile[]): JobInputs {
  const found: Record<string, InputFile[]> = {};
  for (const file of files) (found[file.dataset] ??= []).push(file);
  return found;
}

/** What a job leaves, by its kind. */
export function outputsOfJob(job: JobRuntime): readonly TaskOutput[] {
  const { spec } = job.task;
  switch (job.kind) {
    case 'build':
      return [];
    case 'run':
      return spec.merge === undefined ? spec.outputs : unmergedOutputs(spec);
    case 'merge':
      return mergesOf(job).map(({ output }) => output);
  }
}

interface Merge {
  readonly output: TaskOutput;
  readonly inputs: readonly string[];
}

function mergesOf(job: JobRuntime): readonly Merge[] {
  return job.task.spec.outputs.flatMap((output, index) => {
    const files = job.inputs[unmergedMark + output.dataset] ?? [];
    const [first] = files;
    if (first === undefined) return [];
    // The files of a regular expression have names of their own, of which the ending counts.
    const lfnSuffix = output.kind === 'regex' ? `merged${endingOf(first.name)}` : output.lfnSuffix;
    const pattern = `merged${index}.${lfnSuffix}`;
    const merged: TaskOutput = { ...output, kind: 'file', pattern, lfnSuffix };
    return [{ output: merged, inputs: files.map((file) => file.name) }];
  });
}

function endingOf(name: string): string {
  return /(?:\.tar)?\.\w+$/.exec(name)?.[0] ?? '';
}

/** Bash text that merges: by the user's own script, else by what the names of the files say they are.
 *  Source: panda-client 2.0.2 `CommonArgs.py`. */
export function mergeCommand(job: JobRuntime): string {
  const script = job.task.spec.merge?.script;
  return mergesOf(job)
    .map(({ output, inputs }) =>
      script === undefined
        ? mergeByName(output.pattern, inputs)
        : script.replaceAll('%OUT', () => output.pattern).replaceAll('%IN', () => inputs.join(',')),
    )
    .map((command) => `{ ${command}\n} || exit $?`)
    .join('\n');
}

function mergeByName(target: string, inputs: readonly string[]): string {
  const out = quoteShellWord(target);
  const files = inputs.map(quoteShellWord).join(' ');
  if (/\.root$/i.test(target)) return `hadd -f ${out} ${files}`;
  if (/\.(?:tgz|tar\.gz)$/i.test(target)) {
    // Members of the same name come from every job: each archive has a directory of its own.
    const unpack = `mkdir -p "merging/$f" && tar -xzf "$f" -C "merging/$f" || exit $?`;
    return `for f in ${files}; do ${unpack}; done; tar -czf ${out} -C merging . && rm -rf merging`;
  }
  if (/\.gz$/i.test(target)) return `cat ${files} > ${out}`;
  const why = `echo "$f is no text: how such files are merged is for --mergeScript to say" >&2; exit 65`;
  return `for f in ${files}; do if [ -s "$f" ] && ! grep -Iq '' "$f"; then ${why}; fi; done; cat ${files} > ${out}`;
}
