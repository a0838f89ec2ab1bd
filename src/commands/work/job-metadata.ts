// What the jobs of tasks said about themselves, in `userJobMetadata.json`.
import { taskId } from '../../base/names.ts';
import type { PandaServer } from '../../panda/connection.ts';
import { jobMetadata } from '../../panda/task-extras.ts';

/** By task, and in each by job. */
export async function metadataOf(
  server: PandaServer,
  tasks: readonly number[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> {
  const found: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const id of tasks) found[id] = await jobMetadata(server, taskId(id), signal);
  return found;
}
