// The searches of phpo steps, as the server of this machine tells them.
import { taskId } from '../../base/names.ts';
import { taskSearch } from '../../panda/embedded.ts';
import type { SearchAnswer } from '../../panda/search-answer.ts';
import { taskLabels } from '../../terminal/progress-state.ts';
import type { Connection } from '../servers/connection.ts';
import type { Snapshot } from './request-state.ts';

export interface FoundSearch {
  readonly step: string;
  readonly label: string;
  readonly search: SearchAnswer;
}

/** The searches among the tasks of a request, in their order; none of servers that do not tell. */
export async function searchesOf(
  connection: Connection,
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<readonly FoundSearch[]> {
  if (!connection.isEmbedded) return [];
  const { tasks } = snapshot.state;
  const labels = taskLabels(tasks);
  const found: FoundSearch[] = [];
  for (const task of tasks) {
    // A task by itself does not say of which type it is.
    if (task.type !== 'phpo' && task.type !== 'task') continue;
    const search = await taskSearch(connection.server, taskId(task.id), signal);
    if (search !== undefined)
      found.push({ step: task.step, label: labels.get(task.id) ?? task.step, search });
  }
  return found;
}
