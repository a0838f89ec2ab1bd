// The inputs of a task as streams: `IN` from its datasets, `IN2`… from the secondary ones.
import type { TaskSpec } from './task-spec.ts';
import type { SecondaryInputs, StreamInputs } from './job-maker.ts';
import { arrivedFiles } from './runtime.ts';
import type { RequestRuntime } from './runtime.ts';

/** Gives the files of a dataset that no step of the request makes. */
export type ExternalFiles = (dataset: string) => StreamInputs['files'];

/** Stream `IN`: the datasets one after the other. A later one counts only once the earlier ones are complete. */
export function primaryInputs(
  runtime: RequestRuntime,
  spec: TaskSpec,
  external: ExternalFiles,
): StreamInputs {
  const inputs = chained(runtime, spec.primary, external);
  return { ...inputs, files: inputs.files.filter((file) => spec.accepts(file.name)) };
}

export function secondaryInputs(
  runtime: RequestRuntime,
  spec: TaskSpec,
  external: ExternalFiles,
): readonly SecondaryInputs[] {
  return spec.secondary.map((stream) => {
    const inputs = chained(runtime, stream.datasets, external);
    return {
      stream: stream.stream,
      nFilesPerJob: stream.nFilesPerJob,
      isRatio: spec.splitting.secondaryAsRatio,
      reusable: stream.reusable,
      complete: inputs.complete,
      files: inputs.files.filter((file) => stream.accepts(file.name)).slice(stream.nSkipFiles),
    };
  });
}

function chained(
  runtime: RequestRuntime,
  datasets: readonly string[],
  external: ExternalFiles,
): StreamInputs {
  const files: StreamInputs['files'][number][] = [];
  for (const dataset of datasets) {
    const producer = runtime.producers.get(dataset);
    if (producer === undefined) {
      files.push(...external(dataset));
      continue;
    }
    const arrived = arrivedFiles(producer, dataset);
    files.push(...arrived.files);
    if (!arrived.complete) return { files, complete: false };
  }
  return { files, complete: true };
}
