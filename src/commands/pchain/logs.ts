// `pchain logs [ID]`: what jobs printed. On a remote PanDA, whose logs lie in Rucio, why they failed and where the logs are.
import { UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { jobId, taskId, type JobId } from '../../base/names.ts';
import { printable } from '../../base/text.ts';
import { jobLog } from '../../panda/embedded.ts';
import { taskJobs, type TaskJob } from '../../panda/job-failures.ts';
import { didOf } from '../../panda/task-outputs.ts';
import { taskLabels, type ProgressTask } from '../../terminal/progress-state.ts';
import type { Connection } from '../servers/connection.ts';
import type { Host } from '../host.ts';
import { knownSnapshot } from '../work/request-state.ts';
import { meantTarget, targetName } from '../work/targets.ts';
import { showTaskFailures } from '../work/task-failures.ts';
import { textOption } from '../check/workflow-files.ts';

type Options = Readonly<Record<string, unknown>>;

export async function runLogs(typed: string | undefined, options: Options, host: Host): Promise<ExitCode> {
  const lines = linesOption(options);
  const job = jobOption(options);
  const step = textOption(options, 'step');
  const { target, connection } = await meantTarget(typed, options, host);
  const snapshot = await knownSnapshot(connection, target, host.signal);
  const tasks = snapshot.state.tasks.filter((task) => step === undefined || task.step === step);
  if (tasks.length === 0 && step !== undefined) {
    const steps = [...new Set(snapshot.state.tasks.map((task) => `\`${task.step}\``))].join(', ');
    throw new UsageError(`there is no step \`${step}\` in ${targetName(target)}`, {
      hint: `it has ${steps}`,
    });
  }
  if (!connection.isEmbedded) return remoteLogs(connection, tasks, host);
  const shown = await showLogs(connection, tasks, { lines, job, all: options['all'] === true }, host);
  if (shown > 0) return ExitCode.done;
  if (job !== undefined) throw new UsageError(`job ${job} is not one of ${targetName(target)}`);
  host.terminal.say('no job has failed; --all shows the logs of all jobs');
  return ExitCode.done;
}

interface Choice {
  readonly lines: number;
  readonly job: JobId | undefined;
  /** Also those of jobs that did not fail. */
  readonly all: boolean;
}

async function showLogs(
  connection: Connection,
  tasks: readonly ProgressTask[],
  choice: Choice,
  host: Host,
): Promise<number> {
  let shown = 0;
  const labels = taskLabels(tasks);
  for (const task of tasks) {
    const jobs = await taskJobs(connection.server, taskId(task.id), host.signal);
    for (const job of jobs.filter((candidate) => isChosen(candidate, choice))) {
      const log = await jobLog(connection.server, job.id, choice.lines, host.signal);
      // The head is talk, the log is data: a pipe gets the log alone.
      host.terminal.say(
        `${labels.get(task.id) ?? task.step}, job ${job.id}, attempt ${job.attempt ?? 1}: ${job.status}`,
      );
      host.terminal.out(printable((log ?? []).join('\n')));
      shown++;
    }
  }
  return shown;
}

function isChosen(job: TaskJob, { job: wanted, all }: Choice): boolean {
  if (wanted !== undefined) return job.id === wanted;
  return all ? job.status !== 'defined' : job.status === 'failed' || job.status === 'cancelled';
}

async function remoteLogs(
  connection: Connection,
  tasks: readonly ProgressTask[],
  host: Host,
): Promise<ExitCode> {
  await showTaskFailures(connection, tasks, host);
  host.terminal.say('the logs of jobs lie in Rucio, one dataset a task:');
  for (const task of tasks) host.terminal.out(`rucio download ${didOf(`${task.name}.log`)}`);
  return ExitCode.done;
}

function linesOption(options: Options): number {
  const text = textOption(options, 'lines') ?? '100';
  const lines = Number(text);
  if (!Number.isInteger(lines) || lines < 1 || lines > 100_000)
    throw new UsageError(`\`--lines\` takes a number from 1 to 100000, not \`${text}\``);
  return lines;
}

function jobOption(options: Options): JobId | undefined {
  const text = textOption(options, 'job');
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw new UsageError(`\`--job ${text}\` is not the id of a job, which is a number`);
  return jobId(Number(text));
}
