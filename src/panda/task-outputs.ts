// Which datasets a task of a remote PanDA makes, from its parameters.
import * as v from 'valibot';
import type { TaskId } from '../base/names.ts';
import { printable } from '../base/text.ts';
import { v1Get, type PandaServer } from './connection.ts';
import { v1Data } from './envelope.ts';

const parametersShape = v.object({
  mergeOutput: v.fallback(v.nullish(v.boolean()), undefined),
  jobParameters: v.fallback(
    v.optional(
      v.array(
        v.fallback(
          v.object({
            param_type: v.optional(v.string()),
            dataset: v.optional(v.string()),
            allowNoOutput: v.optional(v.boolean()),
          }),
          {},
        ),
      ),
      [],
    ),
    [],
  ),
});

export interface OutputDataset {
  /** Without `/` at its end. */
  readonly name: string;
  /** Every job that finished has left a file in it, at least. */
  readonly hasFileOfEachJob: boolean;
}

/** The output datasets, without logs, each once; those whose names are none of datasets are left out. */
export async function outputDatasets(
  server: PandaServer,
  task: TaskId,
  signal?: AbortSignal,
): Promise<readonly OutputDataset[]> {
  const answer = await v1Get(server, 'task/get_task_parameters', { task_id: String(task) }, { signal });
  const data: unknown = v1Data(answer, v.unknown());
  // Some servers send the parameters as JSON text inside of the JSON.
  const parsed = v.safeParse(parametersShape, typeof data === 'string' ? fromJson(data) : data);
  if (!parsed.success) return [];
  const { jobParameters, mergeOutput } = parsed.output;
  const found = new Map<string, OutputDataset>();
  for (const item of jobParameters) {
    const name = printable(item.dataset ?? '').replace(/\/$/, '');
    if (item.param_type !== 'output' || !isDatasetName(name) || found.has(name)) continue;
    found.set(name, { name, hasFileOfEachJob: mergeOutput !== true && item.allowNoOutput !== true });
  }
  return [...found.values()];
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A name that a command line may hold: no option, no blank, nothing that leads out of a directory. */
export function isDatasetName(name: string): boolean {
  return /^(?:[A-Za-z0-9][A-Za-z0-9._-]*:)?[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(name) && !name.includes('..');
}

/** `scope:name` as Rucio wants it: the scope of users' and groups' datasets is the start of their names. */
export function didOf(dataset: string): string {
  const name = dataset.replace(/\/$/, '');
  if (name.includes(':')) return name;
  const [first = '', second = ''] = name.split('.');
  return /^(?:user|group\d*)$/.test(first) ? `${first}.${second}:${name}` : `${first}:${name}`;
}
