// What else can be asked of tasks and jobs: new input, lost outputs, what payloads said about themselves, debug output, and a
// task by itself.
import * as v from 'valibot';
import { taskId, type JobId, type TaskId } from '../base/names.ts';
import { printable } from '../base/text.ts';
import { v1Get, v1Post, type PandaServer } from './connection.ts';
import { refusal, v1Data, v1Envelope } from './envelope.ts';
import type { CommandOutcome } from './tasks.ts';

/** Runs a task that has ended over input that was not there before.
 *  @throws AuthError for somebody else's task */
export async function reloadInput(
  server: PandaServer,
  id: TaskId,
  signal?: AbortSignal,
): Promise<CommandOutcome> {
  const answer = await v1Post(server, 'task/reload_input', { task_id: id }, { repeatable: false, signal });
  const { success, message, data } = v1Envelope(answer);
  if (!success && data === null) throw refusal(answer, message);
  return { done: success, message: printable(message).trim() };
}

/** Has lost output files of a task made again.
 *  @param rehearsal only find out which they are
 *  @returns the server's words, and the address of a log that will tell more */
export async function recoverLostFiles(
  server: PandaServer,
  id: TaskId,
  rehearsal: boolean,
  signal?: AbortSignal,
): Promise<{ readonly message: string; readonly logUrl: string | undefined }> {
  const body = { task_id: id, dry_run: rehearsal };
  const answer = await v1Post(server, 'file_server/upload_file_recovery_request', body, {
    repeatable: rehearsal,
    signal,
  });
  const { success, message, data } = v1Envelope(answer);
  if (!success) throw refusal(answer, message);
  const log = v.safeParse(v.object({ logFileURL: v.string() }), data);
  return {
    message: printable(message).trim(),
    logUrl: log.success ? printable(log.output.logFileURL) : undefined,
  };
}

/** What the payloads of a task wrote into `userJobMetadata.json`, parsed, by job id. Values are whatever they wrote. */
export async function jobMetadata(
  server: PandaServer,
  id: TaskId,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const query = { task_id: String(id) };
  const answer = await v1Get(server, 'job/get_metadata_for_analysis_jobs', query, { signal });
  return v1Data(answer, v.nullable(v.record(v.string(), v.unknown()))) ?? {};
}

/** Switches the debug output of a job on or off. */
export async function setDebugMode(
  server: PandaServer,
  id: JobId,
  mode: boolean,
  signal?: AbortSignal,
): Promise<CommandOutcome> {
  const answer = await v1Post(
    server,
    'job/set_debug_mode',
    { job_id: id, mode },
    { repeatable: true, signal },
  );
  const { message } = v1Envelope(answer);
  // The server turns its `success` around here: the words tell.
  if (/role required|permission denied/i.test(message)) throw refusal(answer, message);
  return { done: message === 'Succeeded', message: printable(message).trim() };
}

/** Submits a task by itself, once.
 *  @throws HttpFailure with the server's words when it refuses, for example a name that is in use */
export async function submitTask(
  server: PandaServer,
  parameters: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<TaskId> {
  const body = { task_parameters: parameters, parent_tid: null };
  const answer = await v1Post(server, 'task/submit', body, { repeatable: false, signal });
  return taskId(v1Data(answer, v.pipe(v.number(), v.integer())));
}

/** Whether the server takes requests at all.
 *  @throws HttpFailure, AuthError when it does not */
export async function isAlive(server: PandaServer, signal?: AbortSignal): Promise<boolean> {
  return v1Envelope(await v1Get(server, 'system/is_alive', {}, { signal })).success;
}
