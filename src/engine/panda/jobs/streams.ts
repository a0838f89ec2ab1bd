// The inputs of a task as streams: `IN` from its datasets, `IN2`… from the secondary ones.
import type { TaskSpec } from '../task.ts';
import type { SecondaryInputs, StreamInputs } from './job-maker.ts';
import { producerOf, settledText } from '../loops/standing.ts';
import { arrivedFiles } from '../runtime.ts';
import type { RequestRuntime } from '../runtime.ts';

/** Gives the files of a dataset that no step of the request makes. */
export type ExternalFiles = (dataset: string) => StreamInputs['files'];

/** Stream `IN`: the datasets one after the other. A later one counts only once the earlier ones are complete. */
export function primaryInputs(
  runtime: RequestRuntime,
  spec: TaskSpec,
  external: ExternalFiles,
): StreamInputs {
  const inputs = chained(runtime, spec, spec.primary, external);
  return { ...inputs, files: inputs.files.filter((file) => spec.accepts(file.name)) };
}

export function secondaryInputs(
  runtime: RequestRuntime,
  spec: TaskSpec,
  external: ExternalFiles,
): readonly SecondaryInputs[] {
  return spec.secondary.map((stream) => {
    const inputs = chained(runtime, spec, stream.datasets, external);
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
  spec: TaskSpec,
  datasets: readonly string[],
  external: ExternalFiles,
): StreamInputs {
  const files: StreamInputs['files'][number][] = [];
  for (const dataset of datasets) {
    const producer = producerOf(runtime, spec, dataset);
    if (producer === 'open') return { files, complete: false };
    if (producer === undefined) {
      files.push(...external(dataset));
      continue;
    }
    const arrived = arrivedFiles(producer, settledText(runtime, spec, dataset));
    files.push(...arrived.files);
    if (!arrived.complete) return { files, complete: false };
  }
  return { files, complete: true };
}
