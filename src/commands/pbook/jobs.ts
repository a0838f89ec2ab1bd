// What pbook can do with jobs and files of tasks: metadata, lost files, debug output.
import { resolve } from 'node:path';
import { LocalError, messageOf, systemCode } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { jobId, taskId } from '../../base/names.ts';
import { counted, safeJson } from '../../base/text.ts';
import { jobMetadata, recoverLostFiles, setDebugMode } from '../../panda/task-extras.ts';
import { isFinalTaskStatus } from '../../panda/tasks.ts';
import { replaceFile } from '../../settings/replace-file.ts';
import { meantTargets } from '../work/targets.ts';
import { tellAll } from '../work/tell.ts';
import type { Call } from './command.ts';
import { tellTasks } from './control.ts';
import { connectionOf, meantTasks } from './meant-tasks.ts';

interface Metadata {
  readonly taskID: number;
  readonly outputFileName: string;
}

/** For a file that others may read, as files of a user usually are. */
const plainMode = 0o644;

export async function writeJobMetadata(
  { taskID, outputFileName }: Metadata,
  { host, options }: Call,
): Promise<ExitCode> {
  const { terminal } = host;
  const { connection } = await meantTargets([String(taskID)], options, host);
  const found = await jobMetadata(connection.server, taskId(taskID), host.signal);
  const json = `${safeJson(found)}\n`;
  if (outputFileName === '-') terminal.out(json);
  else {
    const path = resolve(host.workingDirectory, outputFileName);
    try {
      await replaceFile(path, json, plainMode);
    } catch (cause) {
      throw new LocalError(`cannot write \`${outputFileName}\` (${systemCode(cause) ?? messageOf(cause)})`, {
        cause,
      });
    }
  }
  const jobs = Object.keys(found).length;
  if (jobs === 0) terminal.warn(`no job of task ${taskID} has left metadata, or there is no such task`);
  if (outputFileName !== '-') terminal.say(`metadata of ${counted(jobs, 'job')}: ${outputFileName}`);
  return ExitCode.done;
}

export async function recoverFiles(id: number, rehearsal: boolean, call: Call): Promise<ExitCode> {
  const meant = await meantTasks([id], isFinalTaskStatus, call);
  const { host } = call;
  return tellTasks(
    meant,
    async (server, task) => {
      const { message, logUrl } = await recoverLostFiles(server, task, rehearsal, host.signal);
      if (logUrl !== undefined) host.terminal.out(logUrl);
      return {
        done: true,
        message: logUrl === undefined ? message : `${message}; the log tells what is done`,
      };
    },
    call,
  );
}

export async function setDebug(id: number, mode: boolean, call: Call): Promise<ExitCode> {
  const { server } = await connectionOf(call);
  const { done, message } = await setDebugMode(server, jobId(id), mode, call.host.signal);
  const told = done ? `debug output is ${mode ? 'on' : 'off'}` : message;
  const outcome = { done, message: told };
  // Through the same door as all other commands, so that a refusal is shown and counts.
  return tellAll([{ name: `job ${id}`, tell: () => Promise.resolve(outcome) }], call.host);
}
