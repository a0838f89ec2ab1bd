// Why jobs of tasks failed, told by PanDA's own notes: alike failures once, with how many there are.
import { taskId } from '../../base/names.ts';
import { counted } from '../../base/text.ts';
import { failedJobs, type JobFailure } from '../../panda/job-failures.ts';
import type { ProgressTask } from '../../terminal/progress-state.ts';
import { exitMeaning } from '../../terminal/failure.ts';
import type { Connection } from '../servers/connection.ts';
import type { Host } from '../host.ts';

/** More reasons of one task than this say nothing new. */
const mostReasons = 5;

/** Shows for each task with failed jobs what PanDA notes about them. What it cannot tell is no reason to fail. */
export async function showTaskFailures(
  connection: Connection,
  tasks: readonly ProgressTask[],
  host: Host,
): Promise<void> {
  const { style } = host.terminal.stderr;
  for (const task of tasks) {
    if (task.status === 'done' || task.skipped) continue;
    const jobs = task.jobs.failed > 0 ? await jobsOf(connection, task, host) : [];
    if (jobs.length === 0 && task.error === null) continue;
    const lines = [
      `${style.error('error')}: ${style.strong(`task ${task.id} \`${task.step}\` ended ${task.status}`)}`,
    ];
    if (task.error !== null) lines.push(`  ${task.error}`);
    const groups = groupsOf(jobs);
    for (const [why, group] of groups.slice(0, mostReasons)) {
      const [first] = group;
      const where = first?.site === undefined ? '' : ` at ${first.site}`;
      lines.push(
        `  ${counted(group.length, 'job')}: ${why}`,
        `    first of them: job ${first?.id ?? '?'}${where}`,
      );
      if (first?.hint !== undefined) lines.push(`    ${style.hint('hint')}: ${first.hint}`);
    }
    if (groups.length > mostReasons) lines.push(`  … and ${groups.length - mostReasons} other reasons`);
    host.terminal.alert(lines.join('\n'));
  }
}

async function jobsOf(
  connection: Connection,
  task: ProgressTask,
  host: Host,
): Promise<readonly JobFailure[]> {
  try {
    return await failedJobs(connection.server, taskId(task.id), host.signal);
  } catch (thrown) {
    if (host.signal.aborted) throw thrown;
    host.terminal.detail(`PanDA does not tell about the jobs of task ${task.id}`);
    return [];
  }
}

/** Jobs by why they failed, the most frequent first. */
export function groupsOf(jobs: readonly JobFailure[]): readonly (readonly [string, readonly JobFailure[]])[] {
  const groups = new Map<string, JobFailure[]>();
  for (const job of jobs) {
    const why = reasonOf(job);
    groups.set(why, [...(groups.get(why) ?? []), job]);
  }
  return [...groups].toSorted(([, a], [, b]) => b.length - a.length);
}

function reasonOf(job: JobFailure): string {
  if (job.reasons.length > 0) return job.reasons.join('; ');
  if (job.exitStatus !== undefined)
    return `the payload ended with status ${job.exitStatus} (${exitMeaning(job.exitStatus)})`;
  return job.status === 'failed' ? 'no reason was noted' : job.status;
}
