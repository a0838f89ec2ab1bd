// Whether this machine has the datasets that a workflow reads, and can run it at all: said before anything is sent.
import { externalDatasets, missingDatasets } from '../../engine/panda/external-datasets.ts';
import { withFileLists } from '../../engine/panda/file-lists.ts';
import { taskSpecs } from '../../engine/panda/loops/unfold.ts';
import { datasetFiles } from '../../panda/embedded.ts';
import type { Plan } from '../../workflow/plan.ts';
import type { Connection } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import { textReader } from '../check/text-files.ts';

/** @param datasets those that the user names, with their files
 *  @throws UnsupportedError for a step that this machine cannot run; an error that names the datasets that are missing */
export async function requireDatasets(
  { server }: Connection,
  plan: Plan,
  datasets: Readonly<Record<string, readonly string[]>>,
  host: Host,
): Promise<void> {
  const missing: string[] = [];
  const whole = withFileLists(plan, textReader(host.workingDirectory));
  for (const name of externalDatasets(taskSpecs(whole))) {
    if (datasets[name.replace(/\/$/, '')] !== undefined) continue;
    if ((await datasetFiles(server, name, host.signal)) === undefined) missing.push(name);
  }
  if (missing.length > 0) throw missingDatasets(missing);
}
