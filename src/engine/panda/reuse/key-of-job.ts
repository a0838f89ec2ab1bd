// The key of a job, from what its request has stored.
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { PandaStore } from '../../store/panda-store.ts';
import { filesOfDataset } from '../dataset-files.ts';
import type { InputFile } from '../jobs/job-maker.ts';
import { pathText } from '../loops/path.ts';
import { settledText } from '../loops/standing.ts';
import type { JobRuntime, RequestRuntime } from '../runtime.ts';
import { plainName } from './job-key.ts';
import type { JobKey } from './job-key.ts';
import { sandboxDigests } from './sandbox-digests.ts';

/** Only plain jobs have an outcome that can be shared: builds and merges are a part of their task, and a search or a pipeline
 *  elsewhere depends on more than is known here. */
export function hasKey(job: JobRuntime): boolean {
  const { spec } = job.task;
  const isPlain = spec.type === 'prun' || spec.type === 'junction' || spec.type === 'reana';
  return isPlain && job.kind === 'run' && spec.build === undefined && spec.merge === undefined;
}

export async function keyOfJob(
  job: JobRuntime,
  runtime: RequestRuntime,
  requestDirectory: string,
  store: PandaStore,
): Promise<JobKey> {
  const { spec } = job.task;
  const { request } = runtime;
  const documents = new Set(request.options?.documents);
  const digests = await sandboxDigests(requestDirectory, request.sandbox !== undefined);
  const settle = (text: string): string => settledText(runtime, spec, text);
  const staged = Object.entries(job.inputs).flatMap(([stream, files]) =>
    files.map((file) => `${stream} ${plainName(file.name)} ${contentOf(file, runtime, store)}`),
  );
  const named = (spec.named ?? [])
    .map(settle)
    .flatMap((dataset) =>
      (filesOfDataset(store, dataset, request.id) ?? []).map(
        (file) => `${dataset} ${plainName(file.name)} ${file.sha256 ?? stampOf(file.path)}`,
      ),
    );
  return {
    place: `${spec.stepName} ${pathText(spec.path)} ${job.serial}`,
    parts: {
      payload: [settle(spec.exec), JSON.stringify(spec.splitting)],
      inputs: [...staged, ...named],
      sandbox: Object.entries(digests).flatMap(([path, digest]) =>
        isDocument(path, documents) ? [] : [`${path} ${digest}`],
      ),
      image: spec.containerImage === undefined ? [] : [spec.containerImage],
      outputs: spec.outputs.map((output) => `${output.pattern} ${output.datasetSuffix}`),
      environment: Object.entries(request.environment)
        .map(([name, value]) => `${name}=${value}`)
        .sort(),
    },
  };
}

/** What describes the workflow is no input of its payloads. */
function isDocument(path: string, documents: ReadonlySet<string>): boolean {
  return documents.has(path) || path.endsWith('.cwl') || basename(path).toLowerCase() === 'snakefile';
}

function contentOf(file: InputFile, runtime: RequestRuntime, store: PandaStore): string {
  const known = store.keys.digestOf(runtime.request.id, file.dataset, file.name);
  return known === undefined || known === '' ? stampOf(file.path) : known;
}

/** For files of the user's, which may be large: that they were not touched since. */
function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined
    ? `${path} is gone`
    : `${path} ${stats.size} bytes of ${Math.round(stats.mtimeMs)}`;
}
