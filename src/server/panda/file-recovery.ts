// `recover_lost_files`: outputs that are gone from the disk are made again. What was found is written to a log in the cache,
// whose address is the answer, as on PanDA's server.
import { randomUUID } from 'node:crypto';
import type { TaskRecord } from '../../engine/records.ts';
import type { ServerParts } from '../parts.ts';
import { integer, required, text, truth } from './arguments.ts';
import { method } from './method.ts';
import { failed, succeeded, type Outcome } from './outcome.ts';
import { timeStamp } from './request-log.ts';
import { withOwnTask } from './tasks.ts';

export const recoverLostFiles = method(
  'POST',
  {
    task_id: required(integer),
    dry_run: truth,
    dataset: text,
    no_child_retry: truth,
    resurrect_datasets: truth,
  },
  async ({ task_id, dry_run }, parts): Promise<Outcome> => {
    let found: { readonly task: TaskRecord; readonly lost: readonly string[] } | undefined;
    const rehearsal = dry_run === true;
    const outcome = withOwnTask(task_id, parts, (task) => {
      const result = parts.engine.recoverLostFiles(task.id, rehearsal);
      if (!result.done) return failed(`files can be recovered when task ${task.id} has ended, not before`);
      found = { task, lost: result.lost };
      return succeeded();
    });
    if (found === undefined) return outcome;
    const url = await writeLog(found.task, found.lost, rehearsal, parts);
    return succeeded({ logFileURL: url }, 'The request was accepted and will be processed in a few minutes');
  },
);

async function writeLog(
  task: TaskRecord,
  lost: readonly string[],
  rehearsal: boolean,
  { cache, clock, address }: ServerParts,
): Promise<string> {
  const name = `lost_file_recovery.${randomUUID()}.log`;
  const what = rehearsal ? 'would run again' : 'runs again';
  const lines = [
    `task ${task.id}: ${lost.length === 0 ? 'no output file is lost' : `${lost.length} output files are lost`}`,
    ...lost.map((file) => `lost ${file}: the job that made it ${what}`),
  ];
  const stamp = timeStamp(clock.nowMs());
  await cache.writeLog(name, lines.map((line) => `${stamp} : ${line}\n`).join(''));
  return `${address()}/cache/jedilog/${name}`;
}
